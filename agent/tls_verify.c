/* SPDX-License-Identifier: Apache-2.0 */
/* The decision about a server's certificate, and its reason in words. */
#include "tls_verify.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "os/os.h"
#include "revocation.h"

#define SAN_KIND     0x1f /* of a GeneralName's tag: RFC 5280 section 4.2.1.6 */
#define SAN_DNS_NAME 2
#define SAN_IP	     7

#define MAX_NAMES 120 /* bytes of names that an error sentence shows */

/* The first certificate of the chain whose public key has one of the pins. */
static mbedtls_x509_crt *find_pinned(const struct pl_tls_anchors *a, mbedtls_x509_crt *chain)
{
	for (mbedtls_x509_crt *c = chain; c; c = c->next) {
		uint8_t digest[PL_HASH_SIZE];

		pl_sha256(c->pk_raw.p, c->pk_raw.len, digest);
		for (size_t i = 0; i < a->pin_count; i++)
			if (memcmp(digest, a->pins[i], sizeof(digest)) == 0)
				return c;
	}
	return NULL;
}

/* Certificates name addresses in another way than hosts, and mbedTLS before 3.5 knows hosts only.
 */
static bool names_address(const mbedtls_x509_crt *leaf, const uint8_t *address, size_t size)
{
	for (const mbedtls_x509_sequence *san = &leaf->subject_alt_names; san; san = san->next)
		if ((san->buf.tag & SAN_KIND) == SAN_IP && san->buf.len == size &&
		    memcmp(san->buf.p, address, size) == 0)
			return true;
	return false;
}

/* Writes "a.example, b.example" for an error sentence. */
static void list_names(const mbedtls_x509_crt *leaf, char ret_text[static MAX_NAMES])
{
	size_t used = 0;

	snprintf(ret_text, MAX_NAMES, "no host at all");
	for (const mbedtls_x509_sequence *san = &leaf->subject_alt_names; san; san = san->next) {
		bool shown = (san->buf.tag & SAN_KIND) == SAN_DNS_NAME && san->buf.p;

		if (!shown || used + san->buf.len + 3 > MAX_NAMES)
			continue;
		used += (size_t)snprintf(ret_text + used, MAX_NAMES - used, "%s%.*s",
					 used > 0 ? ", " : "", (int)san->buf.len, san->buf.p);
	}
	for (char *at = ret_text; *at; at++)
		if (*at < ' ' || *at >= 0x7f)
			*at = '?';
}

static enum pl_result expired(const mbedtls_x509_crt *leaf, struct pl_error *err)
{
	const mbedtls_x509_time *t = &leaf->valid_to;

	if (!mbedtls_x509_time_is_past(t))
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "a CA certificate in the server's chain has expired");
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "the server's certificate expired on %04d-%02d-%02d: renew it, or set "
			    "this PC's clock if that is wrong",
			    t->year, t->mon, t->day);
}

static enum pl_result from_future(const mbedtls_x509_crt *leaf, struct pl_error *err)
{
	const mbedtls_x509_time *t = &leaf->valid_from;

	return pl_error_set(err, PL_E_UNTRUSTED,
			    "the server's certificate is valid from %04d-%02d-%02d on: is this "
			    "PC's clock right?",
			    t->year, t->mon, t->day);
}

static enum pl_result wrong_name(const mbedtls_x509_crt *leaf, const char *host,
				 struct pl_error *err)
{
	char names[MAX_NAMES];

	list_names(leaf, names);
	return pl_error_set(err, PL_E_UNTRUSTED,
			    "the server's certificate is for %s, not for %s: use one of its names "
			    "in the server's URL",
			    names, host);
}

static enum pl_result explain(const struct pl_tls_anchors *a, const mbedtls_x509_crt *leaf,
			      const char *host, uint32_t flags, struct pl_error *err)
{
	char text[160];

	if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED)
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "the server's certificate does not lead to %s", a->origin);
	if (flags & MBEDTLS_X509_BADCERT_EXPIRED)
		return expired(leaf, err);
	if (flags & MBEDTLS_X509_BADCERT_FUTURE)
		return from_future(leaf, err);
	if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH)
		return wrong_name(leaf, host, err);
	mbedtls_x509_crt_verify_info(text, sizeof(text), "", flags);
	text[strcspn(text, "\n")] = '\0';
	return pl_error_set(err, PL_E_UNTRUSTED, "the server's certificate is no good: %s", text);
}

/* Without pins the anchors are as given; with them, the pinned certificate of the chain is the only
 * one, copied so that the rest of the chain does not become an anchor too. */
static enum pl_result choose_anchors(const struct pl_tls_anchors *a, mbedtls_x509_crt *chain,
				     mbedtls_x509_crt *pinned, mbedtls_x509_crt **ret_trusted,
				     struct pl_error *err)
{
	mbedtls_x509_crt *found;

	*ret_trusted = a->trusted;
	if (a->pin_count == 0)
		return PL_OK;
	found = find_pinned(a, chain);
	if (!found)
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "this is not the server of the enrolment token: none of its "
				    "certificates has the pinned key");
	if (mbedtls_x509_crt_parse_der(pinned, found->raw.p, found->raw.len) != 0)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	*ret_trusted = pinned;
	return PL_OK;
}

/* The way that was verified, the server's certificate first, the anchor last. */
struct way {
	const mbedtls_x509_crt *at[PL_MAX_TLS_PATH];
	size_t n;
};

static int on_step(void *arg, mbedtls_x509_crt *crt, int depth, uint32_t *flags)
{
	struct way *way = arg;

	if (depth < 0 || depth >= PL_MAX_TLS_PATH) {
		*flags |= MBEDTLS_X509_BADCERT_OTHER;
		return 0;
	}
	way->at[depth] = crt;
	if (way->n <= (size_t)depth)
		way->n = (size_t)depth + 1;
	return 0;
}

enum pl_result pl_tls_verify(const struct pl_tls_anchors *anchors, mbedtls_x509_crt *chain,
			     const char *host, int64_t by_ms, struct pl_error *err)
{
	mbedtls_x509_crt pinned, *trusted;
	struct way way = { 0 };
	uint8_t address[16];
	size_t address_size = pl_os_parse_address(host, address);
	uint32_t flags = 0;
	enum pl_result r;

	mbedtls_x509_crt_init(&pinned);
	r = choose_anchors(anchors, chain, &pinned, &trusted, err);
	if (r == PL_OK) {
		int code = mbedtls_x509_crt_verify(chain, trusted, NULL,
						   address_size > 0 ? NULL : host, &flags, on_step,
						   &way);

		if (address_size > 0 && !names_address(chain, address, address_size))
			flags |= MBEDTLS_X509_BADCERT_CN_MISMATCH;
		if (code != 0 && flags == 0)
			r = pl_error_set(err, PL_E_UNTRUSTED,
					 "the server's certificate cannot be checked (-0x%x)",
					 (unsigned)-code);
		else if (flags != 0)
			r = explain(anchors, chain, host, flags, err);
		else if (anchors->revocation)
			r = pl_revocation_check(anchors->revocation, way.at, way.n, by_ms, err);
	}
	mbedtls_x509_crt_free(&pinned);
	return r;
}
