// SPDX-License-Identifier: Apache-2.0
// The stand-in's administration: users, tokens, audit, settings, and PCs that wait to be let in.
import { createHash, randomUUID } from 'node:crypto';
import { customers } from './fleet.mjs';

const before = (seconds) => new Date(Date.now() - seconds * 1000).toISOString();
const everywhere = (role) => ({ role, customer_id: null, site_id: null });

const users = [
	{ id: 'u1', name: 'admin', grants: [everywhere('admin')], active: true, totp: true, created_at: before(9e6), last_login_at: before(40) },
	{
		...{ id: 'u2', name: 'helpdesk@clinics', active: true, totp: false, created_at: before(4e6), last_login_at: before(7200) },
		grants: [{ role: 'operator', customer_id: 'cust-north', site_id: null }, { role: 'viewer', customer_id: 'cust-school', site_id: 'site-school' }],
	},
	{ id: 'u3', name: 'viewer', grants: [everywhere('viewer')], active: false, totp: false, created_at: before(3e6), last_login_at: null },
];
const apiTokens = [
	{
		...{ id: 'k1', name: 'billing', grants: [everywhere('viewer')], scopes: ['read'], created_by: 'admin' },
		...{ created_at: before(9e5), expires_at: before(-2e7), last_used_at: before(900) },
	},
];
const pending = [
	{
		...{ id: 'e1', fingerprint: `sha256:${'4355a46b19d348dc'.repeat(4)}`, name: 'ward-0101', address: '192.0.2.17' },
		...{ platform: 'windows', version: '0.1.0', asked_at: before(600), expires_at: before(-600000) },
	},
];

const audit = [];
let head = '0'.repeat(64);
function note(actor, verb, subject, outcome, at) {
	head = createHash('sha256').update(head + verb).digest('hex');
	audit.unshift({ id: `a${audit.length + 1}`, at, actor, address: '192.0.2.4', verb, subject, outcome, hash: head });
}
for (let n = 40; n > 0; n--) note(n % 3 ? 'admin' : 'helpdesk@clinics', n % 2 ? 'POST /printers/{id}/actions' : 'POST /login', n % 2 ? 'identify' : null, n % 7 ? '202' : '409', before(n * 3600));

const settings = [
	['sessions.idle_minutes', 'Sessions', 'Sessions end after', 'Without a call for this long.', 'number', 60, 30, { minimum: 5, maximum: 1440, unit: 'minutes' }],
	['enrolment.without_token', 'Adding PCs', 'PCs may ask to join without a token', 'Each one waits until an administrator lets it in.', 'boolean', false, false, {}],
	['retention.snapshots_days', 'Data', 'Keep snapshots for', 'Counters are kept for ever.', 'number', 400, 400, { minimum: 30, maximum: 4000, unit: 'days' }],
	['privacy.pc_names', 'Data', "PCs' names", 'How an agent tells the name of its PC.', 'choice', 'full', 'full', { choices: ['full', 'hash', 'none'] }],
	['metrics.open', 'Monitoring', 'Serve /metrics to everybody', 'Otherwise only to this machine.', 'boolean', false, false, { needs_restart: true }],
].map(([name, group, title, description, type, value, usual, more]) => ({ name, group, title, description, type, value, default: usual, ...more }));

const find = (list, id) => list.find((one) => one.id === id);
const drop = (list, id) => list.splice(list.indexOf(find(list, id)), 1) && [204];

export const adminRoutes = {
	'POST /customers': (_, __, { name }) => {
		const customer = { id: randomUUID(), name, active: true, sites: [] };
		customers.push(customer);
		return [201, customer];
	},
	'PATCH /customers/:id': (id, _, body) => Object.assign(find(customers, id), body),
	'DELETE /customers/:id': (id) => drop(customers, id),
	'POST /customers/:id/sites': (id, _, { name }) => {
		const site = { id: randomUUID(), name, printer_count: 0, agent_count: 0 };
		find(customers, id).sites.push(site);
		return [201, site];
	},
	'PATCH /sites/:id': (id, _, body) => Object.assign(customers.flatMap((one) => one.sites).find((site) => site.id === id), body),
	'GET /users': () => ({ items: users }),
	'POST /users': (_, __, { password, ...body }) => {
		const user = { id: randomUUID(), totp: false, created_at: before(0), last_login_at: null, ...body };
		users.push(user);
		return [201, user];
	},
	'PATCH /users/:id': (id, _, { password, ...body }) => Object.assign(find(users, id), body),
	'DELETE /users/:id': (id) => drop(users, id),
	'GET /api-tokens': () => ({ items: apiTokens }),
	'POST /api-tokens': (_, __, { expires_in_s, grants = [], ...body }) => {
		const token = { id: randomUUID(), grants, created_by: 'admin', created_at: before(0), expires_at: before(-expires_in_s), last_used_at: null, ...body };
		apiTokens.push(token);
		return [201, { ...token, token: `plb1.${randomUUID()}` }];
	},
	'DELETE /api-tokens/:id': (id) => drop(apiTokens, id),
	'GET /audit': () => ({ items: audit, next_cursor: null, total: audit.length, head: { entries: audit.length, hash: head } }),
	'POST /audit/verify': () => ({ ok: true, entries: audit.length, head: { entries: audit.length, hash: head }, message: `All ${audit.length} entries are as they were written.` }),
	'GET /settings': () => ({ items: settings }),
	'PATCH /settings': (_, __, body) => {
		for (const setting of settings) if (setting.name in body) setting.value = body[setting.name] ?? setting.default;
		return { items: settings };
	},
	'GET /enrolments': () => ({ items: pending, next_cursor: null, total: pending.length }),
	'POST /enrolments/:id/approve': (id) => drop(pending, id),
	'POST /enrolments/:id/reject': (id) => drop(pending, id),
	'POST /me/password': () => [204],
	'POST /me/totp': () => ({ secret: 'JBSWY3DPEHPK3PXP', uri: 'otpauth://totp/Platen:admin?secret=JBSWY3DPEHPK3PXP' }),
	'PUT /me/totp': () => [204],
	'DELETE /me/totp': () => [204],
};
