// SPDX-License-Identifier: Apache-2.0
// PCs that asked to come in without a token. Whoever lets one in compares its fingerprint first.

import { useState } from 'preact/hooks';
import { post } from '../api/client';
import { hasFeature, useMe, useResource } from '../api/hooks';
import type { PendingEnrolment } from '../api/types';
import { words } from '../lib/format';
import { Ago, Answer, Card, Facts } from '../ui/basic';
import { Confirm, Dialog } from '../ui/dialog';
import { SiteOptions, useCustomers } from '../ui/filters';
import { Field, Form } from '../ui/form';

interface DialogProps {
	pending: PendingEnrolment;
	done: () => void;
	onClose: () => void;
}

function ApproveDialog({ pending, done, onClose }: DialogProps) {
	const customers = useCustomers().data?.items ?? [];
	const [chosen, setSite] = useState<string | null>(null);
	const [same, setSame] = useState(false);
	const site = chosen ?? customers[0]?.sites[0]?.id ?? '';
	const save = async () => {
		await post(`/enrolments/${pending.id}/approve`, { site_id: site, fingerprint: pending.fingerprint });
		done();
		onClose();
	};
	return (
		<Dialog title="Let this PC in" onClose={onClose}>
			<Form verb="Let it in" onSubmit={save}>
				<p>
					On that PC, <code>platen status</code> shows its fingerprint. It must be this one:
				</p>
				<p class="breakable">
					<code>{pending.fingerprint}</code>
				</p>
				<label class="check">
					<input type="checkbox" required checked={same} onChange={(event) => setSame(event.currentTarget.checked)} />I compared them; they are
					the same
				</label>
				<Field label="Site it belongs to">
					<select value={site} onChange={(event) => setSite(event.currentTarget.value)}>
						<SiteOptions customers={customers} />
					</select>
				</Field>
			</Form>
		</Dialog>
	);
}

function Waiting({ pending, reload }: { pending: PendingEnrolment; reload: () => void }) {
	const [open, setOpen] = useState<'approve' | 'reject' | null>(null);
	return (
		<li class="pending">
			<Facts
				rows={[
					['Name', pending.name ?? <span class="unknown">not told</span>],
					['Address', pending.address],
					['System', words(pending.platform)],
					['Asked', <Ago time={pending.asked_at} />],
				]}
			/>
			<div class="row-tools">
				<button type="button" class="button primary" onClick={() => setOpen('approve')}>
					Let it in …
				</button>
				<button type="button" class="button" onClick={() => setOpen('reject')}>
					Refuse
				</button>
			</div>
			{open === 'approve' && <ApproveDialog pending={pending} done={reload} onClose={() => setOpen(null)} />}
			{open === 'reject' && (
				<Confirm
					title="Refuse this PC?"
					verb="Refuse"
					danger
					onClose={() => setOpen(null)}
					onConfirm={() => post<void>(`/enrolments/${pending.id}/reject`).then(reload)}
				>
					<p>It stops asking. With a token it can still join.</p>
				</Confirm>
			)}
		</li>
	);
}

function List() {
	const list = useResource<{ items: PendingEnrolment[] }>('/enrolments', {
		stale: (event) => event.type === 'enrolment.pending',
	});
	if (list.data?.items.length === 0) return null;
	return (
		<Card title="PCs that wait to be let in">
			<Answer of={list} lines={3}>
				{({ items }) => (
					<ul class="plain-list">
						{items.map((pending) => (
							<Waiting pending={pending} key={pending.id} reload={list.reload} />
						))}
					</ul>
				)}
			</Answer>
		</Card>
	);
}

export function PendingCard() {
	return hasFeature(useMe(), 'pending_enrolments') ? <List /> : null;
}
