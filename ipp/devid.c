/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the keys of an IEEE 1284 device ID, and writes the part of it that may leave the PC. */
#include "platen/devid.h"

#include <stdio.h>

#include "devid_status.h"
#include "text.h"

/* The standard's key, its long form, and the spellings of single vendors. */
static const struct {
	const char *key;
	size_t field; /* which span of struct pl_devid it fills */
} KEYS[] = {
	{ "MFG", offsetof(struct pl_devid, make) },
	{ "MANUFACTURER", offsetof(struct pl_devid, make) },
	{ "MDL", offsetof(struct pl_devid, model) },
	{ "MODEL", offsetof(struct pl_devid, model) },
	{ "SN", offsetof(struct pl_devid, serial) },
	{ "SERN", offsetof(struct pl_devid, serial) },
	{ "SER", offsetof(struct pl_devid, serial) }, /* Kyocera */
	{ "SERIALNUMBER", offsetof(struct pl_devid, serial) },
	{ "CMD", offsetof(struct pl_devid, commands) },
	{ "COMMAND SET", offsetof(struct pl_devid, commands) },
	{ "CLS", offsetof(struct pl_devid, device_class) },
	{ "CLASS", offsetof(struct pl_devid, device_class) },
	{ "DES", offsetof(struct pl_devid, description) },
	{ "DESCRIPTION", offsetof(struct pl_devid, description) },
	{ "STATUS", offsetof(struct pl_devid, status) },
	{ "VSTATUS", offsetof(struct pl_devid, vstatus) },
	{ "S", offsetof(struct pl_devid, s_field) },
	{ "SUPPLIES", offsetof(struct pl_devid, supplies) },
};

static void keep(struct pl_devid *id, struct pl_span key, struct pl_span value)
{
	for (size_t i = 0; i < sizeof(KEYS) / sizeof(KEYS[0]); i++) {
		struct pl_span *field = (struct pl_span *)((char *)id + KEYS[i].field);

		if (field->size == 0 && text_same_words(key, KEYS[i].key))
			*field = value;
	}
}

enum pl_result pl_devid_parse(struct pl_span text, struct pl_devid *ret_id)
{
	struct pl_devid id = { 0 };

	while (text.size > 0) {
		struct pl_span value = pl_span_take(&text, ';');
		struct pl_span key = pl_span_take(&value, ':');

		keep(&id, pl_span_trim(key), pl_span_trim(value));
	}
	if (id.make.size == 0 || id.model.size == 0)
		return PL_E_PROTOCOL;
	*ret_id = id;
	return PL_OK;
}

bool pl_devid_speaks(const struct pl_devid *id, const char *language)
{
	struct pl_span rest = id->commands;

	while (rest.size > 0)
		if (pl_span_is_word(pl_span_trim(pl_span_take(&rest, ',')), language))
			return true;
	return false;
}

/* Where the public text is written: nothing is ever half written. */
struct writer {
	char *at;
	size_t used, cap;
};

static bool is_public(char c)
{
	return c >= ' ' && c <= '~' && c != '@';
}

/* Writes what of `text` may leave the PC; true when all of that fitted. */
static bool put(struct writer *w, struct pl_span text)
{
	size_t used = w->used;

	for (size_t i = 0; i < text.size; i++) {
		if (!is_public(text.at[i]))
			continue;
		if (used + 1 >= w->cap)
			return false;
		w->at[used++] = text.at[i];
	}
	w->used = used;
	return true;
}

static bool put_field(struct writer *w, const char *key, struct pl_span value)
{
	struct writer before = *w;

	if (value.size == 0)
		return true;
	if (put(w, pl_span_of(key)) && put(w, value) && put(w, pl_span_of(";")))
		return true;
	*w = before;
	return false;
}

/* CMD comes last, because it alone may be shortened: as many languages as fit. */
static void put_commands(struct writer *w, struct pl_span commands)
{
	while (commands.size > 0 && !put_field(w, "CMD:", commands)) {
		while (commands.size > 0 && commands.at[commands.size - 1] != ',')
			commands.size--;
		if (commands.size > 0)
			commands.size--;
	}
}

void pl_devid_public(const struct pl_devid *id, char *ret_text, size_t cap)
{
	struct writer w = { ret_text, 0, cap };

	if (cap == 0)
		return;
	put_field(&w, "MFG:", id->make);
	put_field(&w, "MDL:", id->model);
	put_field(&w, "CLS:", id->device_class);
	put_field(&w, "SN:", id->serial);
	put_commands(&w, id->commands);
	ret_text[w.used] = '\0';
}

/* False where the text is no usable ID; the snapshot complains then. */
static bool identify(struct pl_span text, struct pl_devid *id, struct pl_snapshot *s)
{
	char shown[PL_MAX_FACT];

	if (pl_devid_parse(text, id) != PL_OK) {
		pl_snapshot_complain(s, PL_SOURCE_IEEE1284,
				     "the IEEE 1284 device ID names no make and model");
		return false;
	}
	pl_snapshot_identify(s, PL_ID_MAKE, id->make, PL_SOURCE_IEEE1284);
	pl_snapshot_identify(s, PL_ID_MODEL, id->model, PL_SOURCE_IEEE1284);
	pl_snapshot_identify(s, PL_ID_SERIAL_NUMBER, id->serial, PL_SOURCE_IEEE1284);
	pl_devid_public(id, shown, sizeof(shown));
	pl_snapshot_identify(s, PL_ID_DEVICE_ID, pl_span_of(shown), PL_SOURCE_IEEE1284);
	return true;
}

void pl_devid_identify(struct pl_span text, struct pl_snapshot *s)
{
	struct pl_devid id;

	identify(text, &id, s);
}

void pl_devid_snapshot(struct pl_span text, struct pl_snapshot *s)
{
	struct pl_devid id;

	if (!identify(text, &id, s))
		return;
	if (id.vstatus.size > 0)
		devid_read_vstatus(id.vstatus, s);
	else if (id.s_field.size > 0)
		devid_read_s_field(id.s_field, s);
	if (id.status.size > 0)
		devid_read_status(id.status, s);
	if (id.supplies.size > 0)
		devid_read_supplies(id.supplies, s);
}
