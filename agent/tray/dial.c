/* SPDX-License-Identifier: Apache-2.0 */
/* Unix sockets answer a call at once, and take one line at once. */
#include "dial.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int dial(const char *socket_path, const char *line)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t size = strlen(line);
	int fd, code;

	if (strlen(socket_path) >= sizeof(address.sun_path))
		return -ENAMETOOLONG;
	memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0 &&
	    send(fd, line, size, MSG_NOSIGNAL) == (ssize_t)size)
		return fd;
	code = errno ? errno : EIO;
	close(fd);
	return -code;
}
