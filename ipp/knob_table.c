/* SPDX-License-Identifier: Apache-2.0 */
/* The table of knobs: one setting a row, with its name and words in each language. A language that
 * has no column for a row does not set it, and no other way is tried. */
#include <stdio.h>
#include <string.h>

#include "knob_rows.h"
#include "text.h"

static const char *const SWITCH[] = { "off", "on", NULL };
static const char *const PJL_SWITCH[] = { "OFF", "ON", NULL };
static const char *const LEDM_SWITCH[] = { "disabled", "enabled", NULL };

static const char *const DUPLEX[] = { "off", "long-edge", "short-edge", NULL };
static const char *const IPP_SIDES[] = { "one-sided", "two-sided-long-edge", "two-sided-short-edge",
					 NULL };
/* PJL and LEDM switch it on and tell the edge elsewhere, if at all: long edge is the usual one. */
static const char *const PJL_DUPLEX[] = { "OFF", "ON", "", NULL };
static const char *const LEDM_DUPLEX[] = { "disabled", "enabled", "", NULL };

static const char *const QUALITY[] = { "draft", "normal", "high", NULL };
static const char *const IPP_QUALITY[] = { "3", "4", "5", NULL }; /* print-quality, RFC 8011 */

static const char *const LOCK[] = { "none", "minimum", "moderate", "maximum", NULL };
static const char *const PJL_LOCK[] = { "NONE", "MINIMUM", "MODERATE", "MAXIMUM", NULL };
static const char *const LEDM_LOCK[] = { "unlocked", "", "", "locked", NULL };

static const char *const LANGUAGE[] = { "en", "de", "fr", "es", "it", "pt", "nl",
					"sv", "nb", "da", "fi", "cs", "hu", "pl",
					"ru", "tr", "el", "ja", "ko", "zh", NULL };
static const char *const PJL_LANGUAGE[] = {
	"ENGLISH", "GERMAN",	"FRENCH", "SPANISH",  "ITALIAN", "PORTUGUESE", "DUTCH",
	"SWEDISH", "NORWEGIAN", "DANISH", "FINNISH",  "CZECH",	 "HUNGARIAN",  "POLISH",
	"RUSSIAN", "TURKISH",	"GREEK",  "JAPANESE", "KOREAN",	 "CHINESE",    NULL
};

static const char *const MEDIA[] = { "iso_a4_210x297mm",
				     "na_letter_8.5x11in",
				     "na_legal_8.5x14in",
				     "iso_a3_297x420mm",
				     "iso_a5_148x210mm",
				     "iso_a6_105x148mm",
				     "iso_b5_176x250mm",
				     "jis_b4_257x364mm",
				     "jis_b5_182x257mm",
				     "na_executive_7.25x10.5in",
				     "na_ledger_11x17in",
				     "na_invoice_5.5x8.5in",
				     "na_number-10_4.125x9.5in",
				     "na_monarch_3.875x7.5in",
				     "iso_dl_110x220mm",
				     "iso_c5_162x229mm",
				     "jpn_hagaki_100x148mm",
				     "na_index-4x6_4x6in",
				     "na_5x7_5x7in",
				     "na_foolscap_8.5x13in",
				     NULL };
static const char *const PJL_PAPER[] = { "A4",	  "LETTER",  "LEGAL", "A3",	   "A5",     "A6",
					 "B5",	  "JISB4",   "JISB5", "EXECUTIVE", "LEDGER", "",
					 "COM10", "MONARCH", "DL",    "C5",	   "JPOST",  "",
					 "",	  "",	     NULL };

const struct knob_row KNOB_ROWS[PL_KNOB_COUNT] = {
	[PL_KNOB_SLEEP_TIMER] = { .name = "sleep_timer_s",
				  .minimum = 0,
				  .maximum = 86400,
				  .ledm = "PowerSaveTimeout",
				  .pjl = "POWERSAVETIME",
				  .pjl_unit = 60 },
	[PL_KNOB_AUTO_OFF] = { .name = "auto_off_s",
			       .minimum = 0,
			       .maximum = 7 * 86400,
			       .ledm = "AutoOffTime" },
	[PL_KNOB_DEFAULT_MEDIA] = { .name = "default_media",
				    .words = MEDIA,
				    .ipp = "media-default",
				    .ipp_supported = "media-supported",
				    .ipp_words = MEDIA,
				    .pjl = "PAPER",
				    .pjl_words = PJL_PAPER },
	[PL_KNOB_DUPLEX] = { .name = "duplex",
			     .words = DUPLEX,
			     .ipp = "sides-default",
			     .ipp_supported = "sides-supported",
			     .ipp_words = IPP_SIDES,
			     .ledm = "Duplex",
			     .ledm_words = LEDM_DUPLEX,
			     .pjl = "DUPLEX",
			     .pjl_words = PJL_DUPLEX },
	[PL_KNOB_PRINT_QUALITY] = { .name = "print_quality",
				    .words = QUALITY,
				    .ipp = "print-quality-default",
				    .ipp_supported = "print-quality-supported",
				    .ipp_kind = KNOB_IPP_ENUM,
				    .ipp_words = IPP_QUALITY },
	[PL_KNOB_DENSITY] = { .name = "density",
			      .minimum = 1,
			      .maximum = 15,
			      .pjl = "DENSITY",
			      .pjl_unit = 1 },
	[PL_KNOB_TONER_SAVE] = { .name = "toner_save",
				 .words = SWITCH,
				 .pjl = "ECONOMODE",
				 .pjl_words = PJL_SWITCH },
	[PL_KNOB_DISPLAY_LANGUAGE] = { .name = "display_language",
				       .words = LANGUAGE,
				       .ipp = "natural-language-configured",
				       .ipp_supported = "generated-natural-language-supported",
				       .ipp_kind = KNOB_IPP_LANGUAGE,
				       .ipp_words = LANGUAGE,
				       .pjl = "LANG",
				       .pjl_words = PJL_LANGUAGE },
	[PL_KNOB_PANEL_LOCK] = { .name = "panel_lock",
				 .words = LOCK,
				 .ledm = "ControlPanelAccess",
				 .ledm_words = LEDM_LOCK,
				 .pjl = "CPLOCK",
				 .pjl_words = PJL_LOCK },
	[PL_KNOB_AUTO_CONTINUE] = { .name = "auto_continue",
				    .words = SWITCH,
				    .pjl = "AUTOCONT",
				    .pjl_words = PJL_SWITCH },
	[PL_KNOB_QUIET_MODE] = { .name = "quiet_mode",
				 .words = SWITCH,
				 .ledm = "QuietPrintMode",
				 .ledm_words = LEDM_SWITCH },
};

const char *pl_knob_name(enum pl_knob knob)
{
	return KNOB_ROWS[knob].name;
}

enum pl_knob pl_knob_of(const char *name)
{
	int i = 0;

	while (i < PL_KNOB_COUNT && strcmp(KNOB_ROWS[i].name, name) != 0)
		i++;
	return (enum pl_knob)i;
}

const char *const *pl_knob_words(enum pl_knob knob)
{
	return KNOB_ROWS[knob].words;
}

int64_t pl_knob_minimum(enum pl_knob knob)
{
	return KNOB_ROWS[knob].minimum;
}

int64_t pl_knob_maximum(enum pl_knob knob)
{
	return KNOB_ROWS[knob].maximum;
}

int64_t knob_word(const char *const *words, struct pl_span word)
{
	for (int64_t i = 0; word.size > 0 && words && words[i]; i++)
		if (words[i][0] && pl_span_is_word(word, words[i]))
			return i;
	return PL_UNKNOWN;
}

void pl_knob_text(enum pl_knob knob, int64_t value, char ret_text[static PL_MAX_KNOB_TEXT])
{
	const char *const *words = KNOB_ROWS[knob].words;

	if (value == PL_UNKNOWN)
		ret_text[0] = '\0';
	else if (words)
		snprintf(ret_text, PL_MAX_KNOB_TEXT, "%s", words[value]);
	else
		snprintf(ret_text, PL_MAX_KNOB_TEXT, "%lld", (long long)value);
}

enum pl_result pl_knob_read(enum pl_knob knob, const char *text, int64_t *ret_value,
			    struct pl_error *err)
{
	const struct knob_row *row = &KNOB_ROWS[knob];
	int64_t value = PL_UNKNOWN;

	if (row->words) {
		for (int64_t i = 0; row->words[i]; i++)
			if (strcmp(row->words[i], text) == 0)
				value = i;
		if (value == PL_UNKNOWN)
			return pl_error_set(err, PL_E_INVALID, "%s has no value %.40s", row->name,
					    text);
	} else if (!text_number(pl_span_of(text), &value) || value < row->minimum ||
		   value > row->maximum) {
		return pl_error_set(err, PL_E_INVALID, "%s must be a number from %lld to %lld",
				    row->name, (long long)row->minimum, (long long)row->maximum);
	}
	*ret_value = value;
	return PL_OK;
}

void pl_knobs_init(struct pl_knobs *knobs)
{
	*knobs = (struct pl_knobs){ .known = false };
	for (int i = 0; i < PL_KNOB_COUNT; i++) {
		struct pl_knob_state *state = &knobs->of[i];

		state->value = state->minimum = state->maximum = PL_UNKNOWN;
		state->step = 1;
	}
}

struct pl_knob_state *knob_claim(struct pl_knobs *knobs, enum pl_knob knob, enum pl_source means)
{
	struct pl_knob_state *state = &knobs->of[knob];

	if (state->means != PL_SOURCE_NONE && state->means != means)
		return NULL;
	*state = (struct pl_knob_state){ .means = means,
					 .value = PL_UNKNOWN,
					 .minimum = PL_UNKNOWN,
					 .maximum = PL_UNKNOWN,
					 .step = 1 };
	return state;
}

bool pl_knob_takes(const struct pl_knob_state *state, enum pl_knob knob, int64_t value)
{
	bool listed = state->number_count == 0;

	if (KNOB_ROWS[knob].words)
		return state->words == 0 || (state->words >> value & 1);
	for (size_t i = 0; i < state->number_count; i++)
		listed = listed || state->numbers[i] == value;
	return listed && value % state->step == 0 &&
	       (state->minimum == PL_UNKNOWN || value >= state->minimum) &&
	       (state->maximum == PL_UNKNOWN || value <= state->maximum);
}
