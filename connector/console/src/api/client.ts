// SPDX-License-Identifier: Apache-2.0
// Calls to the admin API. The token lives in sessionStorage: cookies are shared between the ports of a host, and a
// printer's own pages may one day be shown on a neighbouring port.

import type { Error as Failure, Session } from './types';

const TOKEN_KEY = 'platen.token';

/** A call that did not succeed; `message` is one sentence for the person. */
export class ApiError extends Error {
	constructor(
		/** The HTTP status, 0 when the connector could not be reached. */
		readonly status: number,
		readonly code: string,
		message: string,
		readonly field?: string,
	) {
		super(message);
	}
}

/** One sentence about whatever was thrown. */
export function explain(error: unknown): string {
	return error instanceof ApiError ? error.message : 'That did not work; try again.';
}

let onSignedOut: () => void = () => {};

/** Called when the connector no longer takes our token. */
export function whenSignedOut(callback: () => void): void {
	onSignedOut = callback;
}

export function hasToken(): boolean {
	return sessionStorage.getItem(TOKEN_KEY) !== null;
}

/** Forgets the token and goes back to the sign-in page. */
export function dropToken(): void {
	sessionStorage.removeItem(TOKEN_KEY);
	onSignedOut();
}

function headers(body: unknown): Headers {
	const result = new Headers({ Accept: 'application/json' });
	const token = sessionStorage.getItem(TOKEN_KEY);
	if (token) result.set('Authorization', `Bearer ${token}`);
	if (body !== undefined) result.set('Content-Type', 'application/json');
	return result;
}

async function failure(response: Response): Promise<ApiError> {
	let told: Partial<Failure> = {};
	try {
		told = (await response.json()) as Partial<Failure>;
	} catch {
		// Not from the connector itself, perhaps from a proxy: the status must do.
	}
	const message = told.message ?? `The connector answered ${response.status} ${response.statusText}.`.trim();
	return new ApiError(response.status, told.error ?? `http_${response.status}`, message, told.field);
}

/** Sends a request and gives the raw answer; throws ApiError, or AbortError when `signal` fired. */
export async function send(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
	let response: Response;
	try {
		response = await fetch(`api/v1${path}`, {
			method,
			headers: headers(body),
			body: body === undefined ? undefined : JSON.stringify(body),
			signal,
			cache: 'no-store',
			credentials: 'omit',
		});
	} catch (error) {
		if (signal?.aborted) throw error;
		throw new ApiError(0, 'unreachable', 'The connector does not answer. Check that it is running and that this computer reaches it.');
	}
	if (response.ok) return response;
	const error = await failure(response);
	if (error.status === 401 && error.code === 'not_signed_in' && path !== '/login') dropToken();
	throw error;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
	return (await (await send('GET', path, undefined, signal)).json()) as T;
}

export async function post<T>(path: string, body: unknown = {}): Promise<T> {
	const response = await send('POST', path, body);
	return (response.status === 204 ? undefined : await response.json()) as T;
}

export async function patch<T>(path: string, body: unknown): Promise<T> {
	return (await (await send('PATCH', path, body)).json()) as T;
}

export async function remove(path: string): Promise<void> {
	await send('DELETE', path);
}

export async function signIn(name: string, password: string, totp: string): Promise<void> {
	const session = await post<Session>('/login', totp ? { name, password, totp } : { name, password });
	sessionStorage.setItem(TOKEN_KEY, session.token);
}

export async function signOut(): Promise<void> {
	try {
		await send('POST', '/logout');
	} catch {
		// The session ends by itself; this browser forgets it either way.
	}
	dropToken();
}

/** A path with a query; members without a value are left out. */
export function withQuery(path: string, query: Record<string, string | number | null | undefined>): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) if (value != null && value !== '') search.set(name, String(value));
	const text = search.toString();
	return text ? `${path}?${text}` : path;
}

/** The same list from a cursor on. */
export function withCursor(path: string, cursor: string | null): string {
	return cursor === null ? path : `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}
