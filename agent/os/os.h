/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_OS_H
#define PL_AGENT_OS_H

/*
 * What the agent needs of an operating system, one file per platform behind it (os_posix.c with
 * os_linux.c; chosen by CMake). Nothing else in the agent's core calls the system directly.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/hash.h"
#include "platen/random.h"
#include "platen/result.h"

/* Wake: a flag that a thread blocked on a socket notices at once. Set from any thread; once set it
 * stays set until cleared by the thread that waits on it. */
struct pl_wake;
enum pl_result pl_wake_create(struct pl_wake **ret_wake, struct pl_error *err);
void pl_wake_destroy(struct pl_wake *wake);
void pl_wake_set(struct pl_wake *wake);
void pl_wake_clear(struct pl_wake *wake);
bool pl_wake_is_set(struct pl_wake *wake);

/* For poll(); on Windows an event handle. Readable while the flag is set. */
intptr_t pl_wake_handle(const struct pl_wake *wake);

/* Names this boot of the PC: a UUID that changes with every start of the kernel. Any thread. */
void pl_os_boot_id(char ret_text[static PL_UUID_TEXT]);

/* Milliseconds since that boot, time asleep included. */
int64_t pl_os_uptime_ms(void);

const char *pl_os_name(void);	      /* "linux", "windows", "macos" */
const char *pl_os_architecture(void); /* "x86_64", "aarch64", … */

/* "Debian GNU/Linux 12 (bookworm)"; "unknown" where the system does not say. */
void pl_os_version(char *ret_text, size_t cap);

/* The PC's own name, without domain; "" where it has none. */
void pl_os_host_name(char *ret_text, size_t cap);

/* Reads a numeric IP address; returns its length (4 or 16), 0 where the text is none. */
size_t pl_os_parse_address(const char *text, uint8_t ret_address[static 16]);

/* A hash that stays the same when the agent is installed again on this PC, and tells nothing of the
 * PC: lower-case hex, false where the system has no such thing. */
bool pl_os_machine_hash(char ret_text[static PL_HASH_TEXT]);

/* Adds the certificates this PC trusts, as PEM. Returns PL_OK | PL_E_NOT_FOUND (the sentence says
 * what to install) | PL_E_TOO_BIG | PL_E_IO. */
enum pl_result pl_os_trusted_certificates(struct pl_bytes *out, struct pl_error *err);

/* Room on the disk that holds `path`: for this user, and altogether. False: nobody can tell. */
bool pl_os_disk_space(const char *path, int64_t *ret_free_bytes, int64_t *ret_total_bytes);

/* Bytes of memory this process occupies (RSS), 0 where unknown. */
int64_t pl_os_rss_bytes(void);

#endif
