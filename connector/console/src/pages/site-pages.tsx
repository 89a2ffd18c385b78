// SPDX-License-Identifier: Apache-2.0
// A site's policy for printers' own web pages: whether, by whom, for how long.

import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { useResource } from '../api/hooks';
import type { EwsPolicy, Site } from '../api/types';
import { Answer } from '../ui/basic';
import { Dialog, notify } from '../ui/dialog';
import { Field, Form } from '../ui/form';

function PolicyForm({ site, policy, onClose }: { site: Site; policy: EwsPolicy; onClose: () => void }) {
	const [enabled, setEnabled] = useState(policy.enabled);
	const [users, setUsers] = useState(policy.users.join(' '));
	const [idle, setIdle] = useState(policy.idle_s / 60);
	const [hard, setHard] = useState(policy.hard_s / 60);
	const save = async () => {
		const body = { enabled, users: users.split(/[\s,]+/).filter(Boolean), idle_s: Math.round(idle * 60), hard_s: Math.round(hard * 60) };
		await send('PUT', `/sites/${site.id}/ews`, body);
		notify(`Remote pages at ${site.name}: ${enabled ? 'on' : 'off'}.`);
		onClose();
	};
	const minutes = (label: string, hint: string, value: number, set: (value: number) => void, max: number) => (
		<Field label={label} hint={hint}>
			<input type="number" required min={0.1} max={max} step="any" value={value} onInput={(event) => set(Number(event.currentTarget.value))} />
		</Field>
	);
	return (
		<Form verb="Save" onSubmit={save}>
			<label class="check">
				<input type="checkbox" checked={enabled} onChange={(event) => setEnabled(event.currentTarget.checked)} /> Printers' own web pages may be
				opened at this site
			</label>
			<Field label="By these users" hint="Their names, with blanks between them; nobody else, whatever the role">
				<input value={users} onInput={(event) => setUsers(event.currentTarget.value)} />
			</Field>
			{minutes('Minutes without use', 'Then a session ends', idle, setIdle, 60)}
			{minutes('Minutes in all', 'Then any session ends', hard, setHard, 480)}
		</Form>
	);
}

export function SitePages({ site, onClose }: { site: Site; onClose: () => void }) {
	const policy = useResource<EwsPolicy>(`/sites/${site.id}/ews`);
	return (
		<Dialog title={`Remote pages at ${site.name}`} onClose={onClose}>
			<Answer of={policy} lines={4}>
				{(told) => <PolicyForm site={site} policy={told} onClose={onClose} />}
			</Answer>
		</Dialog>
	);
}
