// SPDX-License-Identifier: Apache-2.0
// The frame around every page: where one can go, who one is, and whether what is shown is live.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { signOut } from '../api/client';
import { useLiveStatus, useMe } from '../api/hooks';
import { href, type Route } from '../lib/router';
import { isOpenTo, PLACES } from '../places';
import { useTheme } from '../theme';
import { Icon, Mark } from './icon';

const LIVE = {
	connecting: { word: 'Connecting', tone: 'busy' },
	live: { word: 'Live', tone: 'good' },
	lost: { word: 'Not live', tone: 'bad' },
} as const;

function Live() {
	const status = useLiveStatus();
	const { word, tone } = LIVE[status];
	return (
		<span class={`live chip ${tone}`} role="status" title="Whether this page follows changes as they happen">
			<span class="dot" aria-hidden="true" />
			{word}
		</span>
	);
}

function ThemeButton() {
	const [theme, next] = useTheme();
	const icon = theme === 'auto' ? 'auto' : theme === 'light' ? 'sun' : 'moon';
	const word = theme === 'auto' ? 'as the computer' : theme;
	return (
		<button type="button" class="icon-button" onClick={next} aria-label={`Colours: ${word}. Change`} title={`Colours: ${word}`}>
			<Icon name={icon} />
		</button>
	);
}

export function Shell({ route, children }: { route: Route; children: ComponentChildren }) {
	const me = useMe();
	const live = useLiveStatus();
	const [open, setOpen] = useState(false);
	const main = useRef<HTMLElement>(null);
	const place = route.path[0];
	useEffect(() => setOpen(false), [route]);
	return (
		<div class="shell">
			<button type="button" class="skip" onClick={() => main.current?.focus()}>
				Skip to the page
			</button>
			<header class={`side ${open ? 'open' : ''}`}>
				<div class="brand">
					<a href="#/" class="brand-name">
						<Mark />
						Platen
					</a>
					<Live />
					<button
						type="button"
						class="icon-button menu-button"
						aria-expanded={open}
						aria-controls="places"
						aria-label={open ? 'Close the menu' : 'Open the menu'}
						onClick={() => setOpen(!open)}
					>
						<Icon name={open ? 'close' : 'menu'} />
					</button>
				</div>
				<nav id="places" aria-label="Pages">
					<ul>
						{PLACES.filter((one) => isOpenTo(me, one)).map((one) => (
							<li key={one.title}>
								<a href={href(one.path)} aria-current={one.path[0] === place ? 'page' : undefined}>
									<Icon name={one.icon} />
									{one.title}
								</a>
							</li>
						))}
					</ul>
				</nav>
				<div class="side-foot">
					<span class="who">
						<strong>{me.user.name}</strong>
						<span class="muted">{me.role}</span>
					</span>
					<ThemeButton />
					<button type="button" class="icon-button" onClick={() => void signOut()} aria-label="Sign out" title="Sign out">
						<Icon name="signout" />
					</button>
				</div>
			</header>
			<main ref={main} tabIndex={-1}>
				{live === 'lost' && (
					<p class="banner" role="status">
						The connection to the connector is lost; what you see may be old. Trying again by itself.
					</p>
				)}
				{children}
			</main>
		</div>
	);
}
