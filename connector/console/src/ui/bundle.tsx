// SPDX-License-Identifier: Apache-2.0
// What a diagnostics or log action brought back: a list of its parts and, one at a time, their text. It comes from a PC and
// its printers, so it is shown as text and never as anything else.

import { useState } from 'preact/hooks';
import { send } from '../api/client';
import { useResource } from '../api/hooks';
import type { Action, Bundle } from '../api/types';
import { bytes } from '../lib/format';
import { Ago, Answer } from './basic';
import { Dialog } from './dialog';
import { SaveButton } from './export';
import { Icon } from './icon';

interface Part {
	name: string;
	bytes: number | null;
	ms: number;
	missing: string | null;
}

const FIRST = 'manifest.json';

/** The manifest's own words for the parts that are not there; an odd one says nothing. */
function missingOf(manifest: string | undefined): Part[] {
	try {
		const parts = (JSON.parse(manifest ?? '') as { parts?: Part[] }).parts;
		return Array.isArray(parts) ? parts.filter((part) => typeof part.missing === 'string') : [];
	} catch {
		return [];
	}
}

function usePart(action: Action, name: string) {
	return useResource<string>(`/actions/${action.id}/bundle/parts/${name}`, {
		read: async (path, signal) => (await send('GET', path, undefined, signal)).text(),
	});
}

function PartText({ action, name }: { action: Action; name: string }) {
	const text = usePart(action, name);
	return (
		<Answer of={text} lines={8}>
			{(body) => (
				<pre class="bundle-text" tabIndex={0} aria-label={name}>
					{body}
				</pre>
			)}
		</Answer>
	);
}

function Missing({ action }: { action: Action }) {
	const missing = missingOf(usePart(action, FIRST).data ?? undefined);
	if (missing.length === 0) return null;
	return (
		<>
			<h3 id="bundle-missing">Not in it</h3>
			<ul class="bundle-missing" aria-labelledby="bundle-missing">
				{missing.map((part) => (
					<li key={part.name}>
						<strong>{part.name}</strong> <span class="muted">{part.missing}</span>
					</li>
				))}
			</ul>
		</>
	);
}

function Contents({ action, bundle }: { action: Action; bundle: Bundle }) {
	const [name, setName] = useState(bundle.parts.find((part) => part.name !== FIRST)?.name ?? FIRST);
	return (
		<>
			<p class="muted small-text">
				{bytes(bundle.bytes)}, stored <Ago time={bundle.stored_at} />. What may not leave the PC is not in it.
			</p>
			<div class="bundle">
				<ul class="bundle-parts" aria-label="Parts">
					{bundle.parts.map((part) => (
						<li key={part.name}>
							<button
								type="button"
								class="bundle-part"
								aria-pressed={part.name === name}
								onClick={() => setName(part.name)}
							>
								<span>{part.name}</span>
								<small class="muted">{bytes(part.bytes)}</small>
							</button>
						</li>
					))}
				</ul>
				<PartText key={name} action={action} name={name} />
			</div>
			<Missing action={action} />
		</>
	);
}

function BundleDialog({ action, title, onClose }: { action: Action; title: string; onClose: () => void }) {
	const bundle = useResource<Bundle>(`/actions/${action.id}/bundle/parts`);
	return (
		<Dialog title={title} wide onClose={onClose}>
			<Answer of={bundle} lines={6}>
				{(found) => <Contents action={action} bundle={found} />}
			</Answer>
			<p>
				<SaveButton path={`/actions/${action.id}/bundle`} fileName={`platen-${action.type}-${action.id.slice(0, 8)}.zip`}>
					Save the file
				</SaveButton>
			</p>
		</Dialog>
	);
}

/** A button that opens it. */
export function BundleButton({ action, title }: { action: Action; title: string }) {
	const [open, setOpen] = useState(false);
	return (
		<>
			<button type="button" class="button small" onClick={() => setOpen(true)}>
				<Icon name="bundle" />
				Look at it
			</button>
			{open && <BundleDialog action={action} title={title} onClose={() => setOpen(false)} />}
		</>
	);
}
