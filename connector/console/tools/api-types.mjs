// SPDX-License-Identifier: Apache-2.0
// Writes src/api/types.ts from ../openapi.yaml, so that the console and the contract cannot drift apart.
// With --check it writes nothing and fails when the file is not what the contract says.
import { readFileSync, writeFileSync } from 'node:fs';
import { parse } from 'yaml';

const contract = new URL('../../openapi.yaml', import.meta.url);
const target = new URL('../src/api/types.ts', import.meta.url);
const { schemas } = parse(readFileSync(contract, 'utf8')).components;

const literal = (value) => (typeof value === 'string' ? `'${value}'` : String(value));
const union = (types) => [...new Set(types)].join(' | ');
const isName = (name) => /^[A-Za-z_]\w*$/.test(name);

/** One member of an object type, with its description as a comment. */
function member(name, schema, required, indent) {
	const text = schema.description?.trim().replace(/\s*\n\s*/g, ' ');
	const comment = text ? `${indent}/** ${text} */\n` : '';
	const key = isName(name) ? name : literal(name);
	return `${comment}${indent}${key}${required ? '' : '?'}: ${typeOf(schema, indent)};\n`;
}

function objectType(schema, indent) {
	const rest = schema.additionalProperties;
	if (!schema.properties)
		return `Record<string, ${rest && rest !== true ? typeOf(rest, indent) : 'unknown'}>`;
	const required = new Set(schema.required ?? []);
	const lines = Object.entries(schema.properties).map(([name, one]) =>
		member(name, one, required.has(name), `${indent}\t`),
	);
	return `{\n${lines.join('')}${indent}}`;
}

function plainType(name, schema, indent) {
	switch (name) {
		case 'integer':
		case 'number':
			return 'number';
		case 'array': {
			const item = typeOf(schema.items, indent);
			return /[|&]/.test(item) && !item.startsWith('{') ? `(${item})[]` : `${item}[]`;
		}
		case 'object':
			return objectType(schema, indent);
		default:
			return name; // string, boolean, null
	}
}

function typeOf(schema, indent) {
	if (schema.$ref) return schema.$ref.split('/').pop();
	if (schema.allOf) return schema.allOf.map((one) => typeOf(one, indent)).join(' & ');
	if (schema.oneOf) return union(schema.oneOf.map((one) => typeOf(one, indent)));
	if ('const' in schema) return literal(schema.const);
	if (schema.enum) return union(schema.enum.map(literal));
	return union([schema.type].flat().map((name) => plainType(name, schema, indent)));
}

const parts = ['// SPDX-License-Identifier: Apache-2.0\n// Written by tools/api-types.mjs from openapi.yaml: change that.\n'];
for (const [name, schema] of Object.entries(schemas)) {
	const text = schema.description?.trim();
	const comment = text ? `/**\n${text.split('\n').map((line) => ` * ${line}`.trimEnd()).join('\n')}\n */\n` : '';
	parts.push(`${comment}export type ${name} = ${typeOf(schema, '')};\n`);
}
const text = parts.join('\n');

if (!process.argv.includes('--check')) {
	writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
	console.error('src/api/types.ts is not what openapi.yaml says: run `npm run types` and commit the file');
	process.exit(1);
}
