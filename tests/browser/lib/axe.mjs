// SPDX-License-Identifier: Apache-2.0
// Runs axe-core over a page as it stands.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Every fault, of whatever weight, in one line each; throws when axe itself found nothing to look at. */
export async function accessibilityFaults(page, name) {
	await page.evaluate(source); // through the debugger: the page's own Content-Security-Policy stays as it is
	const { violations, passes } = await page.evaluate(() => globalThis.axe.run(document, { resultTypes: ['violations'] }));
	if (passes.length < 10) throw new Error(`${name}: axe checked only ${passes.length} rules`);
	return violations.map(({ id, impact, nodes }) => `${name}: ${id} (${impact}): ${nodes.map((node) => node.html).join(' ').slice(0, 300)}`);
}
