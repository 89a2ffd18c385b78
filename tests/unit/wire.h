/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_WIRE_H
#define TESTS_WIRE_H

/* The examples of connector/WIRE.md by the names that stand behind their fences. */

#include "platen/bytes.h"

struct cJSON;

/* The text of an example, without its last newline; ends the test where there is none. The caller
 * finishes it. */
struct pl_bytes wire_text(const char *name);

/* An example as JSON; the caller deletes it. */
struct cJSON *wire_json(const char *name);

#endif
