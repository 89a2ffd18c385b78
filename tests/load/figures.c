/* SPDX-License-Identifier: Apache-2.0 */
/* Times, percentiles, and what the kernel says of the server. */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "load.h"

int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

void figures_add(struct figures *f, int64_t us)
{
	if (f->count == f->cap) {
		f->cap = f->cap ? 2 * f->cap : 4096;
		f->ms = realloc(f->ms, f->cap * sizeof *f->ms);
		if (!f->ms)
			abort();
	}
	f->ms[f->count++] = (double)us / 1000;
}

static int compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

double figures_at(struct figures *f, double part)
{
	if (f->count == 0)
		return 0;
	qsort(f->ms, f->count, sizeof *f->ms, compare);
	return f->ms[(size_t)((double)(f->count - 1) * part)];
}

void figures_finish(struct figures *f)
{
	free(f->ms);
	memset(f, 0, sizeof *f);
}

int64_t server_kb(int pid, const char *what)
{
	char path[64], line[256];
	int64_t kb = 0;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/%s", pid,
		 strcmp(what, "Pss:") ? "status" : "smaps_rollup");
	f = fopen(path, "r");
	while (f && fgets(line, sizeof line, f))
		if (!strncmp(line, what, strlen(what)))
			kb = atoll(line + strlen(what));
	if (f)
		fclose(f);
	return kb;
}

double server_cpu_s(int pid)
{
	unsigned long user = 0, system = 0;
	char path[64], text[1024] = "";
	char *at;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	f = fopen(path, "r");
	if (f) {
		text[fread(text, 1, sizeof text - 1, f)] = '\0';
		fclose(f);
	}
	at = strrchr(text, ')');
	if (at)
		sscanf(at + 2, "%*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user,
		       &system);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}
