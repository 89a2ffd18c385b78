/* SPDX-License-Identifier: Apache-2.0 */
/* Finds and reads the quirk files of this PC: its administrator's, then the one beside the program.
 * ipp-usb's and CUPS' lists are of Linux. */
#include "quirk_files.h"

#include <stdio.h>
#include <string.h>

#include <windows.h>

#include "os/folder.h"
#include "os/places.h"
#include "platen/log.h"
#include "platen/wide.h"

#define MAX_FILE (256 * 1024)

struct reading_in {
	struct pl_quirk_set *set;
	pl_quirk_adder add;
	enum pl_result r;
	struct pl_error *err;
};

static bool read_file(void *arg, const char *path)
{
	struct reading_in *in = arg;
	const char *slash = strrchr(path, '/');
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SHARED, &text, in->err);
	if (r == PL_OK)
		r = in->add(in->set, pl_bytes_span(&text), slash ? slash + 1 : path, in->err);
	pl_bytes_finish(&text);
	if (r == PL_E_NO_MEMORY)
		in->r = r;
	else if (r != PL_OK && r != PL_E_NOT_FOUND)
		log_warn(NULL, "quirk passed over: %s path=%s", in->err->text, path);
	return in->r == PL_OK;
}

enum pl_result pl_quirk_files_read_dir(struct pl_quirk_set *set, const char *dir,
				       const char *suffix, pl_quirk_adder add, struct pl_error *err)
{
	struct reading_in in = { .set = set, .add = add, .r = PL_OK, .err = err };

	if (pl_folder_each(dir, suffix, read_file, &in, err) != PL_OK)
		log_warn(NULL, "quirks passed over: %s", err->text);
	return in.r;
}

/* quirks.ini stands where the program does. */
static void beside_program(char ret_path[static PL_MAX_PATH])
{
	wchar_t wide[PL_MAX_WIDE] = L"";
	char program[PL_MAX_PATH - sizeof("quirks.ini")];
	size_t folder = 0;

	GetModuleFileNameW(NULL, wide, PL_MAX_WIDE);
	pl_wide_to_utf8(wide, program, sizeof(program));
	for (size_t i = 0; program[i]; i++) {
		if (program[i] == '\\')
			program[i] = '/';
		if (program[i] == '/')
			folder = i + 1;
	}
	snprintf(ret_path, PL_MAX_PATH, "%.*squirks.ini", (int)folder, program);
}

enum pl_result pl_quirk_files_read(struct pl_quirk_set **ret_set, struct pl_error *err)
{
	struct reading_in in = { .add = pl_quirks_add, .r = PL_OK, .err = err };
	char path[PL_MAX_PATH];
	enum pl_result r = pl_quirks_create(&in.set, err);

	if (r != PL_OK)
		return r;
	r = pl_quirk_files_read_dir(in.set, pl_places()->quirks_dir, ".conf", pl_quirks_add, err);
	if (r == PL_OK) {
		beside_program(path);
		read_file(&in, path);
		r = in.r;
	}
	if (r == PL_OK)
		*ret_set = in.set;
	else
		pl_quirks_destroy(in.set);
	return r;
}
