/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The watcher of suspended connections. The list is ordered by deadline; nearly everybody waits
 * equally long, so a new spot finds its place at the end at once.
 */
#include "park.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "platen/clock.h"

#define EVENTS_AT_ONCE 256

struct pl_park {
	uint32_t events;
	int epoll;
	int bell; /* eventfd: the earliest deadline has changed, or stop */
	pthread_t thread;
	pthread_mutex_t mutex;
	struct pl_park_spot *first, *last;
	struct pl_park_spot **by_fd;
	size_t fd_cap;
	uint32_t turn;
	int64_t count;
	bool stop;
};

static void ring(struct pl_park *park)
{
	uint64_t one = 1;
	ssize_t n = write(park->bell, &one, sizeof one);

	(void)n; /* a full counter rings as well */
}

static void unlink_spot(struct pl_park *park, struct pl_park_spot *spot)
{
	if (spot->previous)
		spot->previous->next = spot->next;
	else
		park->first = spot->next;
	if (spot->next)
		spot->next->previous = spot->previous;
	else
		park->last = spot->previous;
}

/* With the mutex held. */
static void resume(struct pl_park *park, struct pl_park_spot *spot)
{
	unlink_spot(park, spot);
	park->by_fd[spot->fd] = NULL;
	epoll_ctl(park->epoll, EPOLL_CTL_DEL, spot->fd, NULL);
	spot->parked = false;
	park->count--;
	MHD_resume_connection(spot->connection);
}

static int wait_ms(struct pl_park *park)
{
	int ms;

	pthread_mutex_lock(&park->mutex);
	ms = park->first ? pl_clock_left_ms(park->first->by_ms) : -1;
	pthread_mutex_unlock(&park->mutex);
	return ms;
}

static void hung_up(struct pl_park *park, uint64_t which)
{
	size_t fd = (uint32_t)which;
	struct pl_park_spot *spot = fd < park->fd_cap ? park->by_fd[fd] : NULL;

	if (spot && spot->turn == (uint32_t)(which >> 32)) {
		spot->hung_up = true;
		resume(park, spot);
	}
}

static void *park_thread(void *arg)
{
	struct pl_park *park = arg;
	struct epoll_event events[EVENTS_AT_ONCE];
	bool stop = false;

	while (!stop) {
		int n = epoll_wait(park->epoll, events, EVENTS_AT_ONCE, wait_ms(park));
		int64_t now = pl_clock_now_ms();

		pthread_mutex_lock(&park->mutex);
		for (int i = 0; i < n; i++) {
			uint64_t rung;

			if (events[i].data.u64 != UINT64_MAX)
				hung_up(park, events[i].data.u64);
			else if (read(park->bell, &rung, sizeof rung) < 0 && errno != EAGAIN)
				park->stop = true;
		}
		while (park->first && park->first->by_ms <= now)
			resume(park, park->first);
		stop = park->stop;
		pthread_mutex_unlock(&park->mutex);
	}
	return NULL;
}

enum pl_result pl_park_open(uint32_t events, struct pl_park **ret_park, struct pl_error *err)
{
	struct pl_park *park = calloc(1, sizeof *park);
	struct epoll_event bell = { .events = EPOLLIN, .data.u64 = UINT64_MAX };

	if (!park)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	park->events = events;
	park->epoll = epoll_create1(EPOLL_CLOEXEC);
	park->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	pthread_mutex_init(&park->mutex, NULL);
	if (park->epoll < 0 || park->bell < 0 ||
	    epoll_ctl(park->epoll, EPOLL_CTL_ADD, park->bell, &bell) < 0 ||
	    pthread_create(&park->thread, NULL, park_thread, park) != 0) {
		close(park->epoll);
		close(park->bell);
		free(park);
		return pl_error_set(err, PL_E_IO,
				    "the watcher of waiting connections could not be started");
	}
	*ret_park = park;
	return PL_OK;
}

void pl_park_stop(struct pl_park *park)
{
	pthread_mutex_lock(&park->mutex);
	park->stop = true;
	while (park->first)
		resume(park, park->first);
	pthread_mutex_unlock(&park->mutex);
	ring(park);
	pthread_join(park->thread, NULL);
}

void pl_park_close(struct pl_park *park)
{
	if (!park)
		return;
	close(park->epoll);
	close(park->bell);
	pthread_mutex_destroy(&park->mutex);
	free(park->by_fd);
	free(park);
}

static bool make_room(struct pl_park *park, int fd)
{
	size_t cap = park->fd_cap ? park->fd_cap : 256;
	struct pl_park_spot **grown;

	while (cap <= (size_t)fd)
		cap *= 2;
	if (cap == park->fd_cap)
		return true;
	grown = realloc(park->by_fd, cap * sizeof *grown);
	if (!grown)
		return false;
	for (size_t i = park->fd_cap; i < cap; i++)
		grown[i] = NULL;
	park->by_fd = grown;
	park->fd_cap = cap;
	return true;
}

static void insert(struct pl_park *park, struct pl_park_spot *spot)
{
	struct pl_park_spot *after = park->last;

	while (after && after->by_ms > spot->by_ms)
		after = after->previous;
	spot->previous = after;
	spot->next = after ? after->next : park->first;
	if (spot->next)
		spot->next->previous = spot;
	else
		park->last = spot;
	if (after)
		after->next = spot;
	else
		park->first = spot;
}

bool pl_park_add(struct pl_park *park, struct pl_park_spot *spot, struct MHD_Connection *connection,
		 int64_t by_ms)
{
	int fd = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	struct epoll_event watch = { .events = park->events | EPOLLONESHOT };
	bool earliest = false, taken;

	pthread_mutex_lock(&park->mutex);
	taken = !park->stop && make_room(park, fd);
	if (taken) {
		spot->connection = connection;
		spot->fd = fd;
		spot->turn = park->turn = (park->turn + 1) & 0x7fffffff;
		spot->by_ms = by_ms;
		spot->parked = true;
		spot->hung_up = false;
		MHD_suspend_connection(connection);
		insert(park, spot);
		park->by_fd[fd] = spot;
		park->count++;
		watch.data.u64 = (uint64_t)spot->turn << 32 | (uint32_t)fd;
		epoll_ctl(park->epoll, EPOLL_CTL_ADD, fd, &watch);
		earliest = park->first == spot;
	}
	pthread_mutex_unlock(&park->mutex);
	if (earliest)
		ring(park);
	return taken;
}

void pl_park_wake(struct pl_park *park, struct pl_park_spot *spot)
{
	pthread_mutex_lock(&park->mutex);
	if (spot->parked)
		resume(park, spot);
	pthread_mutex_unlock(&park->mutex);
}

int64_t pl_park_count(struct pl_park *park)
{
	int64_t n;

	pthread_mutex_lock(&park->mutex);
	n = park->count;
	pthread_mutex_unlock(&park->mutex);
	return n;
}
