/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bytes of packages.
 */
#include "package_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "platen/encode.h"
#include "platen/file.h"
#include "platen/package.h"

#define PIECE (64 * 1024)

static enum pl_result failed(struct pl_error *err, const char *what, const char *path)
{
	int number = errno;

	return pl_error_set(err, pl_file_reason(number), "%s cannot be %s: %s", path, what,
			    strerror(number));
}

static enum pl_result open_package(const char *path, int *ret_fd, struct pl_error *err)
{
	struct stat about;
	enum pl_result r = PL_OK;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return failed(err, "opened", path);
	if (fstat(fd, &about) < 0)
		r = failed(err, "read", path);
	else if (!S_ISREG(about.st_mode) || about.st_size == 0)
		r = pl_error_set(err, PL_E_INVALID, "%s is empty, or no file", path);
	else if (about.st_size > PL_MAX_PACKAGE)
		r = pl_error_set(err, PL_E_TOO_BIG, "%s is larger than %lld bytes", path,
				 (long long)PL_MAX_PACKAGE);
	if (r == PL_OK)
		*ret_fd = fd;
	else
		close(fd);
	return r;
}

enum pl_result pl_package_file_hash(const char *path, char ret_sha256[static PL_HASH_TEXT],
				    int64_t *ret_size, struct pl_error *err)
{
	uint8_t piece[PIECE], digest[PL_HASH_SIZE];
	struct pl_hash hash;
	int64_t size = 0;
	ssize_t n;
	int fd;
	enum pl_result r = open_package(path, &fd, err);

	if (r != PL_OK)
		return r;
	pl_hash_init(&hash);
	while ((n = read(fd, piece, sizeof piece)) > 0) {
		pl_hash_add(&hash, piece, (size_t)n);
		size += n;
	}
	pl_hash_end(&hash, digest);
	if (n < 0)
		r = failed(err, "read", path);
	close(fd);
	if (r != PL_OK)
		return r;
	pl_hex_write(digest, sizeof digest, ret_sha256);
	*ret_size = size;
	return PL_OK;
}

static enum pl_result pour(int from, int to, const char *from_path, const char *to_path,
			   struct pl_error *err)
{
	uint8_t piece[PIECE];
	ssize_t n;

	while ((n = read(from, piece, sizeof piece)) > 0)
		for (ssize_t at = 0; at < n;) {
			ssize_t done = write(to, piece + at, (size_t)(n - at));

			if (done < 0)
				return failed(err, "written", to_path);
			at += done;
		}
	if (n < 0)
		return failed(err, "read", from_path);
	return fsync(to) < 0 ? failed(err, "written", to_path) : PL_OK;
}

enum pl_result pl_package_file_copy(const char *from, const char *to, struct pl_error *err)
{
	char part[PL_MAX_PATH + 8];
	enum pl_result r;
	int in, out;

	r = open_package(from, &in, err);
	if (r != PL_OK)
		return r;
	snprintf(part, sizeof part, "%s.part", to);
	out = open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	r = out < 0 ? failed(err, "written", part) : pour(in, out, from, part, err);
	close(in);
	if (out >= 0 && close(out) < 0 && r == PL_OK)
		r = failed(err, "written", part);
	if (r == PL_OK)
		return pl_file_rename(part, to, err);
	unlink(part);
	return r;
}
