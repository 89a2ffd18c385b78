// SPDX-License-Identifier: Apache-2.0
// A stand-in for the connector while one works on the console's looks: `node dev/mock.mjs [PORT] [PRINTERS]`, then
// `npm run dev`, or open the port itself to see what `npm run build` made under the connector's own
// Content-Security-Policy. Sign in with any name; the password `wrong` is refused. Never part of a build.
import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { adminRoutes } from './admin.mjs';
import { customers, makeFleet, readingsOf } from './fleet.mjs';

const port = Number(process.argv[2] ?? 8088);
const fleet = makeFleet(Number(process.argv[3] ?? 60));
const actions = [];
const tokens = [];
const streams = new Set();
const now = () => new Date().toISOString();
const dist = fileURLToPath(new URL('../dist/', import.meta.url));

class Refusal extends Error {
	constructor(status, error, message) {
		super(message);
		Object.assign(this, { status, error });
	}
}

function tell(event) {
	for (const stream of streams) stream.write(`${JSON.stringify({ at: now(), ...event })}\n`);
}

function page(items, query) {
	const limit = Number(query.get('limit') ?? 100);
	const start = Number(query.get('cursor') ?? 0);
	const next = start + limit < items.length ? String(start + limit) : null;
	return { items: items.slice(start, start + limit), next_cursor: next, total: items.length };
}

function sorted(items, sort, keys) {
	const down = sort.startsWith('-');
	const key = keys[sort.replace('-', '')];
	return [...items].sort((a, b) => {
		const [x, y] = [key(a), key(b)];
		if (x === null || y === null) return (x === null) - (y === null);
		return (x < y ? -1 : x > y ? 1 : 0) * (down ? -1 : 1);
	});
}

const wants = (query, name, value) => !query.get(name) || query.get(name).split(',').includes(value);

function matches(query, ...texts) {
	const text = texts.join(' ').toLowerCase();
	return (query.get('q') ?? '').toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

const STATUS = ['error', 'attention', 'processing', 'idle', 'asleep', 'unknown', 'offline', 'detached'];
const lowest = (printer) => Math.min(...printer.supply_levels.map((one) => one.level_percent ?? 101));
const PRINTER_KEYS = {
	model: (p) => p.model,
	serial_number: (p) => p.serial_number,
	site: (p) => p.site.name,
	agent: (p) => p.agent.name,
	status: (p) => STATUS.indexOf(p.status),
	impressions: (p) => p.impressions,
	lowest_supply: (p) => (lowest(p) > 100 ? null : lowest(p)),
	last_seen: (p) => p.last_seen,
};
const AGENT_KEYS = {
	last_seen: (a) => a.last_seen,
	name: (a) => a.name,
	version: (a) => a.version,
	site: (a) => a.site.name,
	printers: (a) => a.printer_count,
};

const DETAIL = ['usb', 'identity', 'supplies', 'counters', 'media', 'alerts', 'access', 'errors', 'taken_at', 'first_seen', 'capabilities', 'duplicate'];
const summary = (printer) => Object.fromEntries(Object.entries(printer).filter(([name]) => !DETAIL.includes(name)));
const agentSummary = ({ printers, health, certificate, capabilities, ...rest }) => rest;

function find(list, id, what) {
	const found = list.find((one) => one.id === id);
	if (!found) throw new Refusal(404, 'not_found', `There is no such ${what}.`);
	return found;
}

function overview() {
	const countBy = (list, key) => list.reduce((all, one) => ({ ...all, [one[key]]: (all[one[key]] ?? 0) + 1 }), {});
	const alerts = fleet.printers.flatMap((printer) => printer.alerts);
	const all = alerts.map((alert) => ({
		kind: 'alert',
		severity: alert.severity,
		description: alert.description,
		since: alert.since,
		printer: alert.printer,
		agent: find(fleet.printers, alert.printer.id).agent,
		site: alert.site,
	}));
	const rank = ['critical', 'warning', 'report'];
	all.sort((a, b) => rank.indexOf(a.severity) - rank.indexOf(b.severity));
	return {
		printers: { total: fleet.printers.length, by_status: countBy(fleet.printers, 'status') },
		agents: { total: fleet.agents.length, by_state: countBy(fleet.agents, 'state') },
		alerts: { critical: 0, warning: 0, report: 0, ...countBy(alerts, 'severity') },
		supplies: {
			low: fleet.printers.filter((p) => p.supplies.some((s) => s.state === 'low')).length,
			empty: fleet.printers.filter((p) => p.supplies.some((s) => s.state === 'empty')).length,
		},
		actions: { open: actions.filter((action) => action.ended_at === null).length, failed_24h: 0 },
		attention: all.slice(0, 50),
		attention_total: all.length,
	};
}

function advance(action, state, message = null) {
	action.state = state;
	action.message = message;
	action.history.push({ state, at: now(), message });
	action.cancellable = state === 'queued';
	if (!['queued', 'delivered', 'running'].includes(state)) action.ended_at = now();
	tell({ type: 'action.changed', id: action.id, printer_id: action.printer?.id ?? null, agent_id: action.agent.id, state });
}

function createAction(body, printer, agent) {
	const action = {
		id: `x-${actions.length + 1}`,
		type: body.type,
		parameters: body.parameters ?? {},
		state: 'queued',
		message: null,
		progress_percent: null,
		printer: printer && { id: printer.id, make: printer.make, model: printer.model, serial_number: printer.serial_number },
		agent: { id: agent.id, name: agent.name, state: agent.state },
		site: agent.site,
		created_by: 'admin',
		created_at: now(),
		expires_at: new Date(Date.now() + 3600_000).toISOString(),
		ended_at: null,
		result: null,
		history: [{ state: 'queued', at: now(), message: null }],
		cancellable: true,
	};
	actions.unshift(action);
	tell({ type: 'action.changed', id: action.id, printer_id: printer?.id ?? null, agent_id: agent.id, state: 'queued' });
	if (agent.state === 'online') {
		setTimeout(() => advance(action, 'delivered'), 120);
		setTimeout(() => advance(action, 'running'), 200);
		setTimeout(() => advance(action, 'done', 'The printer showed itself.'), 900);
	}
	return [202, action];
}

function createToken(body) {
	const site = customers.flatMap((c) => c.sites.map((s) => ({ id: s.id, name: s.name, customer_id: c.id, customer_name: c.name })));
	const token = {
		id: `t-${tokens.length + 1}`,
		site: site.find((one) => one.id === body.site_id) ?? site[0],
		state: 'active',
		uses: body.uses ?? 1,
		used: 0,
		created_by: 'admin',
		created_at: now(),
		expires_at: new Date(Date.now() + (body.expires_in_s ?? 604800) * 1000).toISOString(),
		note: body.note ?? null,
	};
	tokens.unshift(token);
	const secret = `plt1.${Buffer.from(JSON.stringify({ url: 'https://print.example:12351', pins: [`sha256:${'ad'.repeat(32)}`], secret: 'x'.repeat(43) })).toString('base64url')}`;
	const file = { file_name: null, file_content: null };
	return [201, {
		...token,
		token: secret,
		install: [
			{ platform: 'windows', package: 'msi', command: `msiexec /i platen.msi /qn TOKEN=${secret}`, ...file, note: 'As administrator, or from Intune or SCCM.' },
			{ platform: 'linux', package: 'deb', command: `PLATEN_TOKEN=${secret} apt-get install -y ./platen-agent.deb`, ...file, note: 'As root.' },
			{ platform: 'macos', package: 'pkg', command: 'installer -pkg platen.pkg -target /', file_name: 'platen.mobileconfig', file_content: '<?xml version="1.0"?>', note: 'Install the profile first; it carries the token.' },
		],
	}];
}

const FEATURES = ['printer_notes', 'printer_events', 'agent_revoke', 'pending_enrolments', 'customers', 'users', 'api_tokens', 'audit', 'settings', 'exports', 'password', 'totp'];

/** `METHOD /path` with `:id` to a function (id, query, body) -> value or [status, value]. */
const ROUTES = {
	'POST /login': (_, __, body) => {
		if (body.password === 'wrong') throw new Refusal(401, 'wrong_credentials', 'Name or password is wrong.');
		if (body.name === 'totp' && !body.totp) throw new Refusal(401, 'totp_required', 'Enter the code from your authenticator.');
		return { token: body.name === 'viewer' ? 'viewer' : 'mock', expires_at: now(), role: 'admin', user: { id: 'u1', name: body.name } };
	},
	'POST /logout': () => [204],
	'GET /me': (_, __, ___, token) => ({
		user: { id: 'u1', name: token === 'viewer' ? 'viewer' : 'admin' },
		role: token === 'viewer' ? 'viewer' : 'admin',
		grants: [{ role: 'admin', customer_id: null, site_id: null }],
		token: { kind: 'session', expires_at: null },
		connector: { version: '0.1.0', sda_url: 'https://print.example:12351', features: FEATURES },
	}),
	'GET /overview': overview,
	'GET /customers': () => ({ items: customers }),
	'GET /printers': (_, query) => {
		const found = fleet.printers.filter(
			(p) => wants(query, 'status', p.status) && wants(query, 'site', p.site.id) &&
				matches(query, p.make, p.model, p.serial_number, p.agent.name, p.site.name, p.asset_number),
		);
		const result = page(sorted(found, query.get('sort') ?? 'status', PRINTER_KEYS), query);
		return { ...result, items: result.items.map(summary) };
	},
	'GET /printers/:id': (id) => find(fleet.printers, id, 'printer'),
	'GET /printers/:id/counters': (id, query) => ({
		from: query.get('from'),
		to: now(),
		resolution: 'raw',
		items: readingsOf(find(fleet.printers, id, 'printer'), Date.parse(query.get('from'))),
		resets: [],
	}),
	'GET /printers/:id/alerts': (id, query) => page(find(fleet.printers, id, 'printer').alerts, query),
	'POST /printers/:id/actions': (id, _, body) => {
		const printer = find(fleet.printers, id, 'printer');
		const capability = printer.capabilities.actions[body.type];
		if (!capability?.offered) throw new Refusal(409, 'not_offered', capability?.reason ?? 'Not possible.');
		return createAction(body, printer, find(fleet.agents, printer.agent.id, 'PC'));
	},
	'PATCH /printers/:id': (id, _, body) => Object.assign(find(fleet.printers, id, 'printer'), body),
	'GET /printers/:id/events': (id, query) => {
		const { first_seen } = find(fleet.printers, id, 'printer');
		return page([{ id: 'h1', kind: 'printer.attached', at: first_seen, description: 'Plugged in', details: {} }], query);
	},
	'GET /alerts': (_, query) =>
		page(query.get('state') === 'closed' ? [] : fleet.printers.flatMap((p) => p.alerts).filter((a) => wants(query, 'severity', a.severity) && wants(query, 'site', a.site.id)), query),
	'GET /agents': (_, query) => {
		const found = fleet.agents.filter((a) => wants(query, 'state', a.state) && wants(query, 'site', a.site.id) && matches(query, a.name, a.os, a.version, a.site.name));
		const result = page(sorted(found, query.get('sort') ?? 'last_seen', AGENT_KEYS), query);
		return { ...result, items: result.items.map(agentSummary) };
	},
	'GET /agents/:id': (id) => {
		const agent = find(fleet.agents, id, 'PC');
		return { ...agent, printers: agent.printers.map(summary) };
	},
	'POST /agents/:id/actions': (id, _, body) => createAction(body, null, find(fleet.agents, id, 'PC')),
	'GET /actions': (_, query) => {
		const state = (action) => (query.get('state') ?? '').split(',').includes('open') && action.ended_at === null;
		return page(actions.filter((a) => wants(query, 'printer', a.printer?.id) && wants(query, 'agent', a.agent.id) && (state(a) || wants(query, 'state', a.state))), query);
	},
	'GET /actions/:id': (id) => find(actions, id, 'action'),
	'POST /actions/:id/cancel': (id) => {
		const action = find(actions, id, 'action');
		if (action.state !== 'queued') throw new Refusal(409, 'too_late', 'It has begun already.');
		advance(action, 'cancelled');
		return action;
	},
	'GET /enrolment-tokens': (_, query) => page(tokens, query),
	'POST /enrolment-tokens': (_, __, body) => createToken(body),
	...adminRoutes,
	'DELETE /enrolment-tokens/:id': (id) => {
		find(tokens, id, 'token').state = 'revoked';
		return [204];
	},
};

function stream(response) {
	response.writeHead(200, { 'Content-Type': 'application/x-ndjson', 'Cache-Control': 'no-store' });
	response.write(`${JSON.stringify({ type: 'hello', at: now() })}\n`);
	streams.add(response);
	const ping = setInterval(() => response.write(`${JSON.stringify({ type: 'ping', at: now() })}\n`), 20_000);
	response.on('close', () => {
		clearInterval(ping);
		streams.delete(response);
	});
}

function route(method, path) {
	const parts = path.split('/');
	for (const [pattern, handler] of Object.entries(ROUTES)) {
		const [verb, shape] = pattern.split(' ');
		const wanted = shape.split('/');
		if (verb !== method || wanted.length !== parts.length) continue;
		const at = wanted.indexOf(':id');
		if (wanted.every((word, index) => index === at || word === parts[index])) return { handler, id: at > 0 ? decodeURIComponent(parts[at]) : null };
	}
	throw new Refusal(404, 'not_found', 'There is no such call.');
}

async function api(request, response, url) {
	const path = url.pathname.slice('/api/v1'.length);
	const token = request.headers.authorization?.replace('Bearer ', '');
	if (path !== '/login' && !token) throw new Refusal(401, 'not_signed_in', 'Sign in again: this session has ended.');
	if (path === '/events') return stream(response);
	let text = '';
	for await (const chunk of request) text += chunk;
	const { handler, id } = route(request.method, path);
	const answer = handler(id, url.searchParams, text ? JSON.parse(text) : {}, token);
	const [status, value] = Array.isArray(answer) ? answer : [200, answer];
	response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
	response.end(value === undefined ? '' : JSON.stringify(value));
}

const TYPES = { '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

function file(response, path) {
	const name = path === '/' ? 'index.html' : normalize(path).replace(/^\/+/, '');
	const type = TYPES[extname(name)];
	if (!type || name.startsWith('..')) throw new Refusal(404, 'not_found', 'No such file.');
	response.writeHead(200, { 'Content-Type': type, 'Content-Security-Policy': POLICY, 'X-Content-Type-Options': 'nosniff' });
	response.end(readFileSync(join(dist, name)));
}

createServer(async (request, response) => {
	const url = new URL(request.url, 'http://localhost');
	try {
		if (url.pathname.startsWith('/api/v1/')) await api(request, response, url);
		else file(response, url.pathname);
	} catch (error) {
		const { status = 500, error: code = 'internal' } = error;
		response.writeHead(status, { 'Content-Type': 'application/json' });
		response.end(JSON.stringify({ error: code, message: error.message }));
	}
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}/`));
