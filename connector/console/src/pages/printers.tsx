// SPDX-License-Identifier: Apache-2.0
// The fleet table. Filtering, sorting and paging are the connector's work; a page of it stays small at any fleet size.

import { withCursor, withQuery } from '../api/client';
import { useResource } from '../api/hooks';
import type { PrinterStatus, PrinterSummary } from '../api/types';
import { agentName, count, plural, printerName } from '../lib/format';
import { href } from '../lib/router';
import { Ago, Answer, Empty, Page, Told } from '../ui/basic';
import { ExportButton } from '../ui/export';
import { Choices, Search, setQuery, SiteChoice, SortHead, type Query } from '../ui/filters';
import { Pager, useCursors } from '../ui/pager';
import { PRINTER_STATUS, PrinterStatusChip } from '../ui/status';
import { SupplyCell } from '../ui/supply';

export interface PrinterPage {
	items: PrinterSummary[];
	next_cursor: string | null;
	total: number;
}

const PAGE_SIZE = 50;
const CHOICES = (Object.keys(PRINTER_STATUS) as PrinterStatus[]).map(
	(status): [string, string, string] => [status, PRINTER_STATUS[status].word, PRINTER_STATUS[status].tone],
);

/** One printer; without its PC on that PC's own page. */
export function PrinterRow({ printer, here }: { printer: PrinterSummary; here?: boolean }) {
	const { critical, warning } = printer.open_alerts;
	return (
		<tr role="row">
			<td role="cell" class="main-cell">
				<a class="row-link" href={href(['printers', printer.id])}>
					{printerName(printer)}
				</a>
				<span class="muted small-text">
					{printer.serial_number ?? <span class="unknown">serial number not told</span>}
					{printer.asset_number && ` · ${printer.asset_number}`}
				</span>
			</td>
			<td role="cell">
				<PrinterStatusChip status={printer.status} />
				{critical + warning > 0 && <span class="muted small-text">{plural(critical + warning, 'alert')}</span>}
			</td>
			<td role="cell">
				<SupplyCell levels={printer.supply_levels} />
			</td>
			<td role="cell" data-label="Impressions" class="number">
				<Told value={printer.impressions}>{count(printer.impressions)}</Told>
			</td>
			{!here && (
				<td role="cell">
					{agentName(printer.agent)}
					<span class="muted small-text">
						{printer.site.name}
						{printer.location && ` · ${printer.location}`}
					</span>
				</td>
			)}
			<td role="cell" data-label="read" class="muted">
				<Ago time={printer.last_seen} />
			</td>
		</tr>
	);
}

function Table({ page, sort, onSort }: { page: PrinterPage; sort: string; onSort: (sort: string) => void }) {
	const head = { sort, onSort };
	return (
		<table class="table" role="table">
			<caption class="hidden">Printers</caption>
			<thead role="rowgroup">
				<tr role="row">
					<SortHead name="model" {...head}>
						Printer
					</SortHead>
					<SortHead name="status" {...head}>
						Status
					</SortHead>
					<SortHead name="lowest_supply" {...head}>
						Supplies
					</SortHead>
					<SortHead name="impressions" numeric {...head}>
						Impressions
					</SortHead>
					<SortHead name="agent" {...head}>
						PC and site
					</SortHead>
					<SortHead name="last_seen" {...head}>
						Last read
					</SortHead>
				</tr>
			</thead>
			<tbody role="rowgroup">
				{page.items.map((printer) => (
					<PrinterRow printer={printer} key={printer.id} />
				))}
			</tbody>
		</table>
	);
}

function NothingFound({ filtered, clear }: { filtered: boolean; clear: () => void }) {
	if (filtered)
		return (
			<Empty icon="search" title="No printer matches">
				<button type="button" class="button small" onClick={clear}>
					Show all printers
				</button>
			</Empty>
		);
	return (
		<Empty icon="printer" title="No printer has been reported yet">
			Printers appear by themselves once a PC with the agent has one plugged in: <a href={href(['enrol'])}>add PCs</a>.
		</Empty>
	);
}

export function Printers({ query }: { query: Query }) {
	const { q = '', status = '', site = '', sort = 'status' } = query;
	const set = (name: string) => (value: string | null) => setQuery(['printers'], query, name, value);
	const filter = withQuery('/printers', { q, status, site, sort, limit: PAGE_SIZE });
	const cursors = useCursors(filter);
	const printers = useResource<PrinterPage>(withCursor(filter, cursors.cursor), {
		stale: (event) => event.type === 'printer.changed' || event.type.startsWith('alert.'),
		everyMs: 1500,
	});
	const filtered = Boolean(q || status || site);
	const clear = () => setQuery(['printers'], { sort }, 'q', null);
	return (
		<Page
			title="Printers"
			tools={
				<>
					<ExportButton what="meters" query={site ? { site } : {}}>
						Export meters
					</ExportButton>
					<ExportButton what="supplies" query={site ? { site } : {}}>
						Export supplies
					</ExportButton>
				</>
			}
		>
			<div class="filters">
				<Search label="Model, serial number, PC, site, tag …" value={q} onChange={set('q')} />
				<SiteChoice value={site} onChange={set('site')} />
				<Choices label="Status" choices={CHOICES} value={status} onChange={set('status')} />
			</div>
			<p class="result-count muted" role="status">
				{printers.data ? plural(printers.data.total, filtered ? 'match' : 'printer', filtered ? 'matches' : 'printers') : ' '}
			</p>
			<Answer of={printers} lines={10}>
				{(page) => (
					<>
						{page.items.length > 0 ? (
							<div class="card table-card">
								<Table page={page} sort={sort} onSort={set('sort')} />
							</div>
						) : (
							<NothingFound filtered={filtered} clear={clear} />
						)}
						<Pager cursors={cursors} next={page.next_cursor} total={page.total} shown={page.items.length} size={PAGE_SIZE} />
					</>
				)}
			</Answer>
		</Page>
	);
}
