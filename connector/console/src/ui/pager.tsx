// SPDX-License-Identifier: Apache-2.0
// Walks through a list by the server's cursors. The way back is remembered here: a cursor only leads on.

import { useEffect, useState } from 'preact/hooks';
import { count } from '../lib/format';
import { Icon } from './icon';

export interface Cursors {
	/** For the request; null is the first page. */
	cursor: string | null;
	page: number;
	forth: (next: string) => void;
	back: () => void;
}

/** Cursors of a list; when `list` (its filters) changes they start again at the first page. */
export function useCursors(list: string): Cursors {
	const [state, setState] = useState<{ list: string; stack: (string | null)[] }>({ list, stack: [null] });
	const stack = state.list === list ? state.stack : [null];
	useEffect(() => {
		if (state.list !== list) setState({ list, stack: [null] });
	}, [list]);
	return {
		cursor: stack[stack.length - 1] ?? null,
		page: stack.length - 1,
		forth: (next) => setState({ list, stack: [...stack, next] }),
		back: () => setState({ list, stack: stack.length > 1 ? stack.slice(0, -1) : stack }),
	};
}

interface PagerProps {
	cursors: Cursors;
	next: string | null;
	total: number;
	shown: number;
	size: number;
}

export function Pager({ cursors, next, total, shown, size }: PagerProps) {
	if (total <= size && cursors.page === 0) return null;
	const first = cursors.page * size + 1;
	return (
		<nav class="pager" aria-label="Pages of this list">
			<button type="button" class="button small" disabled={cursors.page === 0} onClick={cursors.back}>
				<Icon name="left" />
				Previous
			</button>
			<span class="muted">
				{shown === 0 ? 'Nothing here' : `${count(first)}–${count(first + shown - 1)} of ${count(total)}`}
			</span>
			<button type="button" class="button small" disabled={!next} onClick={() => next && cursors.forth(next)}>
				Next
				<Icon name="right" />
			</button>
		</nav>
	);
}
