// SPDX-License-Identifier: Apache-2.0
// What an administrator may do to a PC's membership: move it to another site, lock it out.

import { useState } from 'preact/hooks';
import { patch, post } from '../api/client';
import { hasFeature, may, useMe } from '../api/hooks';
import type { Agent } from '../api/types';
import { agentName } from '../lib/format';
import { Confirm, Dialog } from '../ui/dialog';
import { SiteOptions, useCustomers } from '../ui/filters';
import { Field, Form } from '../ui/form';

interface Props {
	agent: Agent;
	reload: () => void;
}

function MoveDialog({ agent, reload, onClose }: Props & { onClose: () => void }) {
	const customers = (useCustomers().data?.items ?? []).filter((customer) => customer.id === agent.site.customer_id);
	const [site, setSite] = useState(agent.site.id);
	const save = async () => {
		await patch(`/agents/${agent.id}`, { site_id: site });
		reload();
		onClose();
	};
	return (
		<Dialog title={`Move ${agentName(agent)}`} onClose={onClose}>
			<Form verb="Move" onSubmit={save}>
				<Field label="To site" hint="Its printers move along.">
					<select value={site} onChange={(event) => setSite(event.currentTarget.value)}>
						<SiteOptions customers={customers} />
					</select>
				</Field>
			</Form>
		</Dialog>
	);
}

export function AgentTools({ agent, reload }: Props) {
	const me = useMe();
	const [open, setOpen] = useState<'move' | 'revoke' | null>(null);
	if (!hasFeature(me, 'agent_revoke') || !may(me, 'admin')) return null;
	const close = () => setOpen(null);
	return (
		<>
			<button type="button" class="button" onClick={() => setOpen('move')}>
				Move to another site
			</button>
			{agent.state !== 'revoked' && (
				<button type="button" class="button" onClick={() => setOpen('revoke')}>
					Lock out
				</button>
			)}
			{open === 'move' && <MoveDialog agent={agent} reload={reload} onClose={close} />}
			{open === 'revoke' && (
				<Confirm
					title={`Lock out ${agentName(agent)}?`}
					verb="Lock out"
					danger
					onClose={close}
					onConfirm={() => post<void>(`/agents/${agent.id}/revoke`).then(reload)}
				>
					<p>Its certificate is revoked at once. What it reported stays; to come back it must join anew.</p>
				</Confirm>
			)}
		</>
	);
}
