// SPDX-License-Identifier: Apache-2.0
// The settings of printers in words.

import { mediaSize } from './format';

const NAMES: Record<string, string> = {
	sleep_timer_s: 'Sleeps after',
	auto_off_s: 'Switches off after',
	default_media: 'Usual paper',
	duplex: 'Both sides',
	print_quality: 'Print quality',
	density: 'Density',
	toner_save: 'Saves toner',
	display_language: 'Language of the display',
	panel_lock: 'Panel lock',
	auto_continue: 'Goes on by itself',
	quiet_mode: 'Quiet mode',
};

export function settingName(name: string): string {
	return NAMES[name] ?? name;
}

/** "900" of sleep_timer_s: "15 min". */
export function settingValue(name: string, value: string | null): string {
	if (value === null) return 'not told';
	if (name === 'default_media') return mediaSize(value);
	if (!name.endsWith('_s')) return value;
	const seconds = Number(value);
	if (seconds === 0) return 'never';
	if (seconds % 3600 === 0) return `${seconds / 3600} h`;
	return seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`;
}
