// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { agentName, ago, bytes, count, delay, duration, mediaSize, plural, printerName, readError, words } from '../src/lib/format';
import { levelText, supplyName, supplyTone } from '../src/lib/supplies';

test('an unknown value is never shown as a number', () => {
	for (const show of [count, bytes, duration]) {
		assert.equal(show(null), 'not told');
		assert.equal(show(undefined), 'not told');
		assert.match(show(0), /0/);
	}
	assert.equal(words(null), 'not told');
	assert.equal(mediaSize(null), 'not told');
	assert.equal(ago(null, 0), 'never');
});

test('bytes', () => {
	assert.equal(bytes(1), '1 byte');
	assert.equal(bytes(1023), '1,023 bytes');
	assert.equal(bytes(1024), '1.0 KB');
	assert.equal(bytes(1024 * 1024 - 1), '1.0 MB');
	assert.equal(bytes(482133), '471 KB');
});

test('lengths of time', () => {
	assert.equal(duration(59), '59 s');
	assert.equal(duration(3599), '59 min');
	assert.equal(duration(7500), '2 h 5 min');
	assert.equal(duration(7200), '2 h');
	assert.equal(duration(86400), '1 day');
	assert.equal(delay(351), '+0.35 s');
	assert.equal(delay(130_000), '+2 min');
	assert.equal(delay(-5), '+0.00 s', 'two clocks may differ by a little');
});

test('moments, seen from now', () => {
	const now = Date.parse('2026-03-01T12:00:00Z');
	assert.equal(ago('2026-03-01T11:59:55Z', now), 'just now');
	assert.equal(ago('2026-03-01T12:00:03Z', now), 'just now', 'a clock slightly ahead');
	assert.equal(ago('2026-03-01T11:57:00Z', now), '3 min ago');
	assert.equal(ago('2026-03-01T06:40:00Z', now), '5 h ago');
	assert.equal(ago('2026-02-27T12:00:00Z', now), '2 days ago');
	assert.equal(ago('2026-03-08T11:59:59Z', now), 'in 7 days');
	assert.equal(ago('no time', now), 'not told');
});

test('standard words become text', () => {
	assert.equal(words('media-empty-error'), 'Media empty');
	assert.equal(words('inputMediaSupplyEmpty'), 'Input media supply empty');
	assert.equal(words('moving-to-paused'), 'Moving to paused');
	assert.equal(mediaSize('iso_a4_210x297mm'), 'A4 (210 × 297 mm)');
	assert.equal(mediaSize('na_letter_8.5x11in'), 'Letter (8.5 × 11 in)');
	assert.equal(mediaSize('custom'), 'Custom');
	assert.equal(readError('timeout'), 'no answer in time');
	assert.equal(readError('no-memory'), 'no memory');
});

test('names', () => {
	assert.equal(plural(1, 'printer'), '1 printer');
	assert.equal(plural(0, 'printer'), '0 printers');
	assert.equal(plural(2, 'match', 'matches'), '2 matches');
	assert.equal(printerName({ make: 'Epson', model: 'Epson WF-2860' }), 'Epson WF-2860');
	assert.equal(printerName({ make: 'HP', model: 'LaserJet' }), 'HP LaserJet');
	assert.equal(printerName({ make: null, model: 'LaserJet' }), 'LaserJet');
	assert.equal(printerName({ make: null, model: null }), 'Unknown printer');
	assert.equal(agentName({ id: '0b0c7a52-5a1e', name: null }), 'PC 0b0c7a52');
	assert.equal(agentName({ id: 'x', name: `sha256:${'6b86b273'.repeat(8)}` }), 'PC 6b86b273');
	assert.equal(agentName({ id: 'x', name: 'front-desk-07' }), 'front-desk-07');
});

const supply = {
	index: 2,
	class: 'consumed' as const,
	type: 'toner' as string | null,
	colorant: 'black' as string | null,
	level_percent: null as number | null,
	state: 'unknown' as const,
};

test('a supply says what is told of it, and no more', () => {
	assert.equal(supplyName(supply), 'Black toner');
	assert.equal(supplyName({ ...supply, type: 'wasteToner', colorant: 'none' }), 'Waste toner');
	assert.equal(supplyName({ ...supply, type: null, colorant: null }), 'Supply 2');
	assert.equal(levelText(supply), 'level not told');
	assert.equal(levelText({ ...supply, level_percent: 0 }), '0 % left');
	assert.equal(levelText({ ...supply, level_code: -3 }), 'some left');
	assert.equal(levelText({ ...supply, level_code: -2 }), 'level not told');
	assert.equal(levelText({ ...supply, state: 'low' }), 'low');
	assert.equal(levelText({ ...supply, state: 'missing', level_percent: 40 }), 'missing');
	assert.equal(levelText({ ...supply, class: 'filled', level_percent: 40 }), '40 % space left');
	assert.equal(levelText({ ...supply, class: 'filled', state: 'empty' }), 'full');
	assert.equal(supplyTone({ colorant: 'Cyan', class: 'consumed' }), 'cyan');
	assert.equal(supplyTone({ colorant: 'black', class: 'filled' }), 'other', 'a waste box is no ink');
});
