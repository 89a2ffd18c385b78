// SPDX-License-Identifier: Apache-2.0
// A printer's own web page, shown from afar: asked for with the password, agreed to at the PC, opened on a port of its own.

import { useState } from 'preact/hooks';
import { explain, post, withQuery } from '../api/client';
import { hasFeature, may, useMe, useResource } from '../api/hooks';
import type { EwsSession, EwsTicket, Printer } from '../api/types';
import { whyNot } from '../catalogue';
import { Ago, Answer, Card } from '../ui/basic';
import { Dialog, notify } from '../ui/dialog';
import { Field, Form } from '../ui/form';
import { Icon } from '../ui/icon';
import { Chip } from '../ui/status';

const STATES: Record<EwsSession['state'], { word: string; tone: 'busy' | 'good' | 'off' }> = {
	requested: { word: 'Sent to the PC', tone: 'busy' },
	waiting: { word: 'Waiting for consent', tone: 'busy' },
	open: { word: 'Open', tone: 'good' },
	ended: { word: 'Ended', tone: 'off' },
};

/** Opens the page in a window that knows nothing of this one. The ticket travels in a form, never in an address. */
async function enter(session: EwsSession): Promise<void> {
	const { port, path, ticket } = await post<EwsTicket>(`/ews-sessions/${session.id}/ticket`);
	const form = document.createElement('form');
	form.method = 'post';
	form.action = `https://${location.hostname}:${port}${path}`;
	form.target = '_blank';
	form.rel = 'noopener noreferrer';
	const field = document.createElement('input');
	field.type = 'hidden';
	field.name = 'ticket';
	field.value = ticket;
	form.append(field);
	document.body.append(form);
	form.submit();
	form.remove();
}

function AskDialog({ printer, done, onClose }: { printer: Printer; done: () => void; onClose: () => void }) {
	const me = useMe();
	const [password, setPassword] = useState('');
	const [totp, setTotp] = useState('');
	const [firmware, setFirmware] = useState(false);
	const ask = async () => {
		await post<EwsSession>(`/printers/${printer.id}/ews-sessions`, { password, totp: totp || null, firmware });
		done();
		onClose();
	};
	return (
		<Dialog title="Show its web page" onClose={onClose}>
			<Form verb="Ask the PC" onSubmit={ask}>
				<p>The person at the PC sees your name and decides. Every page you open there is noted in the audit.</p>
				<Field label="Your password">
					<input
						type="password"
						required
						autoComplete="current-password"
						value={password}
						onInput={(event) => setPassword(event.currentTarget.value)}
					/>
				</Field>
				{me.totp && (
					<Field label="Code of your second factor">
						<input
							required
							inputMode="numeric"
							pattern="[0-9]{6}"
							autoComplete="one-time-code"
							value={totp}
							onInput={(event) => setTotp(event.currentTarget.value)}
						/>
					</Field>
				)}
				<label class="check">
					<input type="checkbox" checked={firmware} onChange={(event) => setFirmware(event.currentTarget.checked)} /> This page may send a
					firmware
				</label>
			</Form>
		</Dialog>
	);
}

function Session({ session, reload }: { session: EwsSession; reload: () => void }) {
	const me = useMe();
	const state = STATES[session.state];
	const act = (what: Promise<unknown>) => void what.then(reload, (error) => notify(explain(error), true));
	return (
		<li class="action" data-session={session.id} data-state={session.state}>
			<div class="action-head">
				<span class="action-title">{session.user}</span>
				<Chip tone={state.tone}>{state.word}</Chip>
			</div>
			{session.reason && <p class="action-message">{session.reason}</p>}
			<p class="muted small-text">
				Asked <Ago time={session.created_at} />
				{session.requests > 0 && `, ${session.requests} requests`}
			</p>
			<div class="form-tools">
				{session.state === 'open' && session.mine && (
					<button type="button" class="button primary" onClick={() => act(enter(session))}>
						Open the page
					</button>
				)}
				{session.state !== 'ended' && may(me, 'operator') && (
					<button type="button" class="button" onClick={() => act(post(`/ews-sessions/${session.id}/end`))}>
						End
					</button>
				)}
			</div>
		</li>
	);
}

export function PageCard({ printer }: { printer: Printer }) {
	const me = useMe();
	const [asking, setAsking] = useState(false);
	const sessions = useResource<{ items: EwsSession[] }>(
		hasFeature(me, 'ews') ? withQuery('/ews-sessions', { printer: printer.id }) : null,
		{ stale: (event) => event.type === 'ews.changed' && event.printer_id === printer.id, everyMs: 100 },
	);
	const why = whyNot(printer.capabilities, 'ews');
	if (!hasFeature(me, 'ews')) return null;
	return (
		<Card title="Its own web page">
			<Answer of={sessions} lines={1}>
				{({ items }) => (
					<>
						{items.length > 0 && (
							<ul class="actions" aria-live="polite">
								{items.map((session) => (
									<Session session={session} reload={sessions.reload} key={session.id} />
								))}
							</ul>
						)}
						{why === null && may(me, 'operator') && items.every((session) => session.state === 'ended') && (
							<div class="action-buttons">
								<button type="button" class="button action-button" onClick={() => setAsking(true)}>
									<Icon name="page" />
									<span>
										Show its web page
										<small>Through the PC, if the person there agrees</small>
									</span>
								</button>
							</div>
						)}
						{why !== null && <p class="muted">{why}</p>}
					</>
				)}
			</Answer>
			{asking && <AskDialog printer={printer} done={sessions.reload} onClose={() => setAsking(false)} />}
		</Card>
	);
}
