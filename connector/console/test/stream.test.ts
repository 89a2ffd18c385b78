// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { waitMs } from '../src/lib/backoff';
import { parseLines } from '../src/lib/ndjson';

function streamOf(...chunks: Uint8Array[]): ReadableStream<Uint8Array> {
	return new ReadableStream({
		start(controller) {
			for (const chunk of chunks) controller.enqueue(chunk);
			controller.close();
		},
	});
}

async function all(stream: ReadableStream<Uint8Array>): Promise<unknown[]> {
	const values = [];
	for await (const value of parseLines(stream)) values.push(value);
	return values;
}

const encode = (text: string) => new TextEncoder().encode(text);

test('lines come in any pieces, also cut inside a character', async () => {
	const bytes = encode('{"type":"hello"}\n{"text":"Größe"}\n\n{"n":1}');
	for (let size = 1; size <= bytes.length; size++) {
		const chunks = [];
		for (let at = 0; at < bytes.length; at += size) chunks.push(bytes.slice(at, at + size));
		assert.deepEqual(await all(streamOf(...chunks)), [{ type: 'hello' }, { text: 'Größe' }, { n: 1 }]);
	}
});

test('what is no JSON is skipped, what follows is not', async () => {
	assert.deepEqual(await all(streamOf(encode('<html>\n{"n":2}\n{"cut":'))), [{ n: 2 }]);
});

test('a line without an end does not grow for ever', async () => {
	const long = encode('x'.repeat(40_000));
	assert.deepEqual(await all(streamOf(long, long, encode('\n{"n":3}\n'))), [{ n: 3 }]);
});

test('leaving early ends the stream', async () => {
	let cancelled = false;
	const endless = new ReadableStream<Uint8Array>({
		pull: (controller) => controller.enqueue(encode('{"n":1}\n')),
		cancel: () => void (cancelled = true),
	});
	for await (const _ of parseLines(endless)) break;
	assert.equal(cancelled, true);
});

test('waiting grows, stays under its ceiling, and is never a busy loop', () => {
	assert.equal(waitMs(0, 0), 250);
	assert.equal(waitMs(0, 1), 1000);
	assert.equal(waitMs(3, 1), 8000);
	assert.equal(waitMs(500, 1), 30_000);
	assert.equal(waitMs(500, 0), 250);
});
