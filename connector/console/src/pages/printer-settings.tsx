// SPDX-License-Identifier: Apache-2.0
// How a printer is set and how it shall be: what differs, a button to put it right, and a form made of what this printer can do.

import { useState } from 'preact/hooks';
import { get, post, send, withQuery } from '../api/client';
import { may, useMe, useResource } from '../api/hooks';
import type { Printer, PrinterSetting, PrinterSettings, PrinterSummary } from '../api/types';
import { settingName, settingValue } from '../lib/settings';
import { Answer, Card, Empty } from '../ui/basic';
import { Dialog, notify } from '../ui/dialog';
import { Field, Form } from '../ui/form';

type Wishes = Record<string, string>;

/** One setting's input: its choices, or a number within the printer's bounds. */
function Knob({ setting, value, onChange }: { setting: PrinterSetting; value: string; onChange: (value: string) => void }) {
	const bounds = setting.type === 'number' && !setting.choices ? `${setting.minimum} to ${setting.maximum}, in steps of ${setting.step}` : undefined;
	return (
		<Field label={settingName(setting.name)} hint={bounds}>
			{setting.choices ? (
				<select value={value} onChange={(event) => onChange(event.currentTarget.value)}>
					<option value="">leave as it is</option>
					{setting.choices.map((choice) => (
						<option value={choice} key={choice}>
							{settingValue(setting.name, choice)}
						</option>
					))}
				</select>
			) : (
				<input
					type="number"
					min={setting.minimum}
					max={setting.maximum}
					step={setting.step}
					placeholder="leave as it is"
					value={value}
					onInput={(event) => onChange(event.currentTarget.value)}
				/>
			)}
		</Field>
	);
}

function Password({ value, onInput }: { value: string; onInput: (value: string) => void }) {
	return (
		<Field label="The printer's password" hint="Closed for this PC at once, and kept nowhere; needed each time">
			<input type="password" autocomplete="off" maxLength={100} value={value} onInput={(event) => onInput(event.currentTarget.value)} />
		</Field>
	);
}

async function order(printer: string, settings: Wishes, password: string): Promise<void> {
	await post(`/printers/${printer}/actions`, { type: 'configure', parameters: { settings, ...(password && { password }) } });
}

/** Every printer of the tag that can be configured now; the others show as drift until they can. */
async function orderAll(tag: string, settings: Wishes): Promise<number> {
	const list = await get<{ items: PrinterSummary[] }>(withQuery('/printers', { q: tag, limit: 200 }));
	let asked = 0;
	for (const printer of list.items.filter((one) => one.tags.includes(tag))) {
		try {
			await order(printer.id, settings, '');
			asked++;
		} catch {
			// It cannot be configured now.
		}
	}
	return asked;
}

interface DialogProps {
	printer: Printer;
	told: PrinterSettings;
	done: () => void;
	onClose: () => void;
}

function ChangeDialog({ printer, told, done, onClose }: DialogProps) {
	const [wishes, setWishes] = useState<Wishes>({});
	const [scope, setScope] = useState('once');
	const [password, setPassword] = useState('');
	const knobs = told.items.filter((setting) => setting.writable);
	const save = async () => {
		const settings = Object.fromEntries(Object.entries(wishes).filter(([, value]) => value));
		const own = Object.fromEntries(told.items.filter((one) => one.by === 'printer').map((one) => [one.name, one.wanted ?? '']));
		if (scope === 'printer') await send('PUT', `/printers/${printer.id}/settings`, { settings: { ...own, ...settings } });
		if (scope.startsWith('tag:')) {
			const tag = scope.slice(4);
			const rule = Object.fromEntries(told.items.filter((one) => one.tag === tag).map((one) => [one.name, one.wanted ?? '']));
			await send('PUT', '/setting-rules', { customer_id: printer.site.customer_id, tag, settings: { ...rule, ...settings } });
			notify(`Asked ${await orderAll(tag, settings)} printers.`);
		} else {
			await order(printer.id, settings, password);
		}
		done();
		onClose();
	};
	return (
		<Dialog title="Change settings" onClose={onClose}>
			<Form verb="Set" onSubmit={save}>
				{knobs.map((setting) => (
					<Knob
						key={setting.name}
						setting={setting}
						value={wishes[setting.name] ?? ''}
						onChange={(value) => setWishes({ ...wishes, [setting.name]: value })}
					/>
				))}
				<Field label="For" hint="What is watched shows as drift when somebody changes it at the printer">
					<select value={scope} onChange={(event) => setScope(event.currentTarget.value)}>
						<option value="once">this printer, once</option>
						<option value="printer">this printer, and watch it</option>
						{printer.tags.map((tag) => (
							<option value={`tag:${tag}`} key={tag}>
								all printers tagged {tag}, and watch them
							</option>
						))}
					</select>
				</Field>
				{told.wants_password && <Password value={password} onInput={setPassword} />}
			</Form>
		</Dialog>
	);
}

function RightDialog({ printer, told, done, onClose }: DialogProps) {
	const [password, setPassword] = useState('');
	const drifting = told.items.filter((setting) => setting.drift);
	const save = async () => {
		await order(printer.id, Object.fromEntries(drifting.map((one) => [one.name, one.wanted ?? ''])), password);
		done();
		onClose();
	};
	return (
		<Dialog title="Put settings right" onClose={onClose}>
			<Form verb="Put right" onSubmit={save}>
				<ul>
					{drifting.map((one) => (
						<li key={one.name}>
							{settingName(one.name)}: {settingValue(one.name, one.value)} becomes {settingValue(one.name, one.wanted)}
						</li>
					))}
				</ul>
				{told.wants_password && <Password value={password} onInput={setPassword} />}
			</Form>
		</Dialog>
	);
}

function Row({ setting }: { setting: PrinterSetting }) {
	const by = setting.by === 'tag' ? `tag ${setting.tag}` : 'this printer';
	return (
		<tr>
			<th scope="row">{settingName(setting.name)}</th>
			<td class={setting.value === null ? 'unknown' : ''}>{settingValue(setting.name, setting.value)}</td>
			<td class={setting.drift ? 'warn-text' : ''} title={setting.wanted ? `Wanted for ${by}` : undefined}>
				{setting.wanted ? settingValue(setting.name, setting.wanted) : '–'}
				{setting.drift && ' (drift)'}
			</td>
		</tr>
	);
}

function Body({ printer, told, done }: { printer: Printer; told: PrinterSettings; done: () => void }) {
	const me = useMe();
	const [open, setOpen] = useState<'change' | 'right' | null>(null);
	const shown = told.items.filter((setting) => setting.means || setting.wanted);
	const close = () => setOpen(null);
	if (shown.length === 0) return <Empty icon="settings" title="This printer does not tell its settings" />;
	return (
		<>
			<table class="table small-table">
				<thead>
					<tr>
						<th scope="col">Setting</th>
						<th scope="col">Now</th>
						<th scope="col">Wanted</th>
					</tr>
				</thead>
				<tbody>
					{shown.map((setting) => (
						<Row setting={setting} key={setting.name} />
					))}
				</tbody>
			</table>
			<p class="muted">
				Not with this printer:{' '}
				{told.items
					.filter((setting) => !setting.writable)
					.map((setting) => settingName(setting.name).toLowerCase())
					.join(', ') || 'nothing'}
			</p>
			{!told.offered && told.reason && <p class="muted">{told.reason}</p>}
			{may(me, 'operator') && told.offered && (
				<div class="form-tools">
					{told.items.some((setting) => setting.drift && setting.writable) && (
						<button type="button" class="button primary small" onClick={() => setOpen('right')}>
							Put right
						</button>
					)}
					<button type="button" class="button small" onClick={() => setOpen('change')}>
						Change settings
					</button>
				</div>
			)}
			{open === 'change' && <ChangeDialog printer={printer} told={told} done={done} onClose={close} />}
			{open === 'right' && <RightDialog printer={printer} told={told} done={done} onClose={close} />}
		</>
	);
}

export function SettingsCard({ printer, asked }: { printer: Printer; asked: () => void }) {
	const told = useResource<PrinterSettings>(`/printers/${encodeURIComponent(printer.id)}/settings`, {
		stale: (event) =>
			(event.type === 'printer.changed' && event.id === printer.id) || (event.type === 'action.changed' && event.printer_id === printer.id),
	});
	const done = () => {
		told.reload();
		asked();
	};
	return (
		<Card title="Settings">
			<Answer of={told} lines={4}>
				{(data) => <Body printer={printer} told={data} done={done} />}
			</Answer>
		</Card>
	);
}
