// SPDX-License-Identifier: Apache-2.0
// Asking for actions, and watching them.

import { useEffect, useState } from 'preact/hooks';
import { explain, post, withQuery } from '../api/client';
import { hasFeature, may, useLiveStatus, useMe, useResource, type Resource } from '../api/hooks';
import type { Action, Capabilities } from '../api/types';
import { actionTitle, whyNot, type ActionKind } from '../catalogue';
import { agentName, delay, moment, printerName } from '../lib/format';
import { href } from '../lib/router';
import { Ago, Answer, Empty } from './basic';
import { BundleButton } from './bundle';
import { Confirm, notify } from './dialog';
import { Icon } from './icon';
import { ACTION_STATE, ActionStateChip, isOpen } from './status';

export interface ActionPage {
	items: Action[];
	next_cursor: string | null;
	total: number;
}

/** Without the live connection an open action is asked for every two seconds. */
export function usePollWhileOpen(list: Resource<ActionPage>): void {
	const live = useLiveStatus();
	const waiting = live !== 'live' && (list.data?.items.some((action) => isOpen(action.state)) ?? false);
	useEffect(() => {
		if (!waiting) return;
		const timer = setInterval(list.reload, 2000);
		return () => clearInterval(timer);
	}, [waiting, list.reload]);
}

interface ButtonsProps {
	/** `/printers/ID` or `/agents/ID`. */
	of: string;
	kinds: ActionKind[];
	capabilities: Capabilities;
	onAsked: () => void;
}

/** A button per action; what is not possible is listed with its reason, so that nobody hunts for it. */
export function ActionButtons({ of, kinds, capabilities, onAsked }: ButtonsProps) {
	const me = useMe();
	const [asking, setAsking] = useState<ActionKind | null>(null);
	const [busy, setBusy] = useState<string | null>(null);
	if (!may(me, 'operator')) return <p class="muted">You may look at this, but not act. An operator or administrator can.</p>;

	const ask = async (kind: ActionKind) => {
		await post<Action>(`${of}/actions`, { type: kind.type, parameters: {} });
		onAsked();
	};
	const run = async (kind: ActionKind) => {
		setBusy(kind.type);
		try {
			await ask(kind);
		} catch (error) {
			notify(explain(error), true);
		} finally {
			setBusy(null);
		}
	};
	const possible = kinds.filter((kind) => whyNot(capabilities, kind.type) === null);
	const impossible = kinds.filter((kind) => whyNot(capabilities, kind.type) !== null);
	return (
		<>
			<div class="action-buttons">
				{possible.map((kind) => (
					<button
						type="button"
						class="button action-button"
						key={kind.type}
						disabled={busy !== null}
						onClick={() => (kind.ask ? setAsking(kind) : void run(kind))}
					>
						<Icon name={kind.icon} />
						<span>
							{kind.title}
							<small>{kind.means}</small>
						</span>
					</button>
				))}
			</div>
			{impossible.length > 0 && (
				<details class="impossible">
					<summary>Not possible here ({impossible.length})</summary>
					<ul>
						{impossible.map((kind) => (
							<li key={kind.type}>
								<strong>{kind.title}</strong> <span class="muted">{whyNot(capabilities, kind.type)}</span>
							</li>
						))}
					</ul>
				</details>
			)}
			{asking && (
				<Confirm title={`${asking.title}?`} verb={asking.title} onClose={() => setAsking(null)} onConfirm={() => ask(asking)}>
					<p>{asking.ask}</p>
				</Confirm>
			)}
		</>
	);
}

async function cancel(action: Action, done: () => void): Promise<void> {
	try {
		await post<Action>(`/actions/${action.id}/cancel`);
	} catch (error) {
		notify(explain(error), true);
	}
	done();
}

/** The way of an action through its states, with the time each step took. */
export function ActionSteps({ action }: { action: Action }) {
	const begin = Date.parse(action.created_at);
	return (
		<ol class="steps" aria-label="How it went">
			{action.history.map((step) => (
				<li key={`${step.state}${step.at}`} title={moment(step.at)}>
					<span>{ACTION_STATE[step.state]?.word ?? step.state}</span>
					<span class="muted">{delay(Date.parse(step.at) - begin)}</span>
				</li>
			))}
		</ol>
	);
}

/** These end with a file to save. */
const BRING_FILES = new Set<Action['type']>(['diagnostics', 'agent_log']);

interface ItemProps {
	action: Action;
	/** Where the printer or PC is not clear from the page. */
	showTarget?: boolean;
	reload: () => void;
}

export function ActionItem({ action, showTarget, reload }: ItemProps) {
	const me = useMe();
	const target = action.printer
		? { link: href(['printers', action.printer.id]), name: printerName(action.printer) }
		: { link: href(['agents', action.agent.id]), name: agentName(action.agent) };
	return (
		<li class="action" data-action={action.id} data-state={action.state}>
			<div class="action-head">
				<span class="action-title">{actionTitle(action.type)}</span>
				{showTarget && <a href={target.link}>{target.name}</a>}
				<ActionStateChip state={action.state} />
				{action.cancellable && may(me, 'operator') && (
					<button type="button" class="button small" onClick={() => void cancel(action, reload)}>
						Cancel
					</button>
				)}
			</div>
			{action.message && <p class="action-message">{action.message}</p>}
			{action.progress_percent != null && isOpen(action.state) && (
				<progress max={100} value={action.progress_percent} aria-label={`${action.progress_percent} % done`} />
			)}
			<ActionSteps action={action} />
			{action.state === 'done' && BRING_FILES.has(action.type) && hasFeature(me, 'bundles') && may(me, 'operator') && (
				<BundleButton action={action} title={`${actionTitle(action.type)}: ${target.name}`} />
			)}
			<p class="muted small-text">
				Asked by {action.created_by} <Ago time={action.created_at} />
			</p>
		</li>
	);
}

/** The last actions of one printer or PC, live. */
export function RecentActions({ list }: { list: Resource<ActionPage> }) {
	usePollWhileOpen(list);
	return (
		<Answer of={list} lines={2}>
			{(page) =>
				page.items.length === 0 ? (
					<Empty icon="action" title="No actions yet" />
				) : (
					<ul class="actions" aria-live="polite" aria-relevant="additions text">
						{page.items.map((action) => (
							<ActionItem key={action.id} action={action} reload={list.reload} />
						))}
					</ul>
				)
			}
		</Answer>
	);
}

export function useActionsOf(query: { printer?: string; agent?: string }): Resource<ActionPage> {
	return useResource<ActionPage>(withQuery('/actions', { ...query, limit: 8 }), {
		stale: (event) =>
			event.type === 'action.changed' &&
			(query.printer ? event.printer_id === query.printer : event.agent_id === query.agent),
		everyMs: 100,
	});
}
