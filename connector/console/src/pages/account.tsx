// SPDX-License-Identifier: Apache-2.0
// One's own password and second factor.

import { useState } from 'preact/hooks';
import { explain, post, send } from '../api/client';
import { hasFeature, useMe } from '../api/hooks';
import { Card } from '../ui/basic';
import { CopyText } from '../ui/copy';
import { Dialog, notify } from '../ui/dialog';
import { Field, Form } from '../ui/form';

function PasswordDialog({ onClose }: { onClose: () => void }) {
	const [old, setOld] = useState('');
	const [fresh, setFresh] = useState('');
	const save = async () => {
		await post('/me/password', { old_password: old, new_password: fresh });
		notify('Your password is changed; your other sessions are ended.');
		onClose();
	};
	return (
		<Dialog title="Change your password" onClose={onClose}>
			<Form verb="Change it" onSubmit={save}>
				<Field label="The old one">
					<input type="password" required autoComplete="current-password" value={old} onInput={(event) => setOld(event.currentTarget.value)} />
				</Field>
				<Field label="The new one" hint="At least 12 characters.">
					<input
						type="password"
						required
						minLength={12}
						autoComplete="new-password"
						value={fresh}
						onInput={(event) => setFresh(event.currentTarget.value)}
					/>
				</Field>
			</Form>
		</Dialog>
	);
}

function CodeField({ code, onChange }: { code: string; onChange: (code: string) => void }) {
	return (
		<Field label="Six-digit code">
			<input
				required
				inputMode="numeric"
				autoComplete="one-time-code"
				pattern="[0-9]{6}"
				maxLength={6}
				value={code}
				onInput={(event) => onChange(event.currentTarget.value)}
			/>
		</Field>
	);
}

interface Secret {
	secret: string;
	uri: string;
}

/** Adds or removes the second factor; either way a right code proves that the person has it. */
function TotpDialog({ secret, done, onClose }: { secret: Secret | null; done: () => void; onClose: () => void }) {
	const [code, setCode] = useState('');
	const save = async () => {
		await send(secret ? 'PUT' : 'DELETE', '/me/totp', { totp: code });
		done();
		notify(secret ? 'A code is asked for from now on.' : 'No code is asked for any more.');
		onClose();
	};
	return (
		<Dialog title={secret ? 'Add a second factor' : 'Remove the second factor'} onClose={onClose}>
			<Form verb={secret ? 'Add it' : 'Remove it'} danger={!secret} onSubmit={save}>
				{secret && (
					<>
						<p>
							Enter this secret in your authenticator, or <a href={secret.uri}>open it there</a>. Then type the code it shows.
						</p>
						<CopyText text={secret.secret} label="Secret" />
					</>
				)}
				<CodeField code={code} onChange={setCode} />
			</Form>
		</Dialog>
	);
}

export function Account() {
	const me = useMe();
	const [open, setOpen] = useState<'password' | 'remove totp' | Secret | null>(null);
	const [totp, setTotp] = useState(me.totp);
	if (!hasFeature(me, 'password') && !hasFeature(me, 'totp')) return null;
	const close = () => setOpen(null);
	const begin = async () => {
		try {
			setOpen(await post<Secret>('/me/totp'));
		} catch (error) {
			notify(explain(error), true);
		}
	};
	return (
		<Card title={`Your account, ${me.user.name}`}>
			<div class="row-tools">
				{hasFeature(me, 'password') && (
					<button type="button" class="button" onClick={() => setOpen('password')}>
						Change your password
					</button>
				)}
				{hasFeature(me, 'totp') && (
					<>
						{totp !== true && (
							<button type="button" class="button" onClick={() => void begin()}>
								Add a second factor
							</button>
						)}
						{totp !== false && (
							<button type="button" class="button" onClick={() => setOpen('remove totp')}>
								Remove the second factor
							</button>
						)}
					</>
				)}
			</div>
			{open === 'password' && <PasswordDialog onClose={close} />}
			{open === 'remove totp' && <TotpDialog secret={null} done={() => setTotp(false)} onClose={close} />}
			{open !== null && typeof open === 'object' && <TotpDialog secret={open} done={() => setTotp(true)} onClose={close} />}
		</Card>
	);
}
