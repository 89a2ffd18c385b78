// SPDX-License-Identifier: Apache-2.0
// Everything that was asked of printers and PCs, newest first.

import { withCursor, withQuery } from '../api/client';
import { useResource } from '../api/hooks';
import type { ActionState } from '../api/types';
import { plural } from '../lib/format';
import { ActionItem, usePollWhileOpen, type ActionPage } from '../ui/actions';
import { Answer, Empty, Page } from '../ui/basic';
import { Choices, setQuery, SiteChoice, type Query } from '../ui/filters';
import { Pager, useCursors } from '../ui/pager';
import { ACTION_STATE } from '../ui/status';

const PAGE_SIZE = 25;
const FINAL: ActionState[] = ['done', 'failed', 'rejected', 'expired', 'cancelled', 'interrupted'];
const CHOICES: [string, string, string][] = [
	['open', 'Under way', 'busy'],
	...FINAL.map((state): [string, string, string] => [state, ACTION_STATE[state].word, ACTION_STATE[state].tone]),
];

export function Actions({ query }: { query: Query }) {
	const { state = '', site = '' } = query;
	const set = (name: string) => (value: string | null) => setQuery(['actions'], query, name, value);
	const filter = withQuery('/actions', { state, site, limit: PAGE_SIZE });
	const cursors = useCursors(filter);
	const actions = useResource<ActionPage>(withCursor(filter, cursors.cursor), {
		stale: (event) => event.type === 'action.changed',
		everyMs: 500,
	});
	usePollWhileOpen(actions);
	return (
		<Page title="Actions">
			<div class="filters">
				<SiteChoice value={site} onChange={set('site')} />
				<Choices label="State" choices={CHOICES} value={state} onChange={set('state')} />
			</div>
			<p class="result-count muted" role="status">
				{actions.data ? plural(actions.data.total, 'action') : ' '}
			</p>
			<Answer of={actions} lines={8}>
				{(page) => (
					<>
						{page.items.length > 0 ? (
							<div class="card">
								<ul class="actions">
									{page.items.map((action) => (
										<ActionItem key={action.id} action={action} showTarget reload={actions.reload} />
									))}
								</ul>
							</div>
						) : (
							<Empty icon="action" title={state ? 'No such action' : 'No actions yet'}>
								Open a <a href="#/printers">printer</a> to read it now or to make it show itself.
							</Empty>
						)}
						<Pager cursors={cursors} next={page.next_cursor} total={page.total} shown={page.items.length} size={PAGE_SIZE} />
					</>
				)}
			</Answer>
		</Page>
	);
}
