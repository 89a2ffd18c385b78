/* SPDX-License-Identifier: Apache-2.0 */
/* The same PCs, with the same certificates, as clients of servers that are not ours. */
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"

#define EVENTS 512

void phase_post(struct plan *plan, int port)
{
	int own = plan->sda.port;

	plan->sda.port = port;
	for (int i = 0; i < plan->count; i++) { /* their tickets are not this server's */
		SSL_SESSION_free(plan->pcs[i].session);
		plan->pcs[i].session = NULL;
	}
	phase_report(plan, "post", 0);
	plan->sda.port = own;
}

/* CONNECT of MQTT 3.1.1: clean session, no keep-alive, the number as the client's name. */
static size_t connect_packet(int number, char out[32])
{
	static const char HEAD[] = { 0x10, 0, 0, 4, 'M', 'Q', 'T', 'T', 4, 2, 0, 0, 0 };
	int n;

	memcpy(out, HEAD, sizeof HEAD);
	n = snprintf(out + 14, 16, "pc%d", number);
	out[1] = (char)(12 + n);
	out[13] = (char)n;
	return (size_t)(14 + n);
}

static bool start(struct plan *plan, struct link *link, char packet[32], int number)
{
	link->raw = 4; /* CONNACK; its last byte is 0 where the client is let in */
	if (!link_open(&plan->sda, link, &plan->pcs[number]))
		return false;
	link_send(link, packet, connect_packet(number, packet));
	return true;
}

void phase_mqtt(struct plan *plan, int port, int pid)
{
	struct link *links = calloc((size_t)plan->count, sizeof *links);
	char(*packets)[32] = calloc((size_t)plan->count, sizeof *packets);
	struct epoll_event events[EVENTS];
	int own = plan->sda.port, started = 0, ended = 0, failed = 0;

	if (!links || !packets)
		abort();
	plan->sda.port = port;
	for (; started < plan->count && started < plan->at_once; started++)
		failed += !start(plan, &links[started], packets[started], started);
	while (ended + failed < plan->count) {
		int n = epoll_wait(plan->sda.epoll, events, EVENTS, 20000);

		if (n == 0)
			break;
		for (int i = 0; i < n; i++) {
			struct link *link = events[i].data.ptr;
			int go = link->raw ? link_step(link) : 0;

			if (go == 0)
				continue;
			if (go > 0 && link->status == 0) {
				ended++;
				link->raw = 0; /* stays connected */
			} else {
				failed++;
				link_close(link);
			}
			if (started < plan->count) {
				failed += !start(plan, &links[started], packets[started], started);
				started++;
			}
		}
	}
	printf("{\"phase\":\"mqtt\",\"connected\":%d,\"failed\":%d,\"rss_mb\":%.1f,\"pss_mb\":%.1f}"
	       "\n",
	       ended, failed, (double)server_kb(pid, "VmRSS:") / 1024,
	       (double)server_kb(pid, "Pss:") / 1024);
	for (int i = 0; i < plan->count; i++)
		link_close(&links[i]);
	plan->sda.port = own;
	free(packets);
	free(links);
}
