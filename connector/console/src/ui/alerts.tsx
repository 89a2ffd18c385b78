// SPDX-License-Identifier: Apache-2.0
import type { Alert } from '../api/types';
import { moment, printerName, words } from '../lib/format';
import { href } from '../lib/router';
import { Ago } from './basic';
import { SeverityChip } from './status';

/** Alerts, one under the other; with the printer where the page is not about one. */
export function AlertList({ alerts, showPrinter }: { alerts: Alert[]; showPrinter?: boolean }) {
	return (
		<ul class="plain-list">
			{alerts.map((alert) => (
				<li class="attention" key={alert.id} data-alert={alert.code}>
					<SeverityChip severity={alert.severity} />
					<div class="attention-words">
						{showPrinter ? (
							<a href={href(['printers', alert.printer.id])}>{alert.description}</a>
						) : (
							<span>{alert.description}</span>
						)}
						<p class="muted">
							{showPrinter && `${printerName(alert.printer)} · ${alert.site.name} · `}
							{alert.group && `${words(alert.group)} · `}
							<code>{alert.code}</code>
						</p>
					</div>
					<span class="muted small-text">
						<Ago time={alert.since} />
						{alert.closed_at && <> until {moment(alert.closed_at)}</>}
					</span>
				</li>
			))}
		</ul>
	);
}
