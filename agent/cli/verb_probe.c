/* SPDX-License-Identifier: Apache-2.0 */
/* platen probe: reads the attached printers now, through the agent where one runs, else itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "identity.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "probe.h"
#include "quirk_files.h"
#include "show_printer.h"
#include "snapshot_json.h"

#define PROBE_MS 60000 /* one printer; a slow one needs most of it */

static bool is_wanted(const struct cli *cli, const char *key)
{
	return !cli->key || strcmp(cli->key, key) == 0;
}

/* Two printers may claim one serial number; then the second is known by its socket. */
static void make_unique(struct pl_reading *r, const cJSON *printers)
{
	const cJSON *other;

	cJSON_ArrayForEach(other, printers)
	{
		const char *key = pl_json_text(other, "key");

		if (key && strcmp(key, r->key) == 0) {
			pl_identity_port_key(&r->usb, r->key);
			r->confidence = PL_CONFIDENCE_WEAK;
		}
	}
}

static enum pl_result probe_one(const struct pl_prober *prober, const struct pl_usb_device *dev,
				const struct cli *cli, cJSON *printers, struct pl_error *err)
{
	struct pl_reading *reading = malloc(sizeof(*reading));
	struct pl_known known = { 0 };
	enum pl_result r;

	if (!reading)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_probe(prober, dev, &known, PL_DEPTH_FULL, pl_clock_in_ms(PROBE_MS), reading, err);
	if (r == PL_OK) {
		make_unique(reading, printers);
		for (size_t i = 0; i < reading->snapshot.alert_count; i++)
			reading->snapshot.alerts[i].since_ms = reading->taken_at_ms;
		if (is_wanted(cli, reading->key))
			cJSON_AddItemToArray(printers, pl_reading_to_json(reading));
	}
	free(reading);
	return r == PL_E_GONE ? PL_OK : r; /* pulled out while we asked: it is not there */
}

static enum pl_result probe_all(const struct cli *cli, cJSON **ret_answer, struct pl_error *err)
{
	struct pl_usb_device *devices = calloc(PL_MAX_USB_DEVICES, sizeof(*devices));
	struct pl_prober prober = { .pjl = PL_PJL_IDLE };
	struct pl_quirk_set *quirks = NULL;
	cJSON *printers, *answer = pl_snapshots_to_json(&printers);
	enum pl_result r;
	size_t count = 0;

	if (!devices)
		r = pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	else
		r = pl_quirk_files_read(&quirks, err);
	if (r == PL_OK)
		r = pl_usb_create(&prober.usb, err);
	if (r == PL_OK) {
		pl_usb_use_quirks(prober.usb, quirks);
		r = pl_usb_list(prober.usb, devices, PL_MAX_USB_DEVICES, &count, err);
	}
	for (size_t i = 0; r == PL_OK && i < count; i++)
		r = probe_one(&prober, &devices[i], cli, printers, err);
	pl_usb_destroy(prober.usb);
	pl_quirks_destroy(quirks);
	free(devices);
	if (r != PL_OK) {
		cJSON_Delete(answer);
		return r;
	}
	*ret_answer = answer;
	return PL_OK;
}

enum cli_exit verb_probe(const struct cli *cli)
{
	const cJSON *printers, *printer;
	struct pl_error err;
	cJSON *answer;
	enum pl_result r;
	int count;

	r = cli_ask(cli, "probe", pl_clock_in_ms(2 * PROBE_MS), &answer, &err);
	if (r == PL_E_NOT_FOUND)
		r = probe_all(cli, &answer, &err);
	if (r != PL_OK)
		return cli_fail(&err);
	printers = pl_json_at(answer, "printers");
	count = cJSON_GetArraySize(printers);
	if (cli->json) {
		cli_print_json(answer);
	} else {
		const char *between = "";

		cJSON_ArrayForEach(printer, printers)
		{
			fputs(between, stdout);
			show_printer(&cli->paper, printer);
			between = "\n";
		}
	}
	if (count == 0)
		fprintf(stderr, "platen: %s\n",
			cli->key ? "no attached printer has this key"
				 : "no USB printer is attached");
	cJSON_Delete(answer);
	return count == 0 ? CLI_NOTHING : CLI_OK;
}
