// SPDX-License-Identifier: Apache-2.0
// Questions before something that cannot be undone, and short notices of what happened.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { Icon } from './icon';

interface ConfirmProps {
	title: string;
	/** The word on the button, a verb: "Revoke". */
	verb: string;
	danger?: boolean;
	onConfirm: () => void;
	onClose: () => void;
	children: ComponentChildren;
}

/** A modal question; the browser keeps the focus inside and Escape closes it. */
export function Confirm({ title, verb, danger, onConfirm, onClose, children }: ConfirmProps) {
	const dialog = useRef<HTMLDialogElement>(null);
	useEffect(() => dialog.current?.showModal(), []);
	return (
		<dialog ref={dialog} class="dialog" aria-labelledby="dialog-title" onClose={onClose}>
			<h2 id="dialog-title">{title}</h2>
			<div class="dialog-text">{children}</div>
			<div class="dialog-tools">
				<button type="button" class="button" onClick={() => dialog.current?.close()}>
					Keep as it is
				</button>
				<button
					type="button"
					class={`button ${danger ? 'danger' : 'primary'}`}
					onClick={() => {
						dialog.current?.close();
						onConfirm();
					}}
				>
					{verb}
				</button>
			</div>
		</dialog>
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
