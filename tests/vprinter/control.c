/* SPDX-License-Identifier: Apache-2.0 */
/* Control: both ends of the socket. */

#include "control.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib.h>

#include "command.h"

#define MAX_QUESTION (64 * 1024)
#define MAX_ANSWER   (64 * 1024 * 1024)

struct vp_control {
	char *path;
	int fd;
	pthread_t thread;
	struct vp_rack *rack;
};

static int open_socket(const char *path, struct sockaddr_un *ret_address)
{
	*ret_address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (g_strlcpy(ret_address->sun_path, path, sizeof(ret_address->sun_path)) >=
	    sizeof(ret_address->sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	return socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

static void send_all(int fd, const void *data, size_t n)
{
	const char *at = data;

	while (n > 0) {
		ssize_t w = send(fd, at, n, MSG_NOSIGNAL);

		if (w <= 0)
			return;
		at += w;
		n -= (size_t)w;
	}
}

static void answer(struct vp_control *c, const char *line, struct pl_bytes *out)
{
	gchar **words = NULL;
	int count = 0;
	struct pl_error err = { .code = PL_E_INVALID };
	enum pl_result r;

	if (!g_shell_parse_argv(line, &count, &words, NULL))
		r = pl_error_set(&err, PL_E_INVALID, "the line is not made of words");
	else
		r = vp_command(c->rack, words, count, out, &err);
	g_strfreev(words);
	if (r == PL_OK)
		(void)!pl_bytes_add_text(out, "ok\n");
	else
		(void)!pl_bytes_add_format(out, "error: %s\n", err.text);
}

static void serve(struct vp_control *c, int fd)
{
	struct pl_bytes in, out;
	char buf[4096];
	ssize_t n;

	pl_bytes_init(&in, MAX_QUESTION);
	pl_bytes_init(&out, MAX_ANSWER);
	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		if (pl_bytes_add(&in, buf, (size_t)n) != PL_OK || memchr(buf, '\n', (size_t)n))
			break;
	}
	if (in.size > 0) {
		answer(c, (const char *)in.at, &out);
		send_all(fd, out.at, out.size);
	}
	pl_bytes_finish(&in);
	pl_bytes_finish(&out);
}

static void *run(void *arg)
{
	struct vp_control *c = arg;

	for (;;) {
		int fd = accept4(c->fd, NULL, NULL, SOCK_CLOEXEC);

		if (fd < 0)
			return NULL;
		serve(c, fd);
		close(fd);
	}
}

enum pl_result vp_control_start(const char *path, struct vp_rack *rack,
				struct vp_control **ret_control, struct pl_error *err)
{
	struct vp_control *c = calloc(1, sizeof(*c));
	struct sockaddr_un a;

	if (!c)
		abort();
	c->rack = rack;
	c->path = g_strdup(path);
	c->fd = open_socket(path, &a);
	unlink(path);
	if (c->fd < 0 || bind(c->fd, (struct sockaddr *)&a, sizeof(a)) != 0 ||
	    listen(c->fd, 16) != 0) {
		enum pl_result r = pl_error_set(err, PL_E_IO, "cannot listen on %s: %s", path,
						strerror(errno));

		if (c->fd >= 0)
			close(c->fd);
		g_free(c->path);
		free(c);
		return r;
	}
	pthread_create(&c->thread, NULL, run, c);
	*ret_control = c;
	return PL_OK;
}

void vp_control_stop(struct vp_control *c)
{
	if (!c)
		return;
	shutdown(c->fd, SHUT_RDWR);
	pthread_join(c->thread, NULL);
	close(c->fd);
	unlink(c->path);
	g_free(c->path);
	free(c);
}

static void send_words(int fd, char **words, int count)
{
	GString *line = g_string_new("");

	for (int i = 0; i < count; i++) {
		char *quoted = g_shell_quote(words[i]);

		g_string_append_printf(line, "%s%s", i ? " " : "", quoted);
		g_free(quoted);
	}
	g_string_append_c(line, '\n');
	send_all(fd, line->str, line->len);
	g_string_free(line, TRUE);
}

/* The last line of the answer decides; all before it is printed. */
static int print_answer(struct pl_bytes *all)
{
	char *text = (char *)all->at, *last;

	if (all->size == 0)
		return fprintf(stderr, "platen-vprinter: no answer\n"), 1;
	text[all->size - 1] = '\0';
	last = strrchr(text, '\n');
	last = last ? last + 1 : text;
	fwrite(text, 1, (size_t)(last - text), stdout);
	if (strcmp(last, "ok") == 0)
		return 0;
	fprintf(stderr, "platen-vprinter: %s\n", last);
	return 1;
}

int vp_control_do(const char *path, char **words, int count)
{
	struct sockaddr_un a;
	struct pl_bytes all;
	char buf[65536];
	ssize_t n;
	int code, fd = open_socket(path, &a);

	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof(a)) != 0) {
		fprintf(stderr, "platen-vprinter: cannot reach %s: %s; is it running?\n", path,
			strerror(errno));
		return 1;
	}
	send_words(fd, words, count);
	pl_bytes_init(&all, MAX_ANSWER);
	while ((n = read(fd, buf, sizeof(buf))) > 0 && pl_bytes_add(&all, buf, (size_t)n) == PL_OK)
		;
	code = print_answer(&all);
	pl_bytes_finish(&all);
	close(fd);
	return code;
}
