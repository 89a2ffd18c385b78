/* SPDX-License-Identifier: Apache-2.0 */
/*
 * umockdev front end, udev events: the preload turns every netlink socket of a client into a Unix
 * socket root/event*; an event is a datagram to each, with the header libudev wants. A listener
 * that is gone is forgotten; one whose queue is full misses the event, as with a real netlink
 * socket.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <glib.h>

#include "umock.h"

#define MAGIC 0xfeedcafeu

/* libudev's header in front of an event that udevd has processed. */
struct header {
	char prefix[8];
	uint32_t magic, header_size, properties_at, properties_size;
	uint32_t subsystem_hash, devtype_hash, tags_high, tags_low;
};

/* MurmurHash2 with seed 0: what libudev's socket filters compare. */
static uint32_t hash(const char *text)
{
	const uint32_t m = 0x5bd1e995;
	size_t n = strlen(text);
	uint32_t h = (uint32_t)n, k;

	for (; n >= 4; n -= 4, text += 4) {
		memcpy(&k, text, sizeof(k));
		k *= m;
		k ^= k >> 24;
		h = (h * m) ^ (k * m);
	}
	if (n > 0) {
		k = 0;
		memcpy(&k, text, n);
		h = (h ^ k) * m;
	}
	h ^= h >> 13;
	h *= m;
	return h ^ h >> 15;
}

static void add(GByteArray *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(GByteArray *out, const char *format, ...)
{
	va_list ap;
	char *text;

	va_start(ap, format);
	text = g_strdup_vprintf(format, ap);
	va_end(ap);
	g_byte_array_append(out, (const guint8 *)text, (guint)strlen(text) + 1);
	g_free(text);
}

static void add_properties(GByteArray *out, const struct vp_umockdev *u, const char *sys)
{
	char *path = g_strdup_printf("%s/sys%s/uevent", u->root, sys);
	gchar *text = NULL;
	gchar **lines;

	if (g_file_get_contents(path, &text, NULL, NULL)) {
		lines = g_strsplit(text, "\n", -1);
		for (int i = 0; lines[i]; i++)
			if (*lines[i])
				add(out, "%s", lines[i]);
		g_strfreev(lines);
	}
	g_free(text);
	g_free(path);
}

static void send_to(const char *path, const GByteArray *message)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	g_strlcpy(to.sun_path, path, sizeof(to.sun_path));
	if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0)
		(void)!send(fd, message->data, message->len, MSG_NOSIGNAL);
	else if (errno == ECONNREFUSED)
		unlink(path);
	if (fd >= 0)
		close(fd);
}

void umock_uevent(struct vp_umockdev *u, const char *action, const char *sys, const char *subsystem,
		  const char *devtype)
{
	static int sequence;
	struct header h = { .prefix = "libudev",
			    .magic = htonl(MAGIC),
			    .header_size = sizeof(h),
			    .properties_at = sizeof(h),
			    .subsystem_hash = htonl(hash(subsystem)) };
	GByteArray *message = g_byte_array_new();
	char *pattern = g_strconcat(u->root, "/event*", NULL);
	glob_t found = { 0 };

	if (devtype)
		h.devtype_hash = htonl(hash(devtype));
	g_byte_array_append(message, (const guint8 *)&h, sizeof(h));
	add(message, "ACTION=%s", action);
	add(message, "DEVPATH=%s", sys);
	add(message, "SUBSYSTEM=%s", subsystem);
	add(message, "SEQNUM=%d", __atomic_add_fetch(&sequence, 1, __ATOMIC_RELAXED));
	add_properties(message, u, sys);
	((struct header *)(void *)message->data)->properties_size = message->len - (guint)sizeof(h);
	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0)
		for (size_t i = 0; i < found.gl_pathc; i++)
			send_to(found.gl_pathv[i], message);
	globfree(&found);
	g_free(pattern);
	g_byte_array_free(message, TRUE);
}
