/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_MAKE_MODEL_H
#define IPP_MAKE_MODEL_H

#include "platen/snapshot.h"

/* Splits "Brother HL-L2350DW series" into make and model and identifies both; one word alone is a
 * model. */
void identify_make_and_model(struct pl_snapshot *s, struct pl_span text, enum pl_source source);

#endif
