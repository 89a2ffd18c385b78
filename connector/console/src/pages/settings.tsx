// SPDX-License-Identifier: Apache-2.0
// The connector's settings. It tells each one with its words and bounds, so there is no list of them here.

import { useState } from 'preact/hooks';
import { patch } from '../api/client';
import { hasFeature, useMe, useResource } from '../api/hooks';
import type { Setting } from '../api/types';
import { Answer, Card, Page } from '../ui/basic';
import { notify } from '../ui/dialog';
import { Form } from '../ui/form';
import { Account } from './account';

type Value = Setting['value'];
type Changes = Record<string, Value>;

function show(setting: Setting, value: Value): string {
	if (value === null || value === '') return 'nothing';
	if (typeof value === 'boolean') return value ? 'on' : 'off';
	return `${value}${setting.unit ? ` ${setting.unit}` : ''}`;
}

function Input({ setting, value, onChange }: { setting: Setting; value: Value; onChange: (value: Value) => void }) {
	const id = { id: setting.name, 'aria-describedby': `${setting.name}-means` };
	switch (setting.type) {
		case 'boolean':
			return <input type="checkbox" {...id} checked={value === true} onChange={(event) => onChange(event.currentTarget.checked)} />;
		case 'number':
			return (
				<input
					type="number"
					{...id}
					required
					min={setting.minimum ?? undefined}
					max={setting.maximum ?? undefined}
					value={value === null ? '' : Number(value)}
					onInput={(event) => onChange(Number.isNaN(event.currentTarget.valueAsNumber) ? null : event.currentTarget.valueAsNumber)}
				/>
			);
		case 'choice':
			return (
				<select {...id} value={String(value ?? '')} onChange={(event) => onChange(event.currentTarget.value)}>
					{(setting.choices ?? []).map((choice) => (
						<option value={choice} key={choice}>
							{choice}
						</option>
					))}
				</select>
			);
		default:
			return <input {...id} value={String(value ?? '')} onInput={(event) => onChange(event.currentTarget.value)} />;
	}
}

function SettingRow({ setting, value, onChange }: { setting: Setting; value: Value; onChange: (value: Value) => void }) {
	return (
		<div class="setting">
			<div class="setting-words">
				<label for={setting.name}>{setting.title}</label>
				<p class="muted small-text" id={`${setting.name}-means`}>
					{setting.description} Default: {show(setting, setting.default)}.
					{setting.needs_restart && ' Takes effect when the connector starts again.'}
				</p>
			</div>
			<div class="setting-value">
				<Input setting={setting} value={value} onChange={onChange} />
				{setting.unit && <span class="muted">{setting.unit}</span>}
			</div>
		</div>
	);
}

function Group({ title, settings, reload }: { title: string; settings: Setting[]; reload: () => void }) {
	const [changes, setChanges] = useState<Changes>({});
	const changed = Object.keys(changes).length > 0;
	const change = (setting: Setting, value: Value) => {
		const { [setting.name]: _, ...rest } = changes;
		setChanges(value === setting.value ? rest : { ...rest, [setting.name]: value });
	};
	const rows = settings.map((setting) => (
		<SettingRow
			key={setting.name}
			setting={setting}
			value={setting.name in changes ? (changes[setting.name] as Value) : setting.value}
			onChange={(value) => change(setting, value)}
		/>
	));
	const save = async () => {
		await patch('/settings', changes);
		setChanges({});
		reload();
		notify('Saved.');
	};
	return (
		<Card title={title}>
			{changed ? (
				<Form
					verb="Save"
					onSubmit={save}
					other={
						<button type="button" class="button" onClick={() => setChanges({})}>
							Undo
						</button>
					}
				>
					{rows}
				</Form>
			) : (
				<div class="form">{rows}</div>
			)}
		</Card>
	);
}

function Groups() {
	const settings = useResource<{ items: Setting[] }>('/settings');
	return (
		<Answer of={settings} lines={8}>
			{({ items }) => (
				<>
					{[...new Set(items.map((setting) => setting.group))].map((group) => (
						<Group
							key={group}
							title={group}
							settings={items.filter((setting) => setting.group === group)}
							reload={settings.reload}
						/>
					))}
				</>
			)}
		</Answer>
	);
}

export function Settings() {
	const me = useMe();
	return (
		<Page title="Settings" lead={`Platen connector ${me.connector.version}`}>
			<div class="stack">
				<Account />
				{hasFeature(me, 'settings') && <Groups />}
			</div>
		</Page>
	);
}
