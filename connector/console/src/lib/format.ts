// SPDX-License-Identifier: Apache-2.0
// Values as people read them. Unknown (null) is never shown as a number: every function here says what it shows then.

/** What stands where a printer told nothing. */
export const UNKNOWN = 'not told';

const wholeNumber = new Intl.NumberFormat();

/** 12931 as "12,931"; null as "not told". */
export function count(value: number | null | undefined): string {
	return value == null ? UNKNOWN : wholeNumber.format(value);
}

/** "1 printer", "2 printers". */
export function plural(value: number, one: string, many = `${one}s`): string {
	return `${wholeNumber.format(value)} ${value === 1 ? one : many}`;
}

export function bytes(value: number | null | undefined): string {
	if (value == null) return UNKNOWN;
	if (value < 1024) return plural(value, 'byte');
	const units = ['KB', 'MB', 'GB', 'TB'];
	let size = value;
	let unit = -1;
	do {
		size /= 1024;
		unit++;
	} while (size >= 1023.95 && unit < units.length - 1);
	return `${size < 10 ? size.toFixed(1) : Math.round(size)} ${units[unit]}`;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A length of time in at most two units: "45 s", "3 min", "2 h 5 min", "12 days". */
export function duration(seconds: number | null | undefined): string {
	if (seconds == null) return UNKNOWN;
	const s = Math.max(0, Math.round(seconds));
	if (s < MINUTE) return `${s} s`;
	if (s < HOUR) return `${Math.floor(s / MINUTE)} min`;
	if (s < DAY) {
		const minutes = Math.floor((s % HOUR) / MINUTE);
		return `${Math.floor(s / HOUR)} h${minutes ? ` ${minutes} min` : ''}`;
	}
	return plural(Math.floor(s / DAY), 'day');
}

/** How an action's steps follow each other: "+0.35 s", "+2 min". */
export function delay(ms: number): string {
	if (ms < 10_000) return `+${(Math.max(0, ms) / 1000).toFixed(2)} s`;
	return `+${duration(ms / 1000)}`;
}

/** "just now", "3 min ago", "2 days ago", "in 5 h"; null as "never". */
export function ago(time: string | null | undefined, nowMs: number): string {
	if (time == null) return 'never';
	const seconds = Math.round((nowMs - Date.parse(time)) / 1000);
	if (Number.isNaN(seconds)) return UNKNOWN;
	if (Math.abs(seconds) < 10) return 'just now';
	const span = Math.abs(seconds);
	const text = span < DAY ? duration(span).replace(/ h .*/, ' h') : plural(Math.round(span / DAY), 'day');
	return seconds > 0 ? `${text} ago` : `in ${text}`;
}

const dayAndTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });

/** The whole moment in the reader's own time zone. */
export function moment(time: string | null | undefined): string {
	return time == null ? UNKNOWN : dayAndTime.format(new Date(time));
}

export function day(time: string | null | undefined): string {
	return time == null ? UNKNOWN : dayOnly.format(new Date(time));
}

/**
 * A Printer MIB or IPP word as text: "inputMediaSupplyEmpty" and "media-empty-error" become "Input media supply empty"
 * and "Media empty".
 */
export function words(keyword: string | null | undefined): string {
	if (!keyword) return UNKNOWN;
	const text = keyword
		.replace(/-(error|warning|report)$/, '')
		.replace(/([a-z0-9])([A-Z])/g, '$1 $2')
		.replace(/[-_.]+/g, ' ')
		.toLowerCase();
	return text.charAt(0).toUpperCase() + text.slice(1);
}

/** "HP LaserJet MFP M227fdw": make and model, the make not twice. */
export function printerName(printer: { make: string | null; model: string | null }): string {
	const { make, model } = printer;
	if (!make && !model) return 'Unknown printer';
	if (!make || !model) return (make ?? model) as string;
	return model.toLowerCase().startsWith(make.toLowerCase()) ? model : `${make} ${model}`;
}

/** The PC's name; where the site sends none, the beginning of its id. */
export function agentName(agent: { id: string; name: string | null }): string {
	if (!agent.name) return `PC ${agent.id.slice(0, 8)}`;
	const hash = /^sha256:([0-9a-f]{8})/.exec(agent.name);
	return hash ? `PC ${hash[1]}` : agent.name;
}

/** A PWG media size name: "iso_a4_210x297mm" as "A4 (210 × 297 mm)". */
export function mediaSize(name: string | null | undefined): string {
	if (!name) return UNKNOWN;
	const parts = /^[a-z]+_([a-z0-9-]+)_([0-9.]+)x([0-9.]+)(mm|in)$/i.exec(name);
	if (!parts) return words(name);
	const [, size, width, height, unit] = parts as unknown as [string, string, string, string, string];
	const label = /^[abc]\d/.test(size) ? size.toUpperCase() : words(size);
	return `${label} (${width} × ${height} ${unit})`;
}

const READ_ERRORS: Record<string, string> = {
	'protocol': 'its answer could not be understood',
	'too-big': 'its answer was too long',
	'timeout': 'no answer in time',
	'gone': 'it was unplugged or hung up',
	'busy': 'another program was using it',
	'denied': 'the agent was not allowed to ask',
	'not-found': 'it does not have that',
	'unsupported': 'it cannot do that',
	'refused': 'it refused to answer',
	'io': 'the PC reported a fault',
};

/** Why a language could not be read: the agent's one word as a few of ours. */
export function readError(word: string): string {
	return READ_ERRORS[word] ?? words(word).toLowerCase();
}

const SOURCES: Record<string, string> = {
	ipp: 'IPP',
	ledm: 'LEDM',
	pjl: 'PJL',
	ieee1284: 'IEEE 1284 ID',
	usb: 'USB descriptor',
	computed: 'worked out',
};

/** The language in which the printer told a value. */
export function sourceName(source: string | null | undefined): string {
	return source ? (SOURCES[source] ?? source) : '—';
}
