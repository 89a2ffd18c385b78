// SPDX-License-Identifier: Apache-2.0
// Forms: a field with its name, and a submit that says what went wrong where it went wrong.

import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { explain } from '../api/client';
import { Problem } from './basic';

export function Field({ label, hint, children }: { label: string; hint?: string; children: ComponentChildren }) {
	return (
		<label class="field">
			<span>{label}</span>
			{children}
			{hint && <small class="muted">{hint}</small>}
		</label>
	);
}

interface LifetimeProps {
	/** In seconds, with their words. */
	choices: [seconds: number, word: string][];
	value: number;
	onChange: (seconds: number) => void;
}

/** How long something stays valid. */
export function Lifetime({ choices, value, onChange }: LifetimeProps) {
	return (
		<Field label="Valid for">
			<select value={value} onChange={(event) => onChange(Number(event.currentTarget.value))}>
				{choices.map(([seconds, word]) => (
					<option value={seconds} key={seconds}>
						{word}
					</option>
				))}
			</select>
		</Field>
	);
}

interface FormProps {
	/** On the button. */
	verb: string;
	onSubmit: () => Promise<void>;
	class?: string;
	danger?: boolean;
	/** A second button, such as "Keep as it is". */
	other?: ComponentChildren;
	children: ComponentChildren;
}

export function Form({ verb, onSubmit, class: more = '', danger, other, children }: FormProps) {
	const [busy, setBusy] = useState(false);
	const [problem, setProblem] = useState<string | null>(null);
	const submit = async (event: SubmitEvent) => {
		event.preventDefault();
		setBusy(true);
		setProblem(null);
		try {
			await onSubmit();
		} catch (error) {
			setProblem(explain(error));
		} finally {
			setBusy(false);
		}
	};
	return (
		<form class={`form ${more}`} onSubmit={submit}>
			{children}
			{problem && <Problem message={problem} />}
			<div class="form-tools">
				{other}
				<button type="submit" class={`button ${danger ? 'danger' : 'primary'}`} disabled={busy}>
					{verb}
				</button>
			</div>
		</form>
	);
}
