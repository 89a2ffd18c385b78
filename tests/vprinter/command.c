/* SPDX-License-Identifier: Apache-2.0 */
/* Command: a table of verbs. */

#include "command.h"

#include <stdlib.h>
#include <string.h>

#include "json.h"
#include "truth.h"

struct call {
	struct vp_rack *rack;
	struct vp_printer *printer;
	char **words; /* what follows the printer's name */
	int count;
	struct pl_bytes *out;
	struct pl_error *err;
};

struct vp_printer *vp_rack_find(const struct vp_rack *rack, const char *name)
{
	for (int i = 0; i < rack->count; i++)
		if (strcmp(rack->printers[i]->name, name) == 0)
			return rack->printers[i];
	return NULL;
}

static enum pl_result do_plug(struct call *c)
{
	vp_printer_plug(c->printer);
	return PL_OK;
}

static enum pl_result do_unplug(struct call *c)
{
	vp_printer_unplug(c->printer);
	return PL_OK;
}

/* Friendly names for facts that are set often. */
static const char *fact_path(const char *word)
{
	static const struct {
		const char *word, *path;
	} NAMES[] = {
		{ "serial", "identity.serial_number" },
		{ "firmware", "identity.firmware" },
		{ "uuid", "identity.uuid" },
		{ "message", "state.message" },
		{ "location", "texts.location" },
		{ "usb-serial", "extra.usb_serial" },
	};

	for (size_t i = 0; i < sizeof(NAMES) / sizeof(NAMES[0]); i++)
		if (strcmp(NAMES[i].word, word) == 0)
			return NAMES[i].path;
	return word;
}

/* A word that is JSON, or else a text. */
static cJSON *value_of(const char *word)
{
	cJSON *value = cJSON_ParseWithOpts(word, NULL, true);

	return value ? value : cJSON_CreateString(word);
}

static enum pl_result do_set(struct call *c)
{
	if (strcmp(c->words[0], "state-reason") == 0)
		return vp_state_reason(c->printer->state, c->words[1], c->err);
	return vp_state_set(c->printer->state, fact_path(c->words[0]), value_of(c->words[1]),
			    c->err);
}

static enum pl_result do_lie(struct call *c)
{
	static const char *const LANGUAGES[] = { "ledm", "ipp", "pjl", "ieee1284", "usb" };

	for (size_t i = 0; i < sizeof(LANGUAGES) / sizeof(LANGUAGES[0]); i++)
		if (strcmp(c->words[0], LANGUAGES[i]) == 0)
			return vp_state_lie(c->printer->state, LANGUAGES[i], fact_path(c->words[1]),
					    value_of(c->words[2]), c->err);
	return pl_error_set(c->err, PL_E_INVALID, "the languages are ledm ipp pjl ieee1284 usb");
}

static enum pl_result do_honest(struct call *c)
{
	vp_state_honest(c->printer->state);
	return PL_OK;
}

static enum pl_result do_print(struct call *c)
{
	int pages = atoi(c->words[0]);

	if (pages < 1)
		return pl_error_set(c->err, PL_E_INVALID, "say how many pages");
	vp_state_print(c->printer->state, pages, c->count > 1 && strcmp(c->words[1], "color") == 0);
	return PL_OK;
}

static enum pl_result do_toner(struct call *c)
{
	return vp_state_supply(c->printer->state, c->words[0], atof(c->words[1]), c->err);
}

static enum pl_result do_jam(struct call *c)
{
	vp_state_jam(c->printer->state);
	return PL_OK;
}

static enum pl_result do_clear(struct call *c)
{
	vp_state_clear(c->printer->state);
	return PL_OK;
}

static enum pl_result do_sleep(struct call *c)
{
	vp_state_sleep(c->printer->state, true);
	return PL_OK;
}

static enum pl_result do_wake(struct call *c)
{
	vp_state_sleep(c->printer->state, false);
	return PL_OK;
}

static enum pl_result print_tree(struct call *c, cJSON *tree)
{
	char *text = cJSON_Print(tree);
	enum pl_result r = pl_bytes_add_format(c->out, "%s\n", text);

	cJSON_free(text);
	cJSON_Delete(tree);
	return r == PL_OK ? r : pl_error_set(c->err, r, "the answer is too long");
}

static enum pl_result do_dump(struct call *c)
{
	return print_tree(c, c->printer ? vp_truth_printer(c->printer)
					: vp_truth(c->rack->printers, c->rack->count));
}

static enum pl_result do_settings(struct call *c)
{
	cJSON *facts = vp_state_facts(c->printer->state);
	cJSON *settings = cJSON_DetachItemFromObjectCaseSensitive(facts, "settings");

	cJSON_Delete(facts);
	return print_tree(c, settings ? settings : cJSON_CreateObject());
}

static enum pl_result do_log(struct call *c)
{
	vp_log_read(c->printer->log, c->out);
	return PL_OK;
}

static enum pl_result do_job_list(struct call *c)
{
	vp_jobs_read(c->printer->jobs, c->out);
	return PL_OK;
}

static enum pl_result do_list(struct call *c)
{
	cJSON *list = cJSON_CreateArray();

	for (int i = 0; i < c->rack->count; i++) {
		struct vp_printer *p = c->rack->printers[i];
		cJSON *item = cJSON_CreateObject();
		int address;

		cJSON_AddStringToObject(item, "name", p->name);
		cJSON_AddStringToObject(item, "profile", p->profile->name);
		cJSON_AddBoolToObject(item, "plugged", vp_printer_plugged(p, &address));
		cJSON_AddNumberToObject(item, "address", address);
		cJSON_AddNumberToObject(item, "port", p->port);
		cJSON_AddItemToArray(list, item);
	}
	return print_tree(c, list);
}

static const struct {
	const char *verb;
	int least; /* words after the printer's name */
	enum { NO_PRINTER, MAYBE_PRINTER, PRINTER } wants;
	enum pl_result (*run)(struct call *c);
	const char *usage;
} COMMANDS[] = {
	{ "plug", 0, PRINTER, do_plug, "plug NAME" },
	{ "unplug", 0, PRINTER, do_unplug, "unplug NAME" },
	{ "set", 2, PRINTER, do_set, "set NAME state-reason +REASON|-REASON, set NAME FACT VALUE" },
	{ "lie", 3, PRINTER, do_lie, "lie NAME LANGUAGE FACT VALUE" },
	{ "honest", 0, PRINTER, do_honest, "honest NAME" },
	{ "print", 1, PRINTER, do_print, "print NAME PAGES [color]" },
	{ "toner", 2, PRINTER, do_toner, "toner NAME COLORANT PERCENT" },
	{ "jam", 0, PRINTER, do_jam, "jam NAME" },
	{ "clear", 0, PRINTER, do_clear, "clear NAME" },
	{ "sleep", 0, PRINTER, do_sleep, "sleep NAME" },
	{ "wake", 0, PRINTER, do_wake, "wake NAME" },
	{ "dump", 0, MAYBE_PRINTER, do_dump, "dump [NAME]" },
	{ "settings", 0, PRINTER, do_settings, "settings NAME" },
	{ "log", 0, PRINTER, do_log, "log NAME" },
	{ "job-list", 0, PRINTER, do_job_list, "job-list NAME" },
	{ "list", 0, NO_PRINTER, do_list, "list" },
};

enum pl_result vp_command(struct vp_rack *rack, char **words, int count, struct pl_bytes *out,
			  struct pl_error *err)
{
	for (size_t i = 0; count > 0 && i < sizeof(COMMANDS) / sizeof(COMMANDS[0]); i++) {
		struct call c = {
			.rack = rack, .words = words + 1, .count = count - 1, .out = out, .err = err
		};

		if (strcmp(COMMANDS[i].verb, words[0]) != 0)
			continue;
		if (COMMANDS[i].wants != NO_PRINTER && c.count > 0) {
			c.printer = vp_rack_find(rack, c.words[0]);
			if (!c.printer)
				return pl_error_set(err, PL_E_NOT_FOUND,
						    "no printer is called \"%s\"", c.words[0]);
			c.words++;
			c.count--;
		}
		if (c.count < COMMANDS[i].least || (COMMANDS[i].wants == PRINTER && !c.printer))
			return pl_error_set(err, PL_E_INVALID, "usage: %s", COMMANDS[i].usage);
		return COMMANDS[i].run(&c);
	}
	return pl_error_set(
		err, PL_E_INVALID,
		"no such command; there are plug unplug set lie honest print toner jam clear sleep "
		"wake dump settings log job-list list");
}
