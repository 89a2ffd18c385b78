// SPDX-License-Identifier: Apache-2.0
// Supplies as bars. A level that was not told is a hatched bar, never an empty one.

import type { Supply, SupplyLevel } from '../api/types';
import { levelText, supplyName, supplyTone } from '../lib/supplies';

function Bar({ supply }: { supply: SupplyLevel }) {
	const percent = supply.level_percent;
	return (
		<span class={`bar ${supplyTone(supply)} ${percent == null ? 'untold' : ''}`} aria-hidden="true">
			{percent != null && <span class="bar-fill" style={{ width: `${Math.max(percent, 2)}%` }} />}
		</span>
	);
}

function stateTone(supply: SupplyLevel): string {
	if (supply.state === 'empty' || supply.state === 'missing') return 'bad';
	return supply.state === 'low' ? 'warn' : '';
}

/** One supply with all that is known of it. */
export function SupplyRow({ supply }: { supply: Supply }) {
	const details = [supply.description, supply.part_number && `part ${supply.part_number}`, supply.serial_number && `serial ${supply.serial_number}`];
	return (
		<li class="supply">
			<div class="supply-words">
				<span class="supply-name">{supplyName(supply)}</span>
				<span class={`supply-level ${stateTone(supply)} ${levelText(supply) === 'level not told' ? 'unknown' : ''}`}>
					{levelText(supply)}
				</span>
			</div>
			<Bar supply={supply} />
			{details.some(Boolean) && <p class="supply-details muted">{details.filter(Boolean).join(' · ')}</p>}
		</li>
	);
}

/** All supplies of a printer in a table's cell: bars to look at, words for a screen reader. */
export function SupplyCell({ levels }: { levels: SupplyLevel[] }) {
	if (levels.length === 0) return <span class="unknown supplies-untold">not told</span>;
	const text = levels.map((supply) => `${supplyName(supply)} ${levelText(supply)}`).join(', ');
	return (
		<span class="supply-cell" role="img" aria-label={text} title={text}>
			{levels.slice(0, 6).map((supply) => (
				<Bar supply={supply} key={supply.index} />
			))}
		</span>
	);
}
