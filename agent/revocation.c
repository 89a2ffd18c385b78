/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Revocation lists: fetched, kept, asked. mbedTLS judges a list (signature, dates, serial numbers)
 * one certificate at a time, so that it is known of each whether its list was there at all.
 */
#include "revocation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/x509_crl.h>

#include "crl_fetch.h"
#include "crl_place.h"
#include "platen/clock.h"
#include "platen/hash.h"
#include "platen/json.h"
#include "platen/log.h"

#define MAX_CRL	     (1024 * 1024) /* bytes of a list */
#define SLOTS	     8		   /* lists kept */
#define NEW_ENOUGH_S 3600	   /* older ones are fetched anew while they are still valid */
#define RETRY_MS     60000	   /* after a fetch that failed */
#define FETCH_MS     8000

struct pl_revocation {
	const struct pl_settings *settings;
	struct pl_crl_way way;
	bool own_ca;
	bool warned;	  /* soft: said once that there is no list */
	int64_t due_ms;	  /* when the next look is due */
	int64_t retry_ms; /* no fetch before that */
	struct pl_error failure;
};

enum pl_result pl_revocation_create(const struct pl_settings *settings, bool own_ca,
				    struct pl_wake *wake, struct pl_revocation **ret_revocation,
				    struct pl_error *err)
{
	struct pl_revocation *rv;

	*ret_revocation = NULL;
	if (settings->revocation == PL_REVOCATION_OFF)
		return PL_OK;
	rv = calloc(1, sizeof(*rv));
	if (!rv)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	rv->settings = settings;
	rv->way = (struct pl_crl_way){ .settings = settings, .wake = wake };
	rv->own_ca = own_ca;
	*ret_revocation = rv;
	return PL_OK;
}

void pl_revocation_destroy(struct pl_revocation *revocation)
{
	free(revocation);
}

void pl_revocation_tell(struct pl_revocation *revocation,
			void (*fetched)(void *arg, const char *url, int status), void *arg)
{
	revocation->way.fetched = fetched;
	revocation->way.arg = arg;
}

bool pl_revocation_is_due(const struct pl_revocation *revocation)
{
	return pl_clock_left_ms(revocation->due_ms) == 0;
}

/* --- one list, kept in a file --- */

static enum pl_result slot_of(const struct pl_revocation *rv, const char *url,
			      char ret_path[static PL_MAX_PATH], struct pl_error *err)
{
	uint8_t digest[PL_HASH_SIZE];
	char name[32];

	pl_sha256(url, strlen(url), digest);
	snprintf(name, sizeof(name), "revoked-%d.crl", digest[0] % SLOTS);
	return pl_file_join(rv->settings->state_dir, name, ret_path, err);
}

static bool is_past(const mbedtls_x509_time *t)
{
	return t->year > 0 && mbedtls_x509_time_is_past(t);
}

/* Does this list speak for that certificate, and is its time not over? */
static bool speaks_for(const mbedtls_x509_crl *crl, const mbedtls_x509_crt *crt)
{
	return crl->version > 0 && crl->issuer_raw.len == crt->issuer_raw.len &&
	       memcmp(crl->issuer_raw.p, crt->issuer_raw.p, crt->issuer_raw.len) == 0 &&
	       crl->next_update.year > 0 && !is_past(&crl->next_update);
}

/* PL_OK: it is on the list or not, *ret_revoked says which. */
static enum pl_result judge(struct pl_span der, const mbedtls_x509_crt *crt,
			    const mbedtls_x509_crt *issuer, bool *ret_revoked, struct pl_error *err)
{
	mbedtls_x509_crt subject = *crt, anchor = *issuer; /* alone, without what follows them */
	mbedtls_x509_crl crl;
	uint32_t flags = 0;
	enum pl_result r = PL_OK;

	subject.next = NULL;
	anchor.next = NULL;
	mbedtls_x509_crl_init(&crl);
	if (mbedtls_x509_crl_parse_der(&crl, (const unsigned char *)der.at, der.size) != 0) {
		r = pl_error_set(err, PL_E_PROTOCOL, "what came is no revocation list");
	} else if (!speaks_for(&crl, crt)) {
		r = pl_error_set(err, PL_E_UNTRUSTED,
				 "the list is of another CA, or its time is over");
	} else {
		(void)mbedtls_x509_crt_verify(&subject, &anchor, &crl, NULL, &flags, NULL, NULL);
		if (flags & (MBEDTLS_X509_BADCRL_NOT_TRUSTED | MBEDTLS_X509_BADCRL_BAD_MD |
			     MBEDTLS_X509_BADCRL_BAD_PK | MBEDTLS_X509_BADCRL_BAD_KEY))
			r = pl_error_set(err, PL_E_UNTRUSTED,
					 "the list was not signed by the certificate's CA");
		else if (flags & (MBEDTLS_X509_BADCRL_EXPIRED | MBEDTLS_X509_BADCRL_FUTURE))
			r = pl_error_set(err, PL_E_UNTRUSTED,
					 "the list is not valid now: is this PC's clock right?");
		else
			*ret_revoked = (flags & MBEDTLS_X509_BADCERT_REVOKED) != 0;
	}
	mbedtls_x509_crl_free(&crl);
	return r;
}

/* A kept list stands behind the moment it was fetched at: "2026-01-31T23:59:59.123Z\n". */
static enum pl_result keep(const char *path, const struct pl_bytes *der)
{
	char now[PL_MAX_TIME_TEXT];
	struct pl_bytes file;
	enum pl_result r;

	pl_bytes_init(&file, MAX_CRL + PL_MAX_TIME_TEXT);
	pl_clock_text(pl_clock_wall_ms(), now);
	r = pl_bytes_add_format(&file, "%s\n", now);
	if (r == PL_OK)
		r = pl_bytes_add(&file, der->at, der->size);
	if (r == PL_OK)
		r = pl_file_write(path, PL_FILE_SHARED, file.at, file.size, NULL);
	pl_bytes_finish(&file);
	return r;
}

/* Judges by the kept list; *ret_new: it need not be fetched anew yet. */
static enum pl_result ask_kept(const char *path, const mbedtls_x509_crt *crt,
			       const mbedtls_x509_crt *issuer, bool *ret_revoked, bool *ret_new)
{
	char text[PL_MAX_TIME_TEXT];
	struct pl_bytes file;
	struct pl_span rest, line;
	int64_t then_ms = 0, now_ms = pl_clock_wall_ms();
	enum pl_result r;

	pl_bytes_init(&file, MAX_CRL + PL_MAX_TIME_TEXT);
	r = pl_file_read(path, PL_FILE_SHARED, &file, NULL);
	if (r == PL_OK) {
		rest = pl_bytes_span(&file);
		line = pl_span_take(&rest, '\n');
		if (!pl_span_copy(line, text, sizeof(text)) || !pl_time_read(text, &then_ms))
			r = PL_E_PROTOCOL;
	}
	if (r == PL_OK)
		r = judge(rest, crt, issuer, ret_revoked, NULL);
	*ret_new = r == PL_OK && now_ms >= then_ms && now_ms - then_ms < NEW_ENOUGH_S * 1000;
	pl_bytes_finish(&file);
	return r;
}

static enum pl_result ask_fetched(struct pl_revocation *rv, const char *url, const char *path,
				  const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer,
				  int64_t by_ms, bool *ret_revoked, struct pl_error *err)
{
	struct pl_bytes der;
	enum pl_result r;

	pl_bytes_init(&der, MAX_CRL);
	r = pl_crl_fetch(&rv->way, url, by_ms, &der, err);
	if (r == PL_OK)
		r = judge(pl_bytes_span(&der), crt, issuer, ret_revoked, err);
	if (r == PL_OK && keep(path, &der) != PL_OK)
		log_debug(NULL, "a revocation list cannot be kept path=%s", path);
	pl_bytes_finish(&der);
	return r;
}

/* Asks the list at one place: the kept one while it is new, else a fetched one, else the kept one
 * as long as it is valid. */
static enum pl_result ask_place(struct pl_revocation *rv, const char *url,
				const mbedtls_x509_crt *crt, const mbedtls_x509_crt *issuer,
				int64_t by_ms, bool *ret_revoked, struct pl_error *err)
{
	char path[PL_MAX_PATH];
	bool kept_says = false, is_new = false;
	enum pl_result kept, r = slot_of(rv, url, path, err);

	if (r != PL_OK)
		return r;
	kept = ask_kept(path, crt, issuer, &kept_says, &is_new);
	if (kept == PL_OK && is_new) {
		*ret_revoked = kept_says;
		return PL_OK;
	}
	if (pl_clock_left_ms(rv->retry_ms) > 0) {
		if (err)
			*err = rv->failure;
		r = rv->failure.code;
	} else {
		r = ask_fetched(rv, url, path, crt, issuer, by_ms, ret_revoked, err);
	}
	if (r != PL_OK && kept == PL_OK) {
		*ret_revoked = kept_says;
		return PL_OK;
	}
	return r;
}

/* --- a certificate, a path --- */

static enum pl_result revoked(const mbedtls_x509_crt *crt, bool is_server, struct pl_error *err)
{
	char name[120];

	if (is_server)
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "the server's certificate was revoked by its CA: the server "
				    "needs a new one");
	if (mbedtls_x509_dn_gets(name, sizeof(name), &crt->subject) <= 0)
		name[0] = '\0';
	for (char *at = name; *at; at++)
		if (*at < ' ' || *at >= 0x7f)
			*at = '?';
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "the CA \"%s\" in the server's chain was revoked: the server needs a "
			    "certificate of another",
			    name);
}

/* PL_OK: some list says that it is good. PL_E_UNTRUSTED with *ret_revoked, or why none says. */
static enum pl_result check_one(struct pl_revocation *rv, const mbedtls_x509_crt *crt,
				const mbedtls_x509_crt *issuer, bool is_server, int64_t by_ms,
				bool *ret_revoked, struct pl_error *err)
{
	char urls[PL_MAX_CRL_PLACES][PL_MAX_CRL_URL];
	size_t n = pl_crl_places((struct pl_span){ (const char *)crt->v3_ext.p, crt->v3_ext.len },
				 urls);
	enum pl_result r = PL_E_NOT_FOUND;

	if (n == 0 && rv->own_ca)
		return PL_OK;
	if (n == 0)
		return pl_error_set(err, PL_E_NOT_FOUND,
				    "it names no revocation list that plain http reaches");
	for (size_t i = 0; i < n && r != PL_OK; i++)
		r = ask_place(rv, urls[i], crt, issuer, by_ms, ret_revoked, err);
	return r == PL_OK && *ret_revoked ? revoked(crt, is_server, err) : r;
}

/* What is said, or not, where a certificate cannot be checked. */
static enum pl_result unchecked(struct pl_revocation *rv, const struct pl_error *why,
				struct pl_error *err)
{
	rv->failure = *why;
	rv->retry_ms = pl_clock_in_ms(RETRY_MS);
	if (rv->settings->revocation == PL_REVOCATION_HARD)
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "the server's certificate cannot be checked for revocation, "
				    "which tls.revocation = hard wants: %s",
				    why->text);
	if (!rv->warned)
		log_warn(NULL, "the server's certificate was not checked for revocation: %s",
			 why->text);
	rv->warned = true;
	return PL_OK;
}

enum pl_result pl_revocation_check(struct pl_revocation *revocation,
				   const mbedtls_x509_crt *const *path, size_t n, int64_t by_ms,
				   struct pl_error *err)
{
	int64_t until_ms = pl_clock_in_ms(FETCH_MS);
	bool all = true;

	for (size_t i = 0; i + 1 < n; i++) {
		struct pl_error why = { 0 };
		bool is_revoked = false;
		enum pl_result r =
			check_one(revocation, path[i], path[i + 1], i == 0,
				  until_ms < by_ms ? until_ms : by_ms, &is_revoked, &why);

		if (r == PL_OK)
			continue;
		all = false;
		why.code = r;
		if (!is_revoked)
			r = unchecked(revocation, &why, err);
		else if (err)
			*err = why;
		if (r != PL_OK)
			return r;
	}
	if (all)
		revocation->warned = false;
	revocation->due_ms = pl_clock_in_ms(all ? NEW_ENOUGH_S * 1000 : RETRY_MS);
	return PL_OK;
}
