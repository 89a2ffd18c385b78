/* SPDX-License-Identifier: Apache-2.0 */
/* One text for make and model, as IPP, LEDM and PJL have it. */
#include "make_model.h"

/* Makes of more than one word; all others end at the first blank. */
static const char *const LONG_MAKES[] = {
	"KONICA MINOLTA", "FUJI XEROX",	      "FUJIFILM Business Innovation",
	"TOSHIBA TEC",	  "TA Triumph-Adler",
};

static size_t make_size(struct pl_span text)
{
	struct pl_span rest = text;

	for (size_t i = 0; i < sizeof(LONG_MAKES) / sizeof(LONG_MAKES[0]); i++) {
		size_t n = strlen(LONG_MAKES[i]);

		if (text.size > n && text.at[n] == ' ' &&
		    pl_span_is_word((struct pl_span){ text.at, n }, LONG_MAKES[i]))
			return n;
	}
	return pl_span_take(&rest, ' ').size;
}

void identify_make_and_model(struct pl_snapshot *s, struct pl_span text, enum pl_source source)
{
	struct pl_span told = pl_span_trim(text);
	size_t n = make_size(told);

	if (n == told.size) {
		pl_snapshot_identify(s, PL_ID_MODEL, told, source);
		return;
	}
	pl_snapshot_identify(s, PL_ID_MAKE, (struct pl_span){ told.at, n }, source);
	pl_snapshot_identify(s, PL_ID_MODEL, (struct pl_span){ told.at + n, told.size - n },
			     source);
}
