/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_ACT_FIRMWARE_H
#define PL_AGENT_ACT_FIRMWARE_H

/*
 * Firmware stream: a package from the disk down the print pipe, byte by byte as its maker wrote it.
 * Threads: the action's. Memory: one piece.
 */

#include "platen/stream.h"

/* Sends the file. *ret_sent counts what the pipe has taken, on failure too. Each piece has a
 * deadline of its own: a printer may stop to erase its memory. Returns PL_OK | PL_E_IO (the file) |
 * what the stream says. */
enum pl_result pl_firmware_send(struct pl_stream *pipe, const char *path,
				void (*progress)(void *arg, int64_t bytes), void *arg,
				int64_t *ret_sent, struct pl_error *err);

#endif
