/* SPDX-License-Identifier: Apache-2.0 */
/* One line per event. Under systemd (JOURNAL_STREAM) the level goes in front as "<4>" and the
 * journal adds the time; elsewhere the line carries both. */
#include "platen/log.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/clock.h"

#define RING_SIZE (32 * 1024)
#define HEAD_SIZE 31 /* "2026-01-31T23:59:59.123Z info  " */

static const struct {
	const char *name;
	int syslog; /* RFC 5424 severity */
} LEVELS[PL_LOG_LEVEL_COUNT] = {
	[PL_LOG_ERROR] = { "error", 3 },
	[PL_LOG_WARN] = { "warn", 4 },
	[PL_LOG_INFO] = { "info", 6 },
	[PL_LOG_DEBUG] = { "debug", 7 },
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static _Atomic int most = PL_LOG_INFO;
static void (*to)(void *arg, enum pl_log_level level, const char *line);
static void *to_arg;
static char ring[RING_SIZE];
static size_t ring_next, ring_used;

const char *pl_log_level_name(enum pl_log_level level)
{
	return LEVELS[level].name;
}

enum pl_log_level pl_log_level_of(const char *name)
{
	int level = 0;

	while (level < PL_LOG_LEVEL_COUNT && strcmp(LEVELS[level].name, name) != 0)
		level++;
	return (enum pl_log_level)level;
}

const char *pl_redact(const char *secret, char ret_text[static PL_MAX_REDACTED])
{
	size_t n = strlen(secret);
	size_t shown = n / 3 < 3 ? n / 3 : 3;
	size_t used = 0;

	ret_text[used++] = '~';
	for (const char *at = secret + n - shown; *at; at++)
		ret_text[used++] = *at > ' ' && *at < 0x7f ? *at : '?';
	ret_text[used] = '\0';
	return ret_text;
}

/* A key is "usb-VID-PID-" and then a serial number, which is masked, or "port-" and a socket. */
static void redact_key(const char *key, char *ret_text, size_t cap)
{
	const char *tail = key;
	char masked[PL_MAX_REDACTED];

	for (int dashes = 0; dashes < 3; dashes++) {
		const char *dash = strchr(tail, '-');

		if (!dash)
			break;
		tail = dash + 1;
	}
	if (strncmp(tail, "port-", 5) == 0)
		snprintf(ret_text, cap, "%s", key);
	else
		snprintf(ret_text, cap, "%.*s%s", (int)(tail - key), key, pl_redact(tail, masked));
}

/* Appends to the ring, over the oldest bytes. With the lock held. */
static void remember(const char *line)
{
	size_t n = strlen(line);

	for (size_t i = 0; i <= n; i++) {
		ring[ring_next] = i < n ? line[i] : '\n';
		ring_next = (ring_next + 1) % RING_SIZE;
	}
	ring_used = ring_used + n + 1 < RING_SIZE ? ring_used + n + 1 : RING_SIZE;
}

static void to_stderr(enum pl_log_level level, const char *line)
{
	if (getenv("JOURNAL_STREAM"))
		fprintf(stderr, "<%d>%s\n", LEVELS[level].syslog, line + HEAD_SIZE);
	else
		fprintf(stderr, "%s\n", line);
}

PL_PRINTF(3, 0)
static void log_line(enum pl_log_level level, const char *printer_key, const char *fmt,
		     va_list args)
{
	char line[PL_MAX_LOG_LINE], time[PL_MAX_TIME_TEXT], key[96];
	int used, n;

	pl_clock_text(pl_clock_wall_ms(), time);
	used = snprintf(line, sizeof(line), "%s %-5s ", time, LEVELS[level].name);
	if (printer_key) {
		redact_key(printer_key, key, sizeof(key));
		used += snprintf(line + used, sizeof(line) - (size_t)used, "printer=%s ", key);
	}
	n = vsnprintf(line + used, sizeof(line) - (size_t)used, fmt, args);
	if (n < 0)
		return;
	for (char *at = line; *at; at++)
		if ((unsigned char)*at < ' ' || *at == 0x7f)
			*at = ' ';

	pthread_mutex_lock(&lock);
	remember(line);
	if (to)
		to(to_arg, level, line);
	else
		to_stderr(level, line);
	pthread_mutex_unlock(&lock);
}

/* The four faces of log_line(). */
#define DEFINE_LOG(name, level)                                                                    \
	void name(const char *printer_key, const char *fmt, ...)                                   \
	{                                                                                          \
		va_list args;                                                                      \
                                                                                                   \
		if ((int)(level) > most)                                                           \
			return;                                                                    \
		va_start(args, fmt);                                                               \
		log_line(level, printer_key, fmt, args);                                           \
		va_end(args);                                                                      \
	}

DEFINE_LOG(log_error, PL_LOG_ERROR)
DEFINE_LOG(log_warn, PL_LOG_WARN)
DEFINE_LOG(log_info, PL_LOG_INFO)
DEFINE_LOG(log_debug, PL_LOG_DEBUG)

void pl_log_set_level(enum pl_log_level level)
{
	most = (int)level;
}

void pl_log_use(void (*sink)(void *arg, enum pl_log_level level, const char *line), void *arg)
{
	pthread_mutex_lock(&lock);
	to = sink;
	to_arg = arg;
	pthread_mutex_unlock(&lock);
}

enum pl_result pl_log_recent(struct pl_bytes *out)
{
	size_t start, first, size;
	enum pl_result r;

	pthread_mutex_lock(&lock);
	start = (ring_next + RING_SIZE - ring_used) % RING_SIZE;
	size = ring_used;
	if (size == RING_SIZE) /* the oldest line has lost its beginning: leave it out */
		for (char passed = '\0'; passed != '\n'; size--) {
			passed = ring[start];
			start = (start + 1) % RING_SIZE;
		}
	first = start + size < RING_SIZE ? size : RING_SIZE - start;
	r = pl_bytes_add(out, ring + start, first);
	if (r == PL_OK)
		r = pl_bytes_add(out, ring, size - first);
	pthread_mutex_unlock(&lock);
	return r;
}
