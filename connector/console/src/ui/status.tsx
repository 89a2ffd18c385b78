// SPDX-License-Identifier: Apache-2.0
// Conditions as a small shape and a word: never as a colour alone.

import type { ActionState, AgentState, Alert, PrinterStatus } from '../api/types';

type Tone = 'bad' | 'warn' | 'good' | 'busy' | 'calm' | 'off';

export function Chip({ tone, children }: { tone: Tone; children: string }) {
	return (
		<span class={`chip ${tone}`}>
			<span class="dot" aria-hidden="true" />
			{children}
		</span>
	);
}

export const PRINTER_STATUS: Record<PrinterStatus, { word: string; tone: Tone; means: string }> = {
	error: { word: 'Error', tone: 'bad', means: 'Stopped, or an alert that needs a person' },
	attention: { word: 'Attention', tone: 'warn', means: 'Prints, but something will be needed soon' },
	processing: { word: 'Printing', tone: 'busy', means: 'Busy with a job' },
	idle: { word: 'Ready', tone: 'good', means: 'Waiting for a job' },
	asleep: { word: 'Asleep', tone: 'calm', means: 'Saving power; wakes for a job' },
	unknown: { word: 'Unknown', tone: 'off', means: 'This printer has not told its state' },
	offline: { word: 'PC offline', tone: 'off', means: 'Its PC has not been heard from' },
	detached: { word: 'Unplugged', tone: 'off', means: 'Not attached to its PC any more' },
};

export function PrinterStatusChip({ status }: { status: PrinterStatus }) {
	const { word, tone } = PRINTER_STATUS[status] ?? PRINTER_STATUS.unknown;
	return <Chip tone={tone}>{word}</Chip>;
}

export const AGENT_STATE: Record<AgentState, { word: string; tone: Tone; means: string }> = {
	online: { word: 'Online', tone: 'good', means: 'In touch now' },
	late: { word: 'Late', tone: 'warn', means: 'Missed its time to report' },
	offline: { word: 'Offline', tone: 'off', means: 'Not heard from for a day' },
	revoked: { word: 'Revoked', tone: 'off', means: 'Locked out; must enrol anew' },
};

export function AgentStateChip({ state }: { state: AgentState }) {
	const { word, tone } = AGENT_STATE[state] ?? AGENT_STATE.offline;
	return <Chip tone={tone}>{word}</Chip>;
}

const SEVERITY: Record<Alert['severity'], { word: string; tone: Tone }> = {
	critical: { word: 'Critical', tone: 'bad' },
	warning: { word: 'Warning', tone: 'warn' },
	report: { word: 'Note', tone: 'calm' },
	unknown: { word: 'Unknown', tone: 'off' },
};

export function SeverityChip({ severity }: { severity: Alert['severity'] }) {
	const { word, tone } = SEVERITY[severity] ?? SEVERITY.unknown;
	return <Chip tone={tone}>{word}</Chip>;
}

export const ACTION_STATE: Record<ActionState, { word: string; tone: Tone; means: string }> = {
	queued: { word: 'Queued', tone: 'busy', means: 'Waiting for the PC to fetch it' },
	delivered: { word: 'Delivered', tone: 'busy', means: 'The PC has it' },
	running: { word: 'Running', tone: 'busy', means: 'Being done' },
	done: { word: 'Done', tone: 'good', means: 'Done' },
	failed: { word: 'Failed', tone: 'bad', means: 'Tried, without success' },
	rejected: { word: 'Rejected', tone: 'bad', means: 'The PC refused it' },
	expired: { word: 'Expired', tone: 'warn', means: 'The PC did not fetch it in time' },
	cancelled: { word: 'Cancelled', tone: 'off', means: 'Withdrawn' },
	interrupted: { word: 'Interrupted', tone: 'warn', means: 'Cut short; whether it took effect is not known' },
};

export function ActionStateChip({ state }: { state: ActionState }) {
	const { word, tone } = ACTION_STATE[state] ?? { word: state, tone: 'off' as const };
	return <Chip tone={tone}>{word}</Chip>;
}

export function isOpen(state: ActionState): boolean {
	return state === 'queued' || state === 'delivered' || state === 'running';
}
