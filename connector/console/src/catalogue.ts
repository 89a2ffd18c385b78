// SPDX-License-Identifier: Apache-2.0
// The actions this console can ask for, in the order in which it offers them.

import type { ActionType, Capabilities } from './api/types';
import type { IconName } from './ui/icon';

export interface ActionKind {
	type: ActionType;
	/** On the button. */
	title: string;
	means: string;
	icon: IconName;
	/** Asked first, when it disturbs people. */
	ask?: string;
}

export const PRINTER_ACTIONS: ActionKind[] = [
	{ type: 'probe_now', title: 'Read now', means: 'Reads everything this printer tells, at once', icon: 'refresh' },
	{ type: 'identify', title: 'Identify', means: 'Makes the printer flash, beep or show a message', icon: 'identify' },
	{
		type: 'print_test_page',
		title: 'Print a test page',
		means: 'Prints one page',
		icon: 'page',
		ask: 'One sheet comes out of the printer and is counted.',
	},
	{ type: 'diagnostics', title: 'Collect diagnostics', means: 'Brings back one file for whoever looks into a fault', icon: 'bundle' },
	{
		type: 'reboot',
		title: 'Restart',
		means: 'Switches the printer off and on',
		icon: 'restart',
		ask: 'The printer is away for a minute or two. Jobs on this PC wait; a job from elsewhere may be lost.',
	},
];

export const AGENT_ACTIONS: ActionKind[] = [
	{ type: 'probe_now', title: 'Read all printers now', means: 'Reads every printer of this PC at once', icon: 'refresh' },
	{ type: 'agent_log', title: 'Fetch its log', means: "Brings back the agent's own log", icon: 'bundle' },
];

const TITLES: Record<ActionType, string> = {
	probe_now: 'Read now',
	identify: 'Identify',
	reboot: 'Restart',
	print_test_page: 'Print a test page',
	diagnostics: 'Collect diagnostics',
	configure: 'Configure',
	firmware: 'Update firmware',
	ews: 'Show its web page',
	agent_config: 'Change agent settings',
	agent_log: 'Fetch log',
};

export function actionTitle(type: ActionType): string {
	return TITLES[type] ?? type;
}

/** Why an action is not offered, or null when it is. */
export function whyNot(capabilities: Capabilities, type: ActionType): string | null {
	const capability = capabilities.actions[type];
	if (!capability) return 'Not possible with this version.';
	return capability.offered ? null : (capability.reason ?? 'Not possible.');
}
