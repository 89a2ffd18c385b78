/* SPDX-License-Identifier: Apache-2.0 */
/* What is measured, one phase after the other; each prints one line of JSON. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "load.h"

#define EVENTS	512
#define REQUEST 8192
#define WAKES	300

/* A connection with a request buffer of its own. */
struct worker {
	struct link link;
	char request[REQUEST];
	int number;  /* which PC */
	bool served; /* its poll is parked, or was answered with work */
};

static struct worker *make_workers(int count)
{
	struct worker *workers = calloc((size_t)count, sizeof *workers);

	if (!workers)
		abort();
	return workers;
}

static void send_text(struct worker *w, size_t size)
{
	link_send(&w->link, w->request, size);
}

/* ---- enrolment: `at_once` connections, a new one for every PC */

void phase_enrol(struct plan *plan)
{
	struct worker *workers = make_workers(plan->at_once);
	struct epoll_event events[EVENTS];
	struct figures f = { 0 };
	int started = 0, ended = 0;
	int64_t began = now_us();
	double cpu = server_cpu_s(plan->pid), seconds;

	for (int i = 0; i < plan->at_once && started < plan->count; i++) {
		struct worker *w = &workers[i];

		w->number = started++;
		link_open(&plan->sda, &w->link, &plan->pcs[w->number]);
		send_text(w, pc_enroll_request(w->link.pc, plan->secret, plan->host, w->request,
					       REQUEST));
	}
	while (ended < plan->count) {
		int n = epoll_wait(plan->sda.epoll, events, EVENTS, 10000);

		if (n == 0)
			break;
		for (int i = 0; i < n; i++) {
			struct worker *w = events[i].data.ptr;
			int go = link_step(&w->link);

			if (go == 0)
				continue;
			if (go > 0 && w->link.status == 200 &&
			    pc_take_certificate(w->link.pc, w->link.body)) {
				figures_add(&f, now_us() - w->link.began_us);
				SSL_SESSION_free(
					w->link.pc->session); /* it knows no certificate yet */
				w->link.pc->session = NULL;
			} else if (f.failed++ < 3) {
				fprintf(stderr, "enrol: %d %.200s\n", w->link.status,
					go > 0 ? w->link.body : "");
			}
			ended++;
			link_close(&w->link);
			if (started == plan->count)
				continue;
			w->number = started++;
			link_open(&plan->sda, &w->link, &plan->pcs[w->number]);
			send_text(w, pc_enroll_request(w->link.pc, plan->secret, plan->host,
						       w->request, REQUEST));
		}
	}
	seconds = (double)(now_us() - began) / 1e6;
	printf("{\"phase\":\"enrol\",\"count\":%zu,\"failed\":%lld,\"seconds\":%.2f,\"per_s\":%.0f,"
	       "\"p50_ms\":%.1f,\"p99_ms\":%.1f,\"cpu_s\":%.2f}\n",
	       f.count, (long long)f.failed, seconds, (double)f.count / seconds,
	       figures_at(&f, 0.5), figures_at(&f, 0.99), server_cpu_s(plan->pid) - cpu);
	figures_finish(&f);
	free(workers);
}

/* ---- long polls, and how fast one is woken by an action asked for at the admin API */

static size_t poll_request(const struct plan *plan, char *out)
{
	return (size_t)snprintf(
		out, REQUEST, "GET /sda/v1/work?wait=60 HTTP/1.1\r\nHost: %s\r\n\r\n", plan->host);
}

/* Every PC says hello, then polls; returns how many are parked. */
static int open_polls(struct plan *plan, struct worker *workers, bool hello, struct figures *f)
{
	struct epoll_event events[EVENTS];
	int started = 0, busy = 0, parked = 0;

	while (parked + (int)f->failed < plan->count) {
		int n;

		while (started < plan->count && busy < plan->at_once) {
			struct worker *w = &workers[started];

			w->number = started++;
			w->link.tag = hello ? w : NULL;
			if (!link_open(&plan->sda, &w->link, &plan->pcs[w->number])) {
				f->failed++;
				continue;
			}
			send_text(w, hello ? pc_hello_request(w->link.pc, plan->host, w->request,
							      REQUEST)
					   : poll_request(plan, w->request));
			busy++;
		}
		n = epoll_wait(plan->sda.epoll, events, EVENTS, 20000);
		if (n == 0)
			break;
		for (int i = 0; i < n; i++) {
			struct worker *w = events[i].data.ptr;
			int go = link_step(&w->link);

			if (go > 0 && w->link.tag && w->link.status == 200) { /* the hello's */
				w->link.tag = NULL;
				send_text(w, poll_request(plan, w->request));
				go = link_step(&w->link);
			}
			if (go > 0 && w->served && w->link.status == 204) { /* its minute is over */
				send_text(w, poll_request(plan, w->request));
				go = link_step(&w->link);
			}
			if (go < 0 || (go > 0 && (w->link.tag || w->link.status != 200))) {
				f->failed++;
				*(w->served ? &parked : &busy) -= 1;
				link_close(&w->link);
				continue;
			}
			if (!w->served && !w->link.tag && w->link.state == LINK_READING) {
				figures_add(f, now_us() - w->link.began_us);
				w->served = true;
				parked++;
				busy--;
			}
			if (go > 0)
				link_close(&w->link); /* work was waiting for it */
		}
	}
	return parked;
}

static void close_all(struct plan *plan, struct worker *workers)
{
	for (int i = 0; i < plan->count; i++)
		link_close(&workers[i].link);
}

/* Blocks on one connection until its answer is there. */
static int ask(struct loop *loop, struct link *link, const char *text, size_t size)
{
	struct epoll_event event;
	int go;

	link_send(link, text, size);
	while ((go = link_step(link)) == 0)
		epoll_wait(loop->epoll, &event, 1, 10000);
	return go > 0 ? link->status : -1;
}

/* Asks for an action on one PC; the time until its poll has it. */
static int64_t wake_one(struct plan *plan, struct link *admin, struct worker *w)
{
	static const char BODY[] = "{\"type\":\"probe_now\"}";
	struct epoll_event events[EVENTS];
	char text[1024];
	int64_t began = now_us();
	int n = snprintf(text, sizeof text,
			 "POST /api/v1/agents/%s/actions HTTP/1.1\r\nHost: %s\r\nAuthorization: "
			 "Bearer %s\r\n"
			 "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
			 w->link.pc->id, plan->host, plan->session, sizeof BODY - 1, BODY);

	link_send(admin, text, (size_t)n);
	(void)!link_step(admin);
	while (now_us() - began < 5000000) {
		int ready = epoll_wait(plan->sda.epoll, events, EVENTS, 1);

		(void)!link_step(admin); /* read its answer away */
		for (int i = 0; i < ready; i++) {
			struct worker *other = events[i].data.ptr;

			if (link_step(&other->link) <= 0)
				continue;
			if (other->link.status == 204) { /* its minute is over: again */
				send_text(other, poll_request(plan, other->request));
				(void)!link_step(&other->link);
			} else if (other == w) {
				return w->link.status == 200 ? now_us() - began : -1;
			}
		}
	}
	return -1;
}

void phase_poll(struct plan *plan)
{
	struct worker *workers = make_workers(plan->count);
	struct link admin = { 0 };
	struct figures opened = { 0 }, woken = { 0 };
	int64_t base = server_kb(plan->pid, "VmRSS:"), began = now_us();
	int parked = open_polls(plan, workers, true, &opened), step;
	double seconds = (double)(now_us() - began) / 1e6, cpu;

	sleep(2);
	cpu = server_cpu_s(plan->pid);
	sleep(3);
	cpu = server_cpu_s(plan->pid) - cpu;
	printf("{\"phase\":\"poll\",\"parked\":%d,\"failed\":%lld,\"seconds\":%.1f,\"rss_mb\":%.1f,"
	       "\"pss_mb\":%.1f,"
	       "\"kb_per_connection\":%.1f,\"idle_cpu_percent\":%.2f}\n",
	       parked, (long long)opened.failed, seconds,
	       (double)server_kb(plan->pid, "VmRSS:") / 1024,
	       (double)server_kb(plan->pid, "Pss:") / 1024,
	       (double)(server_kb(plan->pid, "VmRSS:") - base) / (parked ? parked : 1),
	       cpu / 3 * 100);
	fflush(stdout);
	if (plan->session && parked > 0) {
		char text[512];
		int n = snprintf(text, sizeof text, "GET /healthz HTTP/1.1\r\nHost: %s\r\n\r\n",
				 plan->host);

		link_open(&plan->admin, &admin, NULL);
		ask(&plan->admin, &admin, text, (size_t)n);
		step = plan->count / WAKES ? plan->count / WAKES : 1;
		for (int i = 0; i < plan->count && woken.count + (size_t)woken.failed < WAKES;
		     i += step) {
			int64_t us = wake_one(plan, &admin, &workers[i]);

			if (us < 0)
				woken.failed++;
			else
				figures_add(&woken, us);
			usleep(2000);
		}
		printf("{\"phase\":\"wake\",\"count\":%zu,\"failed\":%lld,\"p50_ms\":%.2f,\"p99_"
		       "ms\":%.2f,"
		       "\"max_ms\":%.2f}\n",
		       woken.count, (long long)woken.failed, figures_at(&woken, 0.5),
		       figures_at(&woken, 0.99), figures_at(&woken, 1));
		link_close(&admin);
	}
	close_all(plan, workers);
	figures_finish(&woken);
	figures_finish(&opened);
	free(workers);
}

/* ---- everybody comes back at once */

void phase_storm(struct plan *plan)
{
	struct worker *workers = make_workers(plan->count);
	struct figures f = { 0 };
	int resumed = 0, parked;
	int64_t began;
	double cpu = server_cpu_s(plan->pid), seconds;

	sleep(3); /* the server has noticed that they are gone */
	plan->at_once = plan->count;
	began = now_us();
	parked = open_polls(plan, workers, false, &f);
	seconds = (double)(now_us() - began) / 1e6;
	for (int i = 0; i < plan->count; i++)
		resumed += workers[i].link.resumed;
	printf("{\"phase\":\"storm\",\"parked\":%d,\"failed\":%lld,\"resumed\":%d,\"seconds\":%.1f,"
	       "\"per_s\":%.0f,"
	       "\"p50_ms\":%.0f,\"p99_ms\":%.0f,\"cpu_s\":%.2f}\n",
	       parked, (long long)f.failed, resumed, seconds, parked / seconds, figures_at(&f, 0.5),
	       figures_at(&f, 0.99), server_cpu_s(plan->pid) - cpu);
	close_all(plan, workers);
	figures_finish(&f);
	free(workers);
}

/* ---- reports of 2 KB on connections that are kept; `rate` per second, 0: as fast as they are
 * answered */

static void next_report(struct plan *plan, struct worker *w)
{
	w->link.began_us = now_us();
	send_text(w, pc_report_request(w->link.pc, plan->host, 1700, w->request, REQUEST));
}

void phase_report(struct plan *plan, const char *name, double rate)
{
	int count = plan->at_once < plan->count ? plan->at_once : plan->count;
	struct worker *workers = make_workers(count), **idle = calloc((size_t)count, sizeof *idle);
	struct epoll_event events[EVENTS];
	struct figures f = { 0 };
	int64_t began, end, due;
	double cpu, seconds;
	int idles = 0, warm = 0;

	if (!idle)
		abort();
	for (int i = 0; i < count; i++) {
		link_open(&plan->sda, &workers[i].link, &plan->pcs[i]);
		next_report(plan, &workers[i]);
	}
	began = due = now_us();
	end = began + 60000000;
	cpu = server_cpu_s(plan->pid);
	while (now_us() < end) {
		int n = epoll_wait(plan->sda.epoll, events, EVENTS, rate > 0 ? 1 : 1000);

		for (int i = 0; i < n; i++) {
			struct worker *w = events[i].data.ptr;
			int go;

			while ((go = link_step(&w->link)) > 0) {
				if (w->link.status != 200 && f.failed++ < 3)
					fprintf(stderr, "report: %.300s\n", w->link.in);
				if (warm >= count)
					figures_add(&f, now_us() - w->link.began_us);
				else if (++warm == count) { /* from here on it counts */
					began = due = now_us();
					end = began + (int64_t)(plan->seconds * 1e6);
					cpu = server_cpu_s(plan->pid);
				}
				if (rate > 0) {
					idle[idles++] = w;
					break;
				}
				next_report(plan, w);
			}
			if (go < 0) {
				f.failed++;
				link_close(&w->link);
			}
		}
		while (rate > 0 && idles > 0 && due <= now_us()) {
			struct worker *w = idle[--idles];

			due += (int64_t)(1e6 / rate);
			next_report(plan, w);
			(void)!link_step(&w->link);
		}
	}
	seconds = (double)(now_us() - began) / 1e6;
	printf("{\"phase\":\"%s\",\"connections\":%d,\"count\":%zu,\"failed\":%lld,\"seconds\":%."
	       "1f,\"per_s\":%.0f,"
	       "\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"us_cpu\":%.0f}\n",
	       name, count, f.count, (long long)f.failed, seconds, (double)f.count / seconds,
	       figures_at(&f, 0.5), figures_at(&f, 0.99),
	       f.count ? (server_cpu_s(plan->pid) - cpu) / (double)f.count * 1e6 : 0);
	for (int i = 0; i < count; i++)
		link_close(&workers[i].link);
	figures_finish(&f);
	free(idle);
	free(workers);
}

/* ---- the console's question: all printers whose words match, one page of them */

#define FILTERS 60

/* By words of the model, by the end of a serial number, by status, sorted by serial number. */
static void filter_of(const struct plan *plan, int number, char *out, size_t cap)
{
	const char *spool = plan->pcs[number % plan->count].spool;

	switch (number % 4) {
	case 0: snprintf(out, cap, "q=laser+load&limit=100"); break;
	case 1: snprintf(out, cap, "q=%s&limit=100", spool + strlen(spool) - 6); break;
	case 2: snprintf(out, cap, "status=idle,error&limit=100"); break;
	default: snprintf(out, cap, "sort=serial_number&limit=100"); break;
	}
}

void phase_filter(struct plan *plan)
{
	struct link admin = { 0 };
	struct figures f = { 0 };
	char text[1024], query[128];

	link_open(&plan->admin, &admin, NULL);
	for (int i = -4; i < FILTERS; i++) { /* four to warm up */
		int64_t began = now_us();
		int n, status;

		filter_of(plan, i + 4, query, sizeof query);
		n = snprintf(text, sizeof text,
			     "GET /api/v1/printers?%s HTTP/1.1\r\nHost: %s\r\n"
			     "Authorization: Bearer %s\r\n\r\n",
			     query, plan->host, plan->session);
		status = ask(&plan->admin, &admin, text, (size_t)n);
		if (status != 200 || !strstr(admin.body, "\"id\""))
			f.failed++;
		else if (i >= 0)
			figures_add(&f, now_us() - began);
	}
	printf("{\"phase\":\"filter\",\"count\":%zu,\"failed\":%lld,\"p50_ms\":%.1f,\"p99_ms\":%."
	       "1f}\n",
	       f.count, (long long)f.failed, figures_at(&f, 0.5), figures_at(&f, 0.99));
	link_close(&admin);
	figures_finish(&f);
}
