// SPDX-License-Identifier: Apache-2.0
// Files from the connector. They are fetched with the token in a header and saved from memory: a link would need the
// token in its address.

import { useState } from 'preact/hooks';
import { explain, send } from '../api/client';
import { hasFeature, useMe } from '../api/hooks';
import { saveFile } from './copy';
import { notify } from './dialog';
import { Icon } from './icon';

interface SaveButtonProps {
	/** The call that answers the file. */
	path: string;
	fileName: string;
	children: string;
}

export function SaveButton({ path, fileName, children }: SaveButtonProps) {
	const [busy, setBusy] = useState(false);
	const save = async () => {
		setBusy(true);
		try {
			const answer = await send('GET', path);
			saveFile(fileName, await answer.blob());
		} catch (error) {
			notify(explain(error), true);
		} finally {
			setBusy(false);
		}
	};
	return (
		<button type="button" class="button small" disabled={busy} onClick={() => void save()}>
			<Icon name="download" />
			{children}
		</button>
	);
}

/** A list as a spreadsheet; `query` narrows it as the page's own filter does. */
export function ExportButton({ what, query, children }: { what: 'meters' | 'supplies' | 'alerts'; query: Record<string, string>; children: string }) {
	const me = useMe();
	if (!hasFeature(me, 'exports')) return null;
	const search = new URLSearchParams({ ...query, format: 'csv' });
	const today = new Date().toISOString().slice(0, 10);
	return (
		<SaveButton path={`/exports/${what}?${search}`} fileName={`platen-${what}-${today}.csv`}>
			{children}
		</SaveButton>
	);
}
