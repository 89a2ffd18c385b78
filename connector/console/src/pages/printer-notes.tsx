// SPDX-License-Identifier: Apache-2.0
// What the administrator knows and the printer does not: its asset number, its place, tags.

import { useState } from 'preact/hooks';
import { patch } from '../api/client';
import { hasFeature, may, useMe } from '../api/hooks';
import type { Printer, PrinterNotes } from '../api/types';
import { Card, Facts } from '../ui/basic';
import { Dialog } from '../ui/dialog';
import { Field, Form } from '../ui/form';

function NotesDialog({ printer, done, onClose }: { printer: Printer; done: () => void; onClose: () => void }) {
	const [asset, setAsset] = useState(printer.asset_number ?? '');
	const [location, setLocation] = useState(printer.location ?? '');
	const [tags, setTags] = useState(printer.tags.join(', '));
	const save = async () => {
		const body: PrinterNotes = {
			asset_number: asset.trim() || null,
			location: location.trim() || null,
			tags: [...new Set(tags.split(',').map((tag) => tag.trim()))].filter(Boolean),
		};
		await patch(`/printers/${printer.id}`, body);
		done();
		onClose();
	};
	return (
		<Dialog title="Your notes" onClose={onClose}>
			<Form verb="Save" onSubmit={save}>
				<Field label="Asset number">
					<input maxLength={64} value={asset} onInput={(event) => setAsset(event.currentTarget.value)} />
				</Field>
				<Field label="Place">
					<input maxLength={200} value={location} onInput={(event) => setLocation(event.currentTarget.value)} />
				</Field>
				<Field label="Tags" hint="Separated by commas; the list of printers finds them.">
					<input maxLength={1000} value={tags} onInput={(event) => setTags(event.currentTarget.value)} />
				</Field>
			</Form>
		</Dialog>
	);
}

export function NotesCard({ printer, reload }: { printer: Printer; reload: () => void }) {
	const me = useMe();
	const [editing, setEditing] = useState(false);
	if (!hasFeature(me, 'printer_notes')) return null;
	const none = <span class="muted">none</span>;
	return (
		<Card
			title="Your notes"
			tools={
				may(me, 'operator') && (
					<button type="button" class="button small" onClick={() => setEditing(true)}>
						Change
					</button>
				)
			}
		>
			<Facts
				rows={[
					['Asset number', printer.asset_number ?? none],
					['Place', printer.location ?? none],
					['Tags', printer.tags.join(', ') || none],
				]}
			/>
			{editing && <NotesDialog printer={printer} done={reload} onClose={() => setEditing(false)} />}
		</Card>
	);
}
