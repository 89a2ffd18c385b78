// SPDX-License-Identifier: Apache-2.0
// Chromium as these tests use it: Debian's own, headless, with a profile of its own, talking to nobody but us.
import { chromium } from 'playwright-core';

const FLAGS = [
	'--no-sandbox', // continuous integration runs as root
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];

/** Starts the browser; `playwright` gives it a fresh profile folder and removes it at the end. */
export function launch() {
	return chromium.launch({
		executablePath: process.env.PLATEN_CHROMIUM ?? '/usr/bin/chromium',
		headless: true,
		args: FLAGS,
	});
}

export const SCREENS = {
	wide: { width: 1360, height: 900 },
	phone: { width: 390, height: 844 },
};

/** A page that remembers what went wrong in it: script errors, refused content, failed requests to the console's files. */
export async function newPage(browser, options = {}) {
	const context = await browser.newContext({ ignoreHTTPSErrors: true, viewport: SCREENS.wide, ...options });
	const page = await context.newPage();
	const faults = [];
	page.on('pageerror', (error) => faults.push(`script error: ${error.message}`));
	page.on('console', (message) => {
		// The browser itself notes every answer of 4xx; tests provoke those on purpose.
		if (message.type() === 'error' && !/status of 4\d\d/.test(message.text())) faults.push(message.text());
	});
	return { context, page, faults };
}

export async function signIn(page, url, name, password) {
	await page.goto(url);
	await page.getByLabel('Name').fill(name);
	await page.getByLabel('Password').fill(password);
	await page.getByRole('button', { name: 'Sign in' }).click();
	await page.locator('.shell h1').waitFor();
}
