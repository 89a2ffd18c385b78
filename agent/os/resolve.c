/* SPDX-License-Identifier: Apache-2.0 */
/* getaddrinfo() in a thread of its own. */
#include "os/resolve.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "os/wait.h"

#define STACK_SIZE (256 * 1024) /* name service plug-ins want some */

struct lookup {
	pthread_mutex_t lock;
	int users; /* the thread and the one who waits */
	struct pl_wake *done;
	int code; /* of getaddrinfo() */
	struct addrinfo *list;
	char host[256], port[8];
};

static void lookup_release(struct lookup *l)
{
	bool last;

	pthread_mutex_lock(&l->lock);
	last = --l->users == 0;
	pthread_mutex_unlock(&l->lock);
	if (!last)
		return;
	if (l->list)
		freeaddrinfo(l->list);
	pl_wake_destroy(l->done);
	pthread_mutex_destroy(&l->lock);
	free(l);
}

static int ask(const char *host, const char *port, int flags, struct addrinfo **ret_list)
{
	struct addrinfo hints = { .ai_family = AF_UNSPEC,
				  .ai_socktype = SOCK_STREAM,
				  .ai_flags = AI_NUMERICSERV | flags };

	return getaddrinfo(host, port, &hints, ret_list);
}

static void *lookup_run(void *arg)
{
	struct lookup *l = arg;
	struct addrinfo *list = NULL;
	int code = ask(l->host, l->port, 0, &list);

	pthread_mutex_lock(&l->lock);
	l->code = code;
	l->list = list;
	pthread_mutex_unlock(&l->lock);
	pl_wake_set(l->done);
	lookup_release(l);
	return NULL;
}

static enum pl_result lookup_start(const char *host, const char *port, struct lookup **ret_lookup,
				   struct pl_error *err)
{
	struct lookup *l = calloc(1, sizeof(*l));
	pthread_attr_t attr;
	pthread_t thread;
	enum pl_result r;
	int code;

	if (!l)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	r = pl_wake_create(&l->done, err);
	if (r != PL_OK) {
		free(l);
		return r;
	}
	pthread_mutex_init(&l->lock, NULL);
	snprintf(l->host, sizeof(l->host), "%s", host);
	snprintf(l->port, sizeof(l->port), "%s", port);
	l->users = 2;
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	code = pthread_create(&thread, &attr, lookup_run, l);
	pthread_attr_destroy(&attr);
	if (code != 0) {
		l->users = 1;
		lookup_release(l);
		return pl_error_set(err, PL_E_IO, "cannot start a thread: %s", strerror(code));
	}
	*ret_lookup = l;
	return PL_OK;
}

static const char *why_not(int code)
{
#if defined(_WIN32) /* gai_strerror() is not thread-safe there and gives wide text */
	return code == WSAHOST_NOT_FOUND ? "it is not known" : "the name server failed";
#else
	return gai_strerror(code);
#endif
}

static enum pl_result no_such_host(const char *host, int code, struct pl_error *err)
{
	if (code == EAI_AGAIN)
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "the name server does not answer for %s: is this PC online?",
				    host);
	return pl_error_set(err, PL_E_NOT_FOUND, "no host is called %s: %s", host, why_not(code));
}

enum pl_result pl_resolve(const char *host, int port, int64_t by_ms, struct pl_wake *wake,
			  struct addrinfo **ret_list, struct pl_error *err)
{
	struct lookup *l = NULL;
	char text[8];
	enum pl_result r;

	snprintf(text, sizeof(text), "%d", port);
	if (ask(host, text, AI_NUMERICHOST, ret_list) == 0)
		return PL_OK;
	r = lookup_start(host, text, &l, err);
	if (r != PL_OK)
		return r;
	r = pl_wait(pl_wake_handle(l->done), by_ms, wake, err);
	if (r == PL_E_TIMEOUT)
		r = pl_error_set(err, r, "looking up the name %s took too long", host);
	if (r == PL_OK) {
		pthread_mutex_lock(&l->lock);
		if (l->code != 0)
			r = no_such_host(host, l->code, err);
		else
			*ret_list = l->list;
		l->list = NULL;
		pthread_mutex_unlock(&l->lock);
	}
	lookup_release(l);
	return r;
}
