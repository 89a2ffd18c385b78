// SPDX-License-Identifier: Apache-2.0
// Signing in; asks for the second factor only when the connector does.

import { useEffect, useRef, useState } from 'preact/hooks';
import { ApiError, explain, signIn } from '../api/client';
import { Problem } from '../ui/basic';
import { Mark } from '../ui/icon';

export function Login({ again, onSignedIn }: { again: boolean; onSignedIn: () => void }) {
	const [name, setName] = useState('');
	const [password, setPassword] = useState('');
	const [totp, setTotp] = useState('');
	const [needsTotp, setNeedsTotp] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const [busy, setBusy] = useState(false);
	const first = useRef<HTMLInputElement>(null);
	const code = useRef<HTMLInputElement>(null);
	useEffect(() => {
		document.title = 'Sign in · Platen';
		first.current?.focus();
	}, []);
	useEffect(() => code.current?.focus(), [needsTotp]);

	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		setBusy(true);
		setProblem(null);
		try {
			await signIn(name, password, totp);
			onSignedIn();
		} catch (error) {
			if (error instanceof ApiError && error.code === 'totp_required') setNeedsTotp(true);
			else setProblem(explain(error));
			setBusy(false);
		}
	};

	return (
		<main class="login">
			<form class="card login-card" onSubmit={submit}>
				<h1>
					<Mark />
					Platen
				</h1>
				<p class="muted">{again ? 'You are signed out. Sign in to go on.' : 'Sign in to see your printers.'}</p>
				<label class="field">
					<span>Name</span>
					<input
						ref={first}
						name="name"
						autoComplete="username"
						autoCapitalize="none"
						spellcheck={false}
						required
						value={name}
						onInput={(event) => setName(event.currentTarget.value)}
					/>
				</label>
				<label class="field">
					<span>Password</span>
					<input
						type="password"
						name="password"
						autoComplete="current-password"
						required
						value={password}
						onInput={(event) => setPassword(event.currentTarget.value)}
					/>
				</label>
				{needsTotp && (
					<label class="field">
						<span>Six-digit code from your authenticator</span>
						<input
							ref={code}
							name="totp"
							inputMode="numeric"
							autoComplete="one-time-code"
							pattern="[0-9]{6}"
							maxLength={6}
							required
							value={totp}
							onInput={(event) => setTotp(event.currentTarget.value)}
						/>
					</label>
				)}
				{problem && <Problem message={problem} />}
				<button type="submit" class="button primary wide" disabled={busy}>
					{busy ? 'Signing in …' : 'Sign in'}
				</button>
			</form>
		</main>
	);
}
