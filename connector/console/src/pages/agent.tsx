// SPDX-License-Identifier: Apache-2.0
// One PC: whether its agent is well, and the printers attached to it.

import { useResource } from '../api/hooks';
import type { Agent as Told } from '../api/types';
import { AGENT_ACTIONS } from '../catalogue';
import { agentName, bytes, count, day, duration, words } from '../lib/format';
import { ActionButtons, RecentActions, useActionsOf } from '../ui/actions';
import { Ago, Answer, Card, Empty, Facts, Page, Told as Value } from '../ui/basic';
import { AGENT_STATE, AgentStateChip } from '../ui/status';
import { AgentTools } from './agent-tools';
import { PrinterRow } from './printers';

const UPLINK = { long_poll: 'waiting at the connector: work arrives at once', poll: 'asks at intervals' } as const;

/** A wrong clock spoils times and certificates; a second or two is nothing. */
function clockText(offsetMs: number | null | undefined): string | null {
	if (offsetMs == null) return null;
	if (Math.abs(offsetMs) < 2000) return 'right';
	return `${duration(Math.abs(offsetMs) / 1000)} ${offsetMs > 0 ? 'ahead' : 'behind'}`;
}

function StateCard({ agent }: { agent: Told }) {
	return (
		<Card class="status-card">
			<div class="status-line">
				<AgentStateChip state={agent.state} />
				<span class="muted">{AGENT_STATE[agent.state]?.means}</span>
			</div>
			{agent.problems.map((problem) => (
				<p class="warn-text" key={problem}>
					{problem}
				</p>
			))}
			<Facts
				rows={[
					['Last heard', <Ago time={agent.last_seen} />],
					['Site', agent.site.name],
					['System', agent.os ?? words(agent.platform)],
					['Agent version', <Value value={agent.version} />],
					['Joined', day(agent.enrolled_at)],
					['Certificate until', day(agent.certificate.expires_at)],
				]}
			/>
		</Card>
	);
}

function HealthCard({ health }: { health: Told['health'] }) {
	if (!health)
		return (
			<Card title="Health">
				<Empty icon="pc" title="This agent has not reported its health yet" />
			</Card>
		);
	return (
		<Card title="Health" class="compact">
			<Facts
				rows={[
					['Running for', <Value value={health.uptime_s}>{duration(health.uptime_s)}</Value>],
					['Memory', <Value value={health.memory_bytes}>{bytes(health.memory_bytes)}</Value>],
					['Not yet reported', <Value value={health.spool_records}>{`${count(health.spool_records)} records`}</Value>],
					['Kept on its disk', <Value value={health.spool_bytes}>{bytes(health.spool_bytes)}</Value>],
					['Clock', <Value value={clockText(health.clock_offset_ms)} />],
					['Connection', <Value value={health.uplink && UPLINK[health.uplink]} />],
					['Told', <Ago time={health.taken_at} />],
				]}
			/>
		</Card>
	);
}

function PrintersCard({ agent }: { agent: Told }) {
	return (
		<Card title="Printers on this PC" class="table-card">
			{agent.printers.length === 0 ? (
				<Empty icon="printer" title="No USB printer is known on this PC">
					On the PC, <code>platen doctor</code> says why a printer is not seen.
				</Empty>
			) : (
				<table class="table" role="table">
					<thead role="rowgroup">
						<tr role="row">
							<th scope="col">Printer</th>
							<th scope="col">Status</th>
							<th scope="col">Supplies</th>
							<th scope="col" class="number">
								Impressions
							</th>
							<th scope="col">Last read</th>
						</tr>
					</thead>
					<tbody role="rowgroup">
						{agent.printers.map((printer) => (
							<PrinterRow printer={printer} key={printer.id} here />
						))}
					</tbody>
				</table>
			)}
		</Card>
	);
}

function Body({ agent }: { agent: Told }) {
	const actions = useActionsOf({ agent: agent.id });
	return (
		<div class="details">
			<div class="details-top">
				<StateCard agent={agent} />
			</div>
			<div class="details-side">
				<Card title="Actions">
					<ActionButtons of={`/agents/${agent.id}`} kinds={AGENT_ACTIONS} capabilities={agent.capabilities} onAsked={actions.reload} />
				</Card>
				<Card title="Recent actions">
					<RecentActions list={actions} />
				</Card>
			</div>
			<div class="details-main">
				<PrintersCard agent={agent} />
				<HealthCard health={agent.health} />
			</div>
		</div>
	);
}

export function Agent({ id }: { id: string }) {
	const agent = useResource<Told>(`/agents/${encodeURIComponent(id)}`, {
		stale: (event) =>
			(event.type === 'agent.changed' && event.id === id) || (event.type === 'printer.changed' && event.agent_id === id),
		everyMs: 1000,
	});
	return (
		<Page
			title={agent.data ? agentName(agent.data) : 'PC'}
			tools={agent.data && <AgentTools agent={agent.data} reload={agent.reload} />}
		>
			<Answer of={agent} lines={8}>
				{(data) => <Body agent={data} />}
			</Answer>
		</Page>
	);
}
