/* SPDX-License-Identifier: Apache-2.0 */
/* Files on POSIX systems. A rename is atomic, but durable only once the folder has been synced. */
#include "platen/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum pl_result pl_file_reason(int number)
{
	switch (number) {
	case ENOENT: return PL_E_NOT_FOUND;
	case EACCES:
	case EPERM:
	case EROFS: return PL_E_DENIED;
	case ENOSPC:
	case EDQUOT:
	case EFBIG: return PL_E_FULL;
	default: return PL_E_IO;
	}
}

static enum pl_result from_errno(struct pl_error *err, const char *what, const char *path)
{
	int number = errno;

	return pl_error_set(err, pl_file_reason(number), "cannot %s %s: %s", what, path,
			    strerror(number));
}

static enum pl_result read_all(int fd, const char *path, struct pl_bytes *out, struct pl_error *err)
{
	uint8_t piece[4096];

	for (;;) {
		ssize_t n = read(fd, piece, sizeof(piece));
		enum pl_result r;

		if (n == 0)
			return PL_OK;
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return from_errno(err, "read", path);
		r = pl_bytes_add(out, piece, (size_t)n);
		if (r != PL_OK)
			return pl_error_set(err, r, "%s is larger than %zu bytes", path, out->max);
	}
}

enum pl_result pl_file_read(const char *path, enum pl_file_access access, struct pl_bytes *out,
			    struct pl_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	size_t before = out->size;
	struct stat about;
	enum pl_result r;

	if (fd < 0)
		return from_errno(err, "open", path);
	if (fstat(fd, &about) != 0)
		r = from_errno(err, "examine", path);
	else if (!S_ISREG(about.st_mode))
		r = pl_error_set(err, PL_E_INVALID, "%s is not a file", path);
	else if (access == PL_FILE_SECRET && (about.st_mode & 077) != 0)
		r = pl_error_set(err, PL_E_DENIED,
				 "others may read %s: chmod 600 it (and think about who has)",
				 path);
	else
		r = read_all(fd, path, out, err);
	close(fd);
	if (r != PL_OK)
		pl_bytes_cut(out, before);
	return r;
}

static enum pl_result write_all(int fd, const char *path, const uint8_t *data, size_t n,
				struct pl_error *err)
{
	while (n > 0) {
		ssize_t done = write(fd, data, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done < 0)
			return from_errno(err, "write", path);
		data += done;
		n -= (size_t)done;
	}
	if (fsync(fd) != 0)
		return from_errno(err, "write", path);
	return PL_OK;
}

static enum pl_result sync_parent(const char *path, struct pl_error *err)
{
	char dir[PL_MAX_PATH];
	const char *slash = strrchr(path, '/');
	size_t n = slash ? (size_t)(slash - path) : 0;
	enum pl_result r = PL_OK;
	int fd;

	if (!slash)
		snprintf(dir, sizeof(dir), ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", n > 0 ? (int)n : 1, path);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return from_errno(err, "open", dir);
	if (fsync(fd) != 0)
		r = from_errno(err, "sync", dir);
	close(fd);
	return r;
}

enum pl_result pl_file_write(const char *path, enum pl_file_access access, const void *data,
			     size_t n, struct pl_error *err)
{
	char temporary[PL_MAX_PATH + 8];
	enum pl_result r;
	int fd;

	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", path);
	fd = mkostemp(temporary, O_CLOEXEC);
	if (fd < 0)
		return from_errno(err, "write", path);
	if (fchmod(fd, access == PL_FILE_SECRET ? 0600 : 0644) != 0)
		r = from_errno(err, "protect", temporary);
	else
		r = write_all(fd, path, data, n, err);
	if (close(fd) != 0 && r == PL_OK)
		r = from_errno(err, "write", path);
	if (r == PL_OK && rename(temporary, path) != 0)
		r = from_errno(err, "replace", path);
	if (r != PL_OK) {
		unlink(temporary);
		return r;
	}
	return sync_parent(path, err);
}

enum pl_result pl_file_remove(const char *path, struct pl_error *err)
{
	if (unlink(path) == 0)
		return sync_parent(path, err);
	return errno == ENOENT ? PL_OK : from_errno(err, "remove", path);
}

enum pl_result pl_file_make_dir(const char *path, struct pl_error *err)
{
	struct stat about;

	if (mkdir(path, 0700) == 0)
		return sync_parent(path, err);
	if (errno != EEXIST)
		return from_errno(err, "make the folder", path);
	if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode))
		return pl_error_set(err, PL_E_IO, "%s is in the way: a folder should be there",
				    path);
	return PL_OK;
}

enum pl_result pl_file_join(const char *dir, const char *name, char ret_path[static PL_MAX_PATH],
			    struct pl_error *err)
{
	int n = snprintf(ret_path, PL_MAX_PATH, "%s/%s", dir, name);

	if (n < 0 || n >= PL_MAX_PATH)
		return pl_error_set(err, PL_E_TOO_BIG, "the path %.100s… is too long", dir);
	return PL_OK;
}

enum pl_result pl_file_rename(const char *from, const char *to, struct pl_error *err)
{
	if (rename(from, to) != 0)
		return from_errno(err, "rename", from);
	return sync_parent(to, err);
}

struct pl_append_file {
	int fd;
	int64_t size;
	char path[PL_MAX_PATH];
};

enum pl_result pl_append_open(const char *path, enum pl_file_access access,
			      struct pl_append_file **ret_file, int64_t *ret_size,
			      struct pl_error *err)
{
	struct pl_append_file *file = calloc(1, sizeof(*file));
	enum pl_result r = PL_OK;
	struct stat about;

	if (!file)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY,
			access == PL_FILE_SECRET ? 0600 : 0644);
	if (file->fd < 0) {
		r = from_errno(err, "open", path);
		free(file);
		return r;
	}
	if (fstat(file->fd, &about) != 0)
		r = from_errno(err, "examine", path);
	else
		r = sync_parent(path, err);
	if (r != PL_OK) {
		pl_append_close(file);
		return r;
	}
	file->size = *ret_size = about.st_size;
	*ret_file = file;
	return PL_OK;
}

void pl_append_close(struct pl_append_file *file)
{
	if (!file)
		return;
	close(file->fd);
	free(file);
}

enum pl_result pl_append_cut(struct pl_append_file *file, int64_t size, struct pl_error *err)
{
	if (ftruncate(file->fd, size) != 0 || fsync(file->fd) != 0)
		return from_errno(err, "shorten", file->path);
	file->size = size;
	return PL_OK;
}

enum pl_result pl_append_add(struct pl_append_file *file, const void *data, size_t n,
			     struct pl_error *err)
{
	enum pl_result r = write_all(file->fd, file->path, data, n, err);

	if (r == PL_OK)
		file->size += (int64_t)n;
	else if (pl_append_cut(file, file->size, NULL) != PL_OK)
		return r; /* a torn end: the next opening takes it off */
	return r;
}
