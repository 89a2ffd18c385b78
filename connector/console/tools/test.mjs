// SPDX-License-Identifier: Apache-2.0
// Compiles test/*.test.ts into a temporary folder and runs them with node's own test runner: Node 18 cannot read
// TypeScript, and the console needs no other test framework.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const folder = fileURLToPath(new URL('../test/', import.meta.url));
const out = mkdtempSync(join(tmpdir(), 'platen-console-'));
const sources = readdirSync(folder).filter((name) => name.endsWith('.test.ts'));
let status = 1;
try {
	await build({
		entryPoints: sources.map((name) => join(folder, name)),
		outdir: out,
		outExtension: { '.js': '.mjs' },
		bundle: true,
		format: 'esm',
		platform: 'node',
		logLevel: 'warning',
	});
	const files = sources.map((name) => join(out, name.replace(/\.ts$/, '.mjs')));
	// A fixed language, and a time zone in which clocks change.
	const env = { ...process.env, LC_ALL: 'en_US.UTF-8', TZ: 'Europe/Berlin' };
	status = spawnSync(process.execPath, ['--test', ...files], { stdio: 'inherit', env }).status ?? 1;
} finally {
	rmSync(out, { recursive: true, force: true });
}
process.exit(status);
