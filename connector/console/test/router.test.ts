// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { href, parseRoute } from '../src/lib/router';

test('addresses and routes are each other', () => {
	assert.deepEqual(parseRoute(''), { path: [], query: {} });
	assert.deepEqual(parseRoute('#/'), { path: [], query: {} });
	assert.equal(href([]), '#/');
	for (const [path, query] of [
		[['printers'], { q: 'laser & ink?', status: 'error,attention' }],
		[['printers', 'a/b#c?d'], {}],
		[['agents', 'sha256:ab'], { sort: '-name' }],
	] as [string[], Record<string, string>][]) {
		assert.deepEqual(parseRoute(href(path, query)), { path, query });
	}
});

test('members without a value are left out', () => {
	assert.equal(href(['printers'], { q: '', status: null, site: undefined, sort: 'model' }), '#/printers?sort=model');
});

test('a stray percent sign is shown as it is', () => {
	assert.deepEqual(parseRoute('#/printers/50%').path, ['printers', '50%']);
});
