// SPDX-License-Identifier: Apache-2.0
// Tokens for other programs: scripts, billing, monitoring.

import { useState } from 'preact/hooks';
import { post, remove } from '../api/client';
import { useResource } from '../api/hooks';
import type { ApiToken, Grant, Scope } from '../api/types';
import { plural } from '../lib/format';
import { Ago, Answer, Card, Empty } from '../ui/basic';
import { CopyText } from '../ui/copy';
import { Confirm, Dialog } from '../ui/dialog';
import { useCustomers } from '../ui/filters';
import { Field, Form, Lifetime } from '../ui/form';
import { grantText, GrantsEditor } from '../ui/grants';

const SCOPES: [Scope, string][] = [
	['read', 'Read printers, counters and alerts'],
	['act', 'Ask for actions'],
	['enrol', 'Make enrolment tokens'],
	['administer', 'Change users, customers and settings'],
];
const DAY = 86400;
const LIVES: [seconds: number, word: string][] = [
	[30 * DAY, '30 days'],
	[90 * DAY, '90 days'],
	[365 * DAY, 'One year'],
	[5 * 365 * DAY, 'Five years'],
];

function NewToken({ done, onClose }: { done: () => void; onClose: () => void }) {
	const customers = useCustomers().data?.items ?? [];
	const [name, setName] = useState('');
	const [scopes, setScopes] = useState<Scope[]>(['read']);
	const [grants, setGrants] = useState<Grant[]>([{ role: 'viewer', customer_id: null, site_id: null }]);
	const [life, setLife] = useState(365 * DAY);
	const [token, setToken] = useState<string | null>(null);
	const save = async () => {
		const made = await post<ApiToken & { token: string }>('/api-tokens', { name, scopes, grants, expires_in_s: life });
		setToken(made.token);
		done();
	};
	if (token)
		return (
			<Dialog title={`The token of ${name}`} onClose={onClose}>
				<p>It is shown only now. Give it to the program in its Authorization header.</p>
				<CopyText text={token} label="API token" />
			</Dialog>
		);
	const toggle = (scope: Scope) => setScopes(scopes.includes(scope) ? scopes.filter((one) => one !== scope) : [...scopes, scope]);
	return (
		<Dialog title="A new API token" onClose={onClose}>
			<Form verb="Make it" onSubmit={save}>
				<Field label="What it is for">
					<input required maxLength={64} value={name} onInput={(event) => setName(event.currentTarget.value)} />
				</Field>
				<fieldset class="grants">
					<legend>It may</legend>
					{SCOPES.map(([scope, words]) => (
						<label class="check" key={scope}>
							<input type="checkbox" checked={scopes.includes(scope)} onChange={() => toggle(scope)} />
							{words}
						</label>
					))}
				</fieldset>
				<GrantsEditor grants={grants} customers={customers} onChange={setGrants} />
				<Lifetime choices={LIVES} value={life} onChange={setLife} />
			</Form>
		</Dialog>
	);
}

export function ApiTokens() {
	const customers = useCustomers().data?.items ?? [];
	const tokens = useResource<{ items: ApiToken[] }>('/api-tokens');
	const [making, setMaking] = useState(false);
	const [revoking, setRevoking] = useState<ApiToken | null>(null);
	return (
		<Card
			title={tokens.data ? plural(tokens.data.items.length, 'API token') : 'API tokens'}
			class="table-card"
			tools={
				<button type="button" class="button small" onClick={() => setMaking(true)}>
					Make a token
				</button>
			}
		>
			<Answer of={tokens} lines={3}>
				{({ items }) =>
					items.length === 0 ? (
						<Empty icon="users" title="No program has a token">
							A token lets a script fetch meters or a monitor watch the fleet.
						</Empty>
					) : (
						<table class="table" role="table">
							<thead role="rowgroup">
								<tr role="row">
									<th scope="col">For what</th>
									<th scope="col">May</th>
									<th scope="col">Ends</th>
									<th scope="col">Last used</th>
									<td />
								</tr>
							</thead>
							<tbody role="rowgroup">
								{items.map((token) => (
									<tr role="row" key={token.id}>
										<td role="cell" class="main-cell">
											<strong>{token.name}</strong>
											<span class="muted small-text">
												{grantText(token.grants, customers)} · made by {token.created_by}
											</span>
										</td>
										<td role="cell">{token.scopes.join(', ')}</td>
										<td role="cell" data-label="ends">
											<Ago time={token.expires_at} />
										</td>
										<td role="cell" data-label="used" class="muted">
											<Ago time={token.last_used_at} />
										</td>
										<td role="cell" class="tools-cell">
											<button type="button" class="button small" aria-label={`Revoke ${token.name}`} onClick={() => setRevoking(token)}>
												Revoke
											</button>
										</td>
									</tr>
								))}
							</tbody>
						</table>
					)
				}
			</Answer>
			{making && <NewToken done={tokens.reload} onClose={() => setMaking(false)} />}
			{revoking && (
				<Confirm
					title={`Revoke ${revoking.name}?`}
					verb="Revoke"
					danger
					onClose={() => setRevoking(null)}
					onConfirm={() => remove(`/api-tokens/${revoking.id}`).then(tokens.reload)}
				>
					<p>The program that holds it is refused from now on.</p>
				</Confirm>
			)}
		</Card>
	);
}
