// SPDX-License-Identifier: Apache-2.0
// Takes a picture of every page in light, dark and at a phone's width, into the folder screenshots/.
//     npm run screenshots                                        of a connector with a sample fleet, started for this
//     npm run screenshots -- --url URL --user NAME --password PASSWORD [--out FOLDER] [--only PAGE,…]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { launch, newPage, SCREENS, signIn } from './lib/browser.mjs';
import { Connector } from './lib/connector.mjs';
import { fillWithSample } from './lib/sample.mjs';

const { values } = parseArgs({
	options: {
		url: { type: 'string' },
		user: { type: 'string', default: 'admin' },
		password: { type: 'string' },
		out: { type: 'string', default: 'screenshots' },
		only: { type: 'string' },
	},
});

const LOOKS = [
	['light', { colorScheme: 'light', viewport: SCREENS.wide }],
	['dark', { colorScheme: 'dark', viewport: SCREENS.wide }],
	['phone', { colorScheme: 'light', viewport: SCREENS.phone, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
	['phone-dark', { colorScheme: 'dark', viewport: SCREENS.phone, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }],
];

/** Pages that only a connector with that feature has. */
const NEEDS = { customers: 'customers', users: 'users', user: 'users', audit: 'audit', settings: 'settings' };

/** Page name to how one gets there, from anywhere. */
const PAGES = {
	overview: (page) => go(page, '#/'),
	printers: (page) => go(page, '#/printers'),
	'printers-filtered': (page) => go(page, '#/printers?status=error,attention'),
	'printers-none': (page) => go(page, '#/printers?q=nothing-is-called-so'),
	printer: async (page) => {
		await go(page, '#/printers');
		await page.locator('.row-link').first().click();
		await page.getByRole('button', { name: 'Read now' }).click();
		await page.getByRole('heading', { name: 'Counters' }).waitFor();
		await page.waitForFunction(() => !document.querySelector('.loading'));
	},
	alerts: (page) => go(page, '#/alerts'),
	pcs: (page) => go(page, '#/agents'),
	pc: async (page) => {
		await go(page, '#/agents?sort=-printers');
		await page.locator('.row-link').first().click();
		await page.getByRole('heading', { name: 'Health' }).waitFor();
	},
	actions: (page) => go(page, '#/actions'),
	customers: (page) => go(page, '#/customers'),
	users: (page) => go(page, '#/users'),
	user: async (page) => {
		await go(page, '#/users');
		await page.getByRole('button', { name: 'Change' }).nth(1).click();
	},
	audit: (page) => go(page, '#/audit'),
	settings: (page) => go(page, '#/settings'),
	enrol: async (page) => {
		await go(page, '#/enrol');
		await page.getByRole('button', { name: 'Make a token' }).click();
		await page.getByRole('heading', { name: 'Your install commands' }).waitFor();
	},
};

async function go(page, hash) {
	await page.evaluate((address) => (location.hash = address), hash);
	await page.waitForTimeout(100);
	await page.waitForFunction(() => !document.querySelector('.loading'));
}

/** What the connector can do, as it told the page that is signed in. */
function featuresOf(page) {
	return page.evaluate(async () => {
		const answer = await fetch('api/v1/me', { headers: { Authorization: `Bearer ${sessionStorage.getItem('platen.token')}` } });
		return (await answer.json()).connector.features;
	});
}

/** A connector of our own where none was named; what ends it. */
async function ownConnector() {
	const connector = new Connector();
	await connector.start();
	const agents = await fillWithSample(connector);
	Object.assign(values, { url: connector.url, user: 'admin', password: connector.passwords.admin });
	return async () => {
		for (const agent of agents) agent.close();
		await connector.stop();
		connector.remove();
	};
}

mkdirSync(values.out, { recursive: true });
const end = values.url ? async () => {} : await ownConnector();
const browser = await launch();
try {
	for (const [look, options] of LOOKS) {
		const { context, page, faults } = await newPage(browser, { ...options, reducedMotion: 'reduce' });
		const shoot = (name) => page.screenshot({ path: join(values.out, `${name}.${look}.png`), fullPage: true });
		await page.goto(values.url);
		await page.getByLabel('Name').waitFor();
		if (!values.only) await shoot('login');
		await signIn(page, values.url, values.user, values.password);
		const features = await featuresOf(page);
		for (const [name, open] of Object.entries(PAGES)) {
			if (NEEDS[name] && !features.includes(NEEDS[name])) continue;
			if (values.only && !values.only.split(',').includes(name)) continue;
			await open(page);
			await page.waitForTimeout(250);
			await shoot(name);
		}
		if (faults.length) throw new Error(faults.join('\n'));
		await context.close();
	}
} finally {
	await browser.close();
	await end();
}
