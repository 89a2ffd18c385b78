/* SPDX-License-Identifier: Apache-2.0 */
/* posix_spawn, and its end as an event. */
#include "run.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

struct run {
	int errors; /* its stderr, in memory */
	void (*ended)(void *arg, const struct run_end *end);
	void *arg;
};

/* The last bytes of what was said, as one line. */
static void read_said(int fd, char *ret_said)
{
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END), from;
	ssize_t n = 0;

	from = size > RUN_MAX_SAID - 1 ? size - (RUN_MAX_SAID - 1) : 0;
	if (size > 0)
		n = pread(fd, ret_said, RUN_MAX_SAID - 1, from);
	ret_said[n > 0 ? n : 0] = '\0';
	for (char *c = ret_said; *c; c++)
		if ((unsigned char)*c < ' ')
			*c = c[1] ? ' ' : '\0';
}

/* Also when the loop ends before the program does. */
static void forget(void *arg)
{
	struct run *run = arg;

	if (run->errors >= 0)
		close(run->errors);
	free(run);
}

static void tell(const struct run *run, int code)
{
	struct run_end end = { .code = code };

	read_said(run->errors, end.said);
	if (run->ended)
		run->ended(run->arg, &end);
}

static int ended(sd_event_source *s, const siginfo_t *info, void *arg)
{
	tell(arg, info->si_code == CLD_EXITED ? info->si_status : -1);
	sd_event_source_set_floating(s, 0); /* the loop lets go of it, which forgets the run */
	return 0;
}

/* A child inherits no blocked signals of ours. Returns 0 or an errno. */
static int spawn(const char *const *words, int out, int errors, pid_t *ret_pid)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attributes;
	sigset_t none;
	int r;

	sigemptyset(&none);
	posix_spawn_file_actions_init(&files);
	posix_spawnattr_init(&attributes);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
	posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
	if (out >= 0)
		posix_spawn_file_actions_adddup2(&files, out, 1);
	else
		posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
	if (errors >= 0)
		posix_spawn_file_actions_adddup2(&files, errors, 2);
	r = posix_spawnp(ret_pid, words[0], &files, &attributes, (char *const *)words, environ);
	posix_spawnattr_destroy(&attributes);
	posix_spawn_file_actions_destroy(&files);
	return r;
}

void run_start(sd_event *event, const char *const *words, int out,
	       void (*when_ended)(void *arg, const struct run_end *end), void *arg)
{
	struct run *run = calloc(1, sizeof(*run));
	struct run_end end = { .code = -1 };
	sd_event_source *source = NULL;
	pid_t pid;
	int r;

	if (!run) {
		if (when_ended)
			when_ended(arg, &end);
		return;
	}
	run->errors = memfd_create("said", MFD_CLOEXEC);
	run->ended = when_ended;
	run->arg = arg;
	r = spawn(words, out, run->errors, &pid);
	if (r != 0) {
		if (run->errors >= 0)
			dprintf(run->errors, "%s: %s", words[0], strerror(r));
		tell(run, -1);
		forget(run);
		return;
	}
	if (sd_event_add_child(event, &source, pid, WEXITED, ended, run) < 0) {
		tell(run, -1);
		forget(run);
		return;
	}
	sd_event_source_set_destroy_callback(source, forget);
	sd_event_source_set_floating(source, 1);
	sd_event_source_unref(source);
}
