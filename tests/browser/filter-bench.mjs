// SPDX-License-Identifier: Apache-2.0
// How long a person waits for a filter's result: a real connector with many printers, a real browser, from the key
// stroke to the frame that shows the new list.
//     PLATEN_BUILD=build/release node filter-bench.mjs [PRINTERS]     prints {"printers":…,"p50_ms":…,"p99_ms":…}
import { WireAgent } from './lib/agent.mjs';
import { launch, newPage, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { laconic, plugIn, talkative } from './lib/printers.mjs';

const total = Number(process.argv[2] ?? 10_000);
const PER_PC = 100;
const WORDS = ['laser', 'PC00', 'brother', 'serial7', 'hl-5170', 'nothing', 'pc0042', 'mfp', 'serial12', 'hp'];
const ROUNDS = 5;

function printerOf(number) {
	const model = number % 3 ? talkative : laconic;
	const serial_number = `SERIAL${number}`;
	return {
		key: `usb-bench-${number}`,
		snapshot: {
			...model.snapshot,
			usb: { ...model.snapshot.usb, serial: serial_number, port_path: `1-${number}` },
			identity: { ...model.snapshot.identity, serial_number, uuid: null },
			counters: { ...model.snapshot.counters, impressions: number * 7 },
		},
	};
}

async function fill(connector) {
	const token = await connector.enrolmentToken(Math.ceil(total / PER_PC));
	for (let first = 0; first < total; first += PER_PC) {
		const agent = await WireAgent.enrol(token, { hostname: `pc${String(first / PER_PC).padStart(4, '0')}` });
		const printers = Array.from({ length: Math.min(PER_PC, total - first) }, (_, n) => printerOf(first + n));
		await agent.report(agent.hello(), ...printers.flatMap((printer) => plugIn(agent, printer)));
		agent.close();
	}
}

/** Types a word into the search field; milliseconds until its answer is there and the frame after it was painted. */
function typeAndWait(page, word) {
	return page.evaluate(async (text) => {
		const input = document.querySelector('input[type=search]');
		const answered = new Promise((resolve) => {
			new PerformanceObserver((list, observer) => {
				if (!list.getEntries().some((entry) => entry.name.includes('/printers?'))) return;
				observer.disconnect();
				resolve();
			}).observe({ type: 'resource' });
		});
		const began = performance.now();
		input.value = text;
		input.dispatchEvent(new InputEvent('input', { bubbles: true }));
		await answered;
		await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(resolve))));
		return performance.now() - began;
	}, word);
}

const connector = new Connector();
await connector.start();
const browser = await launch();
try {
	await fill(connector);
	const { page } = await newPage(browser);
	await signIn(page, connector.url, 'admin', connector.passwords.admin);
	await page.evaluate(() => (location.hash = '#/printers'));
	await page.locator('.row-link').first().waitFor();
	const times = [];
	for (let round = 0; round < ROUNDS; round++)
		for (const word of WORDS) {
			times.push(await typeAndWait(page, word));
			await page.waitForTimeout(100);
		}
	times.sort((a, b) => a - b);
	const at = (part) => Math.round(times[Math.min(times.length - 1, Math.floor(times.length * part))] * 10) / 10;
	console.log(JSON.stringify({ printers: total, runs: times.length, p50_ms: at(0.5), p99_ms: at(0.99) }));
} finally {
	await browser.close();
	await connector.stop();
	connector.remove();
}
