// SPDX-License-Identifier: Apache-2.0
// What happened to a printer, newest first: plugged in, moved, supply replaced, counter reset.

import { withCursor, withQuery } from '../api/client';
import { hasFeature, useMe, useResource } from '../api/hooks';
import type { PrinterEvent } from '../api/types';
import { moment } from '../lib/format';
import { Answer, Card, Empty } from '../ui/basic';
import { Pager, useCursors } from '../ui/pager';

interface EventPage {
	items: PrinterEvent[];
	next_cursor: string | null;
	total: number;
}

const PAGE_SIZE = 20;

function History({ id }: { id: string }) {
	const list = withQuery(`/printers/${id}/events`, { limit: PAGE_SIZE });
	const cursors = useCursors(list);
	const events = useResource<EventPage>(withCursor(list, cursors.cursor), {
		stale: (event) => event.type === 'printer.changed' && event.id === id,
		everyMs: 2000,
	});
	return (
		<Card title="History">
			<Answer of={events} lines={4}>
				{(page) => (
					<>
						{page.items.length === 0 && <Empty icon="audit" title="Nothing happened yet" />}
						<ul class="plain-list history">
							{page.items.map((event) => (
								<li key={event.id} data-event={event.kind}>
									<time class="muted small-text" dateTime={event.at}>
										{moment(event.at)}
									</time>
									<span>{event.description}</span>
								</li>
							))}
						</ul>
						<Pager cursors={cursors} next={page.next_cursor} total={page.total} shown={page.items.length} size={PAGE_SIZE} />
					</>
				)}
			</Answer>
		</Card>
	);
}

export function HistoryCard({ id }: { id: string }) {
	return hasFeature(useMe(), 'printer_events') ? <History id={id} /> : null;
}
