// SPDX-License-Identifier: Apache-2.0
// Printers that the tests tell of: one that tells all, one that tells little, one that tells next to nothing.

const COLOURS = ['black', 'cyan', 'magenta', 'yellow'];
const LEVELS = [61, 48, 7, 33];

/** A colour multifunction printer, with every section of a snapshot. */
export const talkative = {
	key: 'usb-03f0-2b17-VNB3K12345',
	name: 'HP LaserJet MFP M227fdw',
	serial: 'VNB3K12345',
	snapshot: {
		full: true,
		usb: { vendor_id: '03f0', product_id: '2b17', bus: 1, address: 4, port_path: '1-2', serial: 'VNB3K12345' },
		identity: {
			...{ make: 'HP', model: 'LaserJet MFP M227fdw', serial_number: 'VNB3K12345', firmware: '20230414', confidence: 'strong' },
			uuid: '564e4233-4b31-3233-3435-3c2af4a1b2c3',
			device_id: 'MFG:HP;MDL:LaserJet MFP M227fdw;CMD:PJL,PCL,URF;CLS:PRINTER;SN:VNB3K12345;',
			sources: { make: 'ieee1284', model: 'ledm', serial_number: 'ledm', uuid: 'ipp', firmware: 'ledm', device_id: 'usb' },
		},
		state: { printer_state: 'idle', asleep: false, reasons: [] },
		supplies: [
			...COLOURS.map((colorant, at) => ({
				...{ index: at + 1, class: 'consumed', type: 'toner', colorant, unit: 'percent', max_capacity: 100 },
				...{ level: LEVELS[at], level_code: null, level_percent: LEVELS[at], part_number: `CF23${at}A`, serial_number: null },
				...{ description: `${colorant} cartridge`, state: LEVELS[at] < 10 ? 'low' : 'ok' },
			})),
			{
				...{ index: 5, class: 'filled', type: 'wasteToner', colorant: 'none', unit: 'percent', max_capacity: 100 },
				...{ level: null, level_code: -3, level_percent: null, part_number: null, serial_number: null },
				...{ description: null, state: 'unknown' },
			},
		],
		counters: {
			...{ impressions: 931, impressions_color: 0, impressions_monochrome: 931, sheets: null, sheets_duplex: 12 },
			...{ scans: 3, copies: null, faxes: null, jams: 2 },
			sources: { impressions: 'ledm', impressions_color: 'ledm', impressions_monochrome: 'ledm', sheets_duplex: 'ledm', scans: 'ledm', jams: 'ledm' },
		},
		media: [{ index: 1, level: null, level_code: -3, capacity: 250, size: 'iso_a4_210x297mm' }],
		alerts: [],
		access: { owner: 'none', tier: 1, interfaces: ['7/1/2', '7/1/4'], busy: false },
		errors: [],
	},
};

/** A laser printer that speaks PJL: a page count, no supplies. */
export const laconic = {
	key: 'usb-04f9-0027-E7J110044',
	name: 'Brother HL-5170DN series',
	serial: 'E7J110044',
	snapshot: {
		...talkative.snapshot,
		usb: { vendor_id: '04f9', product_id: '0027', bus: 1, address: 5, port_path: '1-3', serial: 'E7J110044' },
		identity: {
			...{ make: 'Brother', model: 'HL-5170DN series', serial_number: 'E7J110044', uuid: null, firmware: null },
			...{ device_id: 'MFG:Brother;MDL:HL-5170DN series;CMD:PJL;CLS:PRINTER;', confidence: 'strong', sources: { serial_number: 'usb', model: 'ieee1284' } },
		},
		supplies: [],
		counters: { ...unknownCounters(), impressions: 18421, sources: { impressions: 'pjl' } },
		media: [],
		access: { owner: 'usblp', tier: 2, interfaces: ['7/1/2'], busy: false },
		errors: [{ source: 'pjl', error: 'timeout' }],
	},
};

/** An inkjet of which only the IEEE 1284 ID is known. */
export const silent = {
	key: 'usb-04a9-1763-1-4',
	name: 'Canon iP2700 series',
	serial: null,
	snapshot: {
		...laconic.snapshot,
		usb: { vendor_id: '04a9', product_id: '1763', bus: 1, address: 6, port_path: '1-4', serial: null },
		identity: {
			...{ make: 'Canon', model: 'iP2700 series', serial_number: null, uuid: null, firmware: null },
			...{ device_id: 'MFG:Canon;MDL:iP2700 series;CLS:PRINTER;', confidence: 'weak', sources: { model: 'ieee1284', make: 'ieee1284' } },
		},
		state: { printer_state: 'unknown', asleep: null, reasons: [] },
		counters: { ...unknownCounters(), sources: {} },
		access: { owner: 'none', tier: 0, interfaces: ['7/1/1'], busy: false },
		errors: [],
	},
};

function unknownCounters() {
	return {
		...{ impressions: null, impressions_color: null, impressions_monochrome: null, sheets: null, sheets_duplex: null },
		...{ scans: null, copies: null, faxes: null, jams: null },
	};
}

/** Everything a fresh agent tells of a printer when it is plugged in. */
export function plugIn(agent, printer, at) {
	return [
		agent.record('printer.attached', printer.key, { usb: printer.snapshot.usb }, at),
		agent.record('printer.snapshot', printer.key, printer.snapshot, at),
	];
}
