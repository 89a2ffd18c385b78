// SPDX-License-Identifier: Apache-2.0
// A real platen-connector on loopback, in a folder of its own, with users of every role.
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const BUILD = process.env.PLATEN_BUILD ?? fileURLToPath(new URL('../../../build/dev', import.meta.url));
const READY = /ready.*sda=\S*?:(\d+).*admin=\S*?:(\d+)/;

export class Connector {
	#folder = mkdtempSync(join(tmpdir(), 'platen-browser-'));
	#program = join(BUILD, 'connector', 'platen-connector');
	#data = join(this.#folder, 'data');
	#log = join(this.#folder, 'connector.log');
	#process = null;
	#sessions = new Map();
	/** Ports that the first start chose are kept, so that a browser finds the connector after a restart. */
	ports = { sda: 0, admin: 0 };
	passwords = { admin: password(), operator: password(), viewer: password() };

	constructor() {
		this.run(['init', '--name', 'localhost']);
		for (const [role, secret] of Object.entries(this.passwords))
			this.run(['user', 'add', role, '--role', role, '--password-stdin'], `${secret}\n`);
	}

	/** Runs a command of platen-connector on this data folder and gives what it prints. */
	run(words, input) {
		return execFileSync(this.#program, [...words, '--data', this.#data], { input, encoding: 'utf8', timeout: 60_000 });
	}

	get url() {
		return `https://localhost:${this.ports.admin}/`;
	}

	async start() {
		const log = openSync(this.#log, 'a');
		const before = readFileSync(this.#log, 'utf8').length;
		const ports = ['--sda-port', String(this.ports.sda), '--admin-port', String(this.ports.admin), '--ews-port', '0'];
		this.#process = spawn(this.#program, ['serve', '--data', this.#data, '--listen', '127.0.0.1', ...ports], {
			stdio: ['ignore', log, log],
		});
		for (let waited = 0; waited < 30_000; waited += 50) {
			if (this.#process.exitCode !== null) break;
			const found = READY.exec(readFileSync(this.#log, 'utf8').slice(before));
			if (found) {
				this.ports = { sda: Number(found[1]), admin: Number(found[2]) };
				return this;
			}
			await sleep(50);
		}
		throw new Error(`the connector did not start:\n${readFileSync(this.#log, 'utf8').slice(-2000)}`);
	}

	/** Ends it as an administrator would, and waits for it; gives its exit code, null when it had to be killed. */
	async stop() {
		const process = this.#process;
		this.#process = null;
		if (!process) return 0;
		if (process.exitCode !== null) return process.exitCode;
		const ended = new Promise((resolve) => process.once('exit', resolve));
		process.kill('SIGTERM');
		const killer = setTimeout(() => process.kill('SIGKILL'), 10_000);
		await ended;
		clearTimeout(killer);
		return process.exitCode;
	}

	remove() {
		rmSync(this.#folder, { recursive: true, force: true });
	}

	log() {
		return readFileSync(this.#log, 'utf8');
	}

	/** A raw call of the admin API. */
	call(method, path, { body, token } = {}) {
		const payload = body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body);
		const headers = payload === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) };
		if (token) headers.Authorization = `Bearer ${token}`;
		const options = { method, headers, rejectUnauthorized: false, agent: false };
		return new Promise((resolve, reject) => {
			const request = https.request(new URL(path, this.url), options, (response) => {
				let text = '';
				response.setEncoding('utf8');
				response.on('data', (chunk) => (text += chunk));
				response.on('end', () => resolve({ status: response.statusCode, headers: response.headers, text }));
			});
			request.on('error', reject);
			request.end(payload);
		});
	}

	async token(role = 'admin') {
		if (!this.#sessions.has(role)) {
			const answer = await this.call('POST', '/api/v1/login', { body: { name: role, password: this.passwords[role] } });
			this.#sessions.set(role, JSON.parse(answer.text).token);
		}
		return this.#sessions.get(role);
	}

	/** A call as somebody; the parsed answer, or an error for any status that is not 2xx. */
	async api(method, path, body, role = 'admin') {
		const answer = await this.call(method, `/api/v1${path}`, { body, token: await this.token(role) });
		if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
		return answer.text ? JSON.parse(answer.text) : null;
	}

	/** Listens to the event stream: `seen` grows, `close` hangs up. */
	async events(role = 'admin') {
		const headers = { Authorization: `Bearer ${await this.token(role)}` };
		const seen = [];
		const request = https.get(new URL('/api/v1/events', this.url), { headers, rejectUnauthorized: false, agent: false });
		request.on('error', () => {}); // hanging up is one
		const response = await new Promise((resolve) => request.on('response', resolve));
		let rest = '';
		response.setEncoding('utf8');
		response.on('error', () => {});
		response.on('data', (chunk) => {
			const lines = (rest + chunk).split('\n');
			rest = lines.pop();
			seen.push(...lines.filter(Boolean).map((line) => JSON.parse(line)));
		});
		return { seen, close: () => request.destroy() };
	}

	/** A token with which PCs join. */
	async enrolmentToken(uses = 1) {
		return (await this.api('POST', '/enrolment-tokens', { uses })).token;
	}
}

function password() {
	return randomBytes(12).toString('base64url');
}
