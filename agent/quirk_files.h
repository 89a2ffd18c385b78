/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_QUIRK_FILES_H
#define PL_QUIRK_FILES_H

/*
 * Quirk files: where this PC keeps what is known of its printers' oddities: its administrator's
 * (/etc/platen/quirks.d), our own list, ipp-usb's folders, CUPS's rows. Read once, when a program
 * starts.
 *
 * Threads: one. Memory: the set is the caller's.
 */

#include "platen/quirks.h"

/* Reads all of them. What is missing is not installed; what is faulty is logged and passed over.
 * Returns PL_OK | PL_E_NO_MEMORY. */
enum pl_result pl_quirk_files_read(struct pl_quirk_set **ret_set, struct pl_error *err);

/* Adds the files of one folder whose names end in `suffix`, in order of name, by `add`, which is
 * pl_quirks_add() or pl_quirks_add_cups(). Results as above. */
typedef enum pl_result (*pl_quirk_adder)(struct pl_quirk_set *set, struct pl_span text,
					 const char *name, struct pl_error *err);
enum pl_result pl_quirk_files_read_dir(struct pl_quirk_set *set, const char *dir,
				       const char *suffix, pl_quirk_adder add,
				       struct pl_error *err);

#endif
