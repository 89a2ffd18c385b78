// SPDX-License-Identifier: Apache-2.0
// Checks what a running connector answers against connector/openapi.yaml: known path and method, declared status,
// declared content type, body as the schema says.
import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import { parse } from 'yaml';

const api = parse(readFileSync(new URL('../../../connector/openapi.yaml', import.meta.url), 'utf8'));
const PREFIX = '/api/v1';

const ajv = new Ajv({
	strict: false, // the document around the schemas is not JSON Schema
	allErrors: true,
	formats: { 'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/ },
});
ajv.addSchema(api, 'api');

const pointer = (...names) => names.map((name) => `/${String(name).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** Every operation of the contract: `{path, method, id, since, statuses}`. */
export const operations = Object.entries(api.paths).flatMap(([path, item]) =>
	Object.entries(item)
		.filter(([, operation]) => operation.operationId)
		.map(([method, operation]) => ({
			path,
			method: method.toUpperCase(),
			id: operation.operationId,
			since: operation['x-platen-since'],
			statuses: Object.keys(operation.responses),
		})),
);

const shapes = operations.map((operation) => ({
	...operation,
	pattern: new RegExp(`^${operation.path.replace(/\{[^}]+\}/g, '[^/]+')}$`),
}));

export function operationOf(method, url) {
	const path = new URL(url).pathname.slice(PREFIX.length);
	return shapes.find((shape) => shape.method === method && shape.pattern.test(path));
}

/** Resolves the response's own `$ref`, and gives the pointer to it. */
function responseAt(path, method, status) {
	const response = api.paths[path][method.toLowerCase()].responses[status];
	if (!response?.$ref) return { response, at: pointer('paths', path, method.toLowerCase(), 'responses', status) };
	const name = response.$ref.split('/').pop();
	return { response: api.components.responses[name], at: pointer('components', 'responses', name) };
}

function bodyFaults(at, type, body) {
	const validate = ajv.compile({ $ref: `api#${at}${pointer('content', type, 'schema')}` });
	if (validate(body)) return [];
	return validate.errors.map((error) => `${error.instancePath || 'the body'} ${error.message}`);
}

/** What is wrong with one answer; an empty list when it keeps the contract. `body` is the text of the answer. */
export function faultsOf(method, url, status, contentType, body) {
	const operation = operationOf(method, url);
	const name = `${method} ${new URL(url).pathname} ${status}`;
	if (!operation) return [`${name}: no such operation in openapi.yaml`];
	const { response, at } = responseAt(operation.path, method, String(status));
	if (!response) return [`${name}: this status is not declared`];
	const type = (contentType ?? '').split(';')[0].trim();
	if (!response.content) return body ? [`${name}: has a body, none is declared`] : [];
	if (!response.content[type]) return [`${name}: content type ${type || 'missing'} is not declared`];
	if (type !== 'application/json') return [];
	let value;
	try {
		value = JSON.parse(body);
	} catch (error) {
		return [`${name}: ${error.message}`];
	}
	return bodyFaults(at, type, value).map((fault) => `${name}: ${fault}`);
}

/** Watches a browser page; `faults()` gives what its answers got wrong, `seen` the operations that were used. */
export function watch(page) {
	const pending = [];
	const seen = new Set();
	page.on('response', (response) => {
		const { pathname } = new URL(response.url());
		if (!pathname.startsWith(`${PREFIX}/`) || pathname === `${PREFIX}/events`) return;
		pending.push(check(response, seen));
	});
	return { seen, faults: async () => (await Promise.all(pending)).flat() };
}

async function check(response, seen) {
	const method = response.request().method();
	const operation = operationOf(method, response.url());
	if (operation) seen.add(operation.id);
	let body;
	try {
		body = response.status() === 204 ? '' : await response.text();
	} catch {
		return []; // the page went on before the answer was read
	}
	return faultsOf(method, response.url(), response.status(), response.headers()['content-type'], body);
}

/** Checks one line of the event stream. */
export function eventFaults(event) {
	const validate = ajv.compile({ $ref: `api#${pointer('components', 'schemas', 'Event')}` });
	return validate(event) ? [] : validate.errors.map((error) => `event ${error.instancePath} ${error.message}`);
}
