/* SPDX-License-Identifier: Apache-2.0 */
/* Proves that files are replaced whole, with their modes, and that growing files take failed
 * additions back. */
#include <dirent.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platen/file.h"

#include "scratch.h"
#include "unit.h"

static void check_content(const char *path, const char *want)
{
	struct pl_bytes b;

	pl_bytes_init(&b, 1000);
	assert_result(pl_file_read(path, PL_FILE_SHARED, &b, NULL), PL_OK);
	assert_span(pl_bytes_span(&b), want);
	pl_bytes_finish(&b);
}

static int files_in(const char *dir)
{
	DIR *folder = opendir(dir);
	int n = 0;

	assert_non_null(folder);
	while (readdir(folder))
		n++;
	closedir(folder);
	return n - 2;
}

static void replaces_whole_files(void **state)
{
	char dir[128], path[PL_MAX_PATH];
	struct stat about;

	(void)state;
	scratch_path("whole", dir, sizeof(dir));
	assert_result(pl_file_make_dir(dir, NULL), PL_OK);
	assert_result(pl_file_make_dir(dir, NULL), PL_OK);
	assert_result(pl_file_join(dir, "f", path, NULL), PL_OK);
	assert_result(pl_file_write(path, PL_FILE_SHARED, "one", 3, NULL), PL_OK);
	check_content(path, "one");
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0644);
	assert_result(pl_file_write(path, PL_FILE_SECRET, "second", 6, NULL), PL_OK);
	check_content(path, "second");
	assert_int_equal(stat(path, &about), 0);
	assert_int_equal(about.st_mode & 0777, 0600);
	assert_int_equal(files_in(dir), 1); /* no temporary file stays */
	assert_result(pl_file_remove(path, NULL), PL_OK);
	assert_result(pl_file_remove(path, NULL), PL_OK);
	assert_int_equal(files_in(dir), 0);
}

static void says_what_is_wrong(void **state)
{
	char path[PL_MAX_PATH], other[PL_MAX_PATH], long_name[600];
	struct pl_bytes b;
	struct pl_error err;

	(void)state;
	pl_bytes_init(&b, 4);
	scratch_path("none", path, sizeof(path));
	assert_result(pl_file_read(path, PL_FILE_SHARED, &b, &err), PL_E_NOT_FOUND);
	assert_non_null(strstr(err.text, path));
	scratch_write("big", "12345", 5, path, sizeof(path));
	assert_result(pl_file_read(path, PL_FILE_SHARED, &b, &err), PL_E_TOO_BIG);
	assert_int_equal(b.size, 0);
	assert_int_equal(chmod(path, 0640), 0);
	pl_bytes_finish(&b);
	pl_bytes_init(&b, 10);
	assert_result(pl_file_read(path, PL_FILE_SECRET, &b, &err), PL_E_DENIED);
	assert_result(pl_file_make_dir(path, &err), PL_E_IO); /* a file is in the way */
	assert_result(pl_file_read("/tmp", PL_FILE_SHARED, &b, &err), PL_E_INVALID);
	assert_result(pl_file_join(path, "under", other, NULL), PL_OK);
	assert_result(pl_file_write(other, PL_FILE_SHARED, "x", 1, &err), PL_E_IO);
	memset(long_name, 'n', sizeof(long_name) - 1);
	long_name[sizeof(long_name) - 1] = '\0';
	assert_result(pl_file_join("/tmp", long_name, other, &err), PL_E_TOO_BIG);
	pl_bytes_finish(&b);
}

/* A limit on the file's size stands for a full disk: the kernel writes what fits, then refuses. */
static void with_file_limit(rlim_t bytes, bool on)
{
	static struct rlimit before;
	struct rlimit limit;

	if (on) {
		signal(SIGXFSZ, SIG_IGN);
		assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
		limit = (struct rlimit){ bytes, before.rlim_max };
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
	} else {
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	}
}

static void growing_file_takes_back_what_did_not_fit(void **state)
{
	struct pl_append_file *file;
	char path[PL_MAX_PATH];
	int64_t size = -1;
	struct pl_error err;

	(void)state;
	scratch_path("grow", path, sizeof(path));
	assert_result(pl_append_open(path, PL_FILE_SECRET, &file, &size, NULL), PL_OK);
	assert_int_equal(size, 0);
	assert_result(pl_append_add(file, "0123456789", 10, NULL), PL_OK);
	with_file_limit(14, true);
	assert_result(pl_append_add(file, "abcdefgh", 8, &err), PL_E_FULL);
	with_file_limit(0, false);
	check_content(path, "0123456789");
	assert_result(pl_append_add(file, "XY", 2, NULL), PL_OK);
	check_content(path, "0123456789XY");
	assert_result(pl_append_cut(file, 3, NULL), PL_OK);
	pl_append_close(file);
	assert_result(pl_append_open(path, PL_FILE_SECRET, &file, &size, NULL), PL_OK);
	assert_int_equal(size, 3);
	pl_append_close(file);
	check_content(path, "012");
}

static void full_disk_leaves_the_old_file(void **state)
{
	char dir[128], path[PL_MAX_PATH];
	struct pl_error err;

	(void)state;
	scratch_path("full", dir, sizeof(dir));
	assert_result(pl_file_make_dir(dir, NULL), PL_OK);
	assert_result(pl_file_join(dir, "f", path, NULL), PL_OK);
	assert_result(pl_file_write(path, PL_FILE_SHARED, "old", 3, NULL), PL_OK);
	with_file_limit(4, true);
	assert_result(pl_file_write(path, PL_FILE_SHARED, "something new", 13, &err), PL_E_FULL);
	with_file_limit(0, false);
	check_content(path, "old");
	assert_int_equal(files_in(dir), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(replaces_whole_files),
		cmocka_unit_test(says_what_is_wrong),
		cmocka_unit_test(growing_file_takes_back_what_did_not_fit),
		cmocka_unit_test(full_disk_leaves_the_old_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
