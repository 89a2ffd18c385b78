// SPDX-License-Identifier: Apache-2.0
// Who did what. The entries are chained by their hashes, so that a gap shows.

import { useState } from 'preact/hooks';
import { explain, post, withCursor, withQuery } from '../api/client';
import { useResource } from '../api/hooks';
import type { AuditEntry, AuditHead } from '../api/types';
import { moment, plural } from '../lib/format';
import { Answer, Empty, Page } from '../ui/basic';
import { notify } from '../ui/dialog';
import { Search, setQuery, useCustomers, type Query } from '../ui/filters';
import { Pager, useCursors } from '../ui/pager';

interface AuditPage {
	items: AuditEntry[];
	next_cursor: string | null;
	total: number;
	heads: AuditHead[];
}

const PAGE_SIZE = 100;

function Entry({ entry }: { entry: AuditEntry }) {
	return (
		<tr role="row">
			<td role="cell" class="main-cell">
				<strong>{entry.actor}</strong>
				<span class="muted small-text">{entry.address ?? 'this machine'}</span>
			</td>
			<td role="cell">
				<time dateTime={entry.at}>{moment(entry.at)}</time>
			</td>
			<td role="cell" class="breakable">
				<code>{entry.verb}</code>
				{entry.subject && <span class="muted small-text">{entry.subject}</span>}
			</td>
			<td role="cell" data-label="answered">
				{entry.outcome}
			</td>
		</tr>
	);
}

function Verify() {
	const [busy, setBusy] = useState(false);
	const verify = async () => {
		setBusy(true);
		try {
			const found = await post<{ ok: boolean; message: string }>('/audit/verify');
			notify(found.message, !found.ok);
		} catch (error) {
			notify(explain(error), true);
		} finally {
			setBusy(false);
		}
	};
	return (
		<button type="button" class="button" disabled={busy} onClick={() => void verify()}>
			{busy ? 'Checking …' : 'Check the chains'}
		</button>
	);
}

/** Where each chain ends now: noted elsewhere, it shows later whether one was cut off. */
function Heads({ heads }: { heads: AuditHead[] }) {
	const customers = useCustomers();
	const name = (id: string | null) => (id === null ? 'The server' : (customers.data?.items.find((c) => c.id === id)?.name ?? id));
	return (
		<details class="card card-note">
			<summary>Ends of the chains: note them elsewhere, and a cut shows</summary>
			<dl class="heads">
				{heads.map((head) => (
					<div key={head.customer_id ?? ''}>
						<dt>
							{name(head.customer_id)} <span class="muted small-text">{plural(head.entries, 'entry', 'entries')}</span>
						</dt>
						<dd class="breakable">
							<code>{head.hash}</code>
						</dd>
					</div>
				))}
			</dl>
		</details>
	);
}

/** A day of the reader's calendar as the moment it begins or ends. */
function edge(day: string, end: boolean): string | null {
	const date = new Date(`${day}T00:00:00`);
	if (Number.isNaN(date.getTime())) return null;
	if (end) date.setDate(date.getDate() + 1);
	return date.toISOString();
}

export function Audit({ query }: { query: Query }) {
	const { q = '', from = '', to = '' } = query;
	const set = (name: string) => (value: string | null) => setQuery(['audit'], query, name, value);
	const filter = withQuery('/audit', { q, from: edge(from, false), to: edge(to, true), limit: PAGE_SIZE });
	const cursors = useCursors(filter);
	const audit = useResource<AuditPage>(withCursor(filter, cursors.cursor));
	return (
		<Page title="Audit" lead="Everything that was asked of this connector, by whom, and what it answered." tools={<Verify />}>
			<div class="filters">
				<Search label="User, call, subject …" value={q} onChange={set('q')} />
				<label class="inline-field">
					<span>From</span>
					<input type="date" value={from} onChange={(event) => set('from')(event.currentTarget.value)} />
				</label>
				<label class="inline-field">
					<span>to</span>
					<input type="date" value={to} onChange={(event) => set('to')(event.currentTarget.value)} />
				</label>
			</div>
			<p class="result-count muted" role="status">
				{audit.data ? plural(audit.data.total, 'entry', 'entries') : ' '}
			</p>
			<Answer of={audit} lines={10}>
				{(page) => (
					<>
						{page.items.length === 0 ? (
							<Empty icon="search" title="No such entry" />
						) : (
							<div class="card table-card">
								<table class="table" role="table">
									<thead role="rowgroup">
										<tr role="row">
											<th scope="col">Who</th>
											<th scope="col">When</th>
											<th scope="col">What</th>
											<th scope="col">Answer</th>
										</tr>
									</thead>
									<tbody role="rowgroup">
										{page.items.map((entry) => (
											<Entry entry={entry} key={entry.id} />
										))}
									</tbody>
								</table>
							</div>
						)}
						<Pager cursors={cursors} next={page.next_cursor} total={page.total} shown={page.items.length} size={PAGE_SIZE} />
						<Heads heads={page.heads} />
					</>
				)}
			</Answer>
		</Page>
	);
}
