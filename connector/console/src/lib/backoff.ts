// SPDX-License-Identifier: Apache-2.0
// How long to wait before the next attempt: full jitter under a ceiling that doubles, so that a thousand consoles do not
// come back in the same second.

const FIRST_MS = 1_000;
const LAST_MS = 30_000;

/** @param attempt 0 after the first failure. @param random 0 … 1. */
export function waitMs(attempt: number, random: number): number {
	const ceiling = Math.min(LAST_MS, FIRST_MS * 2 ** Math.min(attempt, 10));
	return Math.round(250 + random * (ceiling - 250));
}
