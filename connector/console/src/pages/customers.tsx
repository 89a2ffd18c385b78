// SPDX-License-Identifier: Apache-2.0
// Customers and their sites: who owns what, and where it stands.

import { useState } from 'preact/hooks';
import { patch, post, remove } from '../api/client';
import { may, useMe } from '../api/hooks';
import type { Customer, Site } from '../api/types';
import { plural } from '../lib/format';
import { href } from '../lib/router';
import { Answer, Card, Page } from '../ui/basic';
import { Confirm, Dialog, notify } from '../ui/dialog';
import { useCustomers } from '../ui/filters';
import { Field, Form } from '../ui/form';
import { Chip } from '../ui/status';
import { SitePages } from './site-pages';

/** What the person is about to do. */
type Doing =
	| { what: 'add customer' }
	| { what: 'add site' | 'rename customer' | 'deactivate' | 'activate' | 'erase'; customer: Customer }
	| { what: 'rename site' | 'remove site' | 'remote pages'; site: Site };

interface NameDialogProps {
	title: string;
	verb: string;
	name: string;
	onSave: (name: string) => Promise<unknown>;
	done: () => void;
	onClose: () => void;
}

function NameDialog({ title, verb, name: old, onSave, done, onClose }: NameDialogProps) {
	const [name, setName] = useState(old);
	return (
		<Dialog title={title} onClose={onClose}>
			<Form
				verb={verb}
				onSubmit={async () => {
					await onSave(name.trim());
					done();
					onClose();
				}}
			>
				<Field label="Name">
					<input required maxLength={100} value={name} onInput={(event) => setName(event.currentTarget.value)} />
				</Field>
			</Form>
		</Dialog>
	);
}

function CustomerDialog({ doing, done, onClose }: { doing: Doing; done: () => void; onClose: () => void }) {
	const common = { done, onClose };
	const confirmed = (what: Promise<unknown>) => what.then(done);
	switch (doing.what) {
		case 'add customer':
			return <NameDialog title="A new customer" verb="Add" name="" onSave={(name) => post('/customers', { name })} {...common} />;
		case 'rename customer':
			return (
				<NameDialog
					title="Rename this customer"
					verb="Rename"
					name={doing.customer.name}
					onSave={(name) => patch(`/customers/${doing.customer.id}`, { name })}
					{...common}
				/>
			);
		case 'add site':
			return (
				<NameDialog
					title={`A new site of ${doing.customer.name}`}
					verb="Add"
					name=""
					onSave={(name) => post(`/customers/${doing.customer.id}/sites`, { name })}
					{...common}
				/>
			);
		case 'rename site':
			return (
				<NameDialog
					title="Rename this site"
					verb="Rename"
					name={doing.site.name}
					onSave={(name) => patch(`/sites/${doing.site.id}`, { name })}
					{...common}
				/>
			);
		case 'remote pages':
			return <SitePages site={doing.site} onClose={onClose} />;
		case 'remove site':
			return (
				<Confirm title={`Remove ${doing.site.name}?`} verb="Remove" danger onClose={onClose} onConfirm={() => confirmed(remove(`/sites/${doing.site.id}`))}>
					<p>Only an empty site can be removed; move its PCs first.</p>
				</Confirm>
			);
		case 'activate':
			return (
				<Confirm
					title={`Bring ${doing.customer.name} back?`}
					verb="Bring back"
					onClose={onClose}
					onConfirm={() => confirmed(patch(`/customers/${doing.customer.id}`, { active: true }))}
				>
					<p>Its printers and PCs are shown again.</p>
				</Confirm>
			);
		case 'deactivate':
			return (
				<Confirm
					title={`Deactivate ${doing.customer.name}?`}
					verb="Deactivate"
					danger
					onClose={onClose}
					onConfirm={() => confirmed(patch(`/customers/${doing.customer.id}`, { active: false }))}
				>
					<p>Its PCs are no longer served and its data is shown to nobody. It can be brought back until its data is erased.</p>
				</Confirm>
			);
		case 'erase':
			return (
				<Confirm
					title={`Erase ${doing.customer.name} for good?`}
					verb="Erase"
					danger
					typed={doing.customer.name}
					onClose={onClose}
					onConfirm={() =>
						confirmed(remove(`/customers/${doing.customer.id}`)).then(() => notify(`${doing.customer.name} is erased.`))
					}
				>
					<p>Its keys are destroyed: neither this connector nor a backup can show its data ever again.</p>
				</Confirm>
			);
	}
}

function Sites({ customer, act }: { customer: Customer; act: ((doing: Doing) => void) | null }) {
	return (
		<table class="table small-table">
			<caption class="hidden">Sites of {customer.name}</caption>
			<thead>
				<tr>
					<th scope="col">Site</th>
					<th scope="col" class="number">
						PCs
					</th>
					<th scope="col" class="number">
						Printers
					</th>
					{act && <td />}
				</tr>
			</thead>
			<tbody>
				{customer.sites.map((site) => (
					<tr key={site.id}>
						<th scope="row">{site.name}</th>
						<td class="number">
							<a href={href(['agents'], { site: site.id })}>{site.agent_count}</a>
						</td>
						<td class="number">
							<a href={href(['printers'], { site: site.id })}>{site.printer_count}</a>
						</td>
						{act && (
							<td class="tools-cell">
								<button type="button" class="button small" aria-label={`Rename ${site.name}`} onClick={() => act({ what: 'rename site', site })}>
									Rename
								</button>{' '}
								<button
									type="button"
									class="button small"
									aria-label={`Remote pages at ${site.name}`}
									onClick={() => act({ what: 'remote pages', site })}
								>
									Remote pages
								</button>{' '}
								<button type="button" class="button small" aria-label={`Remove ${site.name}`} onClick={() => act({ what: 'remove site', site })}>
									Remove
								</button>
							</td>
						)}
					</tr>
				))}
			</tbody>
		</table>
	);
}

function CustomerTools({ customer, act }: { customer: Customer; act: (doing: Doing) => void }) {
	const button = (title: string, what: 'add site' | 'rename customer' | 'deactivate' | 'activate' | 'erase') => (
		<button type="button" class="button small" onClick={() => act({ what, customer })}>
			{title}
		</button>
	);
	return (
		<div class="row-tools">
			{customer.active ? (
				<>
					{button('Add a site', 'add site')}
					{button('Rename', 'rename customer')}
					{button('Deactivate', 'deactivate')}
				</>
			) : (
				<>
					{button('Bring back', 'activate')}
					{button('Erase', 'erase')}
				</>
			)}
		</div>
	);
}

export function Customers() {
	const me = useMe();
	const customers = useCustomers();
	const [doing, setDoing] = useState<Doing | null>(null);
	const act = may(me, 'admin') ? setDoing : null;
	return (
		<Page
			title="Customers and sites"
			tools={
				act && (
					<button type="button" class="button primary" onClick={() => act({ what: 'add customer' })}>
						Add a customer
					</button>
				)
			}
		>
			<Answer of={customers} lines={6}>
				{({ items }) => (
					<div class="stack">
						{items.map((customer) => (
							<Card title={customer.name} key={customer.id} tools={customer.active ? undefined : <Chip tone="off">Deactivated</Chip>}>
								{customer.sites.length > 0 ? <Sites customer={customer} act={act} /> : <p class="muted">{plural(0, 'site')}</p>}
								{act && <CustomerTools customer={customer} act={act} />}
							</Card>
						))}
					</div>
				)}
			</Answer>
			{doing && <CustomerDialog doing={doing} done={customers.reload} onClose={() => setDoing(null)} />}
		</Page>
	);
}
