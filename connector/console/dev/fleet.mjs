// SPDX-License-Identifier: Apache-2.0
// A made-up fleet for working on the console: shapes as in openapi.yaml, every oddity a page must show.

/** A small random generator with a seed, so that the fleet is the same at every start. */
function dice(seed) {
	let state = seed;
	return () => {
		state = (state + 0x6d2b79f5) | 0;
		let t = Math.imul(state ^ (state >>> 15), 1 | state);
		t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
		return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
	};
}

const random = dice(7);
const pick = (list) => list[Math.floor(random() * list.length)];
const between = (low, high) => low + Math.floor(random() * (high - low + 1));
const before = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const hex = (digits) => Array.from({ length: digits }, () => '0123456789abcdef'[between(0, 15)]).join('');

export const customers = [
	{
		id: 'cust-north',
		name: 'Northern Clinics',
		active: true,
		sites: [
			{ id: 'site-hall', name: 'Main hall', printer_count: 0, agent_count: 0 },
			{ id: 'site-lab', name: 'Laboratory', printer_count: 0, agent_count: 0 },
		],
	},
	{
		id: 'cust-school',
		name: '6d1f7c52-3b8e-4c1a-9f57-0f4a2b9d8e10',
		active: true,
		sites: [{ id: 'site-school', name: 'School', printer_count: 0, agent_count: 0 }],
	},
];
const sites = customers.flatMap((customer) =>
	customer.sites.map((site) => ({ id: site.id, name: site.name, customer_id: customer.id, customer_name: customer.name })),
);

const MODELS = [
	{ make: 'HP', model: 'LaserJet MFP M227fdw', colours: ['black'], tells: 'ledm', part: 'CF230A' },
	{ make: 'HP', model: 'Color LaserJet Pro M255dw', colours: ['black', 'cyan', 'magenta', 'yellow'], tells: 'ledm', part: 'W2110A' },
	{ make: 'Brother', model: 'HL-5170DN series', colours: [], tells: 'pjl' },
	{ make: 'Epson', model: 'Epson WF-2860 Series', colours: ['black', 'cyan', 'magenta', 'yellow'], tells: 'ipp', ink: true, waste: true },
	{ make: 'Kyocera', model: 'ECOSYS M2040dn', colours: ['black'], tells: 'ipp', waste: true },
	{ make: 'Canon', model: 'LBP6020', colours: [], tells: 'ieee1284' },
];
const ALERTS = [
	['inputMediaSupplyEmpty', 'critical', 'input', 'A tray is empty', 'media-empty-error'],
	['coverOpen', 'critical', 'cover', 'A cover is open', 'cover-open-error'],
	['jam', 'critical', 'mediaPath', 'Paper is jammed', 'media-jam-error'],
	['markerTonerEmpty', 'critical', 'markerSupplies', 'The toner is empty', 'toner-empty-error'],
	['markerSupplyLow', 'warning', 'markerSupplies', 'A supply is low', 'marker-supply-low-warning'],
];

function supply(index, model, colorant) {
	const level = random() < 0.1 ? between(0, 9) : between(10, 100);
	return {
		index,
		class: 'consumed',
		type: model.ink ? 'inkCartridge' : 'toner',
		colorant,
		description: `${colorant[0].toUpperCase()}${colorant.slice(1)} Cartridge`,
		unit: 'percent',
		max_capacity: 100,
		level,
		level_code: null,
		level_percent: level,
		part_number: model.part ?? null,
		serial_number: null,
		state: level === 0 ? 'empty' : level < 10 ? 'low' : 'ok',
		source: model.tells,
	};
}

function wasteBox(index) {
	const told = random() < 0.5;
	return {
		...supply(index, {}, 'none'),
		class: 'filled',
		type: 'wasteToner',
		description: null,
		part_number: null,
		level: told ? 60 : null,
		level_percent: told ? 60 : null,
		level_code: told ? null : -3,
		state: told ? 'ok' : 'unknown',
	};
}

function makeAgent(number) {
	const lastSeen = number === 1 || random() < 0.92 ? between(1, 60) : between(3600, 12 * 86400);
	const state = lastSeen < 600 ? 'online' : lastSeen < 86400 ? 'late' : 'offline';
	const windows = random() < 0.7;
	return {
		id: `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`,
		name: random() < 0.05 ? null : `${pick(['desk', 'front', 'ward', 'room', 'lab'])}-${String(number).padStart(4, '0')}`,
		name_form: 'full',
		state,
		site: pick(sites),
		platform: windows ? 'windows' : 'linux',
		os: windows ? 'Windows 11 Pro 23H2' : 'Debian GNU/Linux 12 (bookworm)',
		version: random() < 0.9 ? '0.1.0' : '0.0.9',
		last_seen: before(lastSeen),
		enrolled_at: before(between(40, 300) * 86400),
		printer_count: 0,
		problems: state === 'late' ? ['Its reports come late: 12 minutes since the last one.'] : [],
		printers: [],
		health: {
			taken_at: before(lastSeen),
			uptime_s: between(300, 900000),
			memory_bytes: between(5_000_000, 9_500_000),
			spool_records: state === 'online' ? 0 : between(1, 90),
			spool_bytes: 40960,
			clock_offset_ms: between(-900, 900),
			uplink: 'long_poll',
		},
		certificate: { fingerprint: `sha256:${hex(64)}`, expires_at: before(-200 * 86400) },
		capabilities: {
			actions: {
				probe_now: { offered: true, reason: null },
				agent_log: { offered: false, reason: "This PC's policy forbids it." },
			},
		},
	};
}

function makeAlert(printer, [code, severity, group, description]) {
	const { id, make, model, serial_number } = printer;
	return {
		id: `al-${hex(10)}`,
		printer: { id, make, model, serial_number },
		site: printer.site,
		code,
		severity,
		group,
		description,
		since: before(between(60, 90000)),
		closed_at: null,
	};
}

function statusOf(printer, agent) {
	if (agent.state !== 'online') return 'offline';
	if (printer.alerts.some((alert) => alert.severity === 'critical')) return 'error';
	if (printer.alerts.length || printer.supplies.some((one) => one.state === 'low')) return 'attention';
	if (printer.state.asleep) return 'asleep';
	return printer.state.printer_state;
}

function capabilitiesOf(model) {
	const no = (reason) => ({ offered: false, reason });
	const yes = { offered: true, reason: null };
	const identify = model.tells === 'ipp' || model.tells === 'ledm';
	return {
		actions: {
			probe_now: yes,
			identify: identify ? yes : no('This printer has no Identify-Printer operation.'),
			print_test_page: yes,
			reboot: model.make === 'HP' ? yes : no('This printer has no way to be restarted from afar.'),
			diagnostics: yes,
		},
	};
}

function countersOf(model, total) {
	const colour = model.colours.length > 1 ? Math.floor(total * 0.4) : model.tells === 'ledm' ? 0 : null;
	const counters = {
		impressions: model.tells === 'ieee1284' ? null : total,
		impressions_color: colour,
		impressions_monochrome: colour === null ? null : total - colour,
		sheets: model.tells === 'ipp' ? Math.floor(total * 0.8) : null,
		sheets_duplex: model.tells === 'ledm' ? Math.floor(total * 0.2) : null,
		scans: model.model.includes('MFP') ? between(0, 900) : null,
		copies: null,
		faxes: null,
		jams: model.tells === 'ledm' ? between(0, 12) : null,
	};
	const told = Object.entries(counters).filter(([, value]) => value !== null);
	return { ...counters, sources: Object.fromEntries(told.map(([name]) => [name, model.tells])) };
}

function makePrinter(agent) {
	const model = pick(MODELS);
	const serial = model.tells === 'ieee1284' ? null : `${pick(['VNB', 'PHB', 'E78', 'VCF'])}${hex(7).toUpperCase()}`;
	const total = between(20, 180000);
	const supplies = model.colours.map((colour, index) => supply(index + 1, model, colour));
	if (model.waste) supplies.push(wasteBox(supplies.length + 1));
	const alert = random() < 0.05 ? pick(ALERTS) : null;
	const printer = {
		id: `${hex(8)}-${hex(4)}-4${hex(3)}-9${hex(3)}-${hex(12)}`,
		make: model.make,
		model: model.model,
		serial_number: serial,
		state: {
			printer_state: alert?.[1] === 'critical' ? 'stopped' : model.tells === 'ieee1284' ? 'unknown' : random() < 0.05 ? 'processing' : 'idle',
			asleep: model.tells === 'ieee1284' ? null : random() < 0.4,
			reasons: alert ? [alert[4]] : [],
			source: model.tells,
		},
		site: agent.site,
		agent: { id: agent.id, name: agent.name, state: agent.state },
		supply_levels: supplies.map(({ index, class: kind, type, colorant, level_percent, state }) => ({
			index,
			class: kind,
			type,
			colorant,
			level_percent,
			state,
		})),
		asset_number: random() < 0.2 ? `A-${between(1000, 9999)}` : null,
		location: null,
		tags: [],
		last_seen: agent.last_seen,
		usb: { vendor_id: '03f0', product_id: hex(4), bus: 1, address: between(2, 20), port_path: `1-${between(1, 4)}`, serial },
		identity: {
			make: model.make,
			model: model.model,
			serial_number: serial,
			uuid: model.tells === 'ipp' ? `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}` : null,
			firmware: model.tells === 'ieee1284' ? null : `2023${between(10, 12)}${between(10, 28)}`,
			device_id: `MFG:${model.make};MDL:${model.model};CMD:PJL,PCL;CLS:PRINTER;`,
			confidence: serial ? 'strong' : 'weak',
			sources: { make: 'ieee1284', model: 'ieee1284', serial_number: serial && model.tells, firmware: model.tells, device_id: 'usb' },
		},
		supplies,
		counters: countersOf(model, total),
		media: model.tells === 'ieee1284' ? [] : [
			{ index: 1, level: null, level_code: -3, capacity: 250, size: 'iso_a4_210x297mm', source: model.tells },
			{ index: 2, level: 40, level_code: null, capacity: 50, size: null, source: model.tells },
		],
		access: { owner: 'none', tier: model.tells === 'pjl' ? 2 : model.tells === 'ieee1284' ? 0 : 1, interfaces: ['7/1/2', '7/1/4'], busy: false, note: null },
		errors: model.tells === 'pjl' ? [{ source: 'pjl', error: 'timeout' }] : [],
		taken_at: agent.last_seen,
		first_seen: agent.enrolled_at,
		capabilities: capabilitiesOf(model),
		duplicate: [],
	};
	printer.impressions = printer.counters.impressions;
	printer.alerts = alert ? [makeAlert(printer, alert)] : [];
	printer.open_alerts = { critical: 0, warning: 0, report: 0 };
	for (const one of printer.alerts) printer.open_alerts[one.severity]++;
	printer.status = statusOf(printer, agent);
	return printer;
}

/** Readings that end at the printer's counters, about two a day, none at weekends. */
export function readingsOf(printer, fromMs) {
	const end = printer.counters;
	const items = [];
	const step = 43_200_000;
	const steps = Math.floor((Date.now() - fromMs) / step);
	for (let back = steps; back >= 0; back--) {
		const at = new Date(Date.now() - back * step);
		if (at.getDay() === 0 || at.getDay() === 6) continue;
		const counters = Object.fromEntries(
			Object.entries(end)
				.filter(([name]) => name !== 'sources')
				.map(([name, value]) => [name, value === null ? null : Math.max(0, value - Math.round(back * (9 + 7 * Math.sin(back / 3))))]),
		);
		items.push({ taken_at: at.toISOString(), counters });
	}
	return items;
}

export function makeFleet(size) {
	const agents = [];
	const printers = [];
	while (printers.length < size) {
		const agent = makeAgent(agents.length + 1);
		agents.push(agent);
		for (let n = between(1, 2); n > 0 && printers.length < size; n--) {
			const printer = makePrinter(agent);
			printers.push(printer);
			agent.printers.push(printer);
			agent.printer_count++;
		}
	}
	for (const customer of customers)
		for (const site of customer.sites) {
			site.printer_count = printers.filter((printer) => printer.site.id === site.id).length;
			site.agent_count = agents.filter((agent) => agent.site.id === site.id).length;
		}
	return { agents, printers };
}
