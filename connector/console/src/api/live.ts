// SPDX-License-Identifier: Apache-2.0
// The event stream: says that something changed, so that pages ask again. It reconnects for ever while somebody is signed
// in; after every (re)connection listeners get a `resync`, because nothing is replayed.

import { waitMs } from '../lib/backoff';
import { parseLines } from '../lib/ndjson';
import { ApiError, send } from './client';
import type { Event } from './types';

export type LiveStatus = 'connecting' | 'live' | 'lost';
type Listener = (event: Event) => void;

/** The connector pings every 20 s; after this long a silent connection is taken for dead. */
const SILENCE_MS = 50_000;

const listeners = new Set<Listener>();
const watchers = new Set<(status: LiveStatus) => void>();
let status: LiveStatus = 'connecting';
let running: AbortController | null = null;

export function onEvent(listener: Listener): () => void {
	listeners.add(listener);
	return () => void listeners.delete(listener);
}

export function onLiveStatus(watcher: (status: LiveStatus) => void): () => void {
	watchers.add(watcher);
	watcher(status);
	return () => void watchers.delete(watcher);
}

export function startLive(): () => void {
	running?.abort();
	const mine = new AbortController();
	running = mine;
	void keepConnected(mine.signal);
	return () => mine.abort();
}

function setStatus(next: LiveStatus): void {
	status = next;
	for (const watcher of watchers) watcher(next);
}

function tell(event: Event): void {
	for (const listener of [...listeners]) listener(event);
}

async function keepConnected(stop: AbortSignal): Promise<void> {
	setStatus('connecting');
	for (let attempt = 0; !stop.aborted; attempt++) {
		try {
			await readStream(stop, () => {
				attempt = 0;
				setStatus('live');
				tell({ type: 'resync', at: new Date().toISOString() });
			});
		} catch (error) {
			if (error instanceof ApiError && error.status === 401) return; // signed out: the sign-in page starts anew
		}
		if (stop.aborted) return;
		setStatus('lost');
		await pause(waitMs(attempt, Math.random()), stop);
	}
}

/** Reads one connection to its end; throws when it breaks or falls silent. */
async function readStream(stop: AbortSignal, connected: () => void): Promise<void> {
	const line = new AbortController();
	const hangUp = () => line.abort();
	stop.addEventListener('abort', hangUp);
	let watchdog = setTimeout(hangUp, SILENCE_MS);
	try {
		const response = await send('GET', '/events', undefined, line.signal);
		connected();
		if (!response.body) return;
		for await (const value of parseLines(response.body)) {
			clearTimeout(watchdog);
			watchdog = setTimeout(hangUp, SILENCE_MS);
			const event = value as Event;
			if (event.type !== 'hello' && event.type !== 'ping') tell(event);
		}
	} finally {
		clearTimeout(watchdog);
		stop.removeEventListener('abort', hangUp);
	}
}

/** Waits, but not longer than until the browser says that the network is back. */
function pause(ms: number, stop: AbortSignal): Promise<void> {
	return new Promise((resolve) => {
		const done = () => {
			clearTimeout(timer);
			stop.removeEventListener('abort', done);
			window.removeEventListener('online', done);
			resolve();
		};
		const timer = setTimeout(done, ms);
		stop.addEventListener('abort', done);
		window.addEventListener('online', done);
	});
}
