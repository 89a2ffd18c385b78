/* SPDX-License-Identifier: Apache-2.0 */
/* Calls a server the way the agent does and says in one line how it went:
 *
 *     dial https://localhost:4433 --pin sha256:… [--ca FILE] [--cert FILE --key FILE]
 *          [--proxy URL] [--set NAME=VALUE] [--get PATH] [--times N] [--stop-after MS]
 *     ok 200 5        the status and the bytes of the body; a line per time
 *     untrusted the server's certificate expired on 2020-01-01: …
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dial.h"
#include "enroll.h"
#include "platen/clock.h"
#include "platen/file.h"
#include "platen/http1.h"

static struct pl_tls_options tls;
static struct pl_settings settings;
static const char *path = "/";
static int times = 1, stop_after_ms = -1;

static char *read_text(const char *name)
{
	struct pl_bytes b;

	pl_bytes_init(&b, 1024 * 1024);
	if (pl_file_read(name, PL_FILE_SHARED, &b, NULL) != PL_OK || !b.at)
		exit(2);
	return (char *)b.at; /* kept for the life of the program */
}

/* "tls.revocation=hard" */
static void set_setting(const char *text)
{
	char name[64];
	const char *mark = strchr(text, '=');

	if (!mark ||
	    !pl_span_copy((struct pl_span){ text, (size_t)(mark - text) }, name, sizeof(name)) ||
	    pl_settings_set(&settings, name, mark + 1, NULL) != PL_OK)
		exit(2);
}

static void set(const char *option, const char *value)
{
	if (strcmp(option, "--pin") == 0) {
		if (!pl_pin_read(value, tls.pins[tls.pin_count++]))
			exit(2);
	} else if (strcmp(option, "--ca") == 0) {
		tls.ca_file = value;
	} else if (strcmp(option, "--system") == 0) {
		tls.system_store = true;
	} else if (strcmp(option, "--cert") == 0) {
		tls.certificate_pem = read_text(value);
	} else if (strcmp(option, "--key") == 0) {
		tls.key_pem = read_text(value);
	} else if (strcmp(option, "--proxy") == 0) {
		snprintf(settings.proxy, sizeof(settings.proxy), "%s", value);
	} else if (strcmp(option, "--set") == 0) {
		set_setting(value);
	} else if (strcmp(option, "--get") == 0) {
		path = value;
	} else if (strcmp(option, "--times") == 0) {
		times = atoi(value);
	} else if (strcmp(option, "--stop-after") == 0) {
		stop_after_ms = atoi(value);
	} else {
		exit(2);
	}
}

static enum pl_result get(struct pl_dialer *dialer, int *status, size_t *size, struct pl_error *err)
{
	struct pl_http_request request = { .method = "GET",
					   .target = path,
					   .host = pl_dialer_host(dialer) };
	struct pl_http_response response = { 0 };
	struct pl_stream *stream = NULL;
	struct pl_bytes body;
	enum pl_result r = pl_dial(dialer, pl_clock_in_ms(10000), &stream, err);

	if (r != PL_OK)
		return r;
	pl_bytes_init(&body, 1024 * 1024);
	r = pl_http_fetch(stream, &request, pl_clock_in_ms(10000), &body, &response, err);
	*status = response.status;
	*size = body.size;
	pl_bytes_finish(&body);
	pl_stream_close(stream);
	return r;
}

static void *stop_later(void *wake)
{
	struct timespec t = { stop_after_ms / 1000, stop_after_ms % 1000 * 1000000L };

	nanosleep(&t, NULL);
	pl_wake_set(wake);
	return NULL;
}

int main(int argc, char **argv)
{
	struct pl_dialer *dialer = NULL;
	struct pl_wake *wake = NULL;
	struct pl_error err = { 0 };
	pthread_t thread;
	enum pl_result r;

	pl_settings_init(&settings);
	for (int i = 2; i + 1 < argc; i += 2)
		set(argv[i], argv[i + 1]);
	if (argc < 2 || pl_wake_create(&wake, &err) != PL_OK)
		return 2;
	if (stop_after_ms >= 0 && pthread_create(&thread, NULL, stop_later, wake) != 0)
		return 2;
	r = pl_dialer_create(argv[1], &settings, &tls, wake, &dialer, &err);
	for (int i = 0; i < times && r == PL_OK; i++) {
		int64_t began_ms = pl_clock_now_ms();
		int status = 0;
		size_t size = 0;

		r = get(dialer, &status, &size, &err);
		if (r == PL_OK)
			printf("ok %d %zu\n", status, size);
		fprintf(stderr, "took %d ms\n", (int)(pl_clock_now_ms() - began_ms));
	}
	if (r != PL_OK)
		printf("%s %s\n", pl_result_name(r), err.text);
	pl_dialer_destroy(dialer);
	if (stop_after_ms >= 0)
		pthread_join(thread, NULL);
	pl_wake_destroy(wake);
	free((char *)(uintptr_t)tls.certificate_pem);
	free((char *)(uintptr_t)tls.key_pem);
	return r == PL_OK ? 0 : 1;
}
