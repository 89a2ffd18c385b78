// SPDX-License-Identifier: Apache-2.0
// Firmware in Chromium against a real connector: a package is there, a roll-out is made, goes step by step as a PC answers,
// is paused, stopped by a failure, resumed and cancelled.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { WireAgent } from './lib/agent.mjs';
import { accessibilityFaults } from './lib/axe.mjs';
import { launch, newPage, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { watch } from './lib/contract.mjs';
import { plugIn, talkative } from './lib/printers.mjs';

const connector = new Connector();
const folder = mkdtempSync(join(tmpdir(), 'platen-package-'));
let browser, page, faults, contract, agent;
const lookFaults = [];

before(async () => {
	await connector.start();
	agent = await WireAgent.enrol(await connector.enrolmentToken());
	const hello = { ...agent.hello().body, actions: ['probe_now', 'identify', 'firmware'], forbidden: [] };
	await agent.report(agent.record('agent.hello', null, hello), ...plugIn(agent, talkative));
	browser = await launch();
	({ page, faults } = await newPage(browser));
	contract = watch(page);
	page.setDefaultTimeout(20_000);
	await signIn(page, connector.url, 'operator', connector.passwords.operator);
});

after(async () => {
	agent?.close();
	await browser?.close();
	await connector.stop();
	connector.remove();
	rmSync(folder, { recursive: true, force: true });
});

const go = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
const dialog = () => page.getByRole('dialog');
const look = async (name) => lookFaults.push(...(await accessibilityFaults(page, name)));

function addPackage(name, version) {
	const file = join(folder, name);
	writeFileSync(file, `firmware ${name}`);
	if (version === '20250901') connector.run(['package', 'keygen', join(folder, 'site')]);
	const { model } = talkative.snapshot.identity;
	connector.run(['package', 'sign', file, '--signing-key', join(folder, 'site.key'), '--title', `M227 ${version}`, '--version', version, '--model', model]);
	connector.run(['package', 'add', file, '--package-keys', folder]);
}

/** The firmware action that comes next. */
async function nextAction() {
	for (;;) {
		const found = (await agent.work(10)).find((action) => action.type === 'firmware');
		if (found) return found;
	}
}

async function begin(name) {
	await page.getByRole('button', { name: 'New roll-out' }).click();
	await dialog().getByLabel('Name').fill(name);
	await dialog().getByLabel('Only at these times').uncheck();
}

test('without a package the page says how one is added', async () => {
	await go('Firmware');
	await page.getByText('platen-connector package add').waitFor();
	await look('firmware, empty');
	addPackage('spring.bin', '20250901');
	await page.reload();
	await page.getByRole('rowheader', { name: 'M227 20250901' }).waitFor();
});

test('a roll-out is made, runs, and its failure stops it', async () => {
	await begin('Spring');
	await look('new roll-out');
	await dialog().getByRole('button', { name: 'Begin' }).click();
	await page.getByRole('heading', { name: 'Spring', level: 1 }).waitFor();
	await page.getByText('5 %, 25 %, 100 %').waitFor();
	const action = await nextAction();
	await page.locator('tbody tr', { hasText: 'On its way' }).waitFor();
	await look('roll-out');
	await agent.actionState(action.id, { state: 'failed', message: 'The printer was unplugged after 50 % of the firmware' });
	await page.getByRole('alert').getByText('1 of the 1 printers').waitFor();
	await page.locator('tbody tr', { hasText: 'unplugged after 50 %' }).waitFor();
	await look('roll-out, stopped');
	await page.getByRole('button', { name: 'Resume' }).click();
	await page.getByText('Done', { exact: true }).waitFor();
});

test('another one is paused, resumed and cancelled', async () => {
	addPackage('summer.bin', '20260601');
	await go('Firmware');
	await begin('Summer');
	await dialog().getByLabel('Package').selectOption({ label: 'M227 20260601 20260601' });
	await dialog().getByRole('button', { name: 'Begin' }).click();
	await page.getByRole('button', { name: 'Pause' }).click();
	await page.getByRole('button', { name: 'Resume' }).click();
	await page.getByRole('button', { name: 'Cancel', exact: true }).click();
	await dialog().getByRole('button', { name: 'Cancel the roll-out' }).click();
	await page.getByText('Cancelled', { exact: true }).first().waitFor();
	await go('Firmware');
	await page.locator('tbody tr', { hasText: 'Summer' }).getByText('Cancelled').waitFor();
	await look('firmware');
	if (process.env.PLATEN_PICTURES) {
		await page.screenshot({ path: join(process.env.PLATEN_PICTURES, 'firmware.png') });
		await page.getByRole('link', { name: 'Spring' }).click();
		await page.getByRole('heading', { name: 'Spring', level: 1 }).waitFor();
		await page.locator('tbody tr').first().waitFor();
		await page.screenshot({ path: join(process.env.PLATEN_PICTURES, 'rollout.png') });
		await page.setViewportSize({ width: 390, height: 844 });
		await page.screenshot({ path: join(process.env.PLATEN_PICTURES, 'rollout-phone.png') });
		await page.setViewportSize({ width: 1280, height: 900 });
		await go('Firmware');
		await begin('Autumn');
		await page.screenshot({ path: join(process.env.PLATEN_PICTURES, 'new.png') });
		await page.keyboard.press('Escape');
	}
});

test('every answer kept the contract, no page has an accessibility fault, the connector is well', async () => {
	assert.deepEqual([...new Set(await contract.faults())], []);
	assert.deepEqual(lookFaults, []);
	assert.deepEqual(faults, []);
	assert.equal(await connector.stop(), 0);
	assert.doesNotMatch(connector.log(), /Sanitizer|runtime error/);
});
