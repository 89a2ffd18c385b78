// SPDX-License-Identifier: Apache-2.0
// Windows over the page, and short notices of what happened.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Form } from './form';
import { Icon } from './icon';

interface DialogProps {
	title: string;
	onClose: () => void;
	/** For what needs the room. */
	wide?: boolean;
	children: ComponentChildren;
}

/** A modal window; the browser keeps the focus inside, and Escape closes it. */
export function Dialog({ title, onClose, wide, children }: DialogProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => dialog.current?.showModal(), []);
	return (
		<dialog ref={dialog} class={wide ? 'dialog wide' : 'dialog'} aria-labelledby="dialog-title" onClose={onClose}>
			<header class="dialog-head">
				<h2 id="dialog-title">{title}</h2>
				<button type="button" class="icon-button" aria-label="Close" onClick={() => dialog.current?.close()}>
					<Icon name="close" />
				</button>
			</header>
			{children}
		</dialog>
	);
}

interface ConfirmProps extends DialogProps {
	/** The word on the button, a verb: "Revoke". */
	verb: string;
	danger?: boolean;
	/** When it fails the window stays open and says why. */
	onConfirm: () => Promise<void>;
	/** What must be typed first, for what can never be undone. */
	typed?: string;
}

/** A question before something that cannot be undone. */
export function Confirm({ title, verb, danger, onConfirm, onClose, typed, children }: ConfirmProps) {
	const keep = (
		<button type="button" class="button" onClick={onClose}>
			Keep as it is
		</button>
	);
	const confirm = async () => {
		await onConfirm();
		onClose();
	};
	return (
		<Dialog title={title} onClose={onClose}>
			<Form verb={verb} danger={danger} onSubmit={confirm} other={keep}>
				{children}
				{typed && (
					<label class="field">
						<span>
							Type <code>{typed}</code> to go on
						</span>
						<input required pattern={typed.replace(/[^\w\s]/g, '\\$&')} autoComplete="off" />
					</label>
				)}
			</Form>
		</Dialog>
	);
}

interface Notice {
	id: number;
	text: string;
	bad: boolean;
}

let nextId = 1;
let show: (notice: Notice) => void = () => {};

/** Says in one sentence what happened; a failure stays until it is closed. */
export function notify(text: string, bad = false): void {
	show({ id: nextId++, text, bad });
}

export function Notices() {
	const [notices, setNotices] = useState<Notice[]>([]);
	const drop = (id: number) => setNotices((all) => all.filter((one) => one.id !== id));
	show = (notice) => {
		setNotices((all) => [...all.slice(-3), notice]);
		if (!notice.bad) setTimeout(() => drop(notice.id), 6000);
	};
	return (
		<div class="notices" role="status" aria-live="polite">
			{notices.map((notice) => (
				<div class={`notice ${notice.bad ? 'bad' : ''}`} key={notice.id}>
					<p>{notice.text}</p>
					<button type="button" class="icon-button" aria-label="Close this notice" onClick={() => drop(notice.id)}>
						<Icon name="close" />
					</button>
				</div>
			))}
		</div>
	);
}
