// SPDX-License-Identifier: Apache-2.0
// A new roll-out: which package, whose printers, in what steps and when.

import { useState } from 'preact/hooks';
import { post } from '../api/client';
import type { Package, Rollout, RolloutRequest } from '../api/types';
import { plural } from '../lib/format';
import { href } from '../lib/router';
import { Dialog, notify } from '../ui/dialog';
import { useCustomers } from '../ui/filters';
import { Field, Form } from '../ui/form';

const STEPS: [rings: number[], word: string][] = [
	[[5, 25, 100], '5 %, then 25 %, then all'],
	[[10, 50, 100], '10 %, then half, then all'],
	[[100], 'All at once'],
];
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone;

interface NewRolloutProps {
	packages: Package[];
	done: () => void;
	onClose: () => void;
}

export function NewRollout({ packages, done, onClose }: NewRolloutProps) {
	const customers = (useCustomers().data?.items ?? []).filter((customer) => customer.active);
	const [name, setName] = useState('');
	const [sha256, setSha256] = useState(packages[0]?.sha256 ?? '');
	const [place, setPlace] = useState('');
	const [steps, setSteps] = useState(0);
	const [stopPercent, setStopPercent] = useState(20);
	const [windowed, setWindowed] = useState(true);
	const [from, setFrom] = useState('20:00');
	const [to, setTo] = useState('05:00');
	const [zone, setZone] = useState(HERE);
	const [force, setForce] = useState(false);

	const create = async () => {
		const [customer_id = '', site_id = ''] = (place || customers[0]?.id || '').split('/');
		const request: RolloutRequest = {
			name: name.trim(),
			customer_id,
			site_id: site_id || null,
			package: sha256,
			force,
			rings: STEPS[steps]?.[0] ?? [100],
			stop_failure_percent: stopPercent,
			window: windowed ? { from, to, time_zone: zone.trim() } : null,
		};
		const made = await post<Rollout>('/rollouts', request);
		notify(`${made.name} is on its way to ${plural(made.printer_count, 'printer')}.`);
		done();
		onClose();
		location.hash = href(['firmware', made.id]);
	};

	return (
		<Dialog title="A new roll-out" onClose={onClose}>
			<Form verb="Begin" onSubmit={create}>
				<Field label="Name">
					<input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
				</Field>
				<Field label="Package">
					<select value={sha256} onChange={(event) => setSha256(event.currentTarget.value)}>
						{packages.map((one) => (
							<option value={one.sha256} key={one.sha256}>
								{one.name} {one.version}
							</option>
						))}
					</select>
				</Field>
				<Field label="Printers of">
					<select value={place || customers[0]?.id} onChange={(event) => setPlace(event.currentTarget.value)}>
						{customers.map((customer) => (
							<optgroup label={customer.name} key={customer.id}>
								<option value={customer.id}>All of {customer.name}</option>
								{customer.sites.map((site) => (
									<option value={`${customer.id}/${site.id}`} key={site.id}>
										{site.name}
									</option>
								))}
							</optgroup>
						))}
					</select>
				</Field>
				<Field label="Steps" hint="The next step begins when the printers of the one before have ended.">
					<select value={steps} onChange={(event) => setSteps(Number(event.currentTarget.value))}>
						{STEPS.map(([, word], index) => (
							<option value={index} key={word}>
								{word}
							</option>
						))}
					</select>
				</Field>
				<Field label="Stop when more than this share fails, in percent">
					<input
						type="number"
						required
						min={0}
						max={100}
						value={stopPercent}
						onInput={(event) => setStopPercent(Number(event.currentTarget.value))}
					/>
				</Field>
				<label class="check">
					<input type="checkbox" checked={windowed} onChange={(event) => setWindowed(event.currentTarget.checked)} /> Only at these times
				</label>
				{windowed && (
					<>
						<Field label="From">
							<input type="time" required value={from} onInput={(event) => setFrom(event.currentTarget.value)} />
						</Field>
						<Field label="To">
							<input type="time" required value={to} onInput={(event) => setTo(event.currentTarget.value)} />
						</Field>
						<Field label="Time zone of the printers" hint="Such as Europe/Berlin">
							<input required maxLength={63} value={zone} onInput={(event) => setZone(event.currentTarget.value)} />
						</Field>
					</>
				)}
				<label class="check">
					<input type="checkbox" checked={force} onChange={(event) => setForce(event.currentTarget.checked)} /> Also where it is older than what a
					printer has
				</label>
			</Form>
		</Dialog>
	);
}
