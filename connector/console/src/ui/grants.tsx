// SPDX-License-Identifier: Apache-2.0
// What somebody may do, and where: shown in words, and edited row by row.

import type { Customer, Grant, Role } from '../api/types';
import { Icon } from './icon';

const ROLES: [Role, string][] = [
	['viewer', 'Viewer'],
	['operator', 'Operator'],
	['admin', 'Administrator'],
];

/** "everywhere", "Northern Clinics", "Northern Clinics, Main hall". */
export function placeName(grant: Grant, customers: Customer[]): string {
	if (!grant.customer_id) return 'everywhere';
	const customer = customers.find((one) => one.id === grant.customer_id);
	const site = customer?.sites.find((one) => one.id === grant.site_id);
	return [customer?.name ?? 'a customer', site?.name].filter(Boolean).join(', ');
}

export function grantText(grants: Grant[], customers: Customer[]): string {
	return grants.map((grant) => `${grant.role}, ${placeName(grant, customers)}`).join('; ');
}

/** A place as one value of a select: "", "customer" or "customer/site". */
function placeValue(grant: Grant): string {
	return [grant.customer_id, grant.site_id].filter(Boolean).join('/');
}

function fromPlace(value: string): Pick<Grant, 'customer_id' | 'site_id'> {
	const [customer = null, site = null] = value.split('/').map((one) => one || null);
	return { customer_id: customer, site_id: site };
}

function PlaceOptions({ customers }: { customers: Customer[] }) {
	return (
		<>
			<option value="">everywhere</option>
			{customers.map((customer) => (
				<optgroup label={customer.name} key={customer.id}>
					<option value={customer.id}>all of {customer.name}</option>
					{customer.sites.map((site) => (
						<option value={`${customer.id}/${site.id}`} key={site.id}>
							{site.name}
						</option>
					))}
				</optgroup>
			))}
		</>
	);
}

interface GrantsEditorProps {
	grants: Grant[];
	customers: Customer[];
	onChange: (grants: Grant[]) => void;
}

export function GrantsEditor({ grants, customers, onChange }: GrantsEditorProps) {
	const change = (index: number, part: Partial<Grant>) =>
		onChange(grants.map((grant, at) => (at === index ? { ...grant, ...part } : grant)));
	return (
		<fieldset class="grants">
			<legend>Rights</legend>
			<p class="muted small-text">Viewers look; operators also act on printers and add PCs; administrators do everything.</p>
			{grants.map((grant, index) => (
				<div class="grant" key={index}>
					<select aria-label="Role" value={grant.role} onChange={(event) => change(index, { role: event.currentTarget.value as Role })}>
						{ROLES.map(([role, words]) => (
							<option value={role} key={role}>
								{words}
							</option>
						))}
					</select>
					<select aria-label="Where" value={placeValue(grant)} onChange={(event) => change(index, fromPlace(event.currentTarget.value))}>
						<PlaceOptions customers={customers} />
					</select>
					{grants.length > 1 && (
						<button
							type="button"
							class="icon-button"
							aria-label="Take this away"
							onClick={() => onChange(grants.filter((_, at) => at !== index))}
						>
							<Icon name="close" />
						</button>
					)}
				</div>
			))}
			<button
				type="button"
				class="button small"
				onClick={() => onChange([...grants, { role: 'viewer', customer_id: customers[0]?.id ?? null, site_id: null }])}
			>
				Add another
			</button>
		</fieldset>
	);
}
