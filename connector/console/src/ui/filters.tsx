// SPDX-License-Identifier: Apache-2.0
// What stands above a list: a search field, chips to choose conditions, a site. All of it lives in the page's address, so
// that a filtered list can be sent to a colleague.

import { useEffect, useState } from 'preact/hooks';
import { replaceAddress, useResource } from '../api/hooks';
import type { Customer } from '../api/types';
import { href } from '../lib/router';
import { Icon } from './icon';

export type Query = Record<string, string>;

/** Changes one word of the address. */
export function setQuery(path: string[], query: Query, name: string, value: string | null): void {
	replaceAddress(href(path, { ...query, [name]: value }));
}

interface SearchProps {
	label: string;
	value: string;
	onChange: (value: string) => void;
}

export function Search({ label, value, onChange }: SearchProps) {
	const [text, setText] = useState(value);
	useEffect(() => setText(value), [value]);
	return (
		<label class="search">
			<Icon name="search" />
			<span class="hidden">{label}</span>
			<input
				type="search"
				placeholder={label}
				maxLength={200}
				value={text}
				onInput={(event) => {
					setText(event.currentTarget.value);
					onChange(event.currentTarget.value);
				}}
			/>
		</label>
	);
}

interface ChoicesProps {
	label: string;
	/** Value to the word on its chip. */
	choices: [value: string, word: string, tone: string][];
	/** Chosen values, joined by commas; empty is all. */
	value: string;
	onChange: (value: string | null) => void;
}

/** Chips that can be chosen together. */
export function Choices({ label, choices, value, onChange }: ChoicesProps) {
	const chosen = new Set(value.split(',').filter(Boolean));
	const toggle = (one: string) => {
		const next = new Set(chosen);
		if (!next.delete(one)) next.add(one);
		onChange([...next].join(',') || null);
	};
	return (
		<div class="choices" role="group" aria-label={label}>
			{choices.map(([one, word, tone]) => (
				<button type="button" key={one} class={`choice chip ${tone}`} aria-pressed={chosen.has(one)} onClick={() => toggle(one)}>
					<span class="dot" aria-hidden="true" />
					{word}
				</button>
			))}
		</div>
	);
}

/** The customers and sites one may see, from the connector. */
export function useCustomers() {
	return useResource<{ items: Customer[] }>('/customers');
}

/** Chooses a site; not shown where there is only one. */
export function SiteChoice({ value, onChange }: { value: string; onChange: (value: string | null) => void }) {
	const customers = useCustomers().data?.items ?? [];
	const sites = customers.flatMap((customer) => customer.sites);
	if (sites.length < 2) return null;
	return (
		<label class="site-choice">
			<span class="hidden">Site</span>
			<select value={value} onChange={(event) => onChange(event.currentTarget.value || null)}>
				<option value="">All sites</option>
				<SiteOptions customers={customers} />
			</select>
		</label>
	);
}

export function SiteOptions({ customers }: { customers: Customer[] }) {
	const options = (customer: Customer) =>
		customer.sites.map((site) => (
			<option value={site.id} key={site.id}>
				{site.name}
			</option>
		));
	if (customers.length === 1) return <>{customers.map(options)}</>;
	return (
		<>
			{customers.map((customer) => (
				<optgroup label={customer.name} key={customer.id}>
					{options(customer)}
				</optgroup>
			))}
		</>
	);
}

interface SortProps {
	/** The word in the address: `model`, or `-model` for the other way round. */
	name: string;
	sort: string;
	onSort: (sort: string) => void;
	numeric?: boolean;
	children: string;
}

/** A column's head that sorts by it. */
export function SortHead({ name, sort, onSort, numeric, children }: SortProps) {
	const up = sort === name;
	const down = sort === `-${name}`;
	return (
		<th scope="col" class={numeric ? 'number' : undefined} aria-sort={up ? 'ascending' : down ? 'descending' : undefined}>
			<button type="button" class="sort" onClick={() => onSort(up ? `-${name}` : name)}>
				{children}
				{(up || down) && <Icon name={up ? 'up' : 'down'} />}
			</button>
		</th>
	);
}
