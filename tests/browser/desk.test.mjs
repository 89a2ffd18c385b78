// SPDX-License-Identifier: Apache-2.0
// The main job as a person at the console sees it: the real agent reads virtual USB printers, and what is asked in the
// browser reaches the printer itself.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { accessibilityFaults } from './lib/axe.mjs';
import { launch, newPage, SCREENS, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { watch } from './lib/contract.mjs';
import { Desk } from './lib/desk.mjs';

const connector = new Connector();
const desk = new Desk();
let browser, page, contract, truth;

before(async () => {
	await connector.start();
	await desk.start(await connector.enrolmentToken(), ['hp-mfp', 'brother-laser', 'inkjet-idonly']);
	truth = desk.truth('hp-mfp');
	browser = await launch();
	({ page } = await newPage(browser));
	page.setDefaultTimeout(60_000);
	contract = watch(page);
});

after(async () => {
	await browser?.close();
	await desk.stop();
	await connector.stop();
	connector.remove();
});

/** For people who want to see it: PLATEN_PICTURES=FOLDER. */
async function pictures(page, name) {
	for (const [look, colorScheme, viewport] of [['light', 'light', SCREENS.wide], ['dark', 'dark', SCREENS.wide], ['phone', 'light', SCREENS.phone]]) {
		await page.emulateMedia({ colorScheme });
		await page.setViewportSize(viewport);
		await page.screenshot({ path: join(process.env.PLATEN_PICTURES, `${name}-${look}.png`) });
	}
	await page.emulateMedia({ colorScheme: 'light' });
	await page.setViewportSize(SCREENS.wide);
}

const grouped = (value) => new Intl.NumberFormat('en-US').format(value);
const card = (name) => page.getByRole('region', { name, exact: true });

test('three printers come up in the console by themselves', async () => {
	await signIn(page, connector.url, 'admin', connector.passwords.admin);
	await page.getByRole('link', { name: 'Printers', exact: true }).click();
	await page.locator('tbody tr').nth(2).waitFor();
	await page.locator('tbody tr', { hasText: truth.identity.serial_number }).waitFor();
});

test("a printer's page says what the printer is", async () => {
	await page.locator('tbody tr', { hasText: truth.identity.serial_number }).getByRole('link').click();
	const value = card('Counters').locator('[data-counter=impressions] td').first();
	await value.getByText(grouped(truth.counters.impressions), { exact: true }).waitFor();
	const supplies = await card('Supplies').locator('li').allTextContents();
	assert.equal(supplies.length, truth.supplies.length);
	for (const [index, supply] of truth.supplies.entries())
		if (supply.level_percent !== null) assert.match(supplies[index], new RegExp(`(?<!\\d)${supply.level_percent} % `));
	for (const [name, told] of Object.entries(truth.counters).filter(([, number]) => number === null))
		assert.equal(await card('Counters').locator(`[data-counter=${name}] td`).first().textContent(), 'not told', `${name}: ${told}`);
});

test('Identify, clicked here, reaches the printer', async () => {
	await card('Actions').getByRole('button', { name: 'Identify' }).click();
	await card('Recent actions').locator('.action .chip', { hasText: 'Done' }).waitFor();
	assert.equal(desk.asked('hp-mfp').filter((entry) => entry.operation === 'Identify-Printer').length, 1);
});

test('the tray runs empty: the page says so without a reload, and again when it is full', async () => {
	desk.do('set', 'hp-mfp', 'state-reason', '+media-empty');
	await card('Open alerts').locator('[data-alert=inputMediaSupplyEmpty]').waitFor();
	await page.locator('.status-line', { hasText: 'Error' }).waitFor();
	desk.do('clear', 'hp-mfp');
	await card('Open alerts').waitFor({ state: 'detached' });
});

test('pages are printed: the counter on the page follows', async () => {
	desk.do('print', 'hp-mfp', '10');
	const now = desk.truth('hp-mfp').counters.impressions;
	assert.equal(now, truth.counters.impressions + 10);
	await card('Actions').getByRole('button', { name: 'Read now' }).click();
	await card('Counters').locator('[data-counter=impressions] td').first().getByText(grouped(now), { exact: true }).waitFor();
});

test('diagnostics: what the printer tells is looked at here, part by part, and saved as a file', async () => {
	await card('Actions').getByRole('button', { name: 'Collect diagnostics' }).click();
	const action = card('Recent actions').locator('.action', { hasText: 'Collect diagnostics' }).first();
	await action.locator('.chip', { hasText: 'Done' }).waitFor();
	await action.getByRole('button', { name: 'Look at it' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: /^ledm-ProductUsage/ }).click();
	const pages = desk.truth('hp-mfp').counters.impressions;
	await dialog.locator('pre', { hasText: `PrinterSubunit/TotalImpressions = ${pages}` }).waitFor();
	assert.deepEqual(await accessibilityFaults(page, 'a bundle'), []);
	const saved = page.waitForEvent('download');
	await dialog.getByRole('button', { name: 'Save the file' }).click();
	const file = await saved;
	assert.match(file.suggestedFilename(), /^platen-diagnostics-.*\.zip$/);
	assert.equal(readFileSync(await file.path()).subarray(0, 2).toString(), 'PK');
	if (process.env.PLATEN_PICTURES) await pictures(page, 'bundle');
	await page.keyboard.press('Escape');
	await dialog.waitFor({ state: 'detached' });
});

test("a PC's log comes from the PC's page; what is missing in a bundle is said with its reason", async () => {
	await page.locator('a[href^="#/agents/"]').first().click();
	await card('Actions').getByRole('button', { name: 'Fetch its log' }).click();
	const action = card('Recent actions').locator('.action', { hasText: 'Fetch log' }).first();
	await action.locator('.chip', { hasText: 'Done' }).waitFor();
	await action.getByRole('button', { name: 'Look at it' }).click();
	const dialog = page.getByRole('dialog');
	await dialog.getByRole('button', { name: /^agent\.log/ }).click();
	await dialog.locator('pre', { hasText: 'printer attached port=' }).waitFor();
	await page.keyboard.press('Escape');
	await page.getByRole('link', { name: 'Printers', exact: true }).click();
	await page.locator('tbody tr', { hasText: 'HL-' }).getByRole('link').click();
	await card('Actions').getByRole('button', { name: 'Collect diagnostics' }).click();
	const second = card('Recent actions').locator('.action', { hasText: 'Collect diagnostics' }).first();
	await second.locator('.chip', { hasText: 'Done' }).waitFor();
	await second.getByRole('button', { name: 'Look at it' }).click();
	await dialog.getByRole('list', { name: 'Not in it' }).getByText('ipp.json').waitFor();
	await dialog.getByText('The printer does not offer it').first().waitFor();
	if (process.env.PLATEN_PICTURES) await pictures(page, 'missing');
	await page.keyboard.press('Escape');
});

test('all answers kept the contract', async () => {
	assert.deepEqual([...new Set(await contract.faults())], []);
});
