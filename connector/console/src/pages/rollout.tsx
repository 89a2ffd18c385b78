// SPDX-License-Identifier: Apache-2.0
// One roll-out: how far it is, printer by printer; paused, resumed, cancelled here.

import { useState } from 'preact/hooks';
import { post } from '../api/client';
import { may, useMe, useResource, type Resource } from '../api/hooks';
import type { Rollout as RolloutData, RolloutPrinter } from '../api/types';
import { moment, plural, printerName, UNKNOWN } from '../lib/format';
import { href } from '../lib/router';
import { Answer, Card, Facts, Page, Problem } from '../ui/basic';
import { Confirm, notify } from '../ui/dialog';
import { RolloutBar, RolloutPrinterChip, RolloutStateChip, usePollWhileRunning } from '../ui/rollout';

function Tools({ rollout, reload }: { rollout: RolloutData; reload: () => void }) {
	const [cancelling, setCancelling] = useState(false);
	const say = async (verb: 'pause' | 'resume' | 'cancel') => {
		await post(`/rollouts/${rollout.id}/${verb}`);
		reload();
	};
	const press = (verb: 'pause' | 'resume') => () => say(verb).catch((error: Error) => notify(error.message, true));
	const open = rollout.state === 'running' || rollout.state === 'paused' || rollout.state === 'stopped';
	if (!open) return null;
	return (
		<>
			{rollout.state === 'running' ? (
				<button type="button" class="button" onClick={press('pause')}>
					Pause
				</button>
			) : (
				<button type="button" class="button" onClick={press('resume')}>
					Resume
				</button>
			)}
			<button type="button" class="button danger" onClick={() => setCancelling(true)}>
				Cancel
			</button>
			{cancelling && (
				<Confirm title={`Cancel ${rollout.name}?`} verb="Cancel the roll-out" danger onClose={() => setCancelling(false)} onConfirm={() => say('cancel')}>
					<p>What no printer has begun is withdrawn. Firmware that is being written is written to its end.</p>
				</Confirm>
			)}
		</>
	);
}

function PrinterRow({ printer }: { printer: RolloutPrinter }) {
	return (
		<tr>
			<th scope="row">
				<a href={href(['printers', printer.id])}>{printerName(printer)}</a>
			</th>
			<td class="number">{printer.ring}</td>
			<td>
				<RolloutPrinterChip state={printer.state} />
				{printer.reason && <div class="muted small-text">{printer.reason}</div>}
				{printer.state === 'waiting' && !printer.attached && <div class="muted small-text">It is not attached to a PC now.</div>}
			</td>
			<td>{printer.firmware ?? <span class="muted">{UNKNOWN}</span>}</td>
		</tr>
	);
}

function Printers({ rollout }: { rollout: RolloutData }) {
	const printers = rollout.printers ?? [];
	return (
		<Card title="Printers" class="table-card">
			<table class="table" role="table">
				<caption class="hidden">Printers of this roll-out, by step</caption>
				<thead>
					<tr>
						<th scope="col">Printer</th>
						<th scope="col" class="number">
							Step
						</th>
						<th scope="col">State</th>
						<th scope="col">Firmware now</th>
					</tr>
				</thead>
				<tbody>
					{printers.map((printer) => (
						<PrinterRow printer={printer} key={printer.id} />
					))}
				</tbody>
			</table>
			{printers.length < rollout.printer_count && (
				<p class="muted card-note">
					The first {printers.length} of {rollout.printer_count}.
				</p>
			)}
		</Card>
	);
}

function Summary({ rollout }: { rollout: RolloutData }) {
	const { window: at } = rollout;
	return (
		<Card title="How it stands">
			<RolloutBar rollout={rollout} />
			<Facts
				rows={[
					['State', <RolloutStateChip state={rollout.state} />],
					['Package', `${rollout.package.name}, version ${rollout.package.version}`],
					['Printers of', rollout.site_name ? `${rollout.customer_name}, ${rollout.site_name}` : rollout.customer_name],
					['Step', `${rollout.ring} of ${rollout.rings.length} (${rollout.rings.map((ring) => `${ring} %`).join(', ')})`],
					['Stops when', `more than ${rollout.stop_failure_percent} % fail`],
					['Times', at ? `${at.from} to ${at.to}, ${at.time_zone}` : 'any'],
					['Begun', `${moment(rollout.created_at)} by ${rollout.created_by}`],
					['Under way', plural(rollout.counts.started, 'printer')],
				]}
			/>
		</Card>
	);
}

export function Rollout({ id }: { id: string }) {
	const me = useMe();
	const rollout: Resource<RolloutData> = useResource<RolloutData>(`/rollouts/${id}`, {
		stale: (event) => event.type === 'action.changed',
		everyMs: 1000,
	});
	const data = rollout.data;
	usePollWhileRunning(rollout, data !== null && (data.state === 'running' || data.counts.started > 0));
	return (
		<Page
			title={data ? data.name : 'Roll-out'}
			lead={<a href={href(['firmware'])}>Firmware</a>}
			tools={data && may(me, 'operator') && <Tools rollout={data} reload={rollout.reload} />}
		>
			<Answer of={rollout} lines={8}>
				{(one) => (
					<>
						{one.state === 'stopped' && one.reason && <Problem message={`${one.reason}. Look at them before you resume it.`} />}
						<Summary rollout={one} />
						<Printers rollout={one} />
					</>
				)}
			</Answer>
		</Page>
	);
}
