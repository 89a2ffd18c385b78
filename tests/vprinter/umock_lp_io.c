/* SPDX-License-Identifier: Apache-2.0 */
/*
 * usblp's bytes. The node is the far end of a pseudo terminal in raw mode, so that read, write and
 * poll are the kernel's own; two threads carry its bytes as usblp does: one write under way at a
 * time, and one read of 8 KiB pending while somebody has it open and has read everything before.
 */

#include "umock_lp.h"

#include <errno.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <platen/clock.h>

#define READ_SIZE 8192
#define UNREAD_MS 5   /* how often unread bytes are looked at */
#define STALL_MS  100 /* after a transfer that failed */

static void in_done(struct vp_transfer *t)
{
	struct umock_lp *lp = t->owner;

	pthread_mutex_lock(&lp->mutex);
	lp->in_busy = false;
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
}

static void out_done(struct vp_transfer *t)
{
	struct umock_lp *lp = t->owner;

	pthread_mutex_lock(&lp->mutex);
	lp->out_busy = false;
	pthread_cond_broadcast(&lp->changed);
	pthread_mutex_unlock(&lp->mutex);
}

/* Puts bytes where the client reads, as long as it is open. */
static void deliver(struct umock_lp *lp, const uint8_t *data, size_t n)
{
	int unread = 1;

	while (n > 0) {
		ssize_t w = write(lp->master, data, n);

		if (w > 0) {
			data += w;
			n -= (size_t)w;
			continue;
		}
		pthread_mutex_lock(&lp->mutex);
		if (lp->opens == 0 || lp->stopping)
			n = 0;
		else
			pl_clock_wait(&lp->changed, &lp->mutex, pl_clock_in_ms(UNREAD_MS));
		pthread_mutex_unlock(&lp->mutex);
	}
	/* usblp reads on only when everything has been taken. */
	while (unread > 0) {
		pthread_mutex_lock(&lp->mutex);
		if (lp->opens == 0 || lp->stopping)
			unread = 0;
		else if (ioctl(lp->slave, FIONREAD, &unread) == 0 && unread > 0)
			pl_clock_wait(&lp->changed, &lp->mutex, pl_clock_in_ms(UNREAD_MS));
		pthread_mutex_unlock(&lp->mutex);
	}
}

static const struct vp_setting *setting_of(const struct umock_lp *lp)
{
	return vp_descriptors_find(vp_device_descriptors(lp->port->printer->device), lp->interface,
				   0);
}

/* Printer -> client. */
void *umock_lp_read_loop(void *arg)
{
	struct umock_lp *lp = arg;
	uint8_t buf[READ_SIZE];

	pthread_mutex_lock(&lp->mutex);
	while (!lp->stopping) {
		struct vp_device *device = lp->port->printer->device;

		if (lp->opens == 0 || setting_of(lp)->ep_in == 0) {
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
			continue;
		}
		lp->in = (struct vp_transfer){ .endpoint = setting_of(lp)->ep_in,
					       .data = buf,
					       .size = sizeof(buf),
					       .done = in_done,
					       .owner = lp };
		lp->in_busy = true;
		pthread_mutex_unlock(&lp->mutex);
		umock_sysfs_count(lp->port);
		vp_device_submit(device, &lp->in);
		pthread_mutex_lock(&lp->mutex);
		while (lp->in_busy && lp->opens > 0 && !lp->stopping)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
		vp_device_cancel(device, &lp->in, -ENOENT);
		pthread_mutex_lock(&lp->mutex);
		while (lp->in_busy)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
		if (lp->in.status == 0)
			deliver(lp, buf, lp->in.actual);
		pthread_mutex_lock(&lp->mutex);
		if (lp->in.status != 0 && lp->in.status != -ENOENT && !lp->stopping)
			pl_clock_wait(&lp->changed, &lp->mutex, pl_clock_in_ms(STALL_MS));
	}
	pthread_mutex_unlock(&lp->mutex);
	return NULL;
}

/* Client -> printer. What a client wrote before it closed still goes out. */
void *umock_lp_write_loop(void *arg)
{
	struct umock_lp *lp = arg;
	uint8_t buf[READ_SIZE];

	for (;;) {
		struct pollfd p = { lp->master, POLLIN, 0 };
		ssize_t n;

		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return NULL;
		pthread_mutex_lock(&lp->mutex);
		if (lp->stopping) {
			pthread_mutex_unlock(&lp->mutex);
			return NULL;
		}
		pthread_mutex_unlock(&lp->mutex);
		n = read(lp->master, buf, sizeof(buf));
		if (n <= 0)
			continue;
		lp->out = (struct vp_transfer){ .endpoint = setting_of(lp)->ep_out,
						.data = buf,
						.size = (size_t)n,
						.done = out_done,
						.owner = lp };
		lp->out_busy = true;
		umock_sysfs_count(lp->port);
		vp_device_submit(lp->port->printer->device, &lp->out);
		pthread_mutex_lock(&lp->mutex);
		while (lp->out_busy && !lp->stopping)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
		vp_device_cancel(lp->port->printer->device, &lp->out, -ENOENT);
		pthread_mutex_lock(&lp->mutex);
		while (lp->out_busy)
			pl_clock_wait(&lp->changed, &lp->mutex, PL_FOREVER);
		pthread_mutex_unlock(&lp->mutex);
	}
}
