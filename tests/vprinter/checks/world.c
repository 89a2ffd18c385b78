/* SPDX-License-Identifier: Apache-2.0 */
#include "world.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <glib.h>

#include "host.h"

#define MAX_ANSWER (1 << 20)

struct world world_of(const char *profile)
{
	struct world w = { .spool = g_dir_make_tmp("vprinter-check.XXXXXX", NULL) };
	char *dir = g_build_filename(g_getenv("VPRINTER_PROFILES"), profile, NULL);
	struct pl_error err = { 0 };

	if (vp_printer_create("p", 1, dir, w.spool, 42, &w.printer, &err) != PL_OK) {
		fprintf(stderr, "%s\n", err.text);
		exit(1);
	}
	g_free(dir);
	vp_printer_plug(w.printer);
	return w;
}

void world_finish(struct world *w)
{
	char *command = g_strdup_printf("rm -rf '%s'", w->spool);

	vp_printer_end(w->printer);
	vp_printer_destroy(w->printer);
	if (system(command) != 0)
		fprintf(stderr, "%s stays\n", w->spool);
	g_free(command);
	g_free(w->spool);
}

struct vp_pipe *world_pipe(struct world *w, unsigned interface, unsigned alternate)
{
	const struct vp_descriptors *d = vp_device_descriptors(w->printer->device);

	vp_device_select(w->printer->device, interface, alternate);
	g_usleep(20000); /* its thread takes note of the reset */
	return vp_device_pipe(w->printer->device,
			      (size_t)(vp_descriptors_find(d, interface, alternate) - d->settings));
}

char *world_ask(struct vp_pipe *p, const void *question, size_t n, int ms, size_t *ret_n)
{
	char *all = malloc(MAX_ANSWER + 1);
	size_t total = 0, part = 0;

	if (n > 0 && host_send(p, question, n) != 0)
		fprintf(stderr, "the question was not taken\n");
	while (total + 16384 <= MAX_ANSWER && host_receive(p, all + total, 16384, ms, &part) == 0)
		total += part;
	total += part;
	all[total] = '\0';
	if (ret_n)
		*ret_n = total;
	return all;
}

char *world_jobs(struct world *w)
{
	struct pl_bytes out;
	char *copy;

	pl_bytes_init(&out, MAX_ANSWER);
	vp_jobs_read(w->printer->jobs, &out);
	copy = strdup(out.at ? (char *)out.at : "");
	pl_bytes_finish(&out);
	return copy;
}
