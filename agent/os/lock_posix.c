/* SPDX-License-Identifier: Apache-2.0 */
/* One lock file per printer, flock()ed: the kernel lets go of it when the process ends. */
#include "lock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct pl_lock {
	int fd;
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

enum pl_result pl_lock_take_device(uint8_t bus, uint8_t address, struct pl_lock **ret_lock,
				   struct pl_error *err)
{
	struct pl_lock *lock;
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/platen-usb-%03u-%03u.lock", lock_folder(), bus, address);
	fd = open_lock(path);
	if (fd < 0)
		return pl_error_set(err, errno == EACCES ? PL_E_DENIED : PL_E_IO,
				    "cannot open the lock file %s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		int why = errno;

		close(fd);
		return pl_error_set(err, why == EWOULDBLOCK ? PL_E_BUSY : PL_E_IO,
				    why == EWOULDBLOCK
					    ? "another platen reads this printer just now"
					    : "The lock file cannot be locked");
	}
	lock = malloc(sizeof(*lock));
	if (!lock) {
		close(fd);
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	lock->fd = fd;
	*ret_lock = lock;
	return PL_OK;
}

void pl_lock_release(struct pl_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	free(lock);
}
