// SPDX-License-Identifier: Apache-2.0
// A small fleet with a month behind it, told over the real wire: something to look at on every page.
import { WireAgent } from './agent.mjs';
import { laconic, plugIn, silent, talkative } from './printers.mjs';

const DAY = 86_400_000;

/** Readings of the last 30 days that end at what the printer tells now; nothing at weekends. */
function pastReadings(agent, printer) {
	const { counters } = printer.snapshot;
	const records = [];
	let left = 0;
	const days = [];
	for (let back = 1; back <= 30; back++) {
		const at = new Date(Date.now() - back * DAY);
		const weekend = at.getDay() % 6 === 0;
		left += weekend ? 0 : 12 + ((back * 7) % 23);
		days.push([at, left]);
	}
	for (const [at, less] of days.reverse()) {
		const impressions = Math.max(0, counters.impressions - less);
		const body = { ...printer.snapshot, counters: { ...counters, impressions, impressions_monochrome: impressions } };
		records.push(agent.record('printer.snapshot', printer.key, body, at));
	}
	return records;
}

function trouble(agent, printer, code, group, description, reason) {
	const since = new Date(Date.now() - 2_400_000).toISOString();
	return [
		agent.record('alert.opened', printer.key, { code, index: null, severity: 'critical', group, description, since }),
		agent.record('printer.snapshot', printer.key, { full: false, state: { printer_state: 'stopped', asleep: false, reasons: [reason] } }),
	];
}

/** Customers, people and programs, and a PC that waits to be let in. */
async function fillOffice(connector, token) {
	const clinics = await connector.api('POST', '/customers', { name: 'Northern Clinics' });
	for (const name of ['Main hall', 'Laboratory']) await connector.api('POST', `/customers/${clinics.id}/sites`, { name });
	const grants = [{ role: 'operator', customer_id: clinics.id, site_id: null }];
	await connector.api('POST', '/users', { name: 'helpdesk@clinics', password: 'correct horse battery', grants });
	const reader = [{ role: 'viewer', customer_id: null, site_id: null }];
	await connector.api('POST', '/api-tokens', { name: 'billing', scopes: ['read'], grants: reader, expires_in_s: 31_536_000 });
	await connector.api('PATCH', '/settings', { 'enrolment.by_approval': true });
	await WireAgent.askToJoin(token, { hostname: 'ward-0101', os: 'windows' });
}

/** Fills a connector; gives the agents, to be closed at the end. */
export async function fillWithSample(connector) {
	const token = await connector.enrolmentToken(3);
	await fillOffice(connector, token);
	const desk = await WireAgent.enrol(token, { hostname: 'front-desk-07' });
	await desk.report(
		desk.hello(),
		desk.health(),
		desk.record('printer.attached', talkative.key, { usb: talkative.snapshot.usb }, new Date(Date.now() - 31 * DAY)),
		...pastReadings(desk, talkative),
		desk.record('printer.snapshot', talkative.key, talkative.snapshot),
		...plugIn(desk, laconic),
		...trouble(desk, talkative, 'inputMediaSupplyEmpty', 'input', 'A tray is empty', 'media-empty-error'),
	);
	const ward = await WireAgent.enrol(token, { hostname: 'ward-12', os: 'windows', os_version: 'Windows 11 Pro 23H2' });
	const asleep = { ...talkative.snapshot.state, asleep: true };
	const twin = { key: 'usb-03f0-2b17-VNB3K77777', snapshot: retold(talkative.snapshot, 'VNB3K77777', asleep) };
	await ward.report(ward.hello(), ward.health(), ...plugIn(ward, silent), ...plugIn(ward, twin));
	return [desk, ward];
}

function retold(snapshot, serial_number, state) {
	return {
		...snapshot,
		state,
		usb: { ...snapshot.usb, serial: serial_number },
		identity: { ...snapshot.identity, serial_number, uuid: null },
		supplies: snapshot.supplies.slice(0, 1),
	};
}
