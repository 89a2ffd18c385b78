// SPDX-License-Identifier: Apache-2.0
// Every alert of the fleet, open or past.

import { withCursor, withQuery } from '../api/client';
import { useResource } from '../api/hooks';
import type { Alert } from '../api/types';
import { plural } from '../lib/format';
import { AlertList } from '../ui/alerts';
import { Answer, Empty, Page } from '../ui/basic';
import { ExportButton } from '../ui/export';
import { Choices, setQuery, SiteChoice, type Query } from '../ui/filters';
import { Pager, useCursors } from '../ui/pager';

interface AlertPage {
	items: Alert[];
	next_cursor: string | null;
	total: number;
}

const PAGE_SIZE = 50;
const SEVERITIES: [string, string, string][] = [
	['critical', 'Critical', 'bad'],
	['warning', 'Warning', 'warn'],
	['report', 'Note', 'calm'],
];
const STATES: [string, string][] = [
	['open', 'Open'],
	['closed', 'Past'],
	['all', 'All'],
];

export function Alerts({ query }: { query: Query }) {
	const { severity = '', site = '', state = 'open' } = query;
	const set = (name: string) => (value: string | null) => setQuery(['alerts'], query, name, value);
	const filter = withQuery('/alerts', { state, severity, site, limit: PAGE_SIZE });
	const cursors = useCursors(filter);
	const alerts = useResource<AlertPage>(withCursor(filter, cursors.cursor), {
		stale: (event) => event.type.startsWith('alert.'),
		everyMs: 1000,
	});
	return (
		<Page
			title="Alerts"
			tools={
				<ExportButton what="alerts" query={site ? { site } : {}}>
					Export 30 days
				</ExportButton>
			}
		>
			<div class="filters">
				<div class="segments" role="group" aria-label="Which alerts">
					{STATES.map(([value, word]) => (
						<button type="button" key={value} aria-pressed={state === value} onClick={() => set('state')(value)}>
							{word}
						</button>
					))}
				</div>
				<SiteChoice value={site} onChange={set('site')} />
				<Choices label="Severity" choices={SEVERITIES} value={severity} onChange={set('severity')} />
			</div>
			<p class="result-count muted" role="status">
				{alerts.data ? plural(alerts.data.total, 'alert') : ' '}
			</p>
			<Answer of={alerts} lines={8}>
				{(page) => (
					<>
						{page.items.length > 0 ? (
							<div class="card">
								<AlertList alerts={page.items} showPrinter />
							</div>
						) : (
							<Empty icon="check" title={state === 'open' ? 'No alert is open' : 'No such alert'} />
						)}
						<Pager cursors={cursors} next={page.next_cursor} total={page.total} shown={page.items.length} size={PAGE_SIZE} />
					</>
				)}
			</Answer>
		</Page>
	);
}
