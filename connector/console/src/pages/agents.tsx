// SPDX-License-Identifier: Apache-2.0
// The PCs, those not heard from first: which of them has no working agent?

import { withCursor, withQuery } from '../api/client';
import { useResource } from '../api/hooks';
import type { AgentState, AgentSummary } from '../api/types';
import { agentName, count, plural, words } from '../lib/format';
import { href } from '../lib/router';
import { Ago, Answer, Empty, Page, Told } from '../ui/basic';
import { Choices, Search, setQuery, SiteChoice, SortHead, type Query } from '../ui/filters';
import { Pager, useCursors } from '../ui/pager';
import { AGENT_STATE, AgentStateChip } from '../ui/status';

interface AgentPage {
	items: AgentSummary[];
	next_cursor: string | null;
	total: number;
}

const PAGE_SIZE = 50;
const CHOICES = (Object.keys(AGENT_STATE) as AgentState[]).map(
	(state): [string, string, string] => [state, AGENT_STATE[state].word, AGENT_STATE[state].tone],
);

function AgentRow({ agent }: { agent: AgentSummary }) {
	return (
		<tr role="row">
			<td role="cell" class="main-cell">
				<a class="row-link" href={href(['agents', agent.id])}>
					{agentName(agent)}
				</a>
				<span class="muted small-text">{agent.os ?? words(agent.platform)}</span>
			</td>
			<td role="cell">
				<AgentStateChip state={agent.state} />
				{agent.problems.map((problem) => (
					<span class="warn-text small-text" key={problem}>
						{problem}
					</span>
				))}
			</td>
			<td role="cell" data-label="Printers" class="number">
				{count(agent.printer_count)}
			</td>
			<td role="cell">
				{agent.site.name}
			</td>
			<td role="cell" data-label="Version">
				<Told value={agent.version} />
			</td>
			<td role="cell" data-label="heard" class="muted">
				<Ago time={agent.last_seen} />
			</td>
		</tr>
	);
}

function Table({ page, sort, onSort }: { page: AgentPage; sort: string; onSort: (sort: string) => void }) {
	const head = { sort, onSort };
	return (
		<table class="table" role="table">
			<caption class="hidden">PCs</caption>
			<thead role="rowgroup">
				<tr role="row">
					<SortHead name="name" {...head}>
						PC
					</SortHead>
					<th scope="col">State</th>
					<SortHead name="printers" numeric {...head}>
						Printers
					</SortHead>
					<SortHead name="site" {...head}>
						Site
					</SortHead>
					<SortHead name="version" {...head}>
						Version
					</SortHead>
					<SortHead name="last_seen" {...head}>
						Last heard
					</SortHead>
				</tr>
			</thead>
			<tbody role="rowgroup">
				{page.items.map((agent) => (
					<AgentRow agent={agent} key={agent.id} />
				))}
			</tbody>
		</table>
	);
}

export function Agents({ query }: { query: Query }) {
	const { q = '', state = '', site = '', sort = 'last_seen' } = query;
	const set = (name: string) => (value: string | null) => setQuery(['agents'], query, name, value);
	const filter = withQuery('/agents', { q, state, site, sort, limit: PAGE_SIZE });
	const cursors = useCursors(filter);
	const agents = useResource<AgentPage>(withCursor(filter, cursors.cursor), {
		stale: (event) => event.type === 'agent.changed',
		everyMs: 1500,
	});
	const filtered = Boolean(q || state || site);
	return (
		<Page
			title="PCs"
			tools={
				<a class="button" href={href(['enrol'])}>
					Add PCs
				</a>
			}
		>
			<div class="filters">
				<Search label="Name, operating system, version …" value={q} onChange={set('q')} />
				<SiteChoice value={site} onChange={set('site')} />
				<Choices label="State" choices={CHOICES} value={state} onChange={set('state')} />
			</div>
			<p class="result-count muted" role="status">
				{agents.data ? plural(agents.data.total, filtered ? 'match' : 'PC', filtered ? 'matches' : 'PCs') : ' '}
			</p>
			<Answer of={agents} lines={10}>
				{(page) => (
					<>
						{page.items.length > 0 ? (
							<div class="card table-card">
								<Table page={page} sort={sort} onSort={set('sort')} />
							</div>
						) : filtered ? (
							<Empty icon="search" title="No PC matches" />
						) : (
							<Empty icon="pc" title="No PC has joined yet">
								<a href={href(['enrol'])}>Add PCs</a> gives you a command to run on them.
							</Empty>
						)}
						<Pager cursors={cursors} next={page.next_cursor} total={page.total} shown={page.items.length} size={PAGE_SIZE} />
					</>
				)}
			</Answer>
		</Page>
	);
}
