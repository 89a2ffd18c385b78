/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_SERIALS_H
#define PL_SERIALS_H

/*
 * Serials: the serial numbers of printers, opened once and kept in memory. People look for a
 * printer by the last digits of its serial number, and lists are sorted by it; the blind index in
 * the store finds whole numbers only, and opening ten thousand sealed ones for each letter typed
 * takes longer than a person waits. At rest they stay sealed: what is here is gone with the
 * process, which has the customers' keys anyway.
 *
 * An entry belongs to its sealed bytes (which begin with a nonce), so what changes in the store is
 * never answered from here. Threads: any. Memory: PL_MAX_SERIALS entries of 100 bytes at most.
 */

#include "keyring.h"

#define PL_MAX_SERIALS 200000
#define PL_SERIAL_TEXT 65 /* longer ones are not kept, and opened each time */

struct pl_serials;

enum pl_result pl_serials_open(struct pl_keyring *ring, struct pl_serials **ret_serials,
			       struct pl_error *err);
void pl_serials_close(struct pl_serials *serials); /* NULL is allowed */

/* Writes a device's serial number, cut to `cap`; "" where there is none or it cannot be opened. */
void pl_serials_text(struct pl_serials *serials, struct pl_db *db, int64_t device_no,
		     const char *customer_id, struct pl_span sealed, char *out, size_t cap);

/* Forgets all (a customer was erased). */
void pl_serials_forget(struct pl_serials *serials);

#endif
