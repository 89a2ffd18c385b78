/* SPDX-License-Identifier: Apache-2.0 */
/* The platen command, run for the person at the menu. */
#include "errands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "run.h"
#include "words.h"

#define MAX_HELP 16384

static void set_busy(struct errands *e, bool busy)
{
	e->busy = busy;
	e->changed(e->arg);
}

/* It could not be done; what the program said is the reason. */
static void fail(struct errands *e, const char *title, const char *reason)
{
	if (e->file >= 0)
		close(e->file);
	e->file = -1;
	e->say(e->arg, title, reason[0] ? reason : _("The reason is not known."));
	set_busy(e, false);
}

/* ---- what this platen can do ---- */

static void help_read(void *arg, const struct run_end *end)
{
	struct errands *e = arg;
	char help[MAX_HELP];
	ssize_t n = pread(e->file, help, sizeof(help) - 1, 0);

	close(e->file);
	e->file = -1;
	help[n > 0 ? n : 0] = '\0';
	e->can_diag = end->code == 0 && strstr(help, "platen diag ");
	set_busy(e, false);
}

void errands_open(struct errands *e)
{
	static const char *const WORDS[] = { "platen", "--help", NULL };

	e->busy = true;
	e->file = memfd_create("help", MFD_CLOEXEC);
	run_start(e->event, WORDS, e->file, help_read, e);
}

/* ---- what was sent ---- */

static void opened(void *arg, const struct run_end *end)
{
	struct errands *e = arg;

	if (end->code != 0)
		e->say(e->arg, _("What is sent"), e->path); /* nothing opens texts: here it is */
	set_busy(e, false);
}

static void raw_written(void *arg, const struct run_end *end)
{
	struct errands *e = arg;
	const char *const words[] = { "xdg-open", e->path, NULL };

	if (end->code != 0) {
		fail(e, _("What is sent cannot be shown"), end->said);
		return;
	}
	close(e->file);
	e->file = -1;
	run_start(e->event, words, -1, opened, e);
}

/* 3: nothing was sent yet. */
static void list_written(void *arg, const struct run_end *end)
{
	struct errands *e = arg;
	const char *const words[] = { "platen", "sent", "--raw", "--socket", e->socket, NULL };

	if (end->code == 3) {
		dprintf(e->file, "%s\n", _("Nothing has been sent yet."));
		raw_written(e, &(struct run_end){ .code = 0 });
	} else if (end->code != 0) {
		fail(e, _("What is sent cannot be shown"), end->said);
	} else {
		dprintf(e->file, "\n\n%s\n\n", _("The messages themselves, newest first:"));
		run_start(e->event, words, e->file, raw_written, e);
	}
}

/* A new file that nobody else may read, in a folder that is gone when the person logs out. */
static bool make_file(struct errands *e)
{
	const char *runtime = getenv("XDG_RUNTIME_DIR");
	int n;

	if (!runtime || runtime[0] != '/')
		return false;
	n = snprintf(e->path, sizeof(e->path), "%s/platen", runtime);
	if (n < 0 || (size_t)n + 16 > sizeof(e->path) ||
	    (mkdir(e->path, 0700) != 0 && errno != EEXIST))
		return false;
	snprintf(e->path + n, sizeof(e->path) - (size_t)n, "/sent.txt");
	unlink(e->path);
	e->file = open(e->path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_APPEND,
		       0600);
	return e->file >= 0;
}

void errands_show_sent(struct errands *e)
{
	const char *const words[] = { "platen", "sent", "--socket", e->socket, NULL };

	if (e->busy)
		return;
	set_busy(e, true);
	if (!make_file(e)) {
		fail(e, _("What is sent cannot be shown"), _("There is no folder for its text."));
		return;
	}
	dprintf(e->file, "%s\n\n", _("What Platen has sent from this PC, newest first:"));
	run_start(e->event, words, e->file, list_written, e);
}

/* ---- the bundle ---- */

static void bundle_made(void *arg, const struct run_end *end)
{
	struct errands *e = arg;

	if (end->code != 0) {
		fail(e, _("There is no diagnostics bundle"), end->said);
		return;
	}
	e->say(e->arg, _("A diagnostics bundle was made"), e->path);
	set_busy(e, false);
}

void errands_make_bundle(struct errands *e)
{
	const char *const words[] = {
		"platen", "diag", "-o", e->path, "--socket", e->socket, NULL
	};
	const char *home = getenv("HOME");
	time_t now = time(NULL);
	struct tm tm;
	char when[32];

	if (e->busy)
		return;
	set_busy(e, true);
	localtime_r(&now, &tm);
	strftime(when, sizeof(when), "%Y-%m-%d-%H%M%S", &tm);
	snprintf(e->path, sizeof(e->path), "%s/platen-diagnostics-%s.zip",
		 home && home[0] == '/' ? home : "/tmp", when);
	run_start(e->event, words, -1, bundle_made, e);
}
