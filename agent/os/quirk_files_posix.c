/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and reads the quirk files of this PC, where ipp-usb and CUPS keep theirs. */
#include "quirk_files.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#include "platen/file.h"
#include "platen/log.h"

#define MAX_FILE (256 * 1024)

/* Among equals the first one counts: the administrator's word, then ours, then the others'. */
static const struct place {
	const char *dir, *suffix; /* dir NULL: the one file `suffix` */
	pl_quirk_adder add;
} PLACES[] = {
	{ "/etc/platen/quirks.d", ".conf", pl_quirks_add },
	{ NULL, PL_QUIRKS_FILE, pl_quirks_add },
	{ "/usr/share/ipp-usb/quirks", ".conf", pl_quirks_add },
	{ "/etc/ipp-usb/quirks", ".conf", pl_quirks_add },
	{ "/usr/share/cups/usb", "usb-quirks", pl_quirks_add_cups },
};

static enum pl_result read_file(struct pl_quirk_set *set, const char *path, pl_quirk_adder add,
				struct pl_error *err)
{
	const char *slash = strrchr(path, '/');
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SHARED, &text, err);
	if (r == PL_OK)
		r = add(set, pl_bytes_span(&text), slash ? slash + 1 : path, err);
	pl_bytes_finish(&text);
	if (r == PL_OK || r == PL_E_NOT_FOUND || r == PL_E_NO_MEMORY)
		return r == PL_E_NOT_FOUND ? PL_OK : r;
	log_warn(NULL, "quirk passed over: %s path=%s", err->text, path);
	return PL_OK;
}

static int has_suffix(const char *name, const char *suffix)
{
	size_t n = strlen(name), tail = strlen(suffix);

	return name[0] != '.' && n >= tail && strcmp(name + n - tail, suffix) == 0;
}

enum pl_result pl_quirk_files_read_dir(struct pl_quirk_set *set, const char *dir,
				       const char *suffix, pl_quirk_adder add, struct pl_error *err)
{
	struct dirent **names;
	int count = scandir(dir, &names, NULL, alphasort);
	enum pl_result r = PL_OK;
	char path[PL_MAX_PATH];

	if (count < 0)
		return PL_OK; /* not installed */
	for (int i = 0; i < count; i++) {
		if (r == PL_OK && has_suffix(names[i]->d_name, suffix) &&
		    pl_file_join(dir, names[i]->d_name, path, err) == PL_OK)
			r = read_file(set, path, add, err);
		free(names[i]);
	}
	free(names);
	return r;
}

static enum pl_result read_place(struct pl_quirk_set *set, const struct place *p,
				 struct pl_error *err)
{
	return p->dir ? pl_quirk_files_read_dir(set, p->dir, p->suffix, p->add, err)
		      : read_file(set, p->suffix, p->add, err);
}

enum pl_result pl_quirk_files_read(struct pl_quirk_set **ret_set, struct pl_error *err)
{
	struct pl_quirk_set *set;
	enum pl_result r = pl_quirks_create(&set, err);

	if (r != PL_OK)
		return r;
	for (size_t i = 0; r == PL_OK && i < sizeof(PLACES) / sizeof(PLACES[0]); i++)
		r = read_place(set, &PLACES[i], err);
	if (r == PL_OK)
		*ret_set = set;
	else
		pl_quirks_destroy(set);
	return r;
}
