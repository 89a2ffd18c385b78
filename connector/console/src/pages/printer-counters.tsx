// SPDX-License-Identifier: Apache-2.0
// A printer's counters: as they stand, and over time.

import { useMemo, useState } from 'preact/hooks';
import { withQuery } from '../api/client';
import { useResource } from '../api/hooks';
import type { CounterSeries, Printer } from '../api/types';
import { COUNTERS, perDay, toldCounters, totals, type Columns, type CounterName } from '../lib/counters';
import { count, day, moment, plural, sourceName } from '../lib/format';
import { useLook } from '../theme';
import { Answer, Card, Empty } from '../ui/basic';
import { Chart } from '../ui/chart';

const SPANS: [days: number, word: string][] = [
	[7, '7 days'],
	[30, '30 days'],
	[90, '90 days'],
	[365, 'A year'],
];

function CounterTable({ counters }: { counters: Printer['counters'] }) {
	return (
		<table class="table small-table counters">
			<caption class="hidden">Counters as last read</caption>
			<thead>
				<tr>
					<th scope="col">Counter</th>
					<th scope="col" class="number">
						Value
					</th>
					<th scope="col">Told by</th>
				</tr>
			</thead>
			<tbody>
				{COUNTERS.map(({ name, title }) => (
					<tr key={name} data-counter={name}>
						<th scope="row">{title}</th>
						<td class={`number ${counters[name] == null ? 'unknown' : ''}`}>{count(counters[name])}</td>
						<td class="muted">{counters[name] == null ? '—' : sourceName(counters.sources[name])}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

function titleOf(name: CounterName): string {
	return COUNTERS.find((one) => one.name === name)?.title ?? name;
}

function summarise(title: string, columns: Columns, daily: boolean): string {
	const told = columns.values.filter((value): value is number => value !== null);
	if (told.length === 0) return `${title}: nothing was told in this time.`;
	if (daily) {
		const sum = told.reduce((all, one) => all + one, 0);
		return `${title} per day: ${count(sum)} in ${plural(told.length, 'day')} with readings, at most ${count(Math.max(...told))} in one day.`;
	}
	return `${title}: from ${count(told[0])} to ${count(told[told.length - 1])}.`;
}

function History({ series, name, daily }: { series: CounterSeries; name: CounterName; daily: boolean }) {
	const look = useLook();
	const columns = useMemo(() => (daily ? perDay(series, name) : totals(series, name)), [series, name, daily]);
	const summary = summarise(titleOf(name), columns, daily);
	if (columns.times.length === 0)
		return (
			<Empty icon="page" title="Only one reading so far">
				What is printed in a day shows from the second reading on.
			</Empty>
		);
	return (
		<>
			<Chart columns={columns} kind={daily ? 'bars' : 'line'} label={titleOf(name)} summary={summary} theme={look} />
			<p class="muted small-text">{summary}</p>
			{series.resets.map((reset) => (
				<p class="warn-text" key={`${reset.counter}${reset.taken_at}`}>
					{titleOf(reset.counter as CounterName)} fell from {count(reset.before)} to {count(reset.after)} on {moment(reset.taken_at)}.
				</p>
			))}
			<details>
				<summary>As a table</summary>
				<div class="scroll" tabIndex={0} role="region" aria-label="Readings">
					<table class="table small-table">
						<thead>
							<tr>
								<th scope="col">{daily ? 'Day' : 'Time'}</th>
								<th scope="col" class="number">
									{titleOf(name)}
								</th>
							</tr>
						</thead>
						<tbody>
							{columns.times.map((time, index) => {
								const iso = new Date(time * 1000).toISOString();
								return (
									<tr key={time}>
										<th scope="row">{daily ? day(iso) : moment(iso)}</th>
										<td class={`number ${columns.values[index] == null ? 'unknown' : ''}`}>
											{columns.values[index] == null ? 'no reading' : count(columns.values[index])}
										</td>
									</tr>
								);
							})}
						</tbody>
					</table>
				</div>
			</details>
		</>
	);
}

interface Choice {
	days: number;
	daily: boolean;
	name: CounterName;
}

function HistoryTools({ choice, told, set }: { choice: Choice; told: CounterName[]; set: (choice: Choice) => void }) {
	return (
		<div class="chart-tools">
			<label>
				<span class="hidden">Counter</span>
				<select value={choice.name} onChange={(event) => set({ ...choice, name: event.currentTarget.value as CounterName })}>
					{told.map((name) => (
						<option value={name} key={name}>
							{titleOf(name)}
						</option>
					))}
				</select>
			</label>
			<div class="segments" role="group" aria-label="What is shown">
				{[true, false].map((daily) => (
					<button type="button" key={String(daily)} aria-pressed={choice.daily === daily} onClick={() => set({ ...choice, daily })}>
						{daily ? 'Per day' : 'Total'}
					</button>
				))}
			</div>
			<div class="segments" role="group" aria-label="Span of time">
				{SPANS.map(([days, word]) => (
					<button type="button" key={days} aria-pressed={choice.days === days} onClick={() => set({ ...choice, days })}>
						{word}
					</button>
				))}
			</div>
		</div>
	);
}

export function CountersCard({ printer }: { printer: Printer }) {
	const [choice, setChoice] = useState<Choice>({ days: 30, daily: true, name: 'impressions' });
	const from = useMemo(() => new Date(Date.now() - choice.days * 86_400_000).toISOString(), [choice.days]);
	const series = useResource<CounterSeries>(withQuery(`/printers/${printer.id}/counters`, { from }), {
		stale: (event) => event.type === 'printer.changed' && event.id === printer.id,
		everyMs: 2000,
	});
	return (
		<Card title="Counters">
			<CounterTable counters={printer.counters} />
			<h3>Over time</h3>
			<Answer of={series} lines={4}>
				{(data) => {
					const told = toldCounters(data);
					const name = told.includes(choice.name) ? choice.name : told[0];
					return (
						<>
							<HistoryTools choice={{ ...choice, name: name ?? choice.name }} told={told} set={setChoice} />
							{name ? (
								<History series={data} name={name} daily={choice.daily} />
							) : (
								<Empty icon="page" title="No counter was told in this time" />
							)}
						</>
					);
				}}
			</Answer>
		</Card>
	);
}
