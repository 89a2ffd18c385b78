// SPDX-License-Identifier: Apache-2.0
// One line or bar chart over time. uPlot draws on a canvas and styles its parts through the CSSOM, which a strict
// Content-Security-Policy allows; colours are read from the page so that light and dark both fit.

import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import type { Columns } from '../lib/counters';
import { count } from '../lib/format';

interface ChartProps {
	columns: Columns;
	kind: 'line' | 'bars';
	/** What the values are: "Impressions". */
	label: string;
	/** One sentence for those who do not see the picture. */
	summary: string;
	/** Changes when the colours do, so that the chart is drawn anew. */
	theme: string;
}

const HEIGHT = 240;
const DAY = 86400;

function colour(name: string): string {
	return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function axis(): uPlot.Axis {
	return {
		stroke: colour('--muted'),
		font: `12px ${getComputedStyle(document.body).fontFamily}`,
		grid: { stroke: colour('--line'), width: 1 },
		ticks: { show: false },
	};
}

/** What stands under the chart for the moment under the pointer; nothing while there is none. */
function legendValue(_: uPlot, value: number | null, __: number, index: number | null): string {
	return index == null ? '' : count(value);
}

function series(kind: ChartProps['kind'], label: string): uPlot.Series {
	const line = colour('--accent');
	const common = { label, stroke: line, value: legendValue };
	if (kind === 'line') return { ...common, width: 2, fill: colour('--accent-wash'), points: { size: 5, fill: line } };
	return { ...common, width: 0, fill: line, points: { show: false }, paths: uPlot.paths.bars?.({ size: [0.7, 32], radius: 0.15 }) };
}

function options(width: number, { columns, kind, label }: ChartProps): uPlot.Options {
	const first = columns.times[0] ?? 0;
	const last = columns.times[columns.times.length - 1] ?? first;
	return {
		width,
		height: HEIGHT,
		legend: { live: true, markers: { show: false } },
		cursor: { y: false, points: { size: 8 } },
		scales: {
			x: { time: true, range: kind === 'bars' || first === last ? [first - DAY / 2, last + DAY / 2] : [first, last] },
			y: { range: (_, low, high) => (kind === 'bars' ? [0, Math.max(high, 1) * 1.1] : around(low, high)) },
		},
		axes: [
			axis(),
			{ ...axis(), size: 64, values: (_, splits) => splits.map((value) => (Number.isInteger(value) ? count(value) : '')) },
		],
		series: [{ value: (_, time) => (time == null ? '' : new Date(time * 1000).toLocaleString([], dateForm(kind))) }, series(kind, label)],
	};
}

/** A counter that stood still gets a little room, so that its line is not drawn on the frame. */
function around(low: number, high: number): [number, number] {
	const room = Math.max((high - low) * 0.1, 1);
	return [Math.max(0, low - room), high + room];
}

function dateForm(kind: ChartProps['kind']): Intl.DateTimeFormatOptions {
	return kind === 'bars' ? { dateStyle: 'medium' } : { dateStyle: 'medium', timeStyle: 'short' };
}

export function Chart(props: ChartProps) {
	const { columns, kind, label, summary, theme } = props;
	const place = useRef<HTMLDivElement>(null);

	useEffect(() => {
		const element = place.current;
		if (!element) return;
		const data = [columns.times, columns.values] as uPlot.AlignedData;
		const plot = new uPlot(options(element.clientWidth, props), data, element);
		const resized = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
		resized.observe(element);
		return () => {
			resized.disconnect();
			plot.destroy();
		};
	}, [columns, kind, label, theme]);

	return <div class="chart" ref={place} role="img" aria-label={summary} />;
}
