/* SPDX-License-Identifier: Apache-2.0 */
/*
 * platen-vprinter: virtual USB printers, as devices on a bus.
 * One model (device, pipes, languages, state) behind two front ends: umockdev for a command and its
 * children, USB/IP for a kernel. Its own truth can be read at any time, and compared with what a
 * program under test believes.
 */

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include "control.h"
#include "draw.h"
#include "front_umockdev.h"
#include "front_usbip.h"
#include "options.h"
#include "rack.h"

#define NOT_STARTED 127

struct program {
	struct vp_options options;
	struct vp_rack rack;
	struct vp_umockdev *umockdev;
	struct vp_usbip *usbip;
	struct vp_control *control;
	char *spool; /* with a slash at its end when it is ours to remove */
	bool temporary;
};

static enum pl_result make_spool(struct program *p, struct pl_error *err)
{
	if (p->options.spool) {
		p->spool = g_canonicalize_filename(p->options.spool, NULL);
		return PL_OK;
	}
	p->spool = g_dir_make_tmp("vprinter.XXXXXX", NULL);
	p->temporary = p->spool != NULL;
	return p->spool ? PL_OK : pl_error_set(err, PL_E_IO, "cannot make a temporary folder");
}

static enum pl_result make_printers(struct program *p, struct pl_error *err)
{
	uint64_t seed = p->options.seed;

	if (!p->options.seeded)
		(void)!getrandom(&seed, sizeof(seed), 0);
	for (int i = 0; i < p->options.profile_count; i++) {
		gchar *folder = g_path_get_basename(p->options.profiles[i].dir);
		const char *name =
			p->options.profiles[i].name[0] ? p->options.profiles[i].name : folder;
		enum pl_result r = PL_OK;

		if (vp_rack_find(&p->rack, name))
			r = pl_error_set(err, PL_E_INVALID, "two printers are called \"%s\"", name);
		if (r == PL_OK)
			r = vp_printer_create(name, i + 1, p->options.profiles[i].dir, p->spool,
					      vp_draw_seed(seed, name),
					      &p->rack.printers[p->rack.count], err);
		g_free(folder);
		if (r != PL_OK)
			return r;
		p->rack.count++;
	}
	return PL_OK;
}

static enum pl_result make_fronts(struct program *p, struct pl_error *err)
{
	enum pl_result r = PL_OK;

	if (p->options.usbip_port > 0)
		r = vp_usbip_create(p->options.usbip_port, &p->rack, &p->usbip, err);
	if (r == PL_OK && (p->options.command || p->options.usbip_port == 0))
		r = vp_umockdev_create(&p->umockdev, err);
	for (int i = 0; r == PL_OK && i < p->rack.count; i++) {
		if (p->umockdev)
			vp_umockdev_add(p->umockdev, p->rack.printers[i]);
		if (!p->options.profiles[i].unplugged)
			vp_printer_plug(p->rack.printers[i]);
	}
	return r;
}

static enum pl_result start_control(struct program *p, struct pl_error *err)
{
	gchar *path = p->options.control ? g_strdup(p->options.control)
					 : g_build_filename(p->spool, "control", NULL);
	gchar *full = g_canonicalize_filename(path, NULL);
	enum pl_result r = vp_control_start(full, &p->rack, &p->control, err);

	g_setenv("PLATEN_VPRINTER_CONTROL", full, TRUE);
	g_setenv("PLATEN_VPRINTER_SPOOL", p->spool, TRUE);
	g_free(full);
	g_free(path);
	return r;
}

/* Runs the command among the printers; returns its exit code, or 128 + signal as a shell does. */
static int run_command(struct program *p, const sigset_t *old)
{
	char **env = vp_umockdev_environment(p->umockdev);
	pid_t pid = fork();
	int status = 0;

	if (pid == 0) {
		sigprocmask(SIG_SETMASK, old, NULL);
		signal(SIGPIPE, SIG_DFL);
		execvpe(p->options.command[0], p->options.command, env);
		fprintf(stderr, "platen-vprinter: cannot run %s: %s\n", p->options.command[0],
			strerror(errno));
		_exit(NOT_STARTED);
	}
	g_strfreev(env);
	if (pid < 0)
		return NOT_STARTED;
	for (;;) {
		sigset_t wanted;
		int signal = 0;

		sigemptyset(&wanted);
		sigaddset(&wanted, SIGCHLD);
		sigaddset(&wanted, SIGTERM);
		sigaddset(&wanted, SIGINT);
		sigwait(&wanted, &signal);
		if (signal != SIGCHLD)
			kill(pid, signal);
		else if (waitpid(pid, &status, WNOHANG) == pid)
			break;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Says how to reach the printers, and waits to be told to stop. */
static int run_until_signal(struct program *p)
{
	sigset_t wanted;
	int signal = 0;

	if (p->umockdev) {
		char **env = vp_umockdev_environment(p->umockdev);
		const char *const names[] = { "UMOCKDEV_DIR", "LD_PRELOAD", "VPRINTER_LP_GATE",
					      "ASAN_OPTIONS", "PLATEN_VPRINTER_CONTROL" };

		for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
			printf("%s=%s\n", names[i], g_environ_getenv(env, names[i]));
		g_strfreev(env);
	}
	if (p->usbip)
		printf("USBIP_PORT=%d\n", p->options.usbip_port);
	printf("ready\n");
	fflush(stdout);
	sigemptyset(&wanted);
	sigaddset(&wanted, SIGTERM);
	sigaddset(&wanted, SIGINT);
	sigwait(&wanted, &signal);
	return 0;
}

static void remove_tree(const char *path)
{
	GDir *dir = g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
	const char *name;

	while (dir && (name = g_dir_read_name(dir))) {
		gchar *child = g_build_filename(path, name, NULL);

		remove_tree(child);
		g_free(child);
	}
	if (dir)
		g_dir_close(dir);
	remove(path);
}

static void finish(struct program *p)
{
	vp_control_stop(p->control);
	for (int i = 0; i < p->rack.count; i++)
		vp_printer_end(p->rack.printers[i]);
	vp_usbip_destroy(p->usbip);
	vp_umockdev_destroy(p->umockdev);
	for (int i = 0; i < p->rack.count; i++)
		vp_printer_destroy(p->rack.printers[i]);
	if (p->temporary)
		remove_tree(p->spool);
	g_free(p->spool);
}

/* Signals are waited for, not handled; all threads inherit this mask. */
static void block_signals(sigset_t *ret_old)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigprocmask(SIG_BLOCK, &set, ret_old);
	signal(SIGPIPE, SIG_IGN);
}

int main(int argc, char **argv)
{
	struct program p = { 0 };
	struct pl_error err = { 0 };
	sigset_t old;
	int code = 1;

	if (vp_options_read(argc, argv, &p.options, &err) != PL_OK) {
		fprintf(stderr, "platen-vprinter: %s\n%s", err.text, VP_USAGE);
		return 2;
	}
	if (p.options.help)
		return fputs(VP_USAGE, stdout) < 0;
	if (p.options.words)
		return vp_control_do(p.options.control, p.options.words, p.options.word_count);
	block_signals(&old);
	if (make_spool(&p, &err) == PL_OK && make_printers(&p, &err) == PL_OK &&
	    make_fronts(&p, &err) == PL_OK && start_control(&p, &err) == PL_OK)
		code = p.options.command ? run_command(&p, &old) : run_until_signal(&p);
	else
		fprintf(stderr, "platen-vprinter: %s\n", err.text);
	finish(&p);
	return code;
}
