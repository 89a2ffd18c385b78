/* SPDX-License-Identifier: Apache-2.0 */
/* A PC: its key, its request for a certificate, its reports. */
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "load.h"

void pc_make(struct pc *pc, int number)
{
	memset(pc, 0, sizeof *pc);
	pc->key = EVP_EC_gen("P-256");
	if (!pc->key)
		abort();
	snprintf(pc->spool, sizeof pc->spool, "load-%d-%lld", number, (long long)now_us());
}

void pc_finish(struct pc *pc)
{
	EVP_PKEY_free(pc->key);
	X509_free(pc->certificate);
	SSL_SESSION_free(pc->session);
}

/* The PEM of a PKCS#10 request with its line ends as JSON wants them. */
static void csr_text(struct pc *pc, char *out, size_t cap)
{
	X509_REQ *csr = X509_REQ_new();
	BIO *bio = BIO_new(BIO_s_mem());
	char *pem;
	long n;
	size_t at = 0;

	X509_REQ_set_pubkey(csr, pc->key);
	X509_REQ_sign(csr, pc->key, EVP_sha256());
	PEM_write_bio_X509_REQ(bio, csr);
	n = BIO_get_mem_data(bio, &pem);
	for (long i = 0; i < n && at + 3 < cap; i++) {
		if (pem[i] == '\n')
			out[at++] = '\\';
		out[at++] = pem[i] == '\n' ? 'n' : pem[i];
	}
	out[at] = '\0';
	BIO_free(bio);
	X509_REQ_free(csr);
}

static size_t post(const char *path, const char *host, const char *body, char *out, size_t cap)
{
	int n = snprintf(
		out, cap,
		"POST /sda/v1/%s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\n"
		"Content-Length: %zu\r\n\r\n%s",
		path, host, strlen(body), body);

	return (size_t)n;
}

size_t pc_enroll_request(struct pc *pc, const char *secret, const char *host, char *out, size_t cap)
{
	char csr[2048], body[3072];

	csr_text(pc, csr, sizeof csr);
	snprintf(body, sizeof body,
		 "{\"token\":\"%s\",\"csr\":\"%s\",\"host\":{\"os\":\"linux\",\"os_version\":"
		 "\"Debian GNU/Linux 12\","
		 "\"architecture\":\"x86_64\",\"agent_version\":\"0.1.0\",\"hostname\":\"%s\"}}",
		 secret, csr, pc->spool);
	return post("enroll", host, body, out, cap);
}

/* The text of a JSON member, with \n turned into line ends. */
static bool member(const char *body, const char *name, char *out, size_t cap)
{
	char mark[64];
	const char *at;
	size_t n = 0;

	snprintf(mark, sizeof mark, "\"%s\":\"", name);
	at = strstr(body, mark);
	if (!at)
		return false;
	for (at += strlen(mark); *at && *at != '"' && n + 1 < cap; at++) {
		if (*at == '\\' && at[1] == 'n')
			at++, out[n++] = '\n';
		else
			out[n++] = *at;
	}
	out[n] = '\0';
	return true;
}

bool pc_take_certificate(struct pc *pc, const char *body)
{
	char pem[4096];
	BIO *bio;

	if (!member(body, "agent_id", pc->id, sizeof pc->id) ||
	    !member(body, "certificate", pem, sizeof pem))
		return false;
	bio = BIO_new_mem_buf(pem, -1);
	pc->certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return pc->certificate != NULL;
}

/* One record into `out`. */
static size_t record(struct pc *pc, const char *kind, const char *key, const char *content,
		     const char *taken, char *out, size_t cap)
{
	unsigned char random[16];
	char hash[33];

	RAND_bytes(random, sizeof random);
	for (int i = 0; i < 16; i++)
		snprintf(hash + 2 * i, 3, "%02x", random[i]);
	return (size_t)snprintf(out, cap,
				"{\"seq\":%lld,\"kind\":\"%s\",\"boot_id\":\"b\","
				"\"uptime_ms\":990,\"taken_at\":%s,\"printer_key\":%s,"
				"\"hash\":\"%s\",\"body\":%s}",
				(long long)++pc->seq, kind, taken, key, hash, content);
}

static size_t report(struct pc *pc, const char *host, const char *records, char *out, size_t cap)
{
	static char body[16 * 1024];

	snprintf(body, sizeof body,
		 "{\"spool_id\":\"%s\",\"boot_id\":\"b\",\"audit\":{\"seq\":0,\"head\":\"0\"},"
		 "\"uptime_ms\":1000,\"dropped\":0,\"records\":[%s]}",
		 pc->spool, records);
	return post("reports", host, body, out, cap);
}

/* A printer's snapshot of about `size` bytes. */
static void snapshot(const struct pc *pc, bool full, size_t size, char *content, size_t cap)
{
	size_t n;

	n = (size_t)snprintf(
		content, cap,
		"{\"full\":%s,\"identity\":{\"make\":\"HP\",\"model\":\"LaserJet "
		"Load\",\"serial_number\":\"%s\",\"firmware\":\"1\",\"confidence\":\"strong\","
		"\"sources\":{\"serial_number\":\"ledm\"}},\"state\":{\"printer_state\":\"idle\","
		"\"asleep\":false,\"reasons\":[]},\"counters\":{\"impressions\":%lld,"
		"\"sheets\":null,\"sources\":{\"impressions\":\"ledm\"}},\"supplies\":[",
		full ? "true" : "false", pc->spool, (long long)pc->seq);
	for (int i = 1; n + 300 < size && n + 400 < cap; i++)
		n += (size_t)snprintf(content + n, cap - n,
				      "%s{\"index\":%d,\"class\":\"consumed\",\"type\":\"toner\","
				      "\"colorant\":\"black\",\"description\":\"Black "
				      "Cartridge\",\"unit\":\"percent\",\"max_capacity\":100,"
				      "\"level\":61,\"level_code\":null,\"level_percent\":61,"
				      "\"part_number\":\"CF230A\","
				      "\"serial_number\":null,\"state\":\"ok\"}",
				      i > 1 ? "," : "", i);
	snprintf(content + n, cap - n, "]}");
}

#define TAKEN "\"2026-01-01T00:00:00.000Z\""
#define KEY   "\"usb-load\""

size_t pc_hello_request(struct pc *pc, const char *host, char *out, size_t cap)
{
	char records[4096], content[2048];
	size_t n =
		record(pc, "agent.hello", "null",
		       "{\"agent_version\":\"0.1.0\",\"os\":\"linux\",\"actions\":[\"probe_now\","
		       "\"identify\"],\"forbidden\":[]}",
		       TAKEN, records, sizeof records);

	records[n++] = ',';
	snapshot(pc, true, 800, content, sizeof content);
	record(pc, "printer.snapshot", KEY, content, TAKEN, records + n, sizeof records - n);
	return report(pc, host, records, out, cap);
}

size_t pc_report_request(struct pc *pc, const char *host, size_t size, char *out, size_t cap)
{
	static char records[10 * 1024], content[8192];

	snapshot(pc, false, size, content, sizeof content);
	record(pc, "printer.snapshot", KEY, content, TAKEN, records, sizeof records);
	return report(pc, host, records, out, cap);
}
