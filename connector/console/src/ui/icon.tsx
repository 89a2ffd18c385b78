// SPDX-License-Identifier: Apache-2.0
// Small line icons, 24 units square, drawn for this console. Always beside a word, so they say nothing to screen readers.

const PATHS = {
	overview: 'M4 13h6V4H4zM14 20h6v-9h-6zM4 20h6v-3H4zM14 7h6V4h-6z',
	printer: 'M7 9V4h10v5M7 18H4v-6a3 3 0 0 1 3-3h10a3 3 0 0 1 3 3v6h-3M7 15h10v5H7zM17 12h.01',
	alert: 'M12 4 3 19h18zM12 10v4M12 16.5h.01',
	pc: 'M4 5h16v11H4zM9 20h6M12 16v4',
	enrol: 'M12 5v14M5 12h14',
	action: 'M13 3 5 14h6l-1 7 8-11h-6z',
	sites: 'M4 20V8l6-4v16M10 20h10V10H10M14 14h2M14 17h2M7 10h.01M7 14h.01',
	users: 'M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20a6.5 6.5 0 0 1 13 0M16 4.5a3.5 3.5 0 0 1 0 6M18 14a6.5 6.5 0 0 1 3.5 6',
	audit: 'M6 3h9l4 4v14H6zM14 3v5h5M9 13h7M9 17h5',
	settings: 'M4 7h10M18 7h2M4 17h2M10 17h10M14 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0M6 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0',
	sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4',
	moon: 'M20 14.5A8.5 8.5 0 0 1 9.5 4 8.5 8.5 0 1 0 20 14.5z',
	auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
	menu: 'M4 7h16M4 12h16M4 17h16',
	close: 'M6 6l12 12M18 6 6 18',
	search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5 20 20',
	copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
	check: 'M5 12.5 10 17l9-10',
	download: 'M12 4v11M7 11l5 5 5-5M5 20h14',
	left: 'M14 6l-6 6 6 6',
	right: 'M10 6l6 6-6 6',
	up: 'M7 14l5-5 5 5',
	down: 'M7 10l5 5 5-5',
	refresh: 'M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6',
	identify: 'M12 14v6M8.5 17.5 6 20M15.5 17.5 18 20M9 14h6l1-3a5 5 0 1 0-8 0z',
	restart: 'M12 4v8M7 6.5a7.5 7.5 0 1 0 10 0',
	page: 'M6 3h9l4 4v14H6zM14 3v5h5',
	bundle: 'M4 8l8-4 8 4v8l-8 4-8-4zM4 8l8 4 8-4M12 12v8',
	signout: 'M10 4H5v16h5M14 8l4 4-4 4M18 12H9',
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name }: { name: IconName }) {
	return (
		<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
			<path d={PATHS[name]} />
		</svg>
	);
}

/** The mark: a sheet on a platen roller. */
export function Mark() {
	return (
		<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
			<path class="mark-sheet" d="M9 3h14v15H9z" />
			<path class="mark-lines" d="M12.5 8h7M12.5 12h5" />
			<rect class="mark-roller" x="2" y="17" width="28" height="9" rx="4.5" />
			<path class="mark-feet" d="M7 29h18" />
		</svg>
	);
}
