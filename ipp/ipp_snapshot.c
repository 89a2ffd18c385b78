/* SPDX-License-Identifier: Apache-2.0 */
/* What an IPP answer tells of a printer. */
#include <string.h>

#include "ipp_marker.h"
#include "ipp_message.h"
#include "ipp_octets.h"
#include "make_model.h"
#include "platen/devid.h"
#include "text.h"

#define LENGTH(a) (sizeof(a) / sizeof((a)[0]))
#define SOURCE	  PL_SOURCE_IPP

static void read_device_id(struct pl_span text, struct pl_snapshot *s)
{
	struct pl_devid id;
	char shown[PL_MAX_FACT];

	if (text.size == 0 || pl_devid_parse(text, &id) != PL_OK)
		return;
	pl_snapshot_identify(s, PL_ID_MAKE, id.make, SOURCE);
	pl_snapshot_identify(s, PL_ID_MODEL, id.model, SOURCE);
	pl_snapshot_identify(s, PL_ID_SERIAL_NUMBER, id.serial, SOURCE);
	pl_devid_public(&id, shown, sizeof(shown));
	pl_snapshot_identify(s, PL_ID_DEVICE_ID, pl_span_of(shown), SOURCE);
}

static void read_identity(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	pl_snapshot_identify(s, PL_ID_SERIAL_NUMBER, ipp_text(a, "printer-serial-number", 0),
			     SOURCE);
	read_device_id(ipp_text(a, "printer-device-id", 0), s);
	identify_make_and_model(s, ipp_text(a, "printer-make-and-model", 0), SOURCE);
	pl_snapshot_identify(s, PL_ID_UUID, ipp_text(a, "printer-uuid", 0), SOURCE);
	pl_snapshot_identify(s, PL_ID_FIRMWARE, ipp_text(a, "printer-firmware-string-version", 0),
			     SOURCE);
}

static bool tells_sleep(const struct pl_snapshot *s)
{
	static const char *const REASONS[] = { "hibernate", "standby", "suspend", "sleep-mode",
					       "power-save" };
	/* Kyocera: "Sleeping...  " with printer-state idle and printer-state-reasons none. */
	static const char *const MESSAGES[] = { "sleep", "power sav", "energy sav" };
	struct pl_span message = pl_span_of(s->message);

	for (size_t i = 0; i < LENGTH(REASONS); i++)
		if (pl_snapshot_has_reason(s, REASONS[i]))
			return true;
	for (size_t i = 0; i < LENGTH(MESSAGES); i++)
		if (text_has(message, MESSAGES[i]))
			return true;
	return false;
}

static void read_state(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	int64_t state = ipp_integer(a, "printer-state", 0);
	int reasons = ipp_count(a, "printer-state-reasons");

	if (state >= PL_STATE_IDLE && state <= PL_STATE_STOPPED)
		pl_snapshot_set_state(s, (enum pl_printer_state)state, SOURCE);
	else if (state != PL_UNKNOWN)
		pl_snapshot_complain(s, SOURCE, "printer-state is %lld, which means nothing",
				     (long long)state);
	for (int i = 0; i < reasons; i++)
		pl_snapshot_add_reason(s, ipp_text(a, "printer-state-reasons", i), SOURCE);
	pl_snapshot_set_message(s, ipp_text(a, "printer-state-message", 0));
	if (s->printer_state != PL_STATE_UNKNOWN)
		s->asleep =
			s->printer_state != PL_STATE_PROCESSING && tells_sleep(s) ? PL_YES : PL_NO;
}

static void read_alerts(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	int count = ipp_count(a, "printer-alert"), odd = 0;

	for (int i = 0; i < count; i++)
		odd += !ipp_read_alert(ipp_text(a, "printer-alert", i), s);
	if (odd > 0)
		pl_snapshot_complain(s, SOURCE, "%d values of printer-alert are malformed", odd);
}

static void read_supplies(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	size_t first = s->supply_count;
	int count = ipp_count(a, "printer-supply"), odd = 0;

	for (int i = 0; i < count && s->supply_count < PL_MAX_SUPPLIES; i++)
		odd += !ipp_read_supply(ipp_text(a, "printer-supply", i),
					ipp_text(a, "printer-supply-description", i), s);
	if (odd > 0)
		pl_snapshot_complain(s, SOURCE, "%d values of printer-supply are malformed", odd);
	ipp_read_markers(a, s, first);
}

static void read_trays(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	int count = ipp_count(a, "printer-input-tray"), odd = 0;

	for (int i = 0; i < count; i++)
		odd += !ipp_read_tray(ipp_text(a, "printer-input-tray", i), s);
	if (odd > 0)
		pl_snapshot_complain(s, SOURCE, "%d values of printer-input-tray are malformed",
				     odd);
}

/* PWG 5100.22 section 7.4.3: each side counts under what it carries and how the sheet was printed.
 */
static void read_counters(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	static const char *const COLOR[] = { "full-color", "full-color-two-sided",
					     "highlight-color", "highlight-color-two-sided" };
	static const char *const MONOCHROME[] = { "monochrome", "monochrome-two-sided" };
	static const char *const TWO_SIDED[] = { "full-color-two-sided",
						 "highlight-color-two-sided",
						 "monochrome-two-sided", "blank-two-sided" };
	static const char IMPRESSIONS[] = "printer-impressions-completed-col";
	static const char SHEETS[] = "printer-media-sheets-completed-col";

	pl_snapshot_count(s, PL_COUNTER_IMPRESSIONS,
			  ipp_integer(a, "printer-impressions-completed", 0), SOURCE);
	pl_snapshot_count(s, PL_COUNTER_SHEETS, ipp_integer(a, "printer-media-sheets-completed", 0),
			  SOURCE);
	pl_snapshot_count(s, PL_COUNTER_IMPRESSIONS_COLOR,
			  ipp_member_sum(a, IMPRESSIONS, COLOR, LENGTH(COLOR)), SOURCE);
	pl_snapshot_count(s, PL_COUNTER_IMPRESSIONS_MONOCHROME,
			  ipp_member_sum(a, IMPRESSIONS, MONOCHROME, LENGTH(MONOCHROME)), SOURCE);
	pl_snapshot_count(s, PL_COUNTER_SHEETS_DUPLEX,
			  ipp_member_sum(a, SHEETS, TWO_SIDED, LENGTH(TWO_SIDED)), SOURCE);
}

void pl_ipp_snapshot(const struct pl_ipp_answer *a, struct pl_snapshot *s)
{
	if (a->cut)
		pl_snapshot_complain(s, SOURCE,
				     "the IPP answer is malformed; what came before that counts");
	read_identity(a, s);
	read_state(a, s);
	read_alerts(a, s);
	read_supplies(a, s);
	read_trays(a, s);
	read_counters(a, s);
}
