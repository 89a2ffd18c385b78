/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_INSTALL_H
#define PL_INSTALL_H

/*
 * Install: the lines an administrator pastes to bring PCs in with a token. Threads: pure. Memory:
 * the caller frees.
 */

struct cJSON;

/* The `install` list of openapi.yaml's NewEnrolmentToken. */
struct cJSON *pl_install_lines(const char *token);

#endif
