// SPDX-License-Identifier: Apache-2.0
// How a roll-out stands, in words and as a bar.

import { useEffect } from 'preact/hooks';
import type { Resource } from '../api/hooks';
import type { Rollout, RolloutPrinterState, RolloutState } from '../api/types';
import { Chip } from './status';

const STATE: Record<RolloutState, { word: string; tone: 'good' | 'busy' | 'warn' | 'bad' | 'off' }> = {
	running: { word: 'Running', tone: 'busy' },
	paused: { word: 'Paused', tone: 'off' },
	stopped: { word: 'Stopped', tone: 'bad' },
	done: { word: 'Done', tone: 'good' },
	cancelled: { word: 'Cancelled', tone: 'off' },
};

const PRINTER_STATE: Record<RolloutPrinterState, { word: string; tone: 'good' | 'busy' | 'warn' | 'bad' | 'off' }> = {
	waiting: { word: 'Waiting', tone: 'off' },
	started: { word: 'On its way', tone: 'busy' },
	done: { word: 'Done', tone: 'good' },
	failed: { word: 'Failed', tone: 'bad' },
	skipped: { word: 'Skipped', tone: 'off' },
	cancelled: { word: 'Cancelled', tone: 'off' },
};

/** The connector looks at its roll-outs every few seconds, and no event tells what it found. */
export function usePollWhileRunning<T>(of: Resource<T>, running: boolean): void {
	const { reload } = of;
	useEffect(() => {
		if (!running) return;
		const timer = setInterval(reload, 4000);
		return () => clearInterval(timer);
	}, [running, reload]);
}

export function RolloutStateChip({ state }: { state: RolloutState }) {
	return <Chip tone={STATE[state].tone}>{STATE[state].word}</Chip>;
}

export function RolloutPrinterChip({ state }: { state: RolloutPrinterState }) {
	return <Chip tone={PRINTER_STATE[state].tone}>{PRINTER_STATE[state].word}</Chip>;
}

/** What has ended of all, with the failures said beside it: never by colour alone. */
export function RolloutBar({ rollout }: { rollout: Rollout }) {
	const { done, failed, skipped, cancelled } = rollout.counts;
	const ended = done + failed + skipped + cancelled;
	return (
		<div class="rollout-bar">
			<progress max={Math.max(rollout.printer_count, 1)} value={ended} aria-label={`${ended} of ${rollout.printer_count} printers have ended`} />
			<small class="muted">
				{done} of {rollout.printer_count}
				{failed > 0 && `, ${failed} failed`}
			</small>
		</div>
	);
}
