/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_LOG_PUBLIC_H
#define PL_AGENT_LOG_PUBLIC_H

/*
 * Log public: what of the agent's own log may leave this PC. A log line is a sentence of ours with
 * values in it, and a value may come from anywhere: an error's sentence may hold a host's name, a
 * printer's word, a person's. So a line leaves word by word, and only words that are ours do: those
 * of the list in log_words.c (every word that this program's messages are made of), short numbers,
 * times, and ids where the name in front of them says so. Whatever else stands there becomes "~".
 *
 *     2026-01-31T08:15:30.123Z warn  looking up the name print.example.org took too long
 *     2026-01-31T08:15:30.123Z warn  looking up the name ~ took too long
 *
 * Threads: pure. Memory: the caller's.
 */

#include "platen/bytes.h"
#include "platen/result.h"
#include "platen/span.h"

/* In strcmp()'s order. */
extern const char *const PL_LOG_WORDS[];
extern const size_t PL_LOG_WORD_COUNT;

/* Adds the public form of `lines`, each ended by a newline. Returns PL_OK | PL_E_TOO_BIG |
 * PL_E_NO_MEMORY. */
enum pl_result pl_log_public(struct pl_span lines, struct pl_bytes *out);

#endif
