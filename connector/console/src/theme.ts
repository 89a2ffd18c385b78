// SPDX-License-Identifier: Apache-2.0
// Light, dark, or whatever the computer says. The choice is the only thing kept beyond the session.

import { useEffect, useState } from 'preact/hooks';

export type Theme = 'auto' | 'light' | 'dark';
const KEY = 'platen.theme';
const ORDER: Theme[] = ['auto', 'light', 'dark'];

function stored(): Theme {
	const value = localStorage.getItem(KEY) as Theme | null;
	return value && ORDER.includes(value) ? value : 'auto';
}

/** Before the first paint. */
export function applyTheme(theme: Theme = stored()): void {
	if (theme === 'auto') delete document.documentElement.dataset.theme;
	else document.documentElement.dataset.theme = theme;
}

export function useTheme(): [theme: Theme, next: () => void] {
	const [theme, setTheme] = useState(stored);
	const next = () => {
		const chosen = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length] as Theme;
		localStorage.setItem(KEY, chosen);
		applyTheme(chosen);
		setTheme(chosen);
		window.dispatchEvent(new CustomEvent('platen-theme'));
	};
	return [theme, next];
}

/** The look that is on the screen now; a chart draws itself anew when it changes. */
export function useLook(): 'light' | 'dark' {
	const dark = matchMedia('(prefers-color-scheme: dark)');
	const now = () => (document.documentElement.dataset.theme ?? (dark.matches ? 'dark' : 'light')) as 'light' | 'dark';
	const [look, setLook] = useState(now);
	useEffect(() => {
		const changed = () => setLook(now());
		dark.addEventListener('change', changed);
		window.addEventListener('platen-theme', changed);
		return () => {
			dark.removeEventListener('change', changed);
			window.removeEventListener('platen-theme', changed);
		};
	}, []);
	return look;
}
