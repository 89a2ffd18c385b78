/* SPDX-License-Identifier: Apache-2.0 */
/* The kernel's printer driver as a stream. usblp gives /dev/usb/lpN to one program at a time; CUPS
 * takes the whole driver away while it prints. Either way the node's errors mean "printing". */
#include "stream_usblp.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/lp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "context.h"
#include "os.h"
#include "platen/clock.h"
#include "sysfs.h"
#include "transfer.h"

/* The driver hands on zero-length packets as reads of 0 bytes, and is ready again at once. */
#define PAUSE_MS 10

struct lp {
	struct pl_stream stream; /* first: the vtable finds the rest by it */
	struct usb_wait wait;
	struct pl_usb *usb;
	struct pl_usb_device dev;
	int fd;
	int stop; /* an eventfd: readable when the program stops */
};

static struct lp *lp_of(struct pl_stream *s)
{
	return (struct lp *)s;
}

static void wake_poll(struct usb_wait *w)
{
	struct lp *lp = (struct lp *)((char *)w - offsetof(struct lp, wait));

	eventfd_write(lp->stop, 1);
}

/* What an error of the node means. */
static enum pl_result node_failed(struct pl_usb *usb, const struct pl_usb_device *dev, int error,
				  struct pl_error *err)
{
	if (!usb_os_is_attached(usb, dev))
		return pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	switch (error) {
	case ENOENT:
	case ENODEV:
	case EIO:
	case EBUSY:
		return pl_error_set(err, PL_E_BUSY, "the print pipe is in use (usblp: %s)",
				    strerror(error));
	case ENXIO: return pl_error_set(err, PL_E_UNSUPPORTED, "usblp does not drive this printer");
	case EACCES:
	case EPERM: return pl_error_set(err, PL_E_DENIED, "no permission to open /dev/usb/lp*");
	case EINVAL: return pl_error_set(err, PL_E_UNSUPPORTED, "this printer only listens");
	default: return pl_error_set(err, PL_E_IO, "usblp: %s", strerror(error));
	}
}

static enum pl_result too_late(struct pl_error *err)
{
	return pl_error_set(err, PL_E_TIMEOUT, "the printer did not answer in time");
}

/* Waits until the node is ready for `events`. *ret_ended: there will be no more, the driver was
 * taken away or the printer unplugged. */
static enum pl_result wait_for(struct lp *lp, short events, int64_t by_ms, bool *ret_ended,
			       struct pl_error *err)
{
	struct pollfd fds[] = { { .fd = lp->fd, .events = events },
				{ .fd = lp->stop, .events = POLLIN } };
	int n;

	do
		n = poll(fds, 2, pl_clock_left_ms(by_ms));
	while (n < 0 && errno == EINTR);

	if (n < 0)
		return pl_error_set(err, PL_E_IO, "poll: %s", strerror(errno));
	if (n == 0)
		return too_late(err);
	if (fds[1].revents)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	*ret_ended = fds[0].revents & (POLLHUP | POLLERR);
	if (fds[0].revents & events)
		return PL_OK;
	return node_failed(lp->usb, &lp->dev, ENODEV, err);
}

/* Waits a moment where the node is ready and yet has nothing. */
static enum pl_result pause_until(struct lp *lp, int64_t by_ms, struct pl_error *err)
{
	if (pl_clock_left_ms(by_ms) == 0)
		return too_late(err);
	if (usb_sleep(lp->usb, PAUSE_MS) < 0)
		return pl_error_set(err, PL_E_CANCELLED, "stopped");
	return PL_OK;
}

static enum pl_result lp_read(struct pl_stream *s, void *buf, size_t cap, int64_t by_ms,
			      size_t *ret_n, struct pl_error *err)
{
	struct lp *lp = lp_of(s);

	for (;;) {
		bool ended = false;
		enum pl_result r;
		ssize_t n;

		r = wait_for(lp, POLLIN, by_ms, &ended, err);
		if (r != PL_OK)
			return r;
		n = read(lp->fd, buf, cap);
		if (n > 0) {
			*ret_n = (size_t)n;
			return PL_OK;
		}
		if (n < 0 && errno != EAGAIN && errno != EINTR)
			return node_failed(lp->usb, &lp->dev, errno, err);
		if (ended)
			return node_failed(lp->usb, &lp->dev, ENODEV, err);
		r = pause_until(lp, by_ms, err);
		if (r != PL_OK)
			return r;
	}
}

/* Closing the node throws away what the driver has not sent yet, so each part is waited for. */
static enum pl_result lp_write(struct pl_stream *s, const void *buf, size_t n, int64_t by_ms,
			       struct pl_error *err)
{
	struct lp *lp = lp_of(s);
	const char *at = buf;
	enum pl_result r;
	bool ended;

	while (n > 0) {
		ssize_t done;

		r = wait_for(lp, POLLOUT, by_ms, &ended, err);
		if (r != PL_OK)
			return r;
		done = write(lp->fd, at, n);
		if (done > 0) {
			at += done;
			n -= (size_t)done;
			continue;
		}
		if (done < 0 && errno != EAGAIN && errno != EINTR)
			return node_failed(lp->usb, &lp->dev, errno, err);
		r = pause_until(lp, by_ms, err);
		if (r != PL_OK)
			return r;
	}
	return wait_for(lp, POLLOUT, by_ms, &ended, err);
}

static void lp_close(struct pl_stream *s)
{
	struct lp *lp = lp_of(s);

	pthread_mutex_lock(&lp->usb->lock);
	usb_wait_leave(&lp->wait);
	pthread_mutex_unlock(&lp->usb->lock);
	close(lp->fd);
	close(lp->stop);
	free(lp);
}

static const struct pl_stream_ops LP_OPS = {
	.name = "usblp",
	.read = lp_read,
	.write = lp_write,
	.close = lp_close,
};

/* Enters the waits of the program for the life of the stream. */
static bool enter_waits(struct lp *lp)
{
	bool may_wait;

	pthread_mutex_lock(&lp->usb->lock);
	may_wait = usb_wait_enter(lp->usb, &lp->wait);
	pthread_mutex_unlock(&lp->usb->lock);
	return may_wait;
}

enum pl_result usb_lp_stream(struct pl_usb *usb, const struct pl_usb_device *dev, int fd,
			     struct pl_stream **ret_stream, struct pl_error *err)
{
	int stop = eventfd(0, EFD_CLOEXEC);
	struct lp *lp = malloc(sizeof(*lp));
	enum pl_result r;

	if (!lp || stop < 0) {
		r = pl_error_set(err, lp ? PL_E_IO : PL_E_NO_MEMORY, "out of %s",
				 lp ? "file descriptors" : "memory");
		goto fail;
	}
	*lp = (struct lp){ .stream.ops = &LP_OPS,
			   .wait.wake = wake_poll,
			   .usb = usb,
			   .dev = *dev,
			   .fd = fd,
			   .stop = stop };
	if (!enter_waits(lp)) {
		r = pl_error_set(err, PL_E_CANCELLED, "stopped");
		goto fail;
	}
	*ret_stream = &lp->stream;
	return PL_OK;
fail:
	if (stop >= 0)
		close(stop);
	close(fd);
	free(lp);
	return r;
}

/* Why an interface has no lp node: it never had usblp, or somebody took it away to print. */
static enum pl_result no_node(struct pl_usb *usb, const struct pl_usb_device *dev,
			      uint8_t interface, struct pl_error *err)
{
	char name[32];

	if (!usb_os_is_attached(usb, dev))
		return pl_error_set(err, PL_E_GONE, "the printer was unplugged");
	switch (pl_usb_owner(usb, dev, interface, name)) {
	case PL_USB_OWNER_NONE:
	case PL_USB_OWNER_UNKNOWN:
		return pl_error_set(err, PL_E_UNSUPPORTED, "usblp does not drive interface %u",
				    interface);
	case PL_USB_OWNER_USBLP:
	case PL_USB_OWNER_USBFS:
	case PL_USB_OWNER_OTHER:
	default: return usb_is_held(interface, name, err);
	}
}

/* Opens the node of an interface. */
static enum pl_result open_node(struct pl_usb *usb, const struct pl_usb_device *dev,
				uint8_t interface, int *ret_fd, struct pl_error *err)
{
	char name[16], path[32];
	int fd;

	if (!usb_sysfs_lp_name(USB_SYSFS, dev, interface, name))
		return no_node(usb, dev, interface, err);
	snprintf(path, sizeof(path), "/dev/usb/%s", name);
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return node_failed(usb, dev, errno, err);
	*ret_fd = fd;
	return PL_OK;
}

enum pl_result pl_usb_open_lp(struct pl_usb *usb, const struct pl_usb_device *dev,
			      uint8_t interface, struct pl_stream **ret_stream,
			      struct pl_error *err)
{
	enum pl_result r;
	int fd;

	r = open_node(usb, dev, interface, &fd, err);
	return r == PL_OK ? usb_lp_stream(usb, dev, fd, ret_stream, err) : r;
}

enum pl_result usb_os_port_status(struct pl_usb *usb, const struct pl_usb_device *dev,
				  uint8_t interface, uint8_t *ret_bits, struct pl_error *err)
{
	int fd, bits = 0;
	enum pl_result r;

	r = open_node(usb, dev, interface, &fd, err);
	if (r != PL_OK)
		return r;
	if (ioctl(fd, LPGETSTATUS, &bits) < 0)
		r = node_failed(usb, dev, errno, err);
	else
		*ret_bits = (uint8_t)bits;
	close(fd);
	return r;
}
