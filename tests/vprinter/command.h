/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_COMMAND_H
#define VP_COMMAND_H

/*
 * Command: the small language of the control socket.
 *
 *     plug NAME   unplug NAME   set NAME state-reason +media-empty   print NAME 10 [color]   toner
 * NAME black 4 jam NAME    clear NAME    sleep NAME   wake NAME   dump [NAME]   log NAME   job-list
 * NAME   list   reset-log NAME
 *
 * Threads: any. Memory: the answer is appended to the caller's buffer.
 */

#include <platen/bytes.h>

#include "rack.h"

/* Does the command in words[0..count-1]. Returns PL_OK with its text in `out`, or says in `err`
 * what is wrong. */
enum pl_result vp_command(struct vp_rack *rack, char **words, int count, struct pl_bytes *out,
			  struct pl_error *err);

#endif
