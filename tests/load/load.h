/* SPDX-License-Identifier: Apache-2.0 */
#ifndef LOAD_H
#define LOAD_H

/*
 * What the parts of the load generator share. One thread, one epoll; every PC has a key, a
 * certificate and a TLS session of its own, and speaks HTTP/1.1 as connector/WIRE.md says.
 */

#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* ---- pc.c: identities */

struct pc {
	EVP_PKEY *key;
	X509 *certificate; /* NULL until enrolled */
	char id[64];
	int64_t seq;
	char spool[40];
	SSL_SESSION *session; /* the last ticket */
};

void pc_make(struct pc *pc, int number);
void pc_finish(struct pc *pc);
/* The request of POST /enroll, whole, into `out`; its size. */
size_t pc_enroll_request(struct pc *pc, const char *secret, const char *host, char *out,
			 size_t cap);
/* Takes certificate and id out of the answer's body. */
bool pc_take_certificate(struct pc *pc, const char *body);
/* A POST /reports with one snapshot of about `size` bytes. */
size_t pc_report_request(struct pc *pc, const char *host, size_t size, char *out, size_t cap);
/* One with a hello and the first snapshot of the PC's printer. */
size_t pc_hello_request(struct pc *pc, const char *host, char *out, size_t cap);

/* ---- link.c: one connection */

struct link {
	struct pc *pc; /* NULL: without a certificate */
	int fd;
	SSL *ssl;
	enum { LINK_CLOSED, LINK_SHAKING, LINK_WRITING, LINK_READING } state;
	const char *out;
	size_t out_size, out_at;
	char *in;
	size_t in_size, in_cap;
	int64_t began_us; /* when its present work began */
	bool resumed;
	int status;
	const char *body;
	void *tag;
	size_t raw; /* no HTTP: an answer has so many bytes, and its status is the last of them */
};

struct loop {
	int epoll;
	SSL_CTX *context;
	const char *address;
	int port;
};

void loop_init(struct loop *loop, const char *address, int port);
void loop_finish(struct loop *loop);
/* Opens a connection; true unless the system refused. */
bool link_open(struct loop *loop, struct link *link, struct pc *pc);
/* Says what is sent next (after the handshake). The text must stay. */
void link_send(struct link *link, const char *text, size_t size);
/* Goes on; 1: an answer is there, 0: not yet, -1: failed. */
int link_step(struct link *link);
void link_close(struct link *link);

/* ---- figures.c */

int64_t now_us(void);
struct figures {
	double *ms;
	size_t count, cap;
	int64_t failed;
};
void figures_add(struct figures *f, int64_t us);
double figures_at(struct figures *f, double part); /* 0.5: the median */
void figures_finish(struct figures *f);
/* Memory and processor time of the server. */
int64_t server_kb(int pid, const char *what); /* "VmRSS:", "Pss:" */
double server_cpu_s(int pid);

/* ---- phases.c */

struct plan {
	struct loop sda, admin;
	const char *host; /* Host header */
	const char *secret, *session;
	int pid, count, at_once;
	double seconds;
	struct pc *pcs;
};

void phase_enrol(struct plan *plan);
void phase_poll(struct plan *plan);
void phase_storm(struct plan *plan);
void phase_report(struct plan *plan, const char *name, double rate);
void phase_filter(struct plan *plan);
/* peers.c: the same clients at other servers. */
void phase_post(struct plan *plan, int port);
void phase_mqtt(struct plan *plan, int port, int pid);

#endif
