/* SPDX-License-Identifier: Apache-2.0 */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H

/* What cmocka wants included before itself, and assertions on our own kinds of values. */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "platen/result.h"
#include "platen/span.h"

#define assert_result(expression, wanted)                                                          \
	assert_string_equal(pl_result_name(expression), pl_result_name(wanted))

/* A span of text with the bytes that stand there. */
#define assert_span(s, text)                                                                       \
	do {                                                                                       \
		struct pl_span span_ = (s);                                                        \
                                                                                                   \
		assert_int_equal(span_.size, strlen(text));                                        \
		if (span_.size > 0)                                                                \
			assert_memory_equal(span_.at, text, span_.size);                           \
	} while (0)

/* The bytes of a literal, NULs inside it included. */
#define SPAN(text) ((struct pl_span){ text, sizeof(text) - 1 })

#endif
