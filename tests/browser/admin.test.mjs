// SPDX-License-Identifier: Apache-2.0
// The administrator's pages, in Chromium against a real connector: notes, customers, users, tokens, audit, settings,
// exports, PCs that wait to be let in, and one's own account.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import { WireAgent } from './lib/agent.mjs';
import { accessibilityFaults } from './lib/axe.mjs';
import { launch, newPage, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { watch } from './lib/contract.mjs';
import { plugIn, talkative } from './lib/printers.mjs';
import { totp } from './lib/totp.mjs';

const connector = new Connector();
let browser, page, faults, contract, agent;
const lookFaults = [];

before(async () => {
	await connector.start();
	agent = await WireAgent.enrol(await connector.enrolmentToken());
	await agent.report(agent.hello(), ...plugIn(agent, talkative));
	browser = await launch();
	({ page, faults } = await newPage(browser));
	contract = watch(page);
	page.setDefaultTimeout(15_000);
	await signIn(page, connector.url, 'admin', connector.passwords.admin);
});

after(async () => {
	agent?.close();
	await browser?.close();
	await connector.stop();
	connector.remove();
});

const go = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
const card = (name) => page.getByRole('region', { name, exact: true });
const row = (name) => page.locator('tbody tr', { hasText: name });
const dialog = () => page.getByRole('dialog');
const press = (name) => dialog().getByRole('button', { name, exact: true }).click();
const closed = () => dialog().waitFor({ state: 'detached' });

/** Looks at the open window for accessibility faults before it is used. */
async function look(name) {
	lookFaults.push(...(await accessibilityFaults(page, name)));
}

test('notes about a printer are kept, shown and found', async () => {
	await go('Printers');
	await page.getByRole('link', { name: talkative.name }).click();
	await card('Your notes').getByRole('button', { name: 'Change' }).click();
	await dialog().getByLabel('Asset number').fill('A-4711');
	await dialog().getByLabel('Place').fill('Room 12');
	await dialog().getByLabel('Tags').fill('finance, colour, finance');
	await look('notes');
	await press('Save');
	await closed();
	await card('Your notes').getByText('finance, colour', { exact: true }).waitFor();
	await go('Printers');
	await page.getByRole('searchbox').fill('colour 4711');
	await row(talkative.name).getByText('A-4711').waitFor();
	await row(talkative.name).getByText('Room 12').waitFor();
});

test("a printer's history tells when it was unplugged and plugged in, as it happens", async () => {
	await page.getByRole('link', { name: talkative.name }).click();
	await agent.report(agent.record('printer.detached', talkative.key, { port_path: '1-2', reason: 'unplugged' }));
	await card('History').locator('[data-event="printer.detached"]').waitFor();
	await page.locator('.status-line', { hasText: 'Unplugged' }).waitFor();
	await agent.report(...plugIn(agent, talkative));
	await card('History').locator('[data-event="printer.attached"]').waitFor();
	await page.locator('.status-line', { hasText: 'Attention' }).waitFor();
});

test('meters are exported as a file', async () => {
	await go('Printers');
	const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: 'Export meters' }).click()]);
	assert.match(file.suggestedFilename(), /^platen-meters-\d{4}-\d\d-\d\d\.csv$/);
	const lines = readFileSync(await file.path(), 'utf8').trim().split(/\r?\n/);
	assert.equal(lines.length, 2);
	assert.match(lines[0], /serial_number/);
	assert.match(lines[1], new RegExp(talkative.serial));
	assert.match(lines[1], /\b931\b/);
});

test('customers and sites come, are renamed, and go', async () => {
	await go('Customers');
	await page.getByRole('button', { name: 'Add a customer' }).click();
	await dialog().getByLabel('Name').fill('Northern Clinics');
	await look('a new customer');
	await press('Add');
	await closed();
	const clinics = card('Northern Clinics');
	for (const name of ['Main hall', 'Laboratory']) {
		await clinics.getByRole('button', { name: 'Add a site' }).click();
		await dialog().getByLabel('Name').fill(name);
		await press('Add');
		await closed();
	}
	await clinics.getByRole('button', { name: 'Rename Main hall' }).click();
	await dialog().getByLabel('Name').fill('Entrance');
	await press('Rename');
	await closed();
	await clinics.getByRole('rowheader', { name: 'Entrance' }).waitFor();
	await clinics.getByRole('button', { name: 'Remove Laboratory' }).click();
	await press('Remove');
	await closed();
	await clinics.getByRole('rowheader', { name: 'Laboratory' }).waitFor({ state: 'detached' });
});

test('a user of one customer sees that customer and nothing else', async () => {
	await go('Users');
	await page.getByRole('button', { name: 'Add a user' }).click();
	await dialog().getByLabel('Name').fill('clinic-desk');
	await dialog().getByLabel('Password').fill('a long enough one');
	await dialog().getByLabel('Role').selectOption({ label: 'Operator' });
	await dialog().getByLabel('Where').selectOption({ label: 'all of Northern Clinics' });
	await look('a new user');
	await press('Add');
	await closed();
	await row('clinic-desk').getByText('operator, Northern Clinics').waitFor();

	const mine = await newPage(browser);
	await signIn(mine.page, connector.url, 'clinic-desk', 'a long enough one');
	await mine.page.getByText('No PC has joined yet').waitFor();
	await mine.page.getByRole('link', { name: 'Printers', exact: true }).click();
	await mine.page.getByText('No printer has been reported yet').waitFor();
	assert.equal(await mine.page.getByRole('link', { name: 'Users', exact: true }).count(), 0);
	await mine.context.close();
});

test('a short password is refused before it is sent, and an own name cannot be removed', async () => {
	await page.getByRole('button', { name: 'Change clinic-desk' }).click();
	await dialog().getByLabel('New password').fill('short');
	await press('Save');
	assert.equal(await dialog().count(), 1, 'the window stays');
	await press('Close');
	await closed();
	assert.equal(await page.getByRole('button', { name: 'Remove admin' }).count(), 0);
	await page.getByRole('button', { name: 'Remove clinic-desk' }).click();
	await press('Remove');
	await row('clinic-desk').waitFor({ state: 'detached' });
});

test('an API token is shown once, works, and ends when it is revoked', async () => {
	await page.getByRole('button', { name: 'Make a token' }).click();
	await dialog().getByLabel('What it is for').fill('billing');
	await look('a new token');
	await press('Make it');
	const token = await dialog().getByRole('group', { name: 'API token' }).textContent();
	await dialog().getByRole('button', { name: 'Close' }).first().click();
	await closed();
	const ask = (method, path, body) => connector.call(method, `/api/v1${path}`, { token, body });
	assert.equal((await ask('GET', '/printers')).status, 200);
	assert.equal((await ask('POST', '/enrolment-tokens', {})).status, 403, 'it may only read');
	await page.getByRole('button', { name: 'Revoke billing' }).click();
	await press('Revoke');
	await row('billing').waitFor({ state: 'detached' });
	assert.equal((await ask('GET', '/printers')).status, 401);
	assert.ok(!(await page.content()).includes(token));
});

test('settings are changed, kept and explained', async () => {
	await go('Settings');
	const hours = page.getByLabel('Length of a session');
	const before = await hours.inputValue();
	await hours.fill(String(Number(before) - 1));
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').waitFor();
	await page.reload();
	await page.getByLabel('Length of a session').waitFor();
	assert.equal(await page.getByLabel('Length of a session').inputValue(), String(Number(before) - 1));
	await page.getByLabel('Length of a session').fill('0');
	await page.getByRole('button', { name: 'Save' }).click();
	assert.equal(await page.evaluate(() => document.querySelector('input:invalid') !== null), true);
	await page.getByRole('button', { name: 'Undo' }).click();
});

test('a PC without a token waits until its fingerprint was compared', async () => {
	const token = await connector.enrolmentToken();
	await assert.rejects(WireAgent.askToJoin(token), /403/, 'off unless switched on');
	await page.getByLabel('PCs may ask without a token').check();
	await page.getByRole('button', { name: 'Save' }).click();
	await page.getByText('Saved.').first().waitFor();
	await go('Add PCs');
	const asking = await WireAgent.askToJoin(token, { hostname: 'stranger-03' });
	const waiting = card('PCs that wait to be let in');
	await waiting.getByText('stranger-03').waitFor();
	await waiting.getByRole('button', { name: 'Let it in …' }).click();
	assert.equal(await dialog().locator('code').nth(1).textContent(), asking.fingerprint);
	await look('let it in');
	await press('Let it in');
	assert.equal(await dialog().count(), 1, 'not without having compared');
	await dialog().getByLabel(/I compared them/).check();
	await press('Let it in');
	await closed();
	const stranger = await asking.again();
	await stranger.report(stranger.hello());
	await go('PCs');
	await row('stranger-03').getByText('Online').waitFor();
	stranger.close();
});

test('a PC is locked out at once', async () => {
	await page.getByRole('link', { name: 'stranger-03' }).click();
	await page.getByRole('button', { name: 'Lock out' }).click();
	await look('lock out');
	await press('Lock out');
	await page.locator('.status-line', { hasText: 'Revoked' }).waitFor();
});

test('the audit names all this, and its chain holds', async () => {
	await go('Audit');
	await page.getByRole('searchbox').fill('enrolments');
	await row('approve').first().waitFor();
	assert.match(await row('approve').first().textContent(), /^admin/);
	await page.getByRole('button', { name: 'Check the chain' }).click();
	await page.locator('.notice', { hasText: /entries/ }).waitFor();
	assert.equal(await page.locator('.notice.bad').count(), 0);
});

test('a customer is deactivated, and erased only when its name was typed', async () => {
	await go('Customers');
	const clinics = card('Northern Clinics');
	await clinics.getByRole('button', { name: 'Deactivate' }).click();
	await press('Deactivate');
	await closed();
	await clinics.getByRole('button', { name: 'Erase' }).click();
	await dialog().getByLabel(/Type/).fill('Northern');
	await press('Erase');
	assert.equal(await dialog().count(), 1, 'the wrong name does nothing');
	await dialog().getByLabel(/Type/).fill('Northern Clinics');
	await look('erase');
	await press('Erase');
	await clinics.waitFor({ state: 'detached' });
});

test('a second factor is added with a right code, and asked for at the next sign-in', async () => {
	const mine = await newPage(browser);
	const answers = watch(mine.page);
	await signIn(mine.page, connector.url, 'operator', connector.passwords.operator);
	await mine.page.getByRole('link', { name: 'Settings', exact: true }).click();
	await mine.page.getByRole('button', { name: 'Add a second factor' }).waitFor();
	assert.equal(await mine.page.getByRole('button', { name: 'Remove the second factor' }).count(), 0); // there is none
	await mine.page.getByRole('button', { name: 'Add a second factor' }).click();
	const secret = await mine.page.getByRole('group', { name: 'Secret' }).textContent();
	const window = mine.page.getByRole('dialog');
	await window.getByLabel('Six-digit code').fill(totp(secret, Date.now() - 600_000));
	await window.getByRole('button', { name: 'Add it' }).click();
	await window.getByRole('alert').waitFor();
	await window.getByLabel('Six-digit code').fill(totp(secret));
	await window.getByRole('button', { name: 'Add it' }).click();
	await window.waitFor({ state: 'detached' });
	await mine.page.getByRole('button', { name: 'Remove the second factor' }).waitFor();
	assert.equal(await mine.page.getByRole('button', { name: 'Add a second factor' }).count(), 0);
	await mine.page.getByRole('button', { name: 'Sign out' }).click();
	await mine.page.getByLabel('Name').fill('operator');
	await mine.page.getByLabel('Password').fill(connector.passwords.operator);
	await mine.page.getByRole('button', { name: 'Sign in' }).click();
	// The code of this half minute may have been used up above; the next one is taken as well.
	await mine.page.getByLabel('Six-digit code').fill(totp(secret, Date.now() + 30_000));
	await mine.page.getByRole('button', { name: 'Sign in' }).click();
	await mine.page.locator('.shell h1').waitFor();
	assert.deepEqual(await answers.faults(), []);
	await mine.context.close();
});

test('every answer kept the contract, no window has an accessibility fault, the connector is well', async () => {
	assert.deepEqual([...new Set(await contract.faults())], []);
	assert.deepEqual(lookFaults, []);
	assert.deepEqual(faults, []);
	assert.equal(await connector.stop(), 0);
	assert.doesNotMatch(connector.log(), /Sanitizer|runtime error/);
});
