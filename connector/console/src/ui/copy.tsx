// SPDX-License-Identifier: Apache-2.0
// A text to take along, with a button that copies it.

import { useRef, useState } from 'preact/hooks';
import { Icon } from './icon';

export function CopyText({ text, label }: { text: string; label: string }) {
	const [copied, setCopied] = useState(false);
	const code = useRef<HTMLElement>(null);
	const copy = async () => {
		try {
			await navigator.clipboard.writeText(text);
			setCopied(true);
			setTimeout(() => setCopied(false), 2000);
		} catch {
			if (code.current) getSelection()?.selectAllChildren(code.current); // no clipboard: at least select it
		}
	};
	return (
		<div class="copy-text">
			<code ref={code} tabIndex={0} role="group" aria-label={label}>
				{text}
			</code>
			<button type="button" class="button small" onClick={copy} aria-label={`Copy: ${label}`}>
				<Icon name={copied ? 'check' : 'copy'} />
				<span aria-live="polite">{copied ? 'Copied' : 'Copy'}</span>
			</button>
		</div>
	);
}

/** Saves a text, or what was fetched, as a file. */
export function saveFile(name: string, content: string | Blob): void {
	const blob = content instanceof Blob ? content : new Blob([content], { type: 'application/octet-stream' });
	const url = URL.createObjectURL(blob);
	const link = document.createElement('a');
	link.href = url;
	link.download = name;
	link.click();
	setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
