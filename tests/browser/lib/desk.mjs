// SPDX-License-Identifier: Apache-2.0
// A PC with virtual USB printers and the real agent.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { BUILD } from './connector.mjs';

const PROFILES = fileURLToPath(new URL('../../vprinter/profiles', import.meta.url));
const VPRINTER = join(BUILD, 'tests', 'vprinter', 'platen-vprinter');
const AGENT = join(BUILD, 'agent', 'platen-agent');
const PLATEN = join(BUILD, 'agent', 'platen');

export class Desk {
	#folder = mkdtempSync(join(tmpdir(), 'platen-desk-'));
	#control = join(this.#folder, 'vprinter.sock');
	#log = join(this.#folder, 'agent.log');
	#process = null;

	/** Plugs the printers in (names of profiles, or NAME=FOLDER) and starts the agent, which joins with `token`; `settings`
	 * are further lines of its configuration. */
	async start(token, profiles, settings = '') {
		const config = join(this.#folder, 'agent.conf');
		const state = join(this.#folder, 'state');
		mkdirSync(state, { mode: 0o700 });
		writeFileSync(config, `state_dir = ${state}\nsocket = ${join(this.#folder, 'agent.sock')}\ntoken = ${token}\n${settings}`, { mode: 0o600 });
		const printers = profiles.flatMap((name) => ['--profile', name.includes('=') ? name : join(PROFILES, name)]);
		const words = [...printers, '--control', this.#control, '--spool', join(this.#folder, 'spool'), '--', AGENT, '--config', config];
		const log = openSync(this.#log, 'a');
		this.#process = spawn(VPRINTER, words, { stdio: ['ignore', log, log] });
		for (let waited = 0; !existsSync(this.#control); waited += 50) {
			if (this.#process.exitCode !== null || waited > 30_000) throw new Error(`the printers did not start:\n${this.log()}`);
			await sleep(50);
		}
	}

	/** Says something to the virtual printers; gives their answer. */
	do(...words) {
		return execFileSync(VPRINTER, ['--control', this.#control, 'do', ...words], { encoding: 'utf8', timeout: 30_000 });
	}

	/** Runs `platen` of this PC and gives what it prints. */
	platen(...words) {
		return execFileSync(PLATEN, [...words, '--socket', join(this.#folder, 'agent.sock')], { encoding: 'utf8', timeout: 30_000 });
	}

	/** What a printer truly is. */
	truth(name) {
		return JSON.parse(this.do('dump', name));
	}

	/** What was asked of a printer. */
	asked(name) {
		return this.do('log', name).split('\n').filter(Boolean).map((line) => JSON.parse(line));
	}

	log() {
		return readFileSync(this.#log, 'utf8').slice(-4000);
	}

	async stop() {
		const process = this.#process;
		if (process && process.exitCode === null) {
			const ended = new Promise((resolve) => process.once('exit', resolve));
			process.kill('SIGTERM');
			await ended;
		}
		rmSync(this.#folder, { recursive: true, force: true });
	}
}
