/* SPDX-License-Identifier: Apache-2.0 */
#ifndef VP_CHECK_H
#define VP_CHECK_H

/* What cmocka wants, in its order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
