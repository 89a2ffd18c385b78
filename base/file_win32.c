/* SPDX-License-Identifier: Apache-2.0 */
/* Files on Windows. A new file is written through and takes the old one's place in one step; NTFS
 * keeps a journal of names, so a folder needs no flushing. */
#include "platen/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <windows.h>

#include "platen/file_acl.h"
#include "platen/random.h"
#include "platen/wide.h"

static enum pl_result failed(struct pl_error *err, const char *what, const char *path)
{
	return pl_wide_failed(GetLastError(), err, what, path);
}

static enum pl_result no_path(struct pl_error *err, const char *path)
{
	return pl_error_set(err, PL_E_INVALID, "%.100s is no path this system can name", path);
}

static enum pl_result read_all(HANDLE file, const char *path, struct pl_bytes *out,
			       struct pl_error *err)
{
	uint8_t piece[4096];

	for (;;) {
		DWORD n = 0;
		enum pl_result r;

		if (!ReadFile(file, piece, sizeof(piece), &n, NULL))
			return failed(err, "read", path);
		if (n == 0)
			return PL_OK;
		r = pl_bytes_add(out, piece, n);
		if (r != PL_OK)
			return pl_error_set(err, r, "%s is larger than %zu bytes", path, out->max);
	}
}

enum pl_result pl_file_read(const char *path, enum pl_file_access access, struct pl_bytes *out,
			    struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE];
	size_t before = out->size;
	enum pl_result r;
	HANDLE file;

	if (!pl_wide_of(path, wide, PL_MAX_WIDE))
		return no_path(err, path);
	file = CreateFileW(wide, GENERIC_READ,
			   FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE, NULL,
			   OPEN_EXISTING, 0, NULL);
	if (file == INVALID_HANDLE_VALUE)
		return failed(err, "open", path);
	if (GetFileType(file) != FILE_TYPE_DISK)
		r = pl_error_set(err, PL_E_INVALID, "%s is not a file", path);
	else if (access == PL_FILE_SECRET && pl_file_others_may(wide, PL_FILE_OTHERS_READ))
		r = pl_error_set(err, PL_E_DENIED,
				 "others may read %s: leave it to SYSTEM and Administrators with "
				 "icacls (and think about who has)",
				 path);
	else
		r = read_all(file, path, out, err);
	CloseHandle(file);
	if (r != PL_OK)
		pl_bytes_cut(out, before);
	return r;
}

static enum pl_result write_all(HANDLE file, const char *path, const void *data, size_t n,
				struct pl_error *err)
{
	const char *at = data;

	while (n > 0) {
		DWORD piece = n < 1 << 20 ? (DWORD)n : 1 << 20, done = 0;

		if (!WriteFile(file, at, piece, &done, NULL))
			return failed(err, "write", path);
		at += done;
		n -= done;
	}
	return FlushFileBuffers(file) ? PL_OK : failed(err, "write", path);
}

/* A file or NULL with the error of the system kept. */
static HANDLE create(const wchar_t *path, enum pl_file_access access, DWORD rights, DWORD how)
{
	void *descriptor = pl_file_descriptor(access == PL_FILE_SECRET);
	SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes),
					   .lpSecurityDescriptor = descriptor };
	HANDLE file;
	DWORD code;

	if (!descriptor) {
		SetLastError(ERROR_OUTOFMEMORY);
		return NULL;
	}
	file = CreateFileW(path, rights, FILE_SHARE_READ | FILE_SHARE_DELETE, &attributes, how,
			   FILE_ATTRIBUTE_NORMAL, NULL);
	code = GetLastError();
	LocalFree(descriptor);
	SetLastError(code);
	return file == INVALID_HANDLE_VALUE ? NULL : file;
}

enum pl_result pl_file_write(const char *path, enum pl_file_access access, const void *data,
			     size_t n, struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE], wide_temporary[PL_MAX_WIDE];
	char temporary[PL_MAX_PATH + 48], unique[PL_UUID_TEXT];
	enum pl_result r;
	HANDLE file;

	pl_random_uuid(unique);
	snprintf(temporary, sizeof(temporary), "%s.%s", path, unique);
	if (!pl_wide_of(path, wide, PL_MAX_WIDE) ||
	    !pl_wide_of(temporary, wide_temporary, PL_MAX_WIDE))
		return no_path(err, path);
	file = create(wide_temporary, access, GENERIC_WRITE, CREATE_NEW);
	if (!file)
		return failed(err, "write", path);
	r = write_all(file, path, data, n, err);
	CloseHandle(file);
	if (r == PL_OK &&
	    !MoveFileExW(wide_temporary, wide, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
		r = failed(err, "replace", path);
	if (r != PL_OK)
		DeleteFileW(wide_temporary);
	return r;
}

enum pl_result pl_file_remove(const char *path, struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE];

	if (!pl_wide_of(path, wide, PL_MAX_WIDE))
		return no_path(err, path);
	if (DeleteFileW(wide) || GetLastError() == ERROR_FILE_NOT_FOUND ||
	    GetLastError() == ERROR_PATH_NOT_FOUND)
		return PL_OK;
	return failed(err, "remove", path);
}

enum pl_result pl_file_make_dir(const char *path, struct pl_error *err)
{
	SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes) };
	wchar_t wide[PL_MAX_WIDE];
	DWORD about, code;
	BOOL made;

	if (!pl_wide_of(path, wide, PL_MAX_WIDE))
		return no_path(err, path);
	attributes.lpSecurityDescriptor = pl_file_descriptor(true);
	if (!attributes.lpSecurityDescriptor)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	made = CreateDirectoryW(wide, &attributes);
	code = GetLastError();
	LocalFree(attributes.lpSecurityDescriptor);
	if (made)
		return PL_OK;
	if (code != ERROR_ALREADY_EXISTS)
		return pl_wide_failed(code, err, "make the folder", path);
	about = GetFileAttributesW(wide);
	if (about == INVALID_FILE_ATTRIBUTES || !(about & FILE_ATTRIBUTE_DIRECTORY))
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
	wchar_t wide_from[PL_MAX_WIDE], wide_to[PL_MAX_WIDE];

	if (!pl_wide_of(from, wide_from, PL_MAX_WIDE) || !pl_wide_of(to, wide_to, PL_MAX_WIDE))
		return no_path(err, from);
	if (!MoveFileExW(wide_from, wide_to, MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
		return failed(err, "rename", from);
	return PL_OK;
}

struct pl_append_file {
	HANDLE file;
	int64_t size;
	char path[PL_MAX_PATH];
};

enum pl_result pl_append_open(const char *path, enum pl_file_access access,
			      struct pl_append_file **ret_file, int64_t *ret_size,
			      struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE];
	struct pl_append_file *file;
	LARGE_INTEGER size, end = { .QuadPart = 0 };
	enum pl_result r;

	if (!pl_wide_of(path, wide, PL_MAX_WIDE))
		return no_path(err, path);
	file = calloc(1, sizeof(*file));
	if (!file)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	snprintf(file->path, sizeof(file->path), "%s", path);
	file->file = create(wide, access, GENERIC_READ | GENERIC_WRITE, OPEN_ALWAYS);
	if (!file->file) {
		r = failed(err, "open", path);
		free(file);
		return r;
	}
	if (!GetFileSizeEx(file->file, &size) ||
	    !SetFilePointerEx(file->file, end, NULL, FILE_END)) {
		r = failed(err, "examine", path);
		pl_append_close(file);
		return r;
	}
	file->size = *ret_size = size.QuadPart;
	*ret_file = file;
	return PL_OK;
}

void pl_append_close(struct pl_append_file *file)
{
	if (!file)
		return;
	CloseHandle(file->file);
	free(file);
}

enum pl_result pl_append_cut(struct pl_append_file *file, int64_t size, struct pl_error *err)
{
	LARGE_INTEGER at = { .QuadPart = size };

	if (!SetFilePointerEx(file->file, at, NULL, FILE_BEGIN) || !SetEndOfFile(file->file) ||
	    !FlushFileBuffers(file->file))
		return failed(err, "shorten", file->path);
	file->size = size;
	return PL_OK;
}

enum pl_result pl_append_add(struct pl_append_file *file, const void *data, size_t n,
			     struct pl_error *err)
{
	enum pl_result r = write_all(file->file, file->path, data, n, err);

	if (r == PL_OK)
		file->size += (int64_t)n;
	else if (pl_append_cut(file, file->size, NULL) != PL_OK)
		return r; /* a torn end: the next opening takes it off */
	return r;
}
