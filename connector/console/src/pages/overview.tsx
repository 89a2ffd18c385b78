// SPDX-License-Identifier: Apache-2.0
// What needs a person now, and the fleet in one look.

import { useMe, useResource } from '../api/hooks';
import type { AgentState, Overview as Told, PrinterStatus } from '../api/types';
import { agentName, count, plural, printerName } from '../lib/format';
import { href } from '../lib/router';
import { Ago, Answer, Card, Empty, Page } from '../ui/basic';
import { AGENT_STATE, PRINTER_STATUS, SeverityChip } from '../ui/status';

type Attention = Told['attention'][number];

function target(item: Attention): { link: string; name: string } {
	if (item.printer) return { link: href(['printers', item.printer.id]), name: printerName(item.printer) };
	if (item.agent) return { link: href(['agents', item.agent.id]), name: agentName(item.agent) };
	return { link: href(['enrol']), name: 'Add PCs' };
}

function AttentionItem({ item }: { item: Attention }) {
	const { link, name } = target(item);
	return (
		<li class="attention">
			<SeverityChip severity={item.severity} />
			<div class="attention-words">
				<a href={link}>{item.description}</a>
				<p class="muted">
					{name}
					{item.printer && item.agent && ` · ${agentName(item.agent)}`}
					{item.site && ` · ${item.site.name}`}
				</p>
			</div>
			{item.since && (
				<span class="muted small-text">
					<Ago time={item.since} />
				</span>
			)}
		</li>
	);
}

function AttentionList({ told }: { told: Told }) {
	if (told.attention.length === 0)
		return (
			<Empty icon="check" title="Nothing needs you now">
				{told.printers.total > 0 ? 'Every printer works, every PC reports.' : 'No printer has been reported yet.'}
			</Empty>
		);
	return (
		<>
			<ul class="plain-list">
				{told.attention.map((item, index) => (
					<AttentionItem item={item} key={index} />
				))}
			</ul>
			{told.attention_total > told.attention.length && (
				<p class="muted card-note">
					And {plural(told.attention_total - told.attention.length, 'more', 'more')}: see{' '}
					<a href={href(['alerts'])}>all alerts</a> and{' '}
					<a href={href(['printers'], { status: 'error,attention' })}>printers that need something</a>.
				</p>
			)}
		</>
	);
}

interface Share {
	key: string;
	word: string;
	tone: string;
	number: number;
	link: string;
}

/** How a whole divides into conditions: one bar to look at, a list of links to read and click. */
function Shares({ shares, label }: { shares: Share[]; label: string }) {
	const there = shares.filter((share) => share.number > 0);
	return (
		<>
			<div class="share-bar" aria-hidden="true">
				{there.map((share) => (
					<span key={share.key} class={share.tone} style={{ flexGrow: share.number }} />
				))}
			</div>
			<ul class="shares" aria-label={label}>
				{there.map((share) => (
					<li key={share.key}>
						<a href={share.link}>
							<span class={`chip ${share.tone}`}>
								<span class="dot" aria-hidden="true" />
								{share.word}
							</span>
							<strong>{count(share.number)}</strong>
						</a>
					</li>
				))}
			</ul>
		</>
	);
}

function printerShares(told: Told): Share[] {
	return (Object.keys(PRINTER_STATUS) as PrinterStatus[]).map((status) => ({
		key: status,
		word: PRINTER_STATUS[status].word,
		tone: PRINTER_STATUS[status].tone,
		number: told.printers.by_status[status] ?? 0,
		link: href(['printers'], { status }),
	}));
}

function agentShares(told: Told): Share[] {
	return (Object.keys(AGENT_STATE) as AgentState[]).map((state) => ({
		key: state,
		word: AGENT_STATE[state].word,
		tone: AGENT_STATE[state].tone,
		number: told.agents.by_state[state] ?? 0,
		link: href(['agents'], { state }),
	}));
}

function Figures({ told }: { told: Told }) {
	const rows: [string, number, string][] = [
		['Supplies empty', told.supplies.empty, href(['printers'], { sort: 'lowest_supply' })],
		['Supplies low', told.supplies.low, href(['printers'], { sort: 'lowest_supply' })],
		['Actions under way', told.actions.open, href(['actions'], { state: 'open' })],
		['Actions failed in 24 hours', told.actions.failed_24h, href(['actions'], { state: 'failed,rejected,expired,interrupted' })],
	];
	return (
		<ul class="figures">
			{rows.map(([name, number, link]) => (
				<li key={name}>
					<a href={link}>
						<span>{name}</span>
						<strong>{count(number)}</strong>
					</a>
				</li>
			))}
		</ul>
	);
}

function FirstSteps() {
	const me = useMe();
	return (
		<Card>
			<Empty icon="enrol" title="No PC has joined yet">
				<p>
					Install the agent on a PC with a USB printer: <a href={href(['enrol'])}>Add PCs</a> gives you a command to copy for
					Windows, Debian and macOS. Its printers appear here by themselves.
				</p>
				<p class="small-text">Agents report to {me.connector.sda_url}.</p>
			</Empty>
		</Card>
	);
}

export function Overview() {
	const overview = useResource<Told>('/overview', { stale: () => true, everyMs: 1000 });
	return (
		<Page title="Overview">
			<Answer of={overview} lines={8}>
				{(told) =>
					told.agents.total === 0 ? (
						<FirstSteps />
					) : (
						<div class="overview">
							<Card title="Needs a person now" class="overview-main">
								<AttentionList told={told} />
							</Card>
							<div class="overview-side">
								<Card title={plural(told.printers.total, 'printer')}>
									<Shares shares={printerShares(told)} label="Printers by condition" />
								</Card>
								<Card title={plural(told.agents.total, 'PC')}>
									<Shares shares={agentShares(told)} label="PCs by state" />
								</Card>
								<Card title="At a glance">
									<Figures told={told} />
								</Card>
							</div>
						</div>
					)
				}
			</Answer>
		</Page>
	);
}
