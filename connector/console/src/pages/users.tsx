// SPDX-License-Identifier: Apache-2.0
// Who may sign in, and which programs may ask.

import { useState } from 'preact/hooks';
import { patch, post, remove } from '../api/client';
import { hasFeature, useMe, useResource } from '../api/hooks';
import type { Customer, Grant, User, UserRequest } from '../api/types';
import { plural } from '../lib/format';
import { Ago, Answer, Card, Page } from '../ui/basic';
import { Confirm, Dialog } from '../ui/dialog';
import { useCustomers } from '../ui/filters';
import { Field, Form } from '../ui/form';
import { grantText, GrantsEditor } from '../ui/grants';
import { Chip } from '../ui/status';
import { ApiTokens } from './api-tokens';

const EVERYWHERE: Grant = { role: 'viewer', customer_id: null, site_id: null };

interface UserDialogProps {
	/** null: a new one. */
	user: User | null;
	customers: Customer[];
	done: () => void;
	onClose: () => void;
}

function UserDialog({ user, customers, done, onClose }: UserDialogProps) {
	const [name, setName] = useState(user?.name ?? '');
	const [password, setPassword] = useState('');
	const [grants, setGrants] = useState<Grant[]>(user?.grants ?? [EVERYWHERE]);
	const [active, setActive] = useState(user?.active ?? true);
	const [dropTotp, setDropTotp] = useState(false);
	const save = async () => {
		const body: UserRequest = { grants, active };
		if (password) body.password = password;
		if (dropTotp) body.totp = false;
		await (user ? patch(`/users/${user.id}`, body) : post('/users', { ...body, name }));
		done();
		onClose();
	};
	return (
		<Dialog title={user ? user.name : 'A new user'} onClose={onClose}>
			<Form verb={user ? 'Save' : 'Add'} onSubmit={save}>
				{!user && (
					<Field label="Name">
						<input
							required
							maxLength={64}
							pattern="[A-Za-z0-9._@\-]+"
							title="Letters, digits and . _ @ -"
							autoComplete="off"
							value={name}
							onInput={(event) => setName(event.currentTarget.value)}
						/>
					</Field>
				)}
				<Field label={user ? 'New password' : 'Password'} hint={user ? 'Empty: the old one stays. A new one ends all sessions.' : 'At least 12 characters.'}>
					<input
						type="password"
						required={!user}
						minLength={12}
						autoComplete="new-password"
						value={password}
						onInput={(event) => setPassword(event.currentTarget.value)}
					/>
				</Field>
				<GrantsEditor grants={grants} customers={customers} onChange={setGrants} />
				{user && (
					<label class="check">
						<input type="checkbox" checked={active} onChange={(event) => setActive(event.currentTarget.checked)} />
						May sign in
					</label>
				)}
				{user?.totp && (
					<label class="check">
						<input type="checkbox" checked={dropTotp} onChange={(event) => setDropTotp(event.currentTarget.checked)} />
						Take off the second factor (a lost phone)
					</label>
				)}
			</Form>
		</Dialog>
	);
}

function UserRow({ user, customers, onEdit, onRemove }: { user: User; customers: Customer[]; onEdit: () => void; onRemove: (() => void) | null }) {
	return (
		<tr role="row">
			<td role="cell" class="main-cell">
				<strong>{user.name}</strong>
				<span class="muted small-text">{grantText(user.grants, customers)}</span>
			</td>
			<td role="cell">
				<Chip tone={user.active ? 'good' : 'off'}>{user.active ? 'May sign in' : 'Locked'}</Chip>
			</td>
			<td role="cell">{user.totp ? 'Second factor' : <span class="muted">Password only</span>}</td>
			<td role="cell" data-label="signed in" class="muted">
				<Ago time={user.last_login_at} />
			</td>
			<td role="cell" class="tools-cell">
				<button type="button" class="button small" aria-label={`Change ${user.name}`} onClick={onEdit}>
					Change
				</button>{' '}
				{onRemove && (
					<button type="button" class="button small" aria-label={`Remove ${user.name}`} onClick={onRemove}>
						Remove
					</button>
				)}
			</td>
		</tr>
	);
}

function Users() {
	const me = useMe();
	const customers = useCustomers().data?.items ?? [];
	const users = useResource<{ items: User[] }>('/users');
	const [editing, setEditing] = useState<User | 'new' | null>(null);
	const [removing, setRemoving] = useState<User | null>(null);
	return (
		<Card
			title={users.data ? plural(users.data.items.length, 'user') : 'Users'}
			class="table-card"
			tools={
				<button type="button" class="button small" onClick={() => setEditing('new')}>
					Add a user
				</button>
			}
		>
			<Answer of={users} lines={4}>
				{({ items }) => (
					<table class="table" role="table">
						<thead role="rowgroup">
							<tr role="row">
								<th scope="col">Name and rights</th>
								<th scope="col">State</th>
								<th scope="col">Signs in with</th>
								<th scope="col">Last time</th>
								<td />
							</tr>
						</thead>
						<tbody role="rowgroup">
							{items.map((user) => (
								<UserRow
									key={user.id}
									user={user}
									customers={customers}
									onEdit={() => setEditing(user)}
									onRemove={user.id === me.user.id ? null : () => setRemoving(user)}
								/>
							))}
						</tbody>
					</table>
				)}
			</Answer>
			{editing && (
				<UserDialog
					user={editing === 'new' ? null : editing}
					customers={customers}
					done={users.reload}
					onClose={() => setEditing(null)}
				/>
			)}
			{removing && (
				<Confirm
					title={`Remove ${removing.name}?`}
					verb="Remove"
					danger
					onClose={() => setRemoving(null)}
					onConfirm={() => remove(`/users/${removing.id}`).then(users.reload)}
				>
					<p>All sessions of this user end. What was done stays in the audit.</p>
				</Confirm>
			)}
		</Card>
	);
}

export function UsersPage() {
	const me = useMe();
	return (
		<Page title="Users and tokens">
			<div class="stack">
				{hasFeature(me, 'users') && <Users />}
				{hasFeature(me, 'api_tokens') && <ApiTokens />}
			</div>
		</Page>
	);
}
