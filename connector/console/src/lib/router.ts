// SPDX-License-Identifier: Apache-2.0
// Addresses of pages. They live behind the `#`, so the connector serves one file and no address of a page ever reaches a
// server's log.
//     #/printers?status=error&q=laser   ->  { path: ['printers'], query: { status: 'error', q: 'laser' } }

export interface Route {
	path: string[];
	query: Record<string, string>;
}

function decode(text: string): string {
	try {
		return decodeURIComponent(text);
	} catch {
		return text; // a stray % is shown as it is
	}
}

export function parseRoute(hash: string): Route {
	const [address = '', search = ''] = hash.replace(/^#/, '').split('?', 2);
	return {
		path: address.split('/').filter(Boolean).map(decode),
		query: Object.fromEntries(new URLSearchParams(search)),
	};
}

/** The address of a page; members without a value are left out. */
export function href(path: string[], query: Record<string, string | null | undefined> = {}): string {
	const search = new URLSearchParams();
	for (const [name, value] of Object.entries(query)) if (value) search.set(name, value);
	const text = search.toString();
	return `#/${path.map(encodeURIComponent).join('/')}${text ? `?${text}` : ''}`;
}
