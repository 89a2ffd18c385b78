// SPDX-License-Identifier: Apache-2.0
// The check of answers against the contract must itself be able to fail.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eventFaults, faultsOf, operations } from './lib/contract.mjs';

const JSON_TYPE = 'application/json';
const url = (path) => `https://localhost:12352/api/v1${path}`;
const check = (method, path, status, body, type = JSON_TYPE) => faultsOf(method, url(path), status, type, JSON.stringify(body));

const error = { error: 'not_found', message: 'There is no such printer.' };
const empty = { items: [], next_cursor: null, total: 0 };

test('a right answer has no fault', () => {
	assert.deepEqual(check('GET', '/printers/p1', 404, error), []);
	assert.deepEqual(check('GET', '/printers?q=x', 200, empty), []);
	assert.deepEqual(faultsOf('POST', url('/logout'), 204, undefined, ''), []);
	assert.deepEqual(eventFaults({ type: 'ping', at: '2026-01-31T08:00:00.123Z' }), []);
});

test('every kind of wrong answer has one', () => {
	const wrong = [
		check('GET', '/nothing', 200, {}),
		check('DELETE', '/printers', 204, {}),
		check('GET', '/printers', 418, error),
		check('GET', '/printers', 200, empty, 'text/html'),
		check('GET', '/printers', 200, { ...empty, total: undefined }),
		check('GET', '/printers', 200, { ...empty, total: '0' }),
		check('GET', '/printers', 200, { ...empty, items: [{ id: 'p1' }] }),
		check('GET', '/printers/p1', 404, { error: 'Not Found', message: 'x' }),
		faultsOf('GET', url('/printers'), 200, JSON_TYPE, '{"items":'),
		faultsOf('POST', url('/logout'), 204, undefined, 'x'),
		eventFaults({ type: 'printer.changed', at: 'yesterday' }),
		eventFaults({ type: 'something', at: '2026-01-31T08:00:00Z' }),
	];
	for (const [index, faults] of wrong.entries()) assert.notDeepEqual(faults, [], `case ${index}`);
});

test('every operation has a name, a status and the words for being signed out', () => {
	assert.ok(operations.length > 40);
	for (const { id, since, statuses } of operations) {
		assert.ok(since === 'core' || since === 'later', id);
		assert.ok(statuses.some((status) => status.startsWith('2')), id);
		assert.ok(id === 'login' || statuses.includes('401'), id);
	}
});
