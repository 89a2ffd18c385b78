// SPDX-License-Identifier: Apache-2.0
// What every page is made of: its heading, cards, and the three states of an answer that is not there.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useNow, type Resource } from '../api/hooks';
import { ago, moment } from '../lib/format';
import { Icon, type IconName } from './icon';

interface PageProps {
	title: string;
	/** One line under the heading. */
	lead?: ComponentChildren;
	/** Buttons beside the heading. */
	tools?: ComponentChildren;
	children: ComponentChildren;
}

/** A page: names the window and takes the focus, so that a screen reader says where it is. */
export function Page({ title, lead, tools, children }: PageProps) {
	const heading = useRef<HTMLHeadingElement>(null);
	useEffect(() => {
		document.title = `${title} · Platen`;
	}, [title]);
	useEffect(() => heading.current?.focus({ preventScroll: true }), []);
	return (
		<>
			<header class="page-head">
				<div class="page-name">
					<h1 tabIndex={-1} ref={heading}>
						{title}
					</h1>
					{lead && <p class="lead">{lead}</p>}
				</div>
				{tools && <div class="page-tools">{tools}</div>}
			</header>
			{children}
		</>
	);
}

interface CardProps {
	title?: string;
	tools?: ComponentChildren;
	class?: string;
	children: ComponentChildren;
}

export function Card({ title, tools, class: more = '', children }: CardProps) {
	return (
		<section class={`card ${more}`} aria-label={title}>
			{(title || tools) && (
				<header class="card-head">
					{title && <h2>{title}</h2>}
					{tools}
				</header>
			)}
			{children}
		</section>
	);
}

export function Empty({ icon, title, children }: { icon: IconName; title: string; children?: ComponentChildren }) {
	return (
		<div class="empty">
			<Icon name={icon} />
			<p class="empty-title">{title}</p>
			{children && <div class="muted">{children}</div>}
		</div>
	);
}

export function Problem({ message, retry }: { message: string; retry?: () => void }) {
	return (
		<div class="problem" role="alert">
			<Icon name="alert" />
			<p>{message}</p>
			{retry && (
				<button type="button" class="button small" onClick={retry}>
					Try again
				</button>
			)}
		</div>
	);
}

export function Loading({ lines = 3 }: { lines?: number }) {
	return (
		<div class="loading" role="status" aria-label="Loading">
			{Array.from({ length: lines }, (_, index) => (
				<div class="loading-line" key={index} />
			))}
		</div>
	);
}

/** Shows an answer, or why it is not there. An old answer stays on the page while a newer one fails. */
export function Answer<T>({ of, lines, children }: { of: Resource<T>; lines?: number; children: (data: T) => ComponentChildren }) {
	return (
		<>
			{of.error && <Problem message={of.error.message} retry={of.reload} />}
			{of.data !== null ? children(of.data) : !of.error && <Loading lines={lines} />}
		</>
	);
}

/** "3 min ago", the whole moment in its tooltip. */
export function Ago({ time, never = 'never' }: { time: string | null | undefined; never?: string }) {
	const now = useNow();
	if (!time) return <span class="unknown">{never}</span>;
	return (
		<time dateTime={time} title={moment(time)}>
			{ago(time, now)}
		</time>
	);
}

/** A value, or the words for a value that nobody told, set apart so that it is never taken for one. */
export function Told({ value, children }: { value: unknown; children?: ComponentChildren }) {
	if (value === null || value === undefined || value === '') return <span class="unknown">not told</span>;
	return <>{children ?? String(value)}</>;
}

/** Names and values, side by side. */
export function Facts({ rows }: { rows: [name: string, value: ComponentChildren][] }) {
	return (
		<dl class="facts">
			{rows.map(([name, value]) => (
				<div key={name}>
					<dt>{name}</dt>
					<dd>{value}</dd>
				</div>
			))}
		</dl>
	);
}
