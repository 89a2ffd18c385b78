// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { perDay, toldCounters, totals } from '../src/lib/counters';

/** A reading at an hour of a day of March 2026 in the machine's own time zone, which is how days are counted. */
function reading(dayOfMonth: number, hour: number, impressions: number | null) {
	return { taken_at: new Date(2026, 2, dayOfMonth, hour).toISOString(), counters: { impressions } };
}

test('growth belongs to the day of the later reading', () => {
	const { times, values } = perDay({ items: [reading(1, 9, 100), reading(1, 17, 130), reading(2, 9, 135)] }, 'impressions');
	assert.deepEqual(values, [30, 5]);
	assert.equal(times[0], new Date(2026, 2, 1).getTime() / 1000);
});

test('a day without a reading is unknown, a day without a page is zero', () => {
	const { times, values } = perDay({ items: [reading(1, 9, 100), reading(2, 9, 100), reading(4, 9, 120)] }, 'impressions');
	assert.deepEqual(values, [0, null, 20]);
	assert.equal(times[0], new Date(2026, 2, 2).getTime() / 1000, 'of the first day nothing is known');
});

test('an untold value in between is passed over, not taken for zero', () => {
	const { values } = perDay({ items: [reading(1, 9, 100), reading(1, 12, null), reading(2, 9, 110)] }, 'impressions');
	assert.deepEqual(values, [10]);
});

test('a fall is no negative growth', () => {
	const { values } = perDay({ items: [reading(1, 9, 120_433), reading(1, 12, 12), reading(1, 18, 20)] }, 'impressions');
	assert.deepEqual(values, [8]);
});

test('days stay days across a change of the clock', () => {
	const items = Array.from({ length: 31 }, (_, index) => reading(index + 1, 12, index * 10));
	assert.equal(perDay({ items }, 'impressions').values.length, 30);
});

test('nothing told gives nothing', () => {
	assert.deepEqual(perDay({ items: [] }, 'impressions'), { times: [], values: [] });
	assert.deepEqual(perDay({ items: [reading(1, 9, null)] }, 'impressions'), { times: [], values: [] });
	assert.deepEqual(perDay({ items: [reading(1, 9, 931)] }, 'impressions'), { times: [], values: [] });
	assert.deepEqual(toldCounters({ items: [reading(1, 9, null)] }), []);
	assert.deepEqual(toldCounters({ items: [reading(1, 9, 0)] }), ['impressions']);
});

test('totals keep what was not told as a gap', () => {
	assert.deepEqual(totals({ items: [reading(1, 9, 5), reading(1, 10, null)] }, 'impressions').values, [5, null]);
});
