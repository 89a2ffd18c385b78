/* SPDX-License-Identifier: Apache-2.0 */
/* IPP server: a child process on a free port. */

#include "ipp_server.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <glib.h>

#include <platen/clock.h>

#include "library.h"

#define PROGRAM	    "ippeveprinter"
#define PATIENCE_MS 10000

struct vp_ippserver {
	pid_t pid;
	int port;
};

/* A port nobody listens on. Between this and the child's bind somebody else may take it: start()
 * then fails. */
static int free_port(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int port = 0;

	if (fd >= 0 && bind(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    getsockname(fd, (struct sockaddr *)&a, &n) == 0)
		port = ntohs(a.sin_port);
	if (fd >= 0)
		close(fd);
	return port;
}

static void run_child(char *const argv[], char *const envp[], const char *log)
{
	int out = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	int in = open("/dev/null", O_RDONLY);

	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_DFL);
	dup2(in, 0);
	dup2(out, 1);
	dup2(out, 2);
	execvpe(argv[0], argv, envp);
	_exit(127);
}

enum pl_result vp_ippserver_start(const char *name, const char *conf, const char *dir,
				  struct vp_ippserver **ret_server, struct pl_error *err)
{
	struct vp_ippserver *s;
	gchar *program = g_find_program_in_path(PROGRAM), *port, *log, *spool;
	gchar **env;

	if (!program)
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "%s is not installed: apt-get install cups-ipp-utils", PROGRAM);
	s = calloc(1, sizeof(*s));
	if (!s)
		abort();
	s->port = free_port();
	port = g_strdup_printf("%d", s->port);
	log = g_build_filename(dir, PROGRAM ".log", NULL);
	spool = g_build_filename(dir, "ipp", NULL);
	g_mkdir_with_parents(spool, 0755);
	env = g_environ_setenv(g_get_environ(), "LD_PRELOAD", vp_library("vprinter-avahi.so"),
			       TRUE);
	env = g_environ_unsetenv(env, "UMOCKDEV_DIR");
	{
		char *argv[] = { program,      (char *)"-n", (char *)"localhost",
				 (char *)"-p", port,	     (char *)"-d",
				 spool,	       (char *)"-a", (char *)conf,
				 (char *)name, NULL };

		s->pid = fork();
		if (s->pid == 0)
			run_child(argv, env, log);
	}
	g_strfreev(env);
	g_free(spool);
	g_free(log);
	g_free(port);
	g_free(program);
	if (s->pid < 0) {
		free(s);
		return pl_error_set(err, PL_E_IO, "cannot start %s", PROGRAM);
	}
	*ret_server = s;
	return PL_OK;
}

void vp_ippserver_stop(struct vp_ippserver *s)
{
	if (!s)
		return;
	kill(s->pid, SIGTERM);
	waitpid(s->pid, NULL, 0);
	free(s);
}

http_t *vp_ippserver_connect(struct vp_ippserver *s)
{
	int64_t by_ms = pl_clock_in_ms(PATIENCE_MS);
	http_t *http;

	for (;;) {
		http = httpConnect2("127.0.0.1", s->port, NULL, AF_INET, HTTP_ENCRYPTION_NEVER, 1,
				    2000, NULL);
		if (http || pl_clock_left_ms(by_ms) == 0 || kill(s->pid, 0) != 0)
			return http;
		g_usleep(20 * 1000);
	}
}
