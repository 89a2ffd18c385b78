/* SPDX-License-Identifier: Apache-2.0 */
/* The sizes that office printers load. */
#include "media_size.h"

#include <stdlib.h>

#include "text.h"

#define TOLERANCE_UM 1000

static const struct size {
	char name[32];
	char word[20]; /* what printers and people say; "" where nothing shorter is usual */
	int32_t width_um, length_um;
} SIZES[] = {
	{ "iso_a4_210x297mm", "A4", 210000, 297000 },
	{ "na_letter_8.5x11in", "letter", 215900, 279400 },
	{ "iso_a3_297x420mm", "A3", 297000, 420000 },
	{ "iso_a5_148x210mm", "A5", 148000, 210000 },
	{ "iso_a6_105x148mm", "A6", 105000, 148000 },
	{ "iso_b5_176x250mm", "B5 ISO", 176000, 250000 },
	{ "jis_b4_257x364mm", "B4", 257000, 364000 },
	{ "jis_b5_182x257mm", "B5", 182000, 257000 },
	{ "na_legal_8.5x14in", "legal", 215900, 355600 },
	{ "na_oficio_8.5x13.4in", "oficio", 215900, 340360 },
	{ "na_foolscap_8.5x13in", "foolscap", 215900, 330200 },
	{ "na_executive_7.25x10.5in", "executive", 184150, 266700 },
	{ "na_ledger_11x17in", "tabloid", 279400, 431800 },
	{ "na_invoice_5.5x8.5in", "statement", 139700, 215900 },
	{ "na_number-10_4.125x9.5in", "com10", 104775, 241300 },
	{ "na_monarch_3.875x7.5in", "monarch", 98425, 190500 },
	{ "iso_dl_110x220mm", "DL", 110000, 220000 },
	{ "iso_c5_162x229mm", "C5", 162000, 229000 },
	{ "iso_c6_114x162mm", "C6", 114000, 162000 },
	{ "jpn_hagaki_100x148mm", "postcard", 100000, 148000 },
	{ "na_index-4x6_4x6in", "4x6", 101600, 152400 },
	{ "na_5x7_5x7in", "5x7", 127000, 177800 },
	{ "oe_photo-l_3.5x5in", "L", 88900, 127000 },
};

static int is_near(int64_t a_um, int64_t b_um)
{
	return llabs(a_um - b_um) <= TOLERANCE_UM;
}

static void write_name(const struct size *size, char *out, size_t cap)
{
	pl_span_copy(pl_span_of(size ? size->name : ""), out, cap);
}

void media_size_name(int64_t width_um, int64_t length_um, char *out, size_t cap)
{
	write_name(NULL, out, cap);
	if (width_um <= 0 || length_um <= 0)
		return;
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
		const struct size *s = &SIZES[i];

		if ((is_near(width_um, s->width_um) && is_near(length_um, s->length_um)) ||
		    (is_near(width_um, s->length_um) && is_near(length_um, s->width_um))) {
			write_name(s, out, cap);
			return;
		}
	}
}

/* "class_name_dimensions": lower-case letters, digits, '-', '.', and two underscores. */
static bool is_self_describing(struct pl_span word)
{
	size_t underscores = 0;

	for (size_t i = 0; i < word.size; i++) {
		char c = word.at[i];

		underscores += c == '_';
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
		      c == '_'))
			return false;
	}
	return underscores == 2;
}

void media_size_from_word(struct pl_span word, char *out, size_t cap)
{
	struct pl_span told = pl_span_trim(word);

	write_name(NULL, out, cap);
	if (is_self_describing(told) && told.size < cap) {
		pl_span_copy(told, out, cap);
		return;
	}
	for (size_t i = 0; i < sizeof(SIZES) / sizeof(SIZES[0]); i++) {
		if (told.size > 0 && text_same_words(told, SIZES[i].word)) {
			write_name(&SIZES[i], out, cap);
			return;
		}
	}
}
