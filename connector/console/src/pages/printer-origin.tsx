// SPDX-License-Identifier: Apache-2.0
// Where each value came from: who the printer says it is, in which language, by which way it was read.

import type { Printer } from '../api/types';
import { moment, readError, sourceName } from '../lib/format';
import { Card, Facts, Told } from '../ui/basic';

const IDENTITY: [keyof Printer['identity'], string][] = [
	['make', 'Make'],
	['model', 'Model'],
	['serial_number', 'Serial number'],
	['uuid', 'UUID'],
	['firmware', 'Firmware'],
	['device_id', 'IEEE 1284 ID'],
];

const CONFIDENCE = {
	strong: 'Strong: recognised again on any port and PC',
	weak: 'Weak: tied to its port, because it tells no number of its own',
	unknown: 'Not told',
} as const;

const OWNER: Record<string, string> = {
	none: 'nobody; the agent may talk to it',
	'ipp-usb': 'ipp-usb; the agent asks through it',
	usblp: "the kernel's usblp driver",
	cups: 'CUPS, printing',
	usbprint: "Windows' printer driver",
	other: 'another program',
};

const TIER = ['0: only what the USB bus itself tells', '1: IPP and LEDM over HTTP', '2: PJL between jobs'];

function IdentityTable({ identity }: { identity: Printer['identity'] }) {
	return (
		<table class="table small-table">
			<caption class="hidden">Identity and its sources</caption>
			<thead>
				<tr>
					<th scope="col">Value</th>
					<th scope="col">As told</th>
					<th scope="col">Told by</th>
				</tr>
			</thead>
			<tbody>
				{IDENTITY.map(([field, title]) => (
					<tr key={field}>
						<th scope="row">{title}</th>
						<td class="breakable">
							<Told value={identity[field] as string | null} />
						</td>
						<td class="muted">{identity[field] === null ? '—' : sourceName(identity.sources[field])}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function usbText(usb: Printer['usb']): string | null {
	if (!usb) return null;
	const parts = [usb.vendor_id && usb.product_id && `${usb.vendor_id}:${usb.product_id}`, usb.port_path && `port ${usb.port_path}`];
	return parts.filter(Boolean).join(', ') || null;
}

export function OriginCard({ printer }: { printer: Printer }) {
	const { access, identity } = printer;
	return (
		<Card title="Where each value came from">
			<IdentityTable identity={identity} />
			<Facts
				rows={[
					['Recognised', CONFIDENCE[identity.confidence] ?? CONFIDENCE.unknown],
					['USB', <Told value={usbText(printer.usb)} />],
					['Interfaces', <Told value={access?.interfaces?.join(', ')} />],
					['Held by', <Told value={access?.owner && access.owner !== 'unknown' ? (OWNER[access.owner] ?? access.owner) : null} />],
					['Read at tier', <Told value={access?.tier == null ? null : (TIER[access.tier] ?? access.tier)} />],
					['First seen', moment(printer.first_seen)],
				]}
			/>
			{printer.errors.length > 0 && (
				<>
					<h3>What could not be read</h3>
					<ul class="plain-list read-errors">
						{printer.errors.map((one, index) => (
							<li key={index}>
								<strong>{sourceName(one.source)}</strong>: {readError(one.error)}
							</li>
						))}
					</ul>
				</>
			)}
		</Card>
	);
}
