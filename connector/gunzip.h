/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_GUNZIP_H
#define PL_GUNZIP_H

/*
 * Gunzip: one gzip member in memory, within a bound: a bomb costs out->max bytes and no more.
 * Threads: pure. Memory: the caller's.
 */

#include "platen/bytes.h"

/* Adds the unpacked bytes. Returns PL_OK | PL_E_PROTOCOL (not gzip, cut short, something behind it)
 * | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_gunzip(struct pl_span packed, struct pl_bytes *out);

#endif
