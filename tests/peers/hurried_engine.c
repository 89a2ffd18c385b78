/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The agent's engine among virtual printers, with a hurried clock: what it does in an hour, in a
 * second. `hurried_engine FOLDER PRINTERS` waits for that many printers, then does what stdin says
 * and answers each line with one:
 *
 *     pass 3600                        {"passed":3600}     seconds of its own time
 *     pass 3600 0                      the same, from now on with so many printers
 *     printers                         {"schema":"platen.snapshot/1",…}
 *     config {"printers_off":[…]}      {}
 *     records                          [{"kind":"alert.opened",…},…]   and forgets them
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cjson/cJSON.h>

#include "engine.h"
#include "hurried_clock.h"
#include "platen/clock.h"
#include "platen/json.h"
#include "quirk_files.h"

#define PATIENCE_MS 60000
#define MAX_LINE    4096
#define MAX_RECORDS 500

struct world {
	struct pl_settings settings;
	struct pl_seal *seal;
	struct pl_spool *spool;
	struct pl_quirk_set *quirks;
	struct pl_usb *usb;
	struct pl_engine *engine;
};

static enum pl_result begin(struct world *w, const char *folder, struct pl_error *err)
{
	char key[PL_MAX_PATH], path[PL_MAX_PATH];
	struct pl_spool_options spool = { .path = path,
					  .max_bytes = 1 << 24,
					  .max_age_ms = 1LL << 40 };
	struct pl_engine_options engine = { .settings = &w->settings };
	enum pl_result r;

	pl_settings_init(&w->settings);
	pl_span_copy(pl_span_of(folder), w->settings.state_dir, sizeof(w->settings.state_dir));
	r = pl_file_join(folder, "key", key, err);
	if (r == PL_OK)
		r = pl_file_join(folder, "spool.db", path, err);
	if (r == PL_OK)
		r = pl_seal_open(key, &w->seal, err);
	spool.seal = w->seal;
	if (r == PL_OK)
		r = pl_spool_open(&spool, &w->spool, err);
	if (r == PL_OK)
		r = pl_quirk_files_read(&w->quirks, err);
	if (r == PL_OK)
		r = pl_usb_create(&w->usb, err);
	if (r != PL_OK)
		return r;
	pl_usb_use_quirks(w->usb, w->quirks);
	engine.usb = w->usb;
	engine.spool = w->spool;
	r = pl_engine_create(&engine, &w->engine, err);
	return r == PL_OK ? pl_engine_start(w->engine, NULL, NULL, err) : r;
}

static void finish(struct world *w)
{
	if (w->engine)
		pl_engine_stop(w->engine);
	pl_engine_destroy(w->engine);
	pl_usb_destroy(w->usb);
	pl_quirks_destroy(w->quirks);
	pl_spool_close(w->spool);
	pl_seal_close(w->seal);
}

static void show(cJSON *doc)
{
	char *text = cJSON_PrintUnformatted(doc);

	puts(text);
	fflush(stdout);
	free(text);
	cJSON_Delete(doc);
}

static bool show_records(struct world *w)
{
	struct pl_bytes text;
	struct pl_error err;
	int64_t last = 0;
	int count;
	bool ok;

	pl_bytes_init(&text, PL_MAX_BATCH_BYTES + 4096);
	ok = pl_spool_peek(w->spool, MAX_RECORDS, &text, &count, &last, &err) == PL_OK &&
	     (count == 0 || pl_spool_ack(w->spool, last, &err) == PL_OK);
	if (ok) {
		printf("%.*s\n", (int)text.size, (const char *)text.at);
		fflush(stdout);
	}
	pl_bytes_finish(&text);
	return ok;
}

static bool obey(struct world *w, char *line)
{
	line[strcspn(line, "\n")] = '\0';
	if (strncmp(line, "pass ", 5) == 0) {
		char *end;
		long seconds = strtol(line + 5, &end, 10);
		cJSON *o = cJSON_CreateObject();

		if (*end)
			hurried_clock_threads(1 + atoi(end));

		if (!hurried_clock_pass(seconds * 1000LL, PATIENCE_MS)) {
			fprintf(stderr, "hurried_engine: somebody is busy for ever\n");
			cJSON_Delete(o);
			return false;
		}
		cJSON_AddNumberToObject(o, "passed", (double)seconds);
		show(o);
		return true;
	}
	if (strncmp(line, "config ", 7) == 0) {
		cJSON *config = cJSON_Parse(line + 7);

		pl_engine_configure(w->engine, config);
		cJSON_Delete(config);
		show(cJSON_CreateObject());
		return config;
	}
	if (strcmp(line, "printers") == 0) {
		show(pl_engine_printers(w->engine));
		return true;
	}
	return strcmp(line, "records") == 0 && show_records(w);
}

int main(int argc, char **argv)
{
	static struct world w;
	char line[MAX_LINE];
	struct pl_error err;
	bool ok = true;

	if (argc != 3)
		return 2;
	hurried_clock_begin(1 + atoi(argv[2])); /* the engine's thread and one per printer */
	if (begin(&w, argv[1], &err) != PL_OK) {
		fprintf(stderr, "hurried_engine: %s\n", err.text);
		return 1;
	}
	while (ok && fgets(line, sizeof(line), stdin))
		ok = obey(&w, line);
	finish(&w);
	return ok ? 0 : 1;
}
