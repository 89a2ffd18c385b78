/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Preload: a thin layer over umockdev's own, for what umockdev cannot do.
 *
 * 1. A second open of /dev/usb/lpN is EBUSY. The emulator is asked before the node is opened, and
 * close() returns when it has taken note, so that the next open succeeds.
 * 2. Reading lpN after the printer has gone is ENODEV; the pseudo terminal behind it says end of
 * file.
 * 3. umockdev names the socket on which a program hears udev events after its descriptor number
 * alone, so two programs with the same number take each other's place. Here each gets a name of its
 * own.
 */

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define LP     "/dev/usb/lp"
#define MAX_FD 1024

int open(const char *path, int flags, ...);
int open64(const char *path, int flags, ...);
int openat(int dir, const char *path, int flags, ...);
int openat64(int dir, const char *path, int flags, ...);
int __open_2(const char *path, int flags);
int __open64_2(const char *path, int flags);
int bind(int fd, const struct sockaddr *address, socklen_t size);
int close(int fd);
ssize_t read(int fd, void *buf, size_t n);

static signed char lp_of[MAX_FD]; /* the number of the lp behind a descriptor, from 1; 0: none */

/* The function that this one stands in front of. */
#define NEXT(name)                                                                                 \
	({                                                                                         \
		static __typeof__(&name) next_;                                                    \
		if (!next_)                                                                        \
			next_ = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                        \
		next_;                                                                             \
	})

/* Asks at the gate "open 0" or "closed 0": 'y', 'b' (busy), 'n' (no such printer), or 0 when nobody
 * answers. */
static char ask(const char *verb, int number)
{
	const char *gate = getenv("VPRINTER_LP_GATE");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	char question[32], answer = 0;
	int fd;

	if (!gate || strlen(gate) >= sizeof(a.sun_path))
		return 0;
	strcpy(a.sun_path, gate);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return 0;
	snprintf(question, sizeof(question), "%s %d", verb, number);
	if (connect(fd, (struct sockaddr *)&a, sizeof(a)) == 0 &&
	    send(fd, question, strlen(question), MSG_NOSIGNAL) > 0)
		(void)!recv(fd, &answer, 1, 0);
	NEXT(close)(fd);
	return answer;
}

static int is_lp(const char *path)
{
	return path && strncmp(path, LP, strlen(LP)) == 0;
}

/* True when lpN is taken; errno is EBUSY then. */
static int busy(const char *path)
{
	if (!is_lp(path) || ask("open", atoi(path + strlen(LP))) != 'b')
		return 0;
	errno = EBUSY;
	return 1;
}

/* Remembers which lp a descriptor is. */
static int opened(const char *path, int fd)
{
	if (fd >= 0 && fd < MAX_FD)
		lp_of[fd] = (signed char)(is_lp(path) ? atoi(path + strlen(LP)) + 1 : 0);
	return fd;
}

/* The file mode is there only where a file may be made. */
#define MODE_ARGUMENT(flags, mode)                                                                 \
	do {                                                                                       \
		if ((flags) & (O_CREAT | O_TMPFILE)) {                                             \
			va_list ap_;                                                               \
			va_start(ap_, flags);                                                      \
			(mode) = va_arg(ap_, mode_t);                                              \
			va_end(ap_);                                                               \
		}                                                                                  \
	} while (0)

int open(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return busy(path) ? -1 : opened(path, NEXT(open)(path, flags, mode));
}

int open64(const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return busy(path) ? -1 : opened(path, NEXT(open64)(path, flags, mode));
}

int openat(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return busy(path) ? -1 : opened(path, NEXT(openat)(dir, path, flags, mode));
}

int openat64(int dir, const char *path, int flags, ...)
{
	mode_t mode = 0;

	MODE_ARGUMENT(flags, mode);
	return busy(path) ? -1 : opened(path, NEXT(openat64)(dir, path, flags, mode));
}

int __open_2(const char *path, int flags)
{
	return busy(path) ? -1 : opened(path, NEXT(__open_2)(path, flags));
}

int __open64_2(const char *path, int flags)
{
	return busy(path) ? -1 : opened(path, NEXT(__open64_2)(path, flags));
}

static int lp_behind(int fd)
{
	return fd >= 0 && fd < MAX_FD ? lp_of[fd] : 0;
}

ssize_t read(int fd, void *buf, size_t n)
{
	ssize_t r = NEXT(read)(fd, buf, n);

	if (r != 0 || n == 0 || lp_behind(fd) == 0)
		return r;
	errno = ENODEV;
	return -1;
}

int close(int fd)
{
	int number = lp_behind(fd);
	int r;

	if (number > 0)
		lp_of[fd] = 0;
	r = NEXT(close)(fd);
	if (number > 0)
		ask("closed", number - 1);
	return r;
}

int bind(int fd, const struct sockaddr *address, socklen_t size)
{
	static int count;
	const char *root = getenv("UMOCKDEV_DIR");
	struct sockaddr_un bound = { 0 };
	socklen_t n = sizeof(bound) - 1;
	char unique[sizeof(bound.sun_path) + 32];
	int r = NEXT(bind)(fd, address, size);

	if (r != 0 || !root || getsockname(fd, (struct sockaddr *)&bound, &n) != 0)
		return r;
	n = (socklen_t)strlen(root);
	if (bound.sun_family != AF_UNIX || strncmp(bound.sun_path, root, n) != 0 ||
	    strncmp(bound.sun_path + n, "/event", 6) != 0)
		return r;
	snprintf(unique, sizeof(unique), "%s.%d.%d", bound.sun_path, (int)getpid(),
		 __atomic_add_fetch(&count, 1, __ATOMIC_RELAXED));
	rename(bound.sun_path, unique);
	return r;
}
