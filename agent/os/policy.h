/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_OS_POLICY_H
#define PL_OS_POLICY_H

/*
 * Policy: settings that stand elsewhere than in agent.conf, by the same names. Windows has two such
 * places in its registry, other systems none:
 *
 *     HKLM\SOFTWARE\Platen\Settings    what the installer was told; agent.conf outranks it
 *     HKLM\SOFTWARE\Policies\Platen    group policy; it outranks agent.conf
 *
 * A value is text, a number, or a list of texts, which is joined with commas: server = "https://…",
 * trace_outgoing = 1.
 *
 * Threads: main only, but pl_policy_forget_token(). Memory: names and values live during the call.
 */

#include "platen/result.h"

enum pl_policy_place { PL_POLICY_INSTALLED, PL_POLICY_MANAGED };

typedef enum pl_result (*pl_policy_each)(void *arg, const char *name, const char *value,
					 struct pl_error *err);

/* Calls `each` for the values of one place until it refuses one. Returns PL_OK | what `each` says |
 * PL_E_INVALID (a value of another kind or too long). */
enum pl_result pl_policy_read(enum pl_policy_place place, pl_policy_each each, void *arg,
			      struct pl_error *err);

/* Removes the token that the installer left: once enrolled, it is of no use but to thieves. */
void pl_policy_forget_token(void);

#endif
