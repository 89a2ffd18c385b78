/* SPDX-License-Identifier: Apache-2.0 */
/* Which printer is this? Weighs the serial numbers of all languages and makes the local key. */
#include "identity.h"

#include <stdio.h>
#include <string.h>

#define VENDOR_HP	0x03f0
#define VENDOR_CANON	0x04a9 /* its iSerialNumber stands on no label (LBP6020 and others) */
#define HP_SERIAL_SIZE	10
#define MIN_RUN		5 /* digits in order that no factory draws at random */
#define MIN_SERIAL_SIZE 3

/* What is believed first; a serial number told over USB may belong to the USB chip. */
static const enum pl_source TRUST[] = {
	PL_SOURCE_LEDM, PL_SOURCE_PJL, PL_SOURCE_IEEE1284, PL_SOURCE_IPP, PL_SOURCE_USB,
};
#define TRUST_COUNT (sizeof(TRUST) / sizeof(TRUST[0]))

static bool is_alnum(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

static size_t alnum_count(struct pl_span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.size; i++)
		n += is_alnum(s.at[i]);
	return n;
}

static bool is_one_character(struct pl_span s)
{
	for (size_t i = 1; i < s.size; i++)
		if (s.at[i] != s.at[0])
			return false;
	return true;
}

/* "0123456789", "12345678901234", "1234567890000". */
static bool is_counting(struct pl_span s)
{
	size_t size = s.size;

	while (size > MIN_RUN && s.at[size - 1] == '0' && s.at[size - 2] == '0')
		size--;
	if (size < MIN_RUN)
		return false;
	for (size_t i = 0; i < size; i++) {
		if (s.at[i] < '0' || s.at[i] > '9')
			return false;
		if (i > 0 && (s.at[i] - '0') != (s.at[i - 1] - '0' + 1) % 10)
			return false;
	}
	return true;
}

bool pl_serial_is_placeholder(struct pl_span serial)
{
	static const char *const WORDS[] = {
		"N/A", "NONE", "NULL", "UNKNOWN", "DEFAULT", "SERIAL", "NOT SET", "TBD",
	};
	struct pl_span s = pl_span_trim(serial);

	for (size_t i = 0; i < sizeof(WORDS) / sizeof(WORDS[0]); i++)
		if (pl_span_is_word(s, WORDS[i]))
			return true;
	return alnum_count(s) < MIN_SERIAL_SIZE || is_one_character(s) || is_counting(s);
}

void pl_serial_normalise(struct pl_span serial, uint16_t vendor_id,
			 char ret_text[static PL_MAX_FACT])
{
	struct pl_span s = pl_span_trim(serial);

	if (vendor_id == VENDOR_HP && s.size == HP_SERIAL_SIZE + 2 && pl_span_starts(s, "00"))
		s.at += 2, s.size -= 2;
	pl_span_copy(s, ret_text, PL_MAX_FACT);
	for (char *c = ret_text; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
}

void pl_evidence_note(struct pl_evidence *e, const struct pl_snapshot *part)
{
	const struct pl_fact *fact = &part->identity[PL_ID_SERIAL_NUMBER];

	if (fact->text[0] && fact->source < PL_SOURCE_COUNT)
		pl_span_copy(pl_span_of(fact->text), e->serial[fact->source], PL_MAX_FACT);
}

/* USB's number may honestly be another one; the others all speak of the label. */
static void compare(struct pl_reading *r, enum pl_source best, enum pl_source other,
		    const char *best_text, const char *other_text)
{
	if (other == PL_SOURCE_USB || strcmp(best_text, other_text) == 0)
		return;
	pl_snapshot_complain(&r->snapshot, other, "Serial number %s contradicts %s (%s)",
			     other_text, best_text, pl_source_name(best));
}

/* "HP" and "HP LaserJet M227": some vendors repeat the make in the model, others do not; one
 * printer must not have two names. */
static void shorten_model(struct pl_snapshot *s)
{
	struct pl_fact *model = &s->identity[PL_ID_MODEL];
	const char *make = s->identity[PL_ID_MAKE].text;
	size_t size = strlen(make);
	struct pl_span head = { model->text, size };

	if (size == 0 || strlen(model->text) <= size + 1 || model->text[size] != ' ' ||
	    !pl_span_is_word(head, make))
		return;
	memmove(model->text, model->text + size + 1, strlen(model->text + size + 1) + 1);
}

/* Old HP printers spell the name out that all later ones abbreviate. */
static void shorten_make(struct pl_snapshot *s)
{
	struct pl_fact *make = &s->identity[PL_ID_MAKE];

	if (pl_span_is_word(pl_span_of(make->text), "Hewlett-Packard") ||
	    pl_span_is_word(pl_span_of(make->text), "Hewlett Packard"))
		pl_span_copy(pl_span_of("HP"), make->text, sizeof(make->text));
}

void pl_identity_settle(struct pl_reading *r, const struct pl_evidence *e)
{
	struct pl_fact *serial = &r->snapshot.identity[PL_ID_SERIAL_NUMBER];
	enum pl_source best = PL_SOURCE_NONE;
	char best_text[PL_MAX_FACT] = "";

	for (size_t i = 0; i < TRUST_COUNT; i++) {
		struct pl_span told = pl_span_of(e->serial[TRUST[i]]);
		char text[PL_MAX_FACT];

		if (told.size == 0 || pl_serial_is_placeholder(told))
			continue;
		pl_serial_normalise(told, r->usb.vendor_id, text);
		if (best != PL_SOURCE_NONE) {
			compare(r, best, TRUST[i], best_text, text);
			continue;
		}
		best = TRUST[i];
		pl_span_copy(pl_span_of(text), best_text, sizeof(best_text));
	}
	memset(serial, 0, sizeof(*serial));
	if (best != PL_SOURCE_NONE)
		pl_snapshot_identify(&r->snapshot, PL_ID_SERIAL_NUMBER, pl_span_of(best_text),
				     best);

	shorten_make(&r->snapshot);
	shorten_model(&r->snapshot);

	r->confidence = PL_CONFIDENCE_STRONG;
	if (best == PL_SOURCE_USB && r->usb.vendor_id == VENDOR_CANON)
		r->confidence = PL_CONFIDENCE_WEAK;
	if (best == PL_SOURCE_NONE && !r->snapshot.identity[PL_ID_UUID].text[0])
		r->confidence = PL_CONFIDENCE_WEAK;
}

/* Keys travel in URLs, file names and log lines. */
static void make_harmless(char *key)
{
	for (char *c = key; *c; c++)
		if (!is_alnum(*c) && *c != '-' && *c != '_' && *c != '.' && *c != ':')
			*c = '-';
}

void pl_identity_key(const struct pl_usb_device *dev, struct pl_span id_serial,
		     char ret_key[static PL_MAX_KEY])
{
	struct pl_span told = pl_span_of(dev->serial);
	char serial[PL_MAX_FACT];

	if (pl_serial_is_placeholder(told))
		told = id_serial;
	if (pl_serial_is_placeholder(told)) {
		pl_identity_port_key(dev, ret_key);
		return;
	}
	pl_serial_normalise(told, dev->vendor_id, serial);
	snprintf(ret_key, PL_MAX_KEY, "usb-%04x-%04x-%.50s", dev->vendor_id, dev->product_id,
		 serial);
	make_harmless(ret_key);
}

void pl_identity_port_key(const struct pl_usb_device *dev, char ret_key[static PL_MAX_KEY])
{
	snprintf(ret_key, PL_MAX_KEY, "usb-%04x-%04x-port-%s", dev->vendor_id, dev->product_id,
		 dev->port_path[0] ? dev->port_path : "unknown");
	make_harmless(ret_key);
}
