/* SPDX-License-Identifier: Apache-2.0 */
/* One lock file per printer, flock()ed: the kernel lets go of it when the process ends. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_LOCK_PATH 160
#define MAX_TRIES     8

struct pl_lock {
	int fd;
	char path[MAX_LOCK_PATH];
};

/* World-writable and sticky on Linux; elsewhere /tmp is. */
static const char *lock_folder(void)
{
	struct stat st;

	return stat("/run/lock", &st) == 0 && access("/run/lock", W_OK) == 0 ? "/run/lock" : "/tmp";
}

/* First without O_CREAT: in a sticky folder the kernel refuses to "create" a file that another user
 * made. Whoever may not open it for writing may still lock it for reading. */
static int open_lock(const char *path)
{
	int flags = O_CLOEXEC | O_NOFOLLOW;
	int fd = open(path, O_RDWR | flags);

	if (fd < 0 && errno == ENOENT) {
		fd = open(path, O_RDWR | O_CREAT | flags, 0666);
		if (fd >= 0)
			(void)!fchmod(fd, 0666); /* the umask must not lock other users out */
	}
	if (fd < 0 && errno == EACCES)
		fd = open(path, O_RDONLY | flags);
	return fd;
}

/* Between our open and our lock the owner may have removed the file: then it locks nothing. */
static bool is_still_there(int fd, const char *path)
{
	struct stat mine, there;

	return fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
	       mine.st_dev == there.st_dev;
}

/* Returns the locked descriptor, or -1 with errno; EWOULDBLOCK: somebody has it. */
static int lock_file(const char *path)
{
	for (int i = 0; i < MAX_TRIES; i++) {
		int fd = open_lock(path);
		int why;

		if (fd < 0)
			return -1;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0 && is_still_there(fd, path))
			return fd;
		why = errno;
		close(fd);
		errno = why;
		if (why == EWOULDBLOCK)
			return -1;
	}
	errno = EWOULDBLOCK; /* others come and go all the time */
	return -1;
}

enum pl_result pl_lock_take(const char *name, struct pl_lock **ret_lock, struct pl_error *err)
{
	struct pl_lock *lock = calloc(1, sizeof(*lock));
	enum pl_result r;
	int why;

	if (!lock)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	snprintf(lock->path, sizeof(lock->path), "%s/platen-%s.lock", lock_folder(), name);
	lock->fd = lock_file(lock->path);
	if (lock->fd >= 0) {
		*ret_lock = lock;
		return PL_OK;
	}
	why = errno;
	if (why == EWOULDBLOCK)
		r = pl_error_set(err, PL_E_BUSY, "another platen reads this printer just now");
	else
		r = pl_error_set(err, why == EACCES ? PL_E_DENIED : PL_E_IO,
				 "cannot open the lock file %s: %s", lock->path, strerror(why));
	free(lock);
	return r;
}

void pl_lock_release(struct pl_lock *lock)
{
	if (!lock)
		return;
	unlink(lock->path); /* while it is ours; in a sticky folder only its maker may, and it stays
			     */
	close(lock->fd);
	free(lock);
}
