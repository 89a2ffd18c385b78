// SPDX-License-Identifier: Apache-2.0
// Supplies in words: what a level means, also where the printer told none.

import type { SupplyLevel } from '../api/types';
import { words } from './format';

/** The part of a supply that the words below need; the level's own code stands only in the full form. */
type Told = SupplyLevel & { level_code?: number | null };

/** "Black toner", "Waste toner", "Drum". */
export function supplyName(supply: Pick<SupplyLevel, 'type' | 'colorant' | 'index'>): string {
	const type = supply.type && supply.type !== 'unknown' && supply.type !== 'other' ? words(supply.type) : null;
	const color = supply.colorant && !/^(none|other|unknown)$/i.test(supply.colorant) ? words(supply.colorant) : null;
	if (type && color) return `${color} ${type.toLowerCase()}`;
	return type ?? color ?? `Supply ${supply.index}`;
}

/** What is told of a level, in words: "61 % left", "40 % space left", "some left", "level not told". */
export function levelText(supply: Told): string {
	if (supply.state === 'missing') return 'missing';
	if (supply.level_percent != null)
		return supply.class === 'filled' ? `${supply.level_percent} % space left` : `${supply.level_percent} % left`;
	if (supply.state === 'empty') return supply.class === 'filled' ? 'full' : 'empty';
	if (supply.state === 'low') return supply.class === 'filled' ? 'nearly full' : 'low';
	if (supply.level_code === -3) return supply.class === 'filled' ? 'some space left' : 'some left';
	return 'level not told';
}

/** Which ink colour a bar gets; anything that is not one of the four process colours is neutral. */
export function supplyTone(supply: Pick<SupplyLevel, 'colorant' | 'class'>): 'black' | 'cyan' | 'magenta' | 'yellow' | 'other' {
	if (supply.class === 'filled') return 'other';
	const color = (supply.colorant ?? '').toLowerCase();
	if (color === 'cyan' || color === 'magenta' || color === 'yellow' || color === 'black') return color;
	return 'other';
}
