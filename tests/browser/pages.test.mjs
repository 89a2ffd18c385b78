// SPDX-License-Identifier: Apache-2.0
// Remote pages: a printer's own web page in a real browser, through the connector and the agent; who may open one, what
// ends one, and what a hostile page cannot do.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { launch, newPage, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { Desk } from './lib/desk.mjs';
import { goodPrinter, hostilePrinter, RESOURCES } from './lib/printer-page.mjs';

const connector = new Connector();
const desk = new Desk();
const folder = mkdtempSync(join(tmpdir(), 'platen-pages-'));
const printers = {};
let browser, context, page, faults, site;

before(async () => {
	await connector.start();
	await desk.start(await connector.enrolmentToken(), [goodPrinter(folder), hostilePrinter(folder)], 'ews_unattended = ask\n');
	for (const name of ['good', 'hostile']) {
		const serial = desk.truth(name).identity.serial_number;
		printers[name] = await until(async () => {
			const { items } = await connector.api('GET', '/printers');
			const found = items.find((one) => one.serial_number === serial);
			return found && (await connector.api('GET', `/printers/${found.id}`)).capabilities.actions.ews.offered && found;
		});
	}
	site = printers.good.site.id;
	browser = await launch();
	({ context, page, faults } = await newPage(browser));
	page.setDefaultTimeout(30_000);
});

after(async () => {
	await browser?.close();
	await desk.stop();
	await connector.stop();
	connector.remove();
	rmSync(folder, { recursive: true, force: true });
});

async function until(look, ms = 60_000) {
	for (const end = Date.now() + ms; Date.now() < end; await sleep(100)) {
		const found = await look();
		if (found) return found;
	}
	throw new Error(`it did not happen in time:\n${desk.log()}\n${connector.log().slice(-2000)}`);
}

const policy = (change) => connector.api('PUT', `/sites/${site}/ews`, change);
const askFor = (printer, password = connector.passwords.operator) =>
	connector
		.token('operator')
		.then((token) => connector.call('POST', `/api/v1/printers/${printers[printer].id}/ews-sessions`, { body: { password }, token }));
const session = (id) => connector.api('GET', `/ews-sessions/${id}`, undefined, 'operator');
const inState = (id, state) => until(async () => ((await session(id)).state === state ? session(id) : null));

/** A session that the person at the PC has agreed to. */
async function open(printer) {
	const answer = await askFor(printer);
	assert.equal(answer.status, 202, answer.text);
	const { id } = JSON.parse(answer.text);
	await inState(id, 'waiting');
	await until(() => listed().includes(id));
	desk.platen('ews', 'allow', id);
	return inState(id, 'open');
}

function listed() {
	try {
		return desk.platen('ews', 'list');
	} catch {
		return '';
	}
}

/** Enters a session as the console does, in a tab of its own. */
async function enter(id) {
	const ticket = await connector.api('POST', `/ews-sessions/${id}/ticket`, {}, 'operator');
	const tab = await context.newPage();
	await tab.goto(connector.url);
	await tab.setContent(`<form method="post" action="https://localhost:${ticket.port}${ticket.path}">
		<input name="ticket" value="${ticket.ticket}"></form>`);
	await tab.evaluate(() => document.forms[0].submit());
	await tab.waitForURL(`https://localhost:${ticket.port}/page/home.html`);
	return tab;
}

const end = (id) => connector.api('POST', `/ews-sessions/${id}/end`, {}, 'operator');

test('it is off until a site switches it on, and for those on its list only', async () => {
	assert.equal((await askFor('good')).status, 409);
	await policy({ enabled: true, users: ['admin'] });
	assert.equal((await askFor('good')).status, 403);
	await policy({ users: ['operator'] });
	const wrong = await askFor('good', 'not the password');
	assert.equal(wrong.status, 400);
	assert.match(wrong.text, /The password is wrong/);
});

test('the person at the PC says no', async () => {
	const { id } = JSON.parse((await askFor('good')).text);
	await inState(id, 'waiting');
	await until(() => listed().includes(id));
	desk.platen('ews', 'deny', id);
	assert.match((await inState(id, 'ended')).reason, /said no/);
});

test('an operator opens it from the console: thirty resources, links, redirects, a form, a cookie', async () => {
	await signIn(page, connector.url, 'operator', connector.passwords.operator);
	await page.goto(`${connector.url}#/printers/${printers.good.id}`);
	const card = page.getByRole('region', { name: 'Its own web page', exact: true });
	await card.getByRole('button', { name: 'Show its web page' }).click();
	await page.getByLabel('Your password').fill(connector.passwords.operator);
	await page.getByRole('button', { name: 'Ask the PC' }).click();
	await card.getByText('Waiting for consent').waitFor();
	const id = await until(() => /[0-9a-f-]{36}/.exec(listed())?.[0]);
	desk.platen('ews', 'allow', id);
	const opening = context.waitForEvent('page');
	await card.getByRole('button', { name: 'Open the page' }).click();
	const tab = await opening;
	const seen = new Map();
	tab.on('response', (response) => seen.set(new URL(response.url()).pathname, response.status()));
	await tab.waitForURL(/\/page\/home\.html$/);
	await tab.reload({ waitUntil: 'load' });
	const port = Number(new URL(tab.url()).port);
	const loaded = [...seen].filter(([path, status]) => path.startsWith('/page/') && status === 200);
	assert.equal(loaded.length, RESOURCES, JSON.stringify([...seen]));
	assert.equal(await tab.evaluate(() => window.parts), 6);
	assert.equal(await tab.evaluate(() => window.home), '/page/home.html');
	assert.equal(await tab.evaluate(() => [...document.images].filter((one) => one.naturalWidth === 1).length), 18);
	assert.equal(await tab.evaluate(() => window.opener), null);

	for (const link of ['absolute', 'relative', 'jump', 'leap']) {
		await tab.goto(`https://localhost:${port}/page/home.html`);
		await tab.locator(`#${link}`).click();
		await tab.getByRole('heading', { name: 'Second page' }).waitFor();
		assert.equal(Number(new URL(tab.url()).port), port, link);
	}
	await tab.goto(`https://localhost:${port}/page/home.html`);
	await tab.locator('#member').click();
	await tab.getByText('403').waitFor();
	await tab.goto(`https://localhost:${port}/page/home.html`);
	await tab.locator('#away').click();
	await tab.getByText('leads to another address').waitFor();

	await tab.goto(`https://localhost:${port}/page/home.html`);
	await tab.locator('input[name=location]').fill('Room 7 & hall');
	await tab.getByRole('button', { name: 'Save' }).click();
	await tab.getByRole('heading', { name: 'Saved' }).waitFor();
	assert.ok(desk.asked('good').some((entry) => entry.form === 'location=Room+7+%26+hall'));
	await tab.locator('#on').click(); // needs the printer's cookie, which the browser never had
	await tab.getByRole('heading', { name: 'Second page' }).waitFor();
	assert.ok(!(await context.cookies()).some((cookie) => cookie.name === 'member'));

	for (const path of ['/ipp/print', '/eSCL/ScannerStatus', '/%69pp/print', '/page/%2e%2e/ipp/print', '/Scan/Status']) {
		const answer = await tab.evaluate(async (to) => (await fetch(to)).status, path);
		assert.equal(answer, 403, path);
	}

	desk.platen('ews', 'end', id); // cut from the PC: at once
	assert.match((await inState(id, 'ended')).reason, /person at the PC/);
	await tab.reload();
	await tab.getByText('This remote page has ended').waitFor();
	await card.getByText('Ended by the person at the PC').waitFor();
	await tab.close();
	const { items } = await connector.api('GET', '/audit?q=remote%20page&limit=1000');
	assert.ok(items.some((entry) => JSON.stringify(entry).includes('POST /page/save')), 'the request line is in the audit');
	assert.deepEqual(faults, []);
});

test('it ends by itself: nobody uses it, its time is over, nobody answers at the PC', async () => {
	await policy({ idle_s: 5, hard_s: 600 });
	const idle = await open('good');
	assert.match((await inState(idle.id, 'ended')).reason, /Nobody used it/);
	await policy({ idle_s: 300, hard_s: 10 });
	const hard = await open('good');
	const tab = await enter(hard.id);
	assert.match((await inState(hard.id, 'ended')).reason, /time was over/);
	await tab.reload();
	await tab.getByText('This remote page has ended').waitFor();
	await tab.close();
	await policy({ idle_s: 300, hard_s: 1800 });
});

test('an administrator takes the leave away: it ends at once', async () => {
	const { id } = await open('good');
	await policy({ enabled: false });
	assert.match((await session(id)).reason, /took the leave away/);
	await policy({ enabled: true });
});

test('another browser, another ticket, another port: no way in', async () => {
	const one = await open('good');
	const tab = await enter(one.id);
	const stranger = await browser.newContext({ ignoreHTTPSErrors: true });
	const other = await stranger.newPage();
	assert.equal((await other.goto(`https://localhost:${one.port}/page/home.html`)).status(), 403);
	const forged = await other.request.post(`https://localhost:${one.port}/.platen/enter`, { form: { ticket: 'x'.repeat(43) } });
	assert.equal(forged.status(), 403);
	await stranger.close();
	await tab.close();
	await end(one.id);
});

test('a hostile page gets nothing', async () => {
	const victim = await open('good');
	const victimTab = await enter(victim.id);
	const hostile = await open('hostile');
	const tab = await enter(hostile.id);
	assert.equal((await victimTab.reload()).status(), 200, 'entering a second session leaves the first one as it is');
	const told = await tab.evaluate(([admin, other]) => window.attack(admin, other), [connector.ports.admin, victim.port]);
	for (const [attempt, outcome] of Object.entries(told)) assert.match(outcome, /^failed/, `${attempt}: ${outcome}`);
	assert.equal(Object.keys(told).length, 11, JSON.stringify(told));
	const asked = desk.asked('hostile').map((entry) => entry.request ?? '');
	assert.ok(!asked.some((request) => request.includes('worker.js')), 'no worker was fetched');

	const before = connector.log().length;
	await tab.evaluate((port) => window.post(port), connector.ports.admin);
	await sleep(500);
	assert.equal(new URL(tab.url()).port, String(hostile.port), 'a form does not leave the page');
	assert.ok(!connector.log().slice(before).includes('logout'));
	assert.equal((await victimTab.reload()).status(), 200, "the other session's cookie was not overwritten");
	assert.equal((await connector.call('GET', '/api/v1/me', { token: await connector.token('operator') })).status, 200);
	await tab.close();
	await victimTab.close();
	await end(victim.id);
	await end(hostile.id);
});

test('the printer is unplugged: the session ends and says so', async () => {
	const { id } = await open('good');
	desk.do('unplug', 'good');
	assert.match((await inState(id, 'ended')).reason, /unplugged/);
});
