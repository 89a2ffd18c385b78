/* SPDX-License-Identifier: Apache-2.0 */
/* INI files: comments, [sections] and `key = value`, one a line. A line may be as long as the file:
 * an enrolment token has a thousand characters, libinih's lines end at 200. A `#` or `;` begins a
 * comment only where a line begins, because both may stand in a password. */
#include "platen/config.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "platen/bytes.h"
#include "platen/file.h"

#define MAX_FILE  (64 * 1024)
#define MAX_FILES 64 /* in one folder */
#define MAX_NAME  96

struct reader {
	const struct pl_option *options;
	size_t count;
	void *target;
	struct pl_span section;
};

/* The name of an option: "revocation" in section "tls" is "tls.revocation". */
static enum pl_result full_name(struct pl_span section, struct pl_span key,
				char ret_name[static MAX_NAME], struct pl_error *err)
{
	if (key.size == 0 || section.size + key.size + 2 > MAX_NAME)
		return pl_error_set(err, PL_E_INVALID, "no setting has this name");
	snprintf(ret_name, MAX_NAME, "%.*s%s%.*s", (int)section.size, section.at,
		 section.size > 0 ? "." : "", (int)key.size, key.at);
	return PL_OK;
}

static struct pl_span without_quotes(struct pl_span value)
{
	if (value.size >= 2 && value.at[0] == '"' && value.at[value.size - 1] == '"')
		return (struct pl_span){ value.at + 1, value.size - 2 };
	return value;
}

static enum pl_result read_pair(struct reader *in, struct pl_span line, struct pl_error *err)
{
	struct pl_span rest = line;
	struct pl_span key = pl_span_trim(pl_span_take(&rest, '='));
	struct pl_span value = without_quotes(pl_span_trim(rest));
	char name[MAX_NAME], *text;
	enum pl_result r;

	if (key.size == line.size)
		return pl_error_set(err, PL_E_INVALID, "expected `name = value`, not \"%.*s\"",
				    (int)(line.size < 40 ? line.size : 40), line.at);
	r = full_name(in->section, key, name, err);
	if (r != PL_OK)
		return r;
	text = malloc(value.size + 1);
	if (!text)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_span_copy(value, text, value.size + 1);
	r = pl_config_set(in->options, in->count, in->target, name, text, err);
	free(text);
	return r;
}

static enum pl_result read_line(struct reader *in, struct pl_span line, struct pl_error *err)
{
	line = pl_span_trim(line);
	if (line.size == 0 || line.at[0] == '#' || line.at[0] == ';')
		return PL_OK;
	if (memchr(line.at, '\0', line.size))
		return pl_error_set(err, PL_E_INVALID, "this is not a text file");
	if (line.at[0] != '[')
		return read_pair(in, line, err);
	if (line.at[line.size - 1] != ']')
		return pl_error_set(err, PL_E_INVALID, "a section ends with ]");
	in->section = pl_span_trim((struct pl_span){ line.at + 1, line.size - 2 });
	return PL_OK;
}

enum pl_result pl_config_parse(const struct pl_option *options, size_t count, void *target,
			       struct pl_span text, const char *name, struct pl_error *err)
{
	struct reader in = { .options = options, .count = count, .target = target };
	struct pl_error why;

	if (pl_span_starts(text, "\xef\xbb\xbf")) /* Windows editors' mark */
		text.at += 3, text.size -= 3;
	for (int number = 1; text.size > 0; number++) {
		enum pl_result r = read_line(&in, pl_span_take(&text, '\n'), &why);

		if (r != PL_OK)
			return pl_error_set(err, r == PL_E_NOT_FOUND ? PL_E_INVALID : r,
					    "%s line %d: %s", name, number, why.text);
	}
	return PL_OK;
}

enum pl_result pl_config_read(const struct pl_option *options, size_t count, void *target,
			      const char *path, struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SHARED, &text, err);
	if (r == PL_OK)
		r = pl_config_parse(options, count, target, pl_bytes_span(&text), path, err);
	pl_bytes_finish(&text);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool is_conf(const char *name)
{
	size_t n = strlen(name);

	return name[0] != '.' && n > 5 && strcmp(name + n - 5, ".conf") == 0;
}

/* Collects the *.conf names of an open folder; the caller frees each. Returns how many. */
static size_t collect(DIR *folder, char *names[static MAX_FILES])
{
	struct dirent *entry;
	size_t n = 0;

	while (n < MAX_FILES && (entry = readdir(folder)))
		if (is_conf(entry->d_name) && (names[n] = strdup(entry->d_name)))
			n++;
	qsort(names, n, sizeof(names[0]), by_name);
	return n;
}

enum pl_result pl_config_read_dir(const struct pl_option *options, size_t count, void *target,
				  const char *dir, struct pl_error *err)
{
	char *names[MAX_FILES], path[PL_MAX_PATH];
	DIR *folder = opendir(dir);
	enum pl_result r = PL_OK;
	size_t n;

	if (!folder && (errno == ENOENT || errno == ENOTDIR))
		return PL_OK;
	if (!folder)
		return pl_error_set(err, errno == EACCES ? PL_E_DENIED : PL_E_IO,
				    "cannot open %s: %s", dir, strerror(errno));
	n = collect(folder, names);
	closedir(folder);
	for (size_t i = 0; i < n; i++) {
		if (r == PL_OK)
			r = pl_file_join(dir, names[i], path, err);
		if (r == PL_OK)
			r = pl_config_read(options, count, target, path, err);
		free(names[i]);
	}
	return r;
}
