// SPDX-License-Identifier: Apache-2.0
// Walks the console in Chromium against a real connector, with PCs that report over the real wire. The tests run in
// order and build on each other, as an administrator's first day does.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { WireAgent } from './lib/agent.mjs';
import { accessibilityFaults } from './lib/axe.mjs';
import { launch, newPage, SCREENS, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { eventFaults, watch } from './lib/contract.mjs';
import { laconic, plugIn, silent, talkative } from './lib/printers.mjs';

const connector = new Connector();
let browser, page, faults, contract, agent, server, events;

before(async () => {
	await connector.start();
	events = await connector.events();
	browser = await launch();
	({ page, faults } = await newPage(browser));
	contract = watch(page);
	page.setDefaultTimeout(10_000);
});

after(async () => {
	await server?.stop();
	agent?.close();
	await browser?.close();
	await connector.stop();
	connector.remove();
});

const heading = (name) => page.getByRole('heading', { name, exact: true });
const go = (name) => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click();
const card = (name) => page.getByRole('region', { name, exact: true });
const row = (name) => page.locator('tbody tr', { hasText: name });

test('a wrong password is refused in one sentence', async () => {
	await page.goto(connector.url);
	await page.getByLabel('Name').fill('admin');
	await page.getByLabel('Password').fill('not this one');
	await page.getByRole('button', { name: 'Sign in' }).click();
	assert.match(await page.getByRole('alert').textContent(), /\w+ .*\./);
	assert.equal(await page.evaluate(() => sessionStorage.length), 0);
});

test('signing in leads to the overview, which says how to begin', async () => {
	await signIn(page, connector.url, 'admin', connector.passwords.admin);
	await heading('Overview').waitFor();
	await page.getByText('No PC has joined yet').waitFor();
	await page.locator('.live', { hasText: 'Live' }).waitFor();
});

test('the token is in sessionStorage and nowhere else', async () => {
	const kept = await page.evaluate(() => ({ session: Object.keys(sessionStorage), local: Object.keys(localStorage), cookie: document.cookie }));
	assert.deepEqual(kept, { session: ['platen.token'], local: [], cookie: '' });
	assert.deepEqual(await page.context().cookies(), []);
});

test('the console comes under a strict Content-Security-Policy', async () => {
	const { headers } = await connector.call('GET', '/');
	const policy = headers['content-security-policy'];
	assert.match(policy, /default-src 'none'/);
	assert.match(policy, /script-src 'self'(;|$)/);
	assert.match(policy, /style-src 'self'(;|$)/);
	assert.match(policy, /frame-ancestors 'none'/);
	// A remote page is entered by a form to another port of this very host; nothing else has a wildcard.
	const entrance = /; form-action https:\/\/localhost:\*$/;
	assert.match(policy, entrance);
	assert.doesNotMatch(policy.replace(entrance, ''), /unsafe|\*/);
	assert.equal(headers['x-content-type-options'], 'nosniff');
	const asset = /\.\/(assets\/[^"]+\.js)/.exec((await connector.call('GET', '/')).text)[1];
	assert.match((await connector.call('GET', `/${asset}`)).headers['cache-control'], /immutable/);
});

test('the enrol page makes a token with commands to copy', async () => {
	await page.getByRole('link', { name: 'Add PCs', exact: true }).first().click();
	await page.getByLabel('For how many PCs').fill('40');
	await page.getByLabel('Note to yourself').fill('Second floor');
	await page.getByRole('button', { name: 'Make a token' }).click();
	await heading('Your install commands').waitFor();
	const commands = await page.locator('.install code').allTextContents();
	assert.match(commands[0], /^msiexec \/i platen\.msi \/qn TOKEN=plt1\./);
	assert.match(commands[1], /^PLATEN_TOKEN=plt1\.\S+ apt-get install -y \.\/platen-agent\.deb$/);
	assert.match(commands[2], /pkg/);
	await row('Second floor').getByText('0 of 40').waitFor();
});

test('a PC that joins with it appears without a reload', async () => {
	const token = /plt1\.[\w-]+/.exec(await page.locator('.install code').first().textContent())[0];
	await go('PCs');
	await page.getByText('No PC has joined yet').waitFor();
	agent = await WireAgent.enrol(token);
	await agent.report(agent.hello(), agent.health());
	await row('front-desk-07').getByText('Online').waitFor();
});

test('its printers appear without a reload, and say only what they told', async () => {
	await go('Printers');
	await page.getByText('No printer has been reported yet').waitFor();
	const yesterday = new Date(Date.now() - 86_400_000);
	const earlier = { ...talkative.snapshot, counters: { ...talkative.snapshot.counters, impressions: 900, impressions_monochrome: 900 } };
	await agent.report(
		...plugIn(agent, { ...talkative, snapshot: earlier }, yesterday),
		agent.record('printer.snapshot', talkative.key, talkative.snapshot),
		...plugIn(agent, laconic),
		...plugIn(agent, silent),
	);
	await row(talkative.name).getByText('931').waitFor();
	await row(laconic.name).getByText('18,421').waitFor();
	const cells = await row(silent.name).locator('td').allTextContents();
	assert.equal(cells[3].trim(), 'not told', 'an unknown counter is no number');
	assert.equal(cells[2].trim(), 'not told', 'unknown supplies are no empty bars');
});

test('one printer: supplies, counters, and where each value came from', async () => {
	await page.getByRole('link', { name: talkative.name }).click();
	await heading(talkative.name).waitFor();
	const supplies = await card('Supplies').locator('li').allTextContents();
	assert.match(supplies[0], /Black toner61 % left/);
	assert.match(supplies[2], /Magenta toner7 % left/);
	assert.match(supplies[4], /Waste tonersome space left/);
	const counters = card('Counters');
	assert.deepEqual(await counters.locator('[data-counter=impressions] td').allTextContents(), ['931', 'LEDM']);
	assert.deepEqual(await counters.locator('[data-counter=sheets] td').allTextContents(), ['not told', '—']);
	assert.deepEqual(await counters.locator('[data-counter=impressions_color] td').allTextContents(), ['0', 'LEDM'], 'a told zero is a zero');
	const origin = card('Where each value came from');
	assert.deepEqual(await origin.locator('tr', { hasText: 'Serial number' }).locator('td').allTextContents(), [talkative.serial, 'LEDM']);
	await origin.getByText('7/1/2, 7/1/4').waitFor();
});

test('the chart shows what was printed each day, also in words', async () => {
	const chart = card('Counters').getByRole('img', { name: /Impressions per day: 31 in 1 day/ });
	await chart.locator('canvas').waitFor();
	await page.getByRole('button', { name: 'Total', exact: true }).click();
	await card('Counters').getByRole('img', { name: 'Impressions: from 900 to 931.' }).waitFor();
	await page.getByText('As a table').click();
	assert.equal(await card('Counters').getByRole('region', { name: 'Readings' }).locator('tbody tr').count(), 2);
});

test('an alert is on the page within a second, and goes when it is over', async () => {
	const alert = {
		...{ code: 'coverOpen', index: null, severity: 'critical', group: 'cover', description: 'A cover is open' },
		since: new Date().toISOString(),
	};
	const state = (printer_state, reasons) => agent.record('printer.snapshot', talkative.key, { full: false, state: { printer_state, asleep: false, reasons } });
	const began = Date.now();
	await agent.report(agent.record('alert.opened', talkative.key, alert), state('stopped', ['cover-open-error']));
	await card('Open alerts').getByText('A cover is open').waitFor();
	assert.ok(Date.now() - began < 2500, `${Date.now() - began} ms`);
	await page.locator('.status-line', { hasText: 'Error' }).waitFor();
	await go('Overview');
	await card('Needs a person now').getByText('A cover is open').waitFor();
	await go('Alerts');
	await page.locator('[data-alert=coverOpen]').waitFor();
	await agent.report(agent.record('alert.closed', talkative.key, { ...alert, closed_at: new Date().toISOString() }), state('idle', []));
	await page.getByText('No alert is open').waitFor();
	await page.getByRole('button', { name: 'Past', exact: true }).click();
	await page.locator('[data-alert=coverOpen]').waitFor();
});

test('an action goes to the PC and its end comes back, live', async () => {
	server = agent.serve((action) => ({ state: action.type === 'identify' ? 'done' : 'failed', reason: null }));
	await go('Printers');
	await page.getByRole('link', { name: talkative.name }).click();
	await card('Actions').getByRole('button', { name: 'Identify' }).click();
	const item = card('Recent actions').locator('.action', { hasText: 'Identify' });
	await item.locator('.chip', { hasText: 'Done' }).waitFor();
	assert.match((await item.locator('.steps').textContent()).replace(/[+→ \d.s]/g, ''), /^Queued(Delivered)?(Running)?Done$/);
	assert.match(await item.textContent(), /Asked by admin/);
});

test('the event stream told all this, in the words of the contract', async () => {
	assert.equal(events.seen[0].type, 'hello');
	const types = new Set(events.seen.map((event) => event.type));
	for (const type of ['agent.changed', 'printer.changed', 'alert.opened', 'alert.closed', 'action.changed'])
		assert.ok(types.has(type), `${type} was never told`);
	assert.deepEqual(events.seen.flatMap(eventFaults), []);
	events.close();
});

test('what a printer cannot do is not a button, and the page says why', async () => {
	await card('Actions').getByText(/Not possible here/).click();
	const reasons = await card('Actions').locator('.impossible li').allTextContents();
	assert.ok(reasons.length > 0);
	for (const reason of reasons) assert.match(reason, /\w+ .+\./, reason);
	assert.equal(await card('Actions').getByRole('button', { name: 'Restart' }).count(), 0);
});

test('an action for a PC that is away waits, and can be withdrawn', async () => {
	await server.stop();
	server = null;
	await card('Actions').getByRole('button', { name: 'Read now' }).click();
	const item = card('Recent actions').locator('.action', { hasText: 'Read now' }).first();
	await item.getByRole('button', { name: 'Cancel' }).click();
	await item.locator('.chip', { hasText: 'Cancelled' }).waitFor();
	await go('Actions');
	await page.locator('.action').nth(1).waitFor();
	assert.equal(await page.locator('.action').count(), 2);
	await page.getByRole('button', { name: 'Done', exact: true }).click();
	await page.locator('.action', { hasText: 'Read now' }).waitFor({ state: 'detached' });
	assert.equal(await page.locator('.action').count(), 1);
});

test('strings from a printer are only ever text', async () => {
	const hostile = {
		key: 'usb-ffff-0001-1-9',
		snapshot: {
			...silent.snapshot,
			identity: { ...silent.snapshot.identity, make: '"><script>', model: '<img src=x onerror=window.owned=1>', serial_number: "' OR 1=1 --" },
		},
	};
	await agent.report(...plugIn(agent, hostile));
	await go('Printers');
	await page.getByRole('link', { name: /<img src=x onerror=window.owned=1>/ }).click();
	await heading(/<img src=x/).waitFor();
	assert.equal(await page.evaluate(() => window.owned), undefined);
	assert.equal(await page.locator('img').count(), 0);
});

test('a fleet of many: paging, sorting, filtering', async () => {
	const many = Array.from({ length: 120 }, (_, n) => ({
		key: `usb-many-${n}`,
		snapshot: {
			...laconic.snapshot,
			usb: { ...laconic.snapshot.usb, port_path: `2-${n}`, serial: `FLEET${1000 + n}` },
			identity: { ...laconic.snapshot.identity, serial_number: `FLEET${1000 + n}` },
			counters: { ...laconic.snapshot.counters, impressions: 20_000 + n },
		},
	}));
	await agent.report(...many.flatMap((printer) => plugIn(agent, printer)));
	await go('Printers');
	await page.getByText('1–50 of 124').waitFor();
	await page.getByRole('button', { name: 'Next' }).click();
	await page.getByText('51–100 of 124').waitFor();
	await page.getByRole('button', { name: 'Previous' }).click();
	await page.getByText('1–50 of 124').waitFor();

	await page.getByRole('button', { name: 'Impressions' }).click();
	await page.locator('th[aria-sort=ascending]', { hasText: 'Impressions' }).waitFor();
	await page.getByRole('button', { name: 'Impressions' }).click();
	await page.locator('tbody tr').first().getByText('20,119').waitFor();

	await page.getByRole('searchbox').fill('fleet1042');
	await page.getByText('1 match', { exact: true }).waitFor();
	await page.locator('tbody tr').first().getByText('FLEET1042').waitFor();
	assert.match(page.url(), /q=fleet1042/, 'the filter is in the address, to be sent to a colleague');
	await page.getByRole('searchbox').fill('fleet1042 nonsense');
	await page.getByText('No printer matches').waitFor();
	await page.getByRole('button', { name: 'Show all printers' }).click();
	await page.getByText('1–50 of 124').waitFor();
});

test('the whole way by keyboard alone', async () => {
	await go('Overview');
	await heading('Overview').waitFor();
	const focused = () => page.evaluate(() => document.activeElement.textContent.trim());
	const tabBackTo = async (wanted) => {
		for (let n = 0; n < 20 && (await focused()) !== wanted; n++) await page.keyboard.press('Shift+Tab');
		assert.equal(await focused(), wanted);
	};
	await tabBackTo('Skip to the page');
	assert.ok((await page.locator('.skip').boundingBox()).y >= 0, 'it shows when it has the focus');
	await page.keyboard.press('Enter');
	assert.equal(await page.evaluate(() => document.activeElement.tagName), 'MAIN');
	await tabBackTo('Printers');
	await page.keyboard.press('Enter');
	await page.getByText('1–50 of 124').waitFor();
	assert.equal(await page.evaluate(() => document.activeElement.tagName), 'H1', 'the focus goes to the new page');
	for (let n = 0; n < 30; n++) {
		await page.keyboard.press('Tab');
		if (await page.evaluate(() => document.activeElement.classList.contains('row-link'))) break;
	}
	await page.keyboard.press('Enter');
	await card('Where each value came from').waitFor();
});

/** Every page as somebody could see it now, in three looks. */
const LOOKS = [
	['light', { colorScheme: 'light', viewport: SCREENS.wide }],
	['dark', { colorScheme: 'dark', viewport: SCREENS.wide }],
	['phone', { colorScheme: 'light', viewport: SCREENS.phone, isMobile: true, hasTouch: true }],
];
for (const [look, options] of LOOKS) {
	test(`no accessibility fault, nothing cut off: ${look}`, async () => {
		const mine = await newPage(browser, { ...options, reducedMotion: 'reduce' });
		const found = [];
		const check = async (name) => {
			await mine.page.waitForFunction(() => !document.querySelector('.loading'));
			found.push(...(await accessibilityFaults(mine.page, name)));
			const overflow = await mine.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
			if (overflow > 0) found.push(`${name}: ${overflow} pixels too wide`);
		};
		await mine.page.goto(connector.url);
		await mine.page.getByLabel('Name').waitFor();
		await check('sign-in');
		await signIn(mine.page, connector.url, 'admin', connector.passwords.admin);
		for (const hash of ['#/', '#/printers', '#/alerts?state=all', '#/agents', '#/actions', '#/enrol', '#/customers', '#/users', '#/audit', '#/settings', '#/nowhere']) {
			await mine.page.evaluate((address) => (location.hash = address), hash);
			await mine.page.waitForTimeout(200);
			await check(hash);
		}
		const { items } = await connector.api('GET', `/printers?q=${talkative.serial}`);
		await mine.page.evaluate((id) => (location.hash = `#/printers/${id}`), items[0].id);
		await mine.page.locator('.chart canvas').waitFor();
		await check('printer');
		await mine.page.evaluate((id) => (location.hash = `#/agents/${id}`), items[0].agent.id);
		await mine.page.getByRole('heading', { name: 'Health' }).waitFor();
		await check('PC');
		await mine.context.close();
		assert.deepEqual(found, []);
		assert.deepEqual(mine.faults, []);
	});
}

test('a viewer looks, and is not offered what he may not do', async () => {
	const mine = await newPage(browser);
	const answers = watch(mine.page);
	await signIn(mine.page, connector.url, 'viewer', connector.passwords.viewer);
	await mine.page.getByRole('link', { name: 'Printers', exact: true }).click();
	await mine.page.getByRole('searchbox').fill(talkative.serial);
	await mine.page.getByRole('link', { name: talkative.name }).click();
	await mine.page.getByText('You may look at this, but not act.').waitFor();
	assert.equal(await mine.page.getByRole('button', { name: 'Identify' }).count(), 0);
	await mine.page.getByRole('link', { name: 'Add PCs', exact: true }).click();
	await mine.page.getByText('Only operators and administrators add PCs').waitFor();
	assert.deepEqual(await answers.faults(), []);
	await mine.context.close();
});

test('the connector away and back: the page says so, and catches up by itself', async () => {
	await go('PCs');
	await row('front-desk-07').waitFor();
	assert.equal(await connector.stop(), 0);
	await page.getByText('The connection to the connector is lost').waitFor();
	await page.locator('.live', { hasText: 'Not live' }).waitFor();
	await connector.start();
	const token = await connector.enrolmentToken();
	const second = await WireAgent.enrol(token, { hostname: 'late-comer-01' });
	await second.report(second.hello());
	await row('late-comer-01').waitFor({ timeout: 45_000 });
	await page.getByText('The connection to the connector is lost').waitFor({ state: 'detached' });
	second.close();
});

test('signing out ends the session for good', async () => {
	const token = await page.evaluate(() => sessionStorage.getItem('platen.token'));
	await page.getByRole('button', { name: 'Sign out' }).click();
	await page.getByText('You are signed out').waitFor();
	assert.equal(await page.evaluate(() => sessionStorage.length), 0);
	assert.equal((await connector.call('GET', '/api/v1/me', { token })).status, 401);
});

test('a session that ended elsewhere leads back to the sign-in page, and then to where one was', async () => {
	const mine = await newPage(browser);
	await signIn(mine.page, connector.url, 'operator', connector.passwords.operator);
	await mine.page.getByRole('link', { name: 'Alerts', exact: true }).click();
	const token = await mine.page.evaluate(() => sessionStorage.getItem('platen.token'));
	await connector.call('POST', '/api/v1/logout', { token });
	await mine.page.evaluate(() => (location.hash = '#/alerts?state=all'));
	await mine.page.getByLabel('Name').fill('operator');
	await mine.page.getByLabel('Password').fill(connector.passwords.operator);
	await mine.page.getByRole('button', { name: 'Sign in' }).click();
	await mine.page.getByRole('heading', { name: 'Alerts', exact: true }).waitFor();
	assert.match(mine.page.url(), /#\/alerts\?state=all$/);
	await mine.context.close();
});

test('the connector itself came through all this unharmed', async () => {
	assert.equal(await connector.stop(), 0);
	assert.doesNotMatch(connector.log(), /Sanitizer|runtime error/);
	assert.doesNotMatch(connector.log(), new RegExp(`plb1\\.|plt1\\.|${connector.passwords.admin}`), 'no secret is in its log');
});

test('every answer kept the contract, and the browser found nothing wrong', async () => {
	await sleep(200);
	assert.deepEqual([...new Set(await contract.faults())], []);
	// The stop of the connector, which a test above wants, shows as refused connections.
	assert.deepEqual(faults.filter((fault) => !/ERR_(CONNECTION_REFUSED|INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|EMPTY_RESPONSE|NETWORK)/.test(fault)), []);
	const expected = ['login', 'logout', 'getMe', 'getOverview', 'listPrinters', 'getPrinter', 'getPrinterCounters', 'listAlerts', 'listAgents', 'listActions', 'createPrinterAction', 'cancelAction', 'createEnrolmentToken', 'listEnrolmentTokens', 'listCustomers'];
	assert.deepEqual(expected.filter((name) => !contract.seen.has(name)), [], 'calls that no page made');
});
