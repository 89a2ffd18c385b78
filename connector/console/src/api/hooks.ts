// SPDX-License-Identifier: Apache-2.0
// What pages use: a resource that stays fresh, the state of the live connection, the clock, the address.

import { createContext } from 'preact';
import { useCallback, useContext, useEffect, useRef, useState } from 'preact/hooks';
import { parseRoute, type Route } from '../lib/router';
import { ApiError, get } from './client';
import { onEvent, onLiveStatus, type LiveStatus } from './live';
import type { Event, Me } from './types';

export interface Resource<T> {
	/** The last good answer for this path; kept while it is asked again and when that fails. */
	data: T | null;
	error: ApiError | null;
	loading: boolean;
	reload: () => void;
}

interface Freshness {
	/** Which events make the answer stale; `resync` always does. */
	stale?: (event: Event) => boolean;
	/** Not asked again more often than this. */
	everyMs?: number;
	/** How the answer is read, where it is not JSON. */
	read?: (path: string, signal: AbortSignal) => Promise<unknown>;
}

function asApiError(error: unknown): ApiError {
	return error instanceof ApiError ? error : new ApiError(0, 'unreadable', 'The connector gave an answer that this console cannot read.');
}

/** GETs `path` (null: nothing to ask yet) and asks again whenever an event says so. */
export function useResource<T>(path: string | null, fresh: Freshness = {}): Resource<T> {
	const [state, setState] = useState<{ path: string | null; data: T | null; error: ApiError | null; loading: boolean }>({
		path,
		data: null,
		error: null,
		loading: path !== null,
	});
	const rules = useRef(fresh);
	rules.current = fresh;
	const load = useRef<() => void>(() => {});

	useEffect(() => {
		if (path === null) return;
		let request: AbortController | null = null;
		let timer: ReturnType<typeof setTimeout> | undefined;
		let askedAt = 0;
		setState((old) => ({ ...old, path, error: null, loading: true }));

		const ask = async () => {
			clearTimeout(timer);
			timer = undefined;
			request?.abort();
			const mine = (request = new AbortController());
			askedAt = Date.now();
			try {
				const data = (await (rules.current.read ?? get)(path, mine.signal)) as T;
				if (!mine.signal.aborted) setState({ path, data, error: null, loading: false });
			} catch (error) {
				if (mine.signal.aborted) return;
				setState((old) => ({ path, data: old.path === path ? old.data : null, error: asApiError(error), loading: false }));
			}
		};
		const askSoon = () => {
			if (timer !== undefined || document.hidden) {
				missed ||= document.hidden;
				return;
			}
			timer = setTimeout(ask, Math.max(50, askedAt + (rules.current.everyMs ?? 500) - Date.now()));
		};
		let missed = false;
		const onVisible = () => {
			if (!document.hidden && missed) {
				missed = false;
				askSoon();
			}
		};
		load.current = ask;
		void ask();
		const off = onEvent((event) => {
			if (event.type === 'resync' || rules.current.stale?.(event)) askSoon();
		});
		document.addEventListener('visibilitychange', onVisible);
		return () => {
			off();
			document.removeEventListener('visibilitychange', onVisible);
			clearTimeout(timer);
			request?.abort();
		};
	}, [path]);

	const reload = useCallback(() => load.current(), []);
	return { data: state.data, error: state.error, loading: state.loading, reload };
}

export function useLiveStatus(): LiveStatus {
	const [status, setStatus] = useState<LiveStatus>('connecting');
	useEffect(() => onLiveStatus(setStatus), []);
	return status;
}

const clocks = new Set<(now: number) => void>();
let ticking: ReturnType<typeof setInterval> | undefined;

/** One timer for all who watch the clock: a long table has a hundred of them. */
function watchClock(watcher: (now: number) => void): () => void {
	clocks.add(watcher);
	ticking ??= setInterval(() => {
		const now = Date.now();
		for (const one of clocks) one(now);
	}, 15_000);
	return () => {
		clocks.delete(watcher);
		if (clocks.size > 0) return;
		clearInterval(ticking);
		ticking = undefined;
	};
}

/** The time, renewed every 15 s, for "3 min ago". */
export function useNow(): number {
	const [now, setNow] = useState(Date.now);
	useEffect(() => watchClock(setNow), []);
	return now;
}

export function useRoute(): Route {
	const [route, setRoute] = useState(() => parseRoute(location.hash));
	useEffect(() => {
		const changed = () => setRoute(parseRoute(location.hash));
		window.addEventListener('hashchange', changed);
		return () => window.removeEventListener('hashchange', changed);
	}, []);
	return route;
}

/** Changes the address without a new entry in the browser's history (filters, sorting). */
export function replaceAddress(hash: string): void {
	if (hash === location.hash) return;
	history.replaceState(null, '', hash);
	window.dispatchEvent(new HashChangeEvent('hashchange'));
}

export const MeContext = createContext<Me | null>(null);

/** Whoever is signed in; only inside the shell. */
export function useMe(): Me {
	const me = useContext(MeContext);
	if (!me) throw new Error('useMe outside of the shell');
	return me;
}

type Feature = Me['connector']['features'][number];

/** Whether this connector answers that group of calls. */
export function hasFeature(me: Me, feature: Feature): boolean {
	return me.connector.features.includes(feature);
}

const RANK = { viewer: 0, operator: 1, admin: 2 } as const;

export function may(me: Me, role: 'operator' | 'admin'): boolean {
	return RANK[me.role] >= RANK[role];
}
