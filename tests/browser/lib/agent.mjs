// SPDX-License-Identifier: Apache-2.0
// A PC as the connector sees it: speaks connector/WIRE.md over mutual TLS and tells whatever a test wants told.
import { execFileSync } from 'node:child_process';
import { createHash, randomUUID, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new key and a request for its certificate. */
function makeCsr() {
	const folder = mkdtempSync(join(tmpdir(), 'platen-csr-'));
	const key = join(folder, 'key.pem');
	const csr = join(folder, 'csr.pem');
	try {
		execFileSync('openssl', [
			...['req', '-new', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'],
			...['-keyout', key, '-out', csr, '-subj', '/CN=platen-agent'],
		], { stdio: 'pipe' });
		return { key: readFileSync(key, 'utf8'), csr: readFileSync(csr, 'utf8') };
	} finally {
		rmSync(folder, { recursive: true });
	}
}

/** The pin of a certificate's key, as tokens carry it. */
function pinOf(certificate) {
	const spki = new X509Certificate(certificate).publicKey.export({ type: 'spki', format: 'der' });
	return `sha256:${createHash('sha256').update(spki).digest('hex')}`;
}

/** True when one of the certificates that the server showed has one of the pins. */
function chainHasPin(socket, pins) {
	for (let one = socket.getPeerCertificate(true); one?.raw; one = one.issuerCertificate) {
		if (pins.includes(pinOf(one.raw))) return true;
		if (one.issuerCertificate === one) break;
	}
	return false;
}

function call(url, { method, body, tls, trusts }) {
	return new Promise((resolve, reject) => {
		const payload = body === undefined ? undefined : JSON.stringify(body);
		const headers = payload === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(payload) };
		const request = https.request(url, { method, headers, ...tls }, (response) => {
			if (trusts && !trusts(response.socket)) return request.destroy(new Error('the connector does not have the pinned key'));
			let text = '';
			response.setEncoding('utf8');
			response.on('data', (chunk) => (text += chunk));
			response.on('end', () => resolve({ status: response.statusCode, body: text ? JSON.parse(text) : null }));
		});
		request.on('error', reject);
		request.end(payload);
	});
}

function readToken(token) {
	return JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString());
}

export class WireAgent {
	#tls;
	#url;
	#spool = randomUUID();
	#boot = randomUUID();
	#seq = 0;
	#began = Date.now();
	#agent;

	/** Joins with an enrolment token; `host` adds to what it tells of its PC. */
	static async enrol(token, host = {}) {
		const { url, pins, secret } = readToken(token);
		const answer = await WireAgent.#ask({ url, pins, secret, host, ...makeCsr() });
		if (!answer.agent) throw new Error(`enroll: ${answer.status} ${answer.body?.message}`);
		return answer.agent;
	}

	/** Asks to be let in without a token's secret (its address and pins are used); gives the fingerprint to compare, and
	 * `again`, which asks once more and gives the agent, or null while nobody has decided. */
	static async askToJoin(token, host = {}) {
		const { url, pins } = readToken(token);
		const asking = { url, pins, host, ...makeCsr() };
		const answer = await WireAgent.#ask(asking);
		if (answer.status !== 202) throw new Error(`enroll: ${answer.status} ${answer.body?.message}`);
		return {
			fingerprint: answer.body.fingerprint,
			again: async () => {
				const next = await WireAgent.#ask(asking);
				if (next.status === 202) return null;
				if (!next.agent) throw new Error(`enroll: ${next.status} ${next.body?.message}`);
				return next.agent;
			},
		};
	}

	static async #ask({ url, pins, secret, host, key, csr }) {
		const facts = {
			os: 'linux',
			os_version: 'Debian GNU/Linux 12 (bookworm)',
			architecture: 'x86_64',
			agent_version: '0.1.0',
			hostname: 'front-desk-07',
			machine_id: null,
			...host,
		};
		const answer = await call(`${url}/sda/v1/enroll`, {
			method: 'POST',
			body: secret ? { token: secret, csr, host: facts } : { csr, host: facts },
			tls: { rejectUnauthorized: false, agent: false }, // the pin is checked instead
			trusts: (socket) => chainHasPin(socket, pins),
		});
		if (answer.status !== 200) return answer;
		const agent = new WireAgent();
		agent.id = answer.body.agent_id;
		agent.host = facts;
		agent.#url = url;
		agent.#tls = { key, cert: answer.body.certificate, ca: answer.body.ca.certificates };
		agent.#agent = new https.Agent({ keepAlive: true, maxSockets: 4 });
		return { ...answer, agent };
	}

	async #call(method, path, body) {
		const answer = await call(`${this.#url}/sda/v1${path}`, { method, body, tls: { ...this.#tls, agent: this.#agent } });
		if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.body?.message}`);
		return answer.body;
	}

	/** Builds one record as of now, or of `at` (a Date) for a past that a test needs. */
	record(kind, printerKey, body, at = new Date()) {
		const record = {
			seq: ++this.#seq,
			kind,
			boot_id: this.#boot,
			uptime_ms: Date.now() - this.#began,
			taken_at: at.toISOString(),
			printer_key: printerKey,
			body,
		};
		const parts = [this.#spool, record.seq, kind, record.boot_id, record.uptime_ms, record.taken_at, JSON.stringify(body)];
		record.hash = createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 32);
		return record;
	}

	/** Reports records in order; resolves once they are stored. */
	async report(...records) {
		for (let at = 0; at < records.length; at += 500) {
			const batch = records.slice(at, at + 500);
			const answer = await this.#call('POST', '/reports', {
				spool_id: this.#spool,
				boot_id: this.#boot,
				audit: { seq: 0, head: '0'.repeat(64) },
				dropped: 0,
				records: batch,
			});
			const last = batch[batch.length - 1].seq;
			if (answer.ack < last) throw new Error(`only ${answer.ack} of ${last} were acknowledged`);
		}
	}

	hello() {
		const { os, os_version, architecture, hostname, agent_version } = this.host;
		return this.record('agent.hello', null, {
			...{ agent_version, os, os_version, architecture, hostname },
			actions: ['probe_now', 'identify'],
			forbidden: ['firmware'],
			started_at: new Date(this.#began).toISOString(),
		});
	}

	health() {
		return this.record('agent.health', null, {
			...{ uptime_s: 8123, rss_bytes: 9437184, spool_records: 12, spool_bytes: 40960, spool_dropped: 0 },
			...{ clock_offset_ms: -120, printers: 3, certificate_not_after: new Date(Date.now() + 3e10).toISOString(), errors: [] },
		});
	}

	/** One long poll; the actions' payloads are parsed. */
	async work(waitSeconds) {
		const answer = await this.#call('GET', `/work?wait=${waitSeconds}`);
		return (answer?.actions ?? []).map((action) => JSON.parse(Buffer.from(action.payload, 'base64').toString()));
	}

	actionState(id, body) {
		return this.#call('POST', `/actions/${id}`, body);
	}

	/** Takes work until `stop` is called and does each action as `how` says: its final state, with a reason. */
	serve(how) {
		let running = true;
		const loop = (async () => {
			while (running) {
				for (const action of await this.work(5)) {
					const started = new Date();
					await this.actionState(action.id, { state: 'delivered' });
					await this.actionState(action.id, { state: 'running' });
					const { state, reason = null } = await how(action);
					await this.report(
						this.record('action.result', action.printer_key, {
							...{ action_id: action.id, type: action.type, state, reason },
							...{ started_at: started.toISOString(), finished_at: new Date().toISOString(), result: {} },
						}),
					);
				}
			}
		})();
		loop.catch(() => {}); // told to whoever awaits stop()
		return {
			stop: async () => {
				running = false;
				this.#agent.destroy();
				await loop.catch(() => {});
			},
		};
	}

	close() {
		this.#agent.destroy();
	}
}
