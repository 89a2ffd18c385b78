/* SPDX-License-Identifier: Apache-2.0 */
/* platen diag: everything that helps to find out what is wrong, in one zip that stays on this PC:
 * through the agent where one runs, else by asking the printers itself. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "ask.h"
#include "control_diag.h"
#include "diag.h"
#include "platen/clock.h"
#include "platen/encode.h"
#include "platen/file.h"
#include "platen/json.h"
#include "probe.h"
#include "quirk_files.h"

#define PROBE_MS 60000
#define ASK_MS	 (4 * 60 * 1000)
#define MAX_FILE (8 * 1024 * 1024)

/* One printer without an agent. */
struct direct {
	struct pl_settings settings;
	struct pl_action nothing;
	struct pl_known known;
	struct pl_reading reading;
};

static enum pl_result ask_one(const struct cli *cli, struct pl_usb *usb,
			      const struct pl_usb_device *dev, struct direct *d,
			      struct pl_bundle *b, size_t *asked, struct pl_error *err)
{
	struct pl_prober prober = { .usb = usb, .pjl = PL_PJL_IDLE };
	struct pl_act act = { .action = &d->nothing,
			      .settings = &d->settings,
			      .usb = usb,
			      .key = d->reading.key,
			      .dev = dev,
			      .known = &d->known,
			      .last = &d->reading };
	char folder[PL_MAX_KEY + 1];
	enum pl_result r;

	memset(d, 0, sizeof(*d));
	pl_settings_init(&d->settings);
	r = pl_probe(&prober, dev, &d->known, PL_DEPTH_FULL, pl_clock_in_ms(PROBE_MS), &d->reading,
		     err);
	if (r != PL_OK || (cli->key && strcmp(cli->key, d->reading.key) != 0))
		return r == PL_E_GONE ? PL_OK : r;
	++*asked;
	snprintf(folder, sizeof(folder), "%s/", d->reading.key);
	pl_bundle_enter(b, folder);
	r = pl_diag_printer(&act, b, pl_clock_in_ms(PROBE_MS), err);
	pl_act_let_go(&act);
	return r == PL_E_GONE ? PL_OK : r;
}

static enum pl_result ask_all(const struct cli *cli, struct pl_bundle *b, struct pl_error *err)
{
	struct pl_usb_device *devices = calloc(PL_MAX_USB_DEVICES, sizeof(*devices));
	struct direct *d = calloc(1, sizeof(*d));
	struct pl_quirk_set *quirks = NULL;
	struct pl_usb *usb = NULL;
	enum pl_result r = PL_E_NO_MEMORY;
	size_t count = 0, asked = 0;

	if (devices && d)
		r = pl_quirk_files_read(&quirks, err);
	if (r == PL_OK)
		r = pl_usb_create(&usb, err);
	if (r == PL_OK) {
		pl_usb_use_quirks(usb, quirks);
		r = pl_usb_list(usb, devices, PL_MAX_USB_DEVICES, &count, err);
	}
	for (size_t i = 0; r == PL_OK && i < count; i++)
		r = ask_one(cli, usb, &devices[i], d, b, &asked, err);
	if (r == PL_OK && cli->key && asked == 0)
		r = pl_error_set(err, PL_E_NOT_FOUND, "no attached printer has the key %s",
				 cli->key);
	pl_usb_destroy(usb);
	pl_quirks_destroy(quirks);
	free(d);
	free(devices);
	return r;
}

static enum pl_result without_agent(const struct cli *cli, cJSON **ret_answer, struct pl_error *err)
{
	struct pl_bundle *b = pl_bundle_create("local", true);
	enum pl_result r;

	if (!b)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_diag_agent(b, NULL, NULL);
	r = ask_all(cli, b, err);
	pl_bundle_enter(b, "");
	pl_bundle_missing(b, "agent.log", "No agent runs on this PC");
	if (r == PL_OK)
		r = pl_control_diag_result(b, ret_answer, err);
	pl_bundle_destroy(b);
	return r;
}

/* "platen-diag-20260131T081530Z.zip" */
static void usual_name(char *out, size_t cap)
{
	char now[PL_MAX_TIME_TEXT];
	size_t n = 0;

	pl_clock_text(pl_clock_wall_ms(), now);
	now[19] = '\0'; /* behind the seconds */
	for (char *c = now; *c; c++)
		if (*c != '-' && *c != ':')
			now[n++] = *c;
	now[n] = '\0';
	snprintf(out, cap, "platen-diag-%sZ.zip", now);
}

/* It may hold what the printers know of people: for this user alone. "-" is the standard output. */
static enum pl_result write_zip(const char *path, const cJSON *answer, int64_t *ret_size,
				struct pl_error *err)
{
	const char *coded = pl_json_text(answer, "zip");
	struct pl_bytes zip;
	enum pl_result r = PL_E_PROTOCOL;

	pl_bytes_init(&zip, MAX_FILE);
	if (coded)
		r = pl_base64_read(PL_BASE64, pl_span_of(coded), &zip);
	if (r != PL_OK)
		r = pl_error_set(err, r, "the agent's answer makes no sense");
	else if (strcmp(path, "-") != 0)
		r = pl_file_write(path, PL_FILE_SECRET, zip.at, zip.size, err);
	else if (fwrite(zip.at, 1, zip.size, stdout) != zip.size || fflush(stdout) != 0)
		r = pl_error_set(err, PL_E_IO, "the bundle cannot be written");
	*ret_size = (int64_t)zip.size;
	pl_bytes_finish(&zip);
	return r;
}

static void show(const struct cli *cli, const char *path, int64_t size, const cJSON *parts)
{
	const cJSON *part;

	printf("%s  %lld bytes\n", path, (long long)size);
	cJSON_ArrayForEach(part, parts)
	{
		const char *name = pl_json_text(part, "name"), *why = pl_json_text(part, "missing");
		int64_t bytes = 0;

		if (why) {
			paper_print(&cli->paper, INK_DIM, "  %s: %s", name ? name : "", why);
			putchar('\n');
		} else if (pl_json_int(part, "bytes", 0, PL_MAX_JSON_INT, &bytes)) {
			printf("  %s  %lld\n", name ? name : "", (long long)bytes);
		}
	}
}

enum cli_exit verb_diag(const struct cli *cli)
{
	char name[64];
	const char *path = cli->out ? cli->out : name;
	struct pl_error err;
	int64_t size = 0;
	cJSON *answer = NULL;
	enum pl_result r;

	usual_name(name, sizeof(name));
	r = cli_ask(cli, "diag", pl_clock_in_ms(ASK_MS), &answer, &err);
	if (r == PL_E_NOT_FOUND)
		r = without_agent(cli, &answer, &err);
	if (r == PL_OK)
		r = write_zip(path, answer, &size, &err);
	if (r == PL_OK && cli->json) {
		cJSON_DeleteItemFromObject(answer, "zip");
		cJSON_AddStringToObject(answer, "file", path);
		pl_json_add_int(answer, "bytes", size);
		cli_print_json(answer);
	} else if (r == PL_OK && strcmp(path, "-") != 0) {
		show(cli, path, size, pl_json_at(answer, "parts"));
	}
	cJSON_Delete(answer);
	return r == PL_OK ? CLI_OK : cli_fail(&err);
}
