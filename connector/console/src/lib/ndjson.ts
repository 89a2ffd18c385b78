// SPDX-License-Identifier: Apache-2.0
// Newline-delimited JSON from a stream: lines may come in any pieces, also cut inside a character.

/** Longest line that is kept; a longer one can only be an accident and is dropped. */
const MAX_LINE = 65536;

/** Gives every line of a body as a parsed value; lines that are no JSON are skipped. */
export async function* parseLines(body: ReadableStream<Uint8Array>): AsyncGenerator<unknown> {
	const reader = body.getReader();
	const decoder = new TextDecoder();
	let rest = '';
	try {
		for (;;) {
			const { done, value } = await reader.read();
			rest += done ? decoder.decode() : decoder.decode(value, { stream: true });
			const lines = rest.split('\n');
			rest = lines.pop() ?? '';
			if (rest.length > MAX_LINE) rest = '';
			if (done && rest) lines.push(rest);
			for (const line of lines) {
				const parsed = parse(line);
				if (parsed !== undefined) yield parsed;
			}
			if (done) return;
		}
	} finally {
		reader.cancel().catch(() => {}); // the consumer stopped early, or the stream is already gone
	}
}

function parse(line: string): unknown {
	if (!line.trim()) return undefined;
	try {
		return JSON.parse(line);
	} catch {
		return undefined;
	}
}
