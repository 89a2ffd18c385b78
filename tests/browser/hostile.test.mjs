// SPDX-License-Identifier: Apache-2.0
// HTML, script and endless words in every field that a PC or a person can write: every page shows them as text, runs
// nothing, and stays as wide as the screen.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { WireAgent } from './lib/agent.mjs';
import { launch, newPage, SCREENS, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { plugIn, talkative } from './lib/printers.mjs';

const EVIL = '"><img src=x onerror=window.owned=1><script>window.owned=2</script>';
const LONG = 'w'.repeat(60);
const connector = new Connector();
let browser, agent, printer, action;

/** The same value with every string replaced, numbers and the words of our own vocabulary kept. */
function poison(value, name = '') {
	const kept = ['class', 'printer_state', 'confidence', 'severity', 'owner', 'state', 'unit', 'since', 'interfaces'];
	if (kept.includes(name) && typeof value !== 'object') return value;
	if (typeof value === 'string') return name === 'serial_number' ? EVIL : `${EVIL}${LONG}`;
	if (Array.isArray(value)) return name === 'interfaces' ? value : value.map((item) => poison(item, name));
	if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, poison(item, key)]));
	return value;
}

before(async () => {
	await connector.start();
	const customer = await connector.api('POST', '/customers', { name: EVIL });
	const site = await connector.api('POST', `/customers/${customer.id}/sites`, { name: EVIL });
	const token = await connector.api('POST', '/enrolment-tokens', { site_id: site.id, note: EVIL });
	await connector.api('POST', '/api-tokens', {
		name: '<b onclick=window.owned=3>x</b>',
		scopes: ['read'],
		grants: [{ role: 'viewer', customer_id: customer.id, site_id: null }],
		expires_in_s: 3600,
	});
	agent = await WireAgent.enrol(token.token, { hostname: EVIL });
	await agent.report(agent.hello(), ...plugIn(agent, { ...talkative, snapshot: { ...talkative.snapshot, ...poison(talkative.snapshot) } }));
	const { items } = await connector.api('GET', '/printers');
	printer = items[0];
	await connector.api('PATCH', `/printers/${printer.id}`, { asset_number: EVIL.slice(0, 60), location: EVIL, tags: ['<i>tag</i>'] });
	action = await connector.api('POST', `/printers/${printer.id}/actions`, { type: 'probe_now' });
	browser = await launch();
});

after(async () => {
	agent?.close();
	await browser?.close();
	await connector.stop();
	connector.remove();
});

for (const [name, viewport] of Object.entries(SCREENS)) {
	test(`every page shows hostile text as text (${name})`, async () => {
		const { context, page, faults } = await newPage(browser, { viewport });
		await signIn(page, connector.url, 'admin', connector.passwords.admin);
		const found = [];
		let shown = 0;
		const pages = ['#/', '#/printers', `#/printers/${printer.id}`, '#/alerts?state=all', '#/agents', `#/agents/${printer.agent.id}`,
			'#/actions', '#/enrol', '#/customers', '#/users', '#/audit', '#/settings', `#/printers?q=${encodeURIComponent(EVIL)}`];
		for (const hash of pages) {
			await page.evaluate((address) => (location.hash = address), hash);
			await page.waitForTimeout(200);
			await page.waitForFunction(() => !document.querySelector('.loading'));
			const seen = await page.evaluate(() => ({
				owned: window.owned,
				images: document.querySelectorAll('main img, main script').length,
				wide: document.documentElement.scrollWidth - innerWidth,
				text: document.querySelector('main').textContent.includes('onerror=window.owned'),
			}));
			if (seen.owned) found.push(`${hash}: ran`);
			if (seen.images) found.push(`${hash}: made elements of text`);
			if (seen.wide > 0) found.push(`${hash}: ${seen.wide} pixels too wide`);
			shown += seen.text;
		}
		assert.deepEqual(found, []);
		assert.deepEqual(faults, []);
		assert.ok(shown >= 7, `only ${shown} pages showed it at all`);
		assert.ok(action.id);
		await context.close();
	});
}
