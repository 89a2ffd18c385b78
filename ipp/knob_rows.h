/* SPDX-License-Identifier: Apache-2.0 */
#ifndef IPP_KNOB_ROWS_H
#define IPP_KNOB_ROWS_H

/*
 * The rows of the table of knobs, for the languages' files. Lists of words run beside the knob's
 * own: the same index means the same; "" where a language has no word for it.
 * Threads: pure. Memory: static.
 */

#include "platen/knob.h"

enum knob_ipp { KNOB_IPP_KEYWORD, KNOB_IPP_ENUM, KNOB_IPP_LANGUAGE };

struct knob_row {
	const char *name;
	const char *const *words; /* NULL: a number */
	int64_t minimum, maximum;

	const char *ipp, *ipp_supported; /* attributes; NULL: IPP has none */
	enum knob_ipp ipp_kind;
	const char *const *ipp_words;

	const char *ledm; /* element of ProductConfigDyn/ProductSettings; NULL: none */
	const char *const *ledm_words;

	const char *pjl; /* variable; NULL: none */
	const char *const *pjl_words;
	int64_t pjl_unit; /* of numbers: how much one of PJL's is */
};
extern const struct knob_row KNOB_ROWS[PL_KNOB_COUNT];

/* The index of a word in a list that runs beside the knob's, letter case ignored; PL_UNKNOWN. */
int64_t knob_word(const char *const *words, struct pl_span word);

/* Begins a state: the first language that tells a knob keeps it. NULL: one has told it already. */
struct pl_knob_state *knob_claim(struct pl_knobs *knobs, enum pl_knob knob, enum pl_source means);

#endif
