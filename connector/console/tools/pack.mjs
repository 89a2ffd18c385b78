// SPDX-License-Identifier: Apache-2.0
// Writes a folder of built files as a C table: node tools/pack.mjs FOLDER FILE.c
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { extname, join, relative, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const TYPES = {
	'.html': 'text/html; charset=utf-8',
	'.js': 'text/javascript; charset=utf-8',
	'.css': 'text/css; charset=utf-8',
	'.svg': 'image/svg+xml',
	'.woff2': 'font/woff2',
};

const [folder, target] = process.argv.slice(2);

function filesUnder(place) {
	return readdirSync(place, { withFileTypes: true }).flatMap((entry) =>
		entry.isDirectory() ? filesUnder(join(place, entry.name)) : [join(place, entry.name)],
	);
}

function array(name, bytes) {
	const lines = [];
	for (let at = 0; at < bytes.length; at += 24) lines.push([...bytes.subarray(at, at + 24)].join(','));
	return `static const unsigned char ${name}[] = {\n${lines.join(',\n')}\n};\n`;
}

const arrays = [];
const rows = [];
for (const [index, file] of filesUnder(folder).sort().entries()) {
	const type = TYPES[extname(file)];
	if (!type) throw new Error(`${file}: no content type is known for it; add one to tools/pack.mjs`);
	const name = `/${relative(folder, file).split(sep).join('/')}`;
	const path = name === '/index.html' ? '/' : name;
	const bytes = readFileSync(file);
	if (bytes.length === 0) throw new Error(`${file} is empty`);
	const gzip = gzipSync(bytes, { level: 9 });
	const smaller = gzip.length < bytes.length;
	arrays.push(array(`plain_${index}`, bytes));
	if (smaller) arrays.push(array(`gzip_${index}`, gzip));
	const packed = smaller ? `gzip_${index}, sizeof(gzip_${index})` : 'NULL, 0';
	rows.push(`\t{ "${path}", "${type}", ${path.startsWith('/assets/')}, plain_${index}, sizeof(plain_${index}), ${packed} },\n`);
}
if (!rows.some((row) => row.includes('"/"'))) throw new Error(`${folder} has no index.html`);

writeFileSync(
	target,
	`/* Written by tools/pack.mjs. */
#include "console_table.h"

${arrays.join('\n')}
const struct pl_console_file pl_console_table[] = {
${rows.join('')}};
const size_t pl_console_table_count = sizeof(pl_console_table) / sizeof(pl_console_table[0]);
`,
);
