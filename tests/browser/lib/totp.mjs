// SPDX-License-Identifier: Apache-2.0
// What an authenticator shows: RFC 6238, six digits, 30 seconds, SHA-1.
import { createHmac } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function fromBase32(text) {
	const bits = [...text.replace(/=+$/, '')].map((letter) => ALPHABET.indexOf(letter).toString(2).padStart(5, '0')).join('');
	return Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
}

/** The code of a moment in milliseconds. */
export function totp(secret, at = Date.now()) {
	const counter = Buffer.alloc(8);
	counter.writeBigUInt64BE(BigInt(Math.floor(at / 30_000)));
	const digest = createHmac('sha1', fromBase32(secret)).update(counter).digest();
	const number = digest.readUInt32BE(digest[19] & 15) & 0x7fffffff;
	return String(number % 1_000_000).padStart(6, '0');
}
