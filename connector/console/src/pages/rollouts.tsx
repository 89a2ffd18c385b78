// SPDX-License-Identifier: Apache-2.0
// Firmware: the packages there are, and their way to many printers.

import { useState } from 'preact/hooks';
import { may, useMe, useResource } from '../api/hooks';
import type { Package, Rollout } from '../api/types';
import { bytes, plural } from '../lib/format';
import { href } from '../lib/router';
import { Ago, Answer, Card, Empty, Page } from '../ui/basic';
import { RolloutBar, RolloutStateChip, usePollWhileRunning } from '../ui/rollout';
import { NewRollout } from './rollout-new';

function RolloutRow({ rollout }: { rollout: Rollout }) {
	return (
		<tr>
			<th scope="row">
				<a href={href(['firmware', rollout.id])}>{rollout.name}</a>
				<div class="muted small-text">
					{rollout.customer_name}
					{rollout.site_name && `, ${rollout.site_name}`}
				</div>
			</th>
			<td>
				{rollout.package.name} <span class="muted">{rollout.package.version}</span>
			</td>
			<td>
				<RolloutStateChip state={rollout.state} />
			</td>
			<td>
				<RolloutBar rollout={rollout} />
			</td>
			<td>
				<Ago time={rollout.created_at} />
			</td>
		</tr>
	);
}

function RolloutTable({ rollouts }: { rollouts: Rollout[] }) {
	return (
		<table class="table" role="table">
			<caption class="hidden">Roll-outs, newest first</caption>
			<thead>
				<tr>
					<th scope="col">Roll-out</th>
					<th scope="col">Package</th>
					<th scope="col">State</th>
					<th scope="col">Progress</th>
					<th scope="col">Begun</th>
				</tr>
			</thead>
			<tbody>
				{rollouts.map((rollout) => (
					<RolloutRow rollout={rollout} key={rollout.id} />
				))}
			</tbody>
		</table>
	);
}

function PackageTable({ packages }: { packages: Package[] }) {
	return (
		<table class="table" role="table">
			<caption class="hidden">Packages, newest first</caption>
			<thead>
				<tr>
					<th scope="col">Package</th>
					<th scope="col">Version</th>
					<th scope="col">For</th>
					<th scope="col" class="number">
						Size
					</th>
				</tr>
			</thead>
			<tbody>
				{packages.map((one) => (
					<tr key={one.sha256}>
						<th scope="row">
							{one.name}
							<div class="muted small-text">
								SHA-256 <code title={one.sha256}>{one.sha256.slice(0, 12)}…</code>
							</div>
						</th>
						<td>{one.version}</td>
						<td>{one.models.join(', ')}</td>
						<td class="number">{bytes(one.size)}</td>
					</tr>
				))}
			</tbody>
		</table>
	);
}

export function Rollouts() {
	const me = useMe();
	const packages = useResource<{ items: Package[] }>('/packages');
	const rollouts = useResource<{ items: Rollout[] }>('/rollouts', { stale: (event) => event.type === 'action.changed', everyMs: 1000 });
	usePollWhileRunning(rollouts, rollouts.data?.items.some((one) => one.state === 'running') ?? false);
	const [making, setMaking] = useState(false);
	const ready = may(me, 'operator') && (packages.data?.items.length ?? 0) > 0;
	return (
		<Page
			title="Firmware"
			lead="Packages are signed off line and added on the connector's machine; a PC takes only those whose key it knows."
			tools={
				ready && (
					<button type="button" class="button primary" onClick={() => setMaking(true)}>
						New roll-out
					</button>
				)
			}
		>
			<Answer of={rollouts} lines={4}>
				{({ items }) =>
					items.length > 0 ? (
						<Card title={plural(items.length, 'roll-out')} class="table-card">
							<RolloutTable rollouts={items} />
						</Card>
					) : (
						<Empty icon="download" title="No roll-outs yet">
							A roll-out brings one package to all printers that it fits, a few first, then more.
						</Empty>
					)
				}
			</Answer>
			<Answer of={packages} lines={2}>
				{({ items }) => (
					<Card title={plural(items.length, 'package')} class="table-card">
						{items.length > 0 ? (
							<PackageTable packages={items} />
						) : (
							<p class="muted card-note">
								None yet. Add one with <code>platen-connector package add FILE</code>.
							</p>
						)}
					</Card>
				)}
			</Answer>
			{making && packages.data && <NewRollout packages={packages.data.items} onClose={() => setMaking(false)} done={rollouts.reload} />}
		</Page>
	);
}
