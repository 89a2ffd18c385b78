// SPDX-License-Identifier: Apache-2.0
// One printer: how it is, what it needs, what can be done to it, and where every value came from.

import { useResource } from '../api/hooks';
import type { Printer as Told } from '../api/types';
import { PRINTER_ACTIONS } from '../catalogue';
import { agentName, count, mediaSize, printerName, words } from '../lib/format';
import { href } from '../lib/router';
import { ActionButtons, RecentActions, useActionsOf } from '../ui/actions';
import { AlertList } from '../ui/alerts';
import { Ago, Answer, Card, Empty, Facts, Page } from '../ui/basic';
import { PRINTER_STATUS, PrinterStatusChip } from '../ui/status';
import { SupplyRow } from '../ui/supply';
import { CountersCard } from './printer-counters';
import { HistoryCard } from './printer-history';
import { NotesCard } from './printer-notes';
import { OriginCard } from './printer-origin';
import { PageCard } from './printer-page';
import { SettingsCard } from './printer-settings';

function StatusCard({ printer }: { printer: Told }) {
	const reasons = printer.state.reasons;
	return (
		<Card class="status-card">
			<div class="status-line">
				<PrinterStatusChip status={printer.status} />
				<span class="muted">{PRINTER_STATUS[printer.status]?.means}</span>
			</div>
			{reasons.length > 0 && <p>The printer says: {reasons.map(words).join(', ')}</p>}
			{printer.duplicate.length > 0 && (
				<p class="warn-text">
					The same serial number also lives at{' '}
					{printer.duplicate.map((other, index) => (
						<>
							{index > 0 && ', '}
							<a href={href(['printers', other.id])}>{printerName(other)}</a>
						</>
					))}
					. Compare the labels on both: one of them tells a wrong number.
				</p>
			)}
			<Facts
				rows={[
					['Attached to', <a href={href(['agents', printer.agent.id])}>{agentName(printer.agent)}</a>],
					['Site', printer.site.name],
					['Last read', <Ago time={printer.taken_at} />],
					['Last report', <Ago time={printer.last_seen} />],
				]}
			/>
		</Card>
	);
}

function SuppliesCard({ printer }: { printer: Told }) {
	return (
		<Card title="Supplies">
			{printer.supplies.length === 0 ? (
				<Empty icon="printer" title="This printer does not tell its supplies" />
			) : (
				<ul class="supplies">
					{printer.supplies.map((supply) => (
						<SupplyRow supply={supply} key={supply.index} />
					))}
				</ul>
			)}
		</Card>
	);
}

function trayLevel(tray: Told['media'][number]): string {
	if (tray.level != null) return tray.capacity == null ? count(tray.level) : `${count(tray.level)} of ${count(tray.capacity)}`;
	if (tray.level_code === -3) return 'some left';
	return 'not told';
}

function MediaCard({ printer }: { printer: Told }) {
	if (printer.media.length === 0) return null;
	return (
		<Card title="Paper">
			<table class="table small-table">
				<thead>
					<tr>
						<th scope="col">Tray</th>
						<th scope="col">Size</th>
						<th scope="col">Sheets</th>
						<th scope="col">Holds</th>
					</tr>
				</thead>
				<tbody>
					{printer.media.map((tray, index) => (
						<tr key={index}>
							<th scope="row">{tray.index ?? index + 1}</th>
							<td class={tray.size ? '' : 'unknown'}>{mediaSize(tray.size)}</td>
							<td class={trayLevel(tray) === 'not told' ? 'unknown' : ''}>{trayLevel(tray)}</td>
							<td class={tray.capacity == null ? 'unknown' : ''}>{count(tray.capacity)}</td>
						</tr>
					))}
				</tbody>
			</table>
		</Card>
	);
}

function Body({ printer, reload }: { printer: Told; reload: () => void }) {
	const actions = useActionsOf({ printer: printer.id });
	return (
		<div class="details">
			<div class="details-top">
				<StatusCard printer={printer} />
				{printer.alerts.length > 0 && (
					<Card title="Open alerts" class="alerts-card">
						<AlertList alerts={printer.alerts} />
					</Card>
				)}
			</div>
			<div class="details-side">
				<Card title="Actions">
					<ActionButtons
						of={`/printers/${printer.id}`}
						kinds={PRINTER_ACTIONS}
						capabilities={printer.capabilities}
						onAsked={() => {
							actions.reload();
							reload();
						}}
					/>
				</Card>
				<Card title="Recent actions">
					<RecentActions list={actions} />
				</Card>
				<PageCard printer={printer} />
				<NotesCard printer={printer} reload={reload} />
			</div>
			<div class="details-main">
				<SuppliesCard printer={printer} />
				<CountersCard printer={printer} />
				<MediaCard printer={printer} />
				<SettingsCard printer={printer} asked={actions.reload} />
				<OriginCard printer={printer} />
				<HistoryCard id={printer.id} />
			</div>
		</div>
	);
}

export function Printer({ id }: { id: string }) {
	const printer = useResource<Told>(`/printers/${encodeURIComponent(id)}`, {
		stale: (event) =>
			(event.type === 'printer.changed' && event.id === id) || (event.type.startsWith('alert.') && event.printer_id === id),
	});
	const told = printer.data;
	return (
		<Page title={told ? printerName(told) : 'Printer'} lead={told && (told.serial_number ? `Serial number ${told.serial_number}` : 'Serial number not told')}>
			<Answer of={printer} lines={10}>
				{(data) => <Body printer={data} reload={printer.reload} />}
			</Answer>
		</Page>
	);
}
