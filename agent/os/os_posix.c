/* SPDX-License-Identifier: Apache-2.0 */
/* What every POSIX system has: the wake as a pipe, the PC's name. */
#include "os/os.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

struct pl_wake {
	pthread_mutex_t lock;
	bool set;
	int read_fd, write_fd; /* the pipe holds one byte while the flag is set */
};

static bool make_private(int fd)
{
	return fcntl(fd, F_SETFD, FD_CLOEXEC) == 0 && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
}

enum pl_result pl_wake_create(struct pl_wake **ret_wake, struct pl_error *err)
{
	struct pl_wake *w = calloc(1, sizeof(*w));
	int fds[2];

	if (!w)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	if (pipe(fds) != 0) {
		free(w);
		return pl_error_set(err, PL_E_IO, "cannot make a pipe: %s", strerror(errno));
	}
	pthread_mutex_init(&w->lock, NULL);
	w->read_fd = fds[0];
	w->write_fd = fds[1];
	if (!make_private(fds[0]) || !make_private(fds[1])) {
		pl_wake_destroy(w);
		return pl_error_set(err, PL_E_IO, "cannot set up a pipe: %s", strerror(errno));
	}
	*ret_wake = w;
	return PL_OK;
}

void pl_wake_destroy(struct pl_wake *wake)
{
	if (!wake)
		return;
	close(wake->read_fd);
	close(wake->write_fd);
	pthread_mutex_destroy(&wake->lock);
	free(wake);
}

void pl_wake_set(struct pl_wake *wake)
{
	pthread_mutex_lock(&wake->lock);
	if (!wake->set)
		wake->set = write(wake->write_fd, "", 1) == 1;
	pthread_mutex_unlock(&wake->lock);
}

void pl_wake_clear(struct pl_wake *wake)
{
	char byte;

	pthread_mutex_lock(&wake->lock);
	if (wake->set)
		wake->set = read(wake->read_fd, &byte, 1) != 1;
	pthread_mutex_unlock(&wake->lock);
}

bool pl_wake_is_set(struct pl_wake *wake)
{
	bool set;

	pthread_mutex_lock(&wake->lock);
	set = wake->set;
	pthread_mutex_unlock(&wake->lock);
	return set;
}

intptr_t pl_wake_handle(const struct pl_wake *wake)
{
	return wake->read_fd;
}

static struct utsname about;

static void ask_about(void)
{
	if (uname(&about) != 0)
		snprintf(about.machine, sizeof(about.machine), "unknown");
}

const char *pl_os_architecture(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, ask_about);
	return about.machine;
}

void pl_os_host_name(char *ret_text, size_t cap)
{
	if (gethostname(ret_text, cap) != 0)
		ret_text[0] = '\0';
	ret_text[cap - 1] = '\0';
	ret_text[strcspn(ret_text, ".")] = '\0';
}

bool pl_os_disk_space(const char *path, int64_t *ret_free_bytes, int64_t *ret_total_bytes)
{
	struct statvfs disk;

	if (statvfs(path, &disk) != 0)
		return false;
	*ret_free_bytes = (int64_t)disk.f_bavail * (int64_t)disk.f_frsize;
	*ret_total_bytes = (int64_t)disk.f_blocks * (int64_t)disk.f_frsize;
	return true;
}

size_t pl_os_parse_address(const char *text, uint8_t ret_address[static 16])
{
	if (inet_pton(AF_INET, text, ret_address) == 1)
		return 4;
	return inet_pton(AF_INET6, text, ret_address) == 1 ? 16 : 0;
}
