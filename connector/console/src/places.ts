// SPDX-License-Identifier: Apache-2.0
// Where one can go: the menu, and which of its pages this connector and this person have.

import { hasFeature, may } from './api/hooks';
import type { Me } from './api/types';
import type { IconName } from './ui/icon';

export interface Place {
	path: string[];
	title: string;
	icon: IconName;
	/** Shown when the connector has one of these. */
	features?: Me['connector']['features'];
	role?: 'operator' | 'admin';
}

export const PLACES: Place[] = [
	{ path: [], title: 'Overview', icon: 'overview' },
	{ path: ['printers'], title: 'Printers', icon: 'printer' },
	{ path: ['alerts'], title: 'Alerts', icon: 'alert' },
	{ path: ['agents'], title: 'PCs', icon: 'pc' },
	{ path: ['actions'], title: 'Actions', icon: 'action' },
	{ path: ['firmware'], title: 'Firmware', icon: 'download', features: ['rollouts'] },
	{ path: ['enrol'], title: 'Add PCs', icon: 'enrol' },
	{ path: ['customers'], title: 'Customers', icon: 'sites', features: ['customers'] },
	{ path: ['users'], title: 'Users', icon: 'users', features: ['users', 'api_tokens'], role: 'admin' },
	{ path: ['audit'], title: 'Audit', icon: 'audit', features: ['audit'], role: 'admin' },
	{ path: ['settings'], title: 'Settings', icon: 'settings', features: ['settings', 'password', 'totp'] },
];

export function isOpenTo(me: Me, place: Place): boolean {
	if (place.role && !may(me, place.role)) return false;
	return !place.features || place.features.some((feature) => hasFeature(me, feature));
}
