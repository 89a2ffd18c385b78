// SPDX-License-Identifier: Apache-2.0
// Bringing PCs in: a fresh token, and the commands that carry it.

import { useState } from 'preact/hooks';
import { post, remove } from '../api/client';
import { may, useMe, useResource } from '../api/hooks';
import type { EnrolmentToken, NewEnrolmentToken } from '../api/types';
import { count, plural } from '../lib/format';
import { Ago, Answer, Card, Empty, Page } from '../ui/basic';
import { CopyText, saveFile } from '../ui/copy';
import { Confirm } from '../ui/dialog';
import { SiteOptions, useCustomers } from '../ui/filters';
import { Field, Form, Lifetime } from '../ui/form';
import { Icon } from '../ui/icon';
import { Chip } from '../ui/status';
import { PendingCard } from './pending';

const LIVES: [seconds: number, word: string][] = [
	[3600, 'One hour'],
	[86400, 'One day'],
	[604800, 'One week'],
	[2592000, '30 days'],
	[31536000, 'One year'],
];
const PLATFORM = { windows: 'Windows', linux: 'Debian and Ubuntu', macos: 'macOS' } as const;
const STATE = {
	active: ['good', 'Active'],
	used_up: ['off', 'Used up'],
	expired: ['off', 'Expired'],
	revoked: ['off', 'Revoked'],
} as const;

function TokenForm({ onMade }: { onMade: (token: NewEnrolmentToken) => void }) {
	const customers = useCustomers().data?.items ?? [];
	const [chosen, setSite] = useState<string | null>(null);
	const site = chosen ?? customers[0]?.sites[0]?.id ?? null;
	const [uses, setUses] = useState(50);
	const [life, setLife] = useState(604800);
	const [note, setNote] = useState('');
	const submit = async () => {
		const body = { site_id: site, uses, expires_in_s: life, note: note.trim() || null };
		onMade(await post<NewEnrolmentToken>('/enrolment-tokens', body));
	};

	return (
		<Form class="enrol-form" verb="Make a token" onSubmit={submit}>
			{customers.flatMap((customer) => customer.sites).length > 1 && (
				<Field label="Site the PCs belong to">
					<select value={site ?? ''} onChange={(event) => setSite(event.currentTarget.value)}>
						<SiteOptions customers={customers} />
					</select>
				</Field>
			)}
			<Field label="For how many PCs">
				<input
					type="number"
					name="uses"
					min={1}
					max={100000}
					required
					value={uses}
					onInput={(event) => setUses(event.currentTarget.valueAsNumber)}
				/>
			</Field>
			<Lifetime choices={LIVES} value={life} onChange={setLife} />
			<Field label="Note to yourself">
				<input name="note" maxLength={200} value={note} onInput={(event) => setNote(event.currentTarget.value)} />
			</Field>
		</Form>
	);
}

function Fresh({ token }: { token: NewEnrolmentToken }) {
	return (
		<Card title="Your install commands" class="fresh">
			<p>
				Run one of these on each PC. They hold the token, which is good for {plural(token.uses, 'PC')} and ends{' '}
				<Ago time={token.expires_at} />. <strong>It is shown only now:</strong> copy what you need.
			</p>
			{token.install.map((way) => (
				<section class="install" key={way.package} aria-label={PLATFORM[way.platform]}>
					<h3>
						{PLATFORM[way.platform]} <span class="muted">.{way.package}</span>
					</h3>
					{way.note && <p class="muted">{way.note}</p>}
					{way.file_name && way.file_content && (
						<button
							type="button"
							class="button small"
							onClick={() => saveFile(way.file_name as string, way.file_content as string)}
						>
							<Icon name="download" />
							Save {way.file_name}
						</button>
					)}
					<CopyText text={way.command} label={`Command for ${PLATFORM[way.platform]}`} />
				</section>
			))}
			<details>
				<summary>The token alone</summary>
				<CopyText text={token.token} label="Token" />
			</details>
		</Card>
	);
}

function TokenRow({ token, onRevoke }: { token: EnrolmentToken; onRevoke: () => void }) {
	const [tone, word] = STATE[token.state] ?? STATE.expired;
	return (
		<tr role="row">
			<td role="cell" class="main-cell">
				<span>{token.note ?? 'Without a note'}</span>
				<span class="muted small-text">
					{token.site.name} · made by {token.created_by} <Ago time={token.created_at} />
				</span>
			</td>
			<td role="cell">
				<Chip tone={tone}>{word}</Chip>
			</td>
			<td role="cell" data-label="Used" class="number">
				{count(token.used)} of {count(token.uses)}
			</td>
			<td role="cell" data-label="Ends">
				<Ago time={token.expires_at} />
			</td>
			<td role="cell" class="tools-cell">
				{token.state === 'active' && (
					<button type="button" class="button small" onClick={onRevoke} aria-label={`Revoke: ${token.note ?? token.id}`}>
						Revoke
					</button>
				)}
			</td>
		</tr>
	);
}

function Tokens({ list }: { list: ReturnType<typeof useTokens> }) {
	const [asking, setAsking] = useState<EnrolmentToken | null>(null);
	return (
		<Card title="Tokens" class="table-card">
			<Answer of={list} lines={3}>
				{(page) =>
					page.items.length === 0 ? (
						<Empty icon="enrol" title="No token was made yet" />
					) : (
						<table class="table" role="table">
							<thead role="rowgroup">
								<tr role="row">
									<th scope="col">Note</th>
									<th scope="col">State</th>
									<th scope="col" class="number">
										Used
									</th>
									<th scope="col">Ends</th>
									<td />
								</tr>
							</thead>
							<tbody role="rowgroup">
								{page.items.map((token) => (
									<TokenRow key={token.id} token={token} onRevoke={() => setAsking(token)} />
								))}
							</tbody>
						</table>
					)
				}
			</Answer>
			{asking && (
				<Confirm
					title="Revoke this token?"
					verb="Revoke"
					danger
					onClose={() => setAsking(null)}
					onConfirm={() => remove(`/enrolment-tokens/${asking.id}`).then(list.reload)}
				>
					<p>No further PC can join with it. PCs that already joined stay.</p>
				</Confirm>
			)}
		</Card>
	);
}

function useTokens() {
	return useResource<{ items: EnrolmentToken[] }>('/enrolment-tokens?limit=100', {
		stale: (event) => event.type === 'agent.changed',
		everyMs: 2000,
	});
}

function Allowed() {
	const [fresh, setFresh] = useState<NewEnrolmentToken | null>(null);
	const list = useTokens();
	return (
		<>
			<PendingCard />
			<Card>
				<TokenForm
					onMade={(token) => {
						setFresh(token);
						list.reload();
					}}
				/>
			</Card>
			{fresh && <Fresh token={fresh} />}
			<Tokens list={list} />
		</>
	);
}

export function Enrol() {
	const me = useMe();
	return (
		<Page title="Add PCs" lead="Make a token, then run one command on each PC that has a USB printer.">
			{may(me, 'operator') ? (
				<Allowed />
			) : (
				<Empty icon="enrol" title="Only operators and administrators add PCs">
					Ask one of them for an install command.
				</Empty>
			)}
		</Page>
	);
}
