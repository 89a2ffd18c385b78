// SPDX-License-Identifier: Apache-2.0
// Counters: their names, and the step from readings that only grow to what happened each day.

import type { CounterSeries, CounterValues } from '../api/types';

export type CounterName = keyof CounterValues;

/** In the order of the table. */
export const COUNTERS: { name: CounterName; title: string }[] = [
	{ name: 'impressions', title: 'Impressions' },
	{ name: 'impressions_monochrome', title: 'Monochrome impressions' },
	{ name: 'impressions_color', title: 'Colour impressions' },
	{ name: 'sheets', title: 'Sheets' },
	{ name: 'sheets_duplex', title: 'Sheets printed on both sides' },
	{ name: 'scans', title: 'Scans' },
	{ name: 'copies', title: 'Copies' },
	{ name: 'faxes', title: 'Faxes' },
	{ name: 'jams', title: 'Paper jams' },
];

/** Columns as a chart wants them: seconds since 1970, and values with null where nothing was told. */
export interface Columns {
	times: number[];
	values: (number | null)[];
}

/** One counter's readings as they were told. */
export function totals(series: Pick<CounterSeries, 'items'>, name: CounterName): Columns {
	return {
		times: series.items.map((reading) => Date.parse(reading.taken_at) / 1000),
		values: series.items.map((reading) => reading.counters[name] ?? null),
	};
}

/** Midnight (local) of the day in which a moment lies, in milliseconds. */
function startOfDay(ms: number): number {
	const date = new Date(ms);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function nextDay(ms: number): number {
	const date = new Date(ms);
	return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}

/**
 * How much a counter grew in each day. The growth between two readings belongs to the day of the later one, so the first
 * reading alone says nothing. A fall (a reset, a new formatter) counts as nothing: the server tells it separately. A day
 * without any reading is null, not 0: nobody knows what was printed in it.
 */
export function perDay(series: Pick<CounterSeries, 'items'>, name: CounterName): Columns {
	const grown = new Map<number, number>();
	let before: number | null = null;
	for (const reading of series.items) {
		const value = reading.counters[name];
		if (value == null) continue;
		if (before !== null) {
			const when = startOfDay(Date.parse(reading.taken_at));
			grown.set(when, (grown.get(when) ?? 0) + Math.max(0, value - before));
		}
		before = value;
	}
	const days = [...grown.keys()].sort((a, b) => a - b);
	const times: number[] = [];
	const values: (number | null)[] = [];
	const last = days[days.length - 1];
	for (let when = days[0]; when !== undefined && last !== undefined && when <= last; when = nextDay(when)) {
		times.push(when / 1000);
		values.push(grown.get(when) ?? null);
	}
	return { times, values };
}

/** Which counters this printer ever told in the series, in the order of the table. */
export function toldCounters(series: Pick<CounterSeries, 'items'>): CounterName[] {
	return COUNTERS.map((one) => one.name).filter((name) =>
		series.items.some((reading) => reading.counters[name] != null),
	);
}
