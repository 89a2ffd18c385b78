/* SPDX-License-Identifier: Apache-2.0 */
/* ECDH over P-256 with a key of the moment, and the seal under what comes of it. */
#include "platen/box.h"

#include <stdlib.h>
#include <string.h>

#include <mbedtls/ecdh.h>
#include <mbedtls/ecp.h>
#include <mbedtls/platform_util.h>

#include "platen/encode.h"
#include "platen/file.h"
#include "platen/hash.h"
#include "platen/random.h"
#include "platen/seal.h"

#define SCALAR_SIZE 32
#define LABEL	    "platen box 1"

struct pl_box_key {
	uint8_t scalar[SCALAR_SIZE];
	uint8_t point[PL_BOX_PUBLIC_SIZE];
	char text[PL_BOX_PUBLIC_TEXT];
};

static int random_bytes(void *arg, unsigned char *out, size_t n)
{
	(void)arg;
	pl_random_bytes(out, n);
	return 0;
}

/* The public point of a scalar; false: it is none of the curve's. */
static bool find_point(const uint8_t scalar[static SCALAR_SIZE],
		       uint8_t ret_point[static PL_BOX_PUBLIC_SIZE])
{
	mbedtls_ecp_group group;
	mbedtls_ecp_point point;
	mbedtls_mpi d;
	size_t n = 0;
	int code;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&point);
	mbedtls_mpi_init(&d);
	code = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
	if (code == 0)
		code = mbedtls_mpi_read_binary(&d, scalar, SCALAR_SIZE);
	if (code == 0)
		code = mbedtls_ecp_check_privkey(&group, &d);
	if (code == 0)
		code = mbedtls_ecp_mul(&group, &point, &d, &group.G, random_bytes, NULL);
	if (code == 0)
		code = mbedtls_ecp_point_write_binary(&group, &point, MBEDTLS_ECP_PF_UNCOMPRESSED,
						      &n, ret_point, PL_BOX_PUBLIC_SIZE);
	mbedtls_mpi_free(&d);
	mbedtls_ecp_point_free(&point);
	mbedtls_ecp_group_free(&group);
	return code == 0 && n == PL_BOX_PUBLIC_SIZE;
}

static void make_scalar(uint8_t ret_scalar[static SCALAR_SIZE],
			uint8_t ret_point[static PL_BOX_PUBLIC_SIZE])
{
	do /* one of 2^32 tries is none of the curve's */
		pl_random_bytes(ret_scalar, SCALAR_SIZE);
	while (!find_point(ret_scalar, ret_point));
}

/* The shared secret's x; false: `point` is none of the curve's. */
static bool agree(const uint8_t scalar[static SCALAR_SIZE],
		  const uint8_t point[static PL_BOX_PUBLIC_SIZE],
		  uint8_t ret_secret[static SCALAR_SIZE])
{
	mbedtls_ecp_group group;
	mbedtls_ecp_point other;
	mbedtls_mpi d, z;
	int code;

	mbedtls_ecp_group_init(&group);
	mbedtls_ecp_point_init(&other);
	mbedtls_mpi_init(&d);
	mbedtls_mpi_init(&z);
	code = mbedtls_ecp_group_load(&group, MBEDTLS_ECP_DP_SECP256R1);
	if (code == 0)
		code = mbedtls_mpi_read_binary(&d, scalar, SCALAR_SIZE);
	if (code == 0)
		code = mbedtls_ecp_point_read_binary(&group, &other, point, PL_BOX_PUBLIC_SIZE);
	if (code == 0)
		code = mbedtls_ecp_check_pubkey(&group, &other);
	if (code == 0)
		code = mbedtls_ecdh_compute_shared(&group, &z, &other, &d, random_bytes, NULL);
	if (code == 0)
		code = mbedtls_mpi_write_binary(&z, ret_secret, SCALAR_SIZE);
	mbedtls_mpi_free(&z);
	mbedtls_mpi_free(&d);
	mbedtls_ecp_point_free(&other);
	mbedtls_ecp_group_free(&group);
	return code == 0;
}

/* The seal between a key of the moment and the owner's. */
static struct pl_seal *seal_between(const uint8_t scalar[static SCALAR_SIZE],
				    const uint8_t other[static PL_BOX_PUBLIC_SIZE],
				    const uint8_t moment[static PL_BOX_PUBLIC_SIZE],
				    const uint8_t owner[static PL_BOX_PUBLIC_SIZE])
{
	uint8_t input[sizeof(LABEL) + SCALAR_SIZE + 2 * PL_BOX_PUBLIC_SIZE], *at = input;
	uint8_t key[PL_HASH_SIZE];
	struct pl_seal *seal = NULL;

	_Static_assert(PL_HASH_SIZE == PL_SEAL_KEY_SIZE, "a hash is a key");
	memcpy(at, LABEL, sizeof(LABEL));
	at += sizeof(LABEL);
	if (agree(scalar, other, at)) {
		memcpy(at + SCALAR_SIZE, moment, PL_BOX_PUBLIC_SIZE);
		memcpy(at + SCALAR_SIZE + PL_BOX_PUBLIC_SIZE, owner, PL_BOX_PUBLIC_SIZE);
		pl_sha256(input, sizeof(input), key);
		seal = pl_seal_create(key);
	}
	mbedtls_platform_zeroize(key, sizeof(key));
	mbedtls_platform_zeroize(input, sizeof(input));
	return seal;
}

static enum pl_result read_file(const char *path, uint8_t scalar[static SCALAR_SIZE],
				struct pl_error *err)
{
	struct pl_bytes text;
	enum pl_result r;

	pl_bytes_init(&text, SCALAR_SIZE + 1);
	r = pl_file_read(path, PL_FILE_SECRET, &text, err);
	if (r == PL_OK && text.size == SCALAR_SIZE)
		memcpy(scalar, text.at, SCALAR_SIZE);
	else if (r == PL_OK || r == PL_E_TOO_BIG)
		r = pl_error_set(err, PL_E_PROTOCOL, "%s is no key file; remove it", path);
	pl_bytes_wipe(&text);
	return r;
}

enum pl_result pl_box_key_open(const char *path, struct pl_box_key **ret_key, struct pl_error *err)
{
	struct pl_box_key *key = calloc(1, sizeof(*key));
	struct pl_bytes text;
	enum pl_result r;

	if (!key)
		return pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	pl_bytes_init(&text, PL_BOX_PUBLIC_TEXT);
	r = read_file(path, key->scalar, err);
	if (r == PL_E_NOT_FOUND) {
		make_scalar(key->scalar, key->point);
		r = pl_file_write(path, PL_FILE_SECRET, key->scalar, SCALAR_SIZE, err);
	} else if (r == PL_OK && !find_point(key->scalar, key->point)) {
		r = pl_error_set(err, PL_E_PROTOCOL, "%s is no key file; remove it", path);
	}
	if (r == PL_OK)
		r = pl_base64_write(PL_BASE64URL, key->point, sizeof(key->point), &text);
	if (r != PL_OK) {
		pl_bytes_finish(&text);
		pl_box_key_close(key);
		return r;
	}
	pl_span_copy(pl_bytes_span(&text), key->text, sizeof(key->text));
	pl_bytes_finish(&text);
	*ret_key = key;
	return PL_OK;
}

void pl_box_key_close(struct pl_box_key *key)
{
	if (!key)
		return;
	mbedtls_platform_zeroize(key, sizeof(*key));
	free(key);
}

const char *pl_box_public(const struct pl_box_key *key)
{
	return key->text;
}

enum pl_result pl_box_close(const char *public_text, struct pl_span place, struct pl_span secret,
			    struct pl_bytes *out)
{
	uint8_t scalar[SCALAR_SIZE], moment[PL_BOX_PUBLIC_SIZE];
	struct pl_seal *seal = NULL;
	struct pl_bytes owner;
	enum pl_result r;

	pl_bytes_init(&owner, PL_BOX_PUBLIC_SIZE);
	r = pl_base64_read(PL_BASE64URL, pl_span_of(public_text), &owner);
	if (r == PL_OK && owner.size == PL_BOX_PUBLIC_SIZE) {
		make_scalar(scalar, moment);
		seal = seal_between(scalar, owner.at, moment, owner.at);
		mbedtls_platform_zeroize(scalar, sizeof(scalar));
	}
	r = seal ? pl_bytes_add(out, moment, sizeof(moment)) : PL_E_INVALID;
	if (r == PL_OK)
		r = pl_seal_wrap(seal, place, secret.at, secret.size, out);
	pl_seal_close(seal);
	pl_bytes_finish(&owner);
	return r;
}

enum pl_result pl_box_open(const struct pl_box_key *key, struct pl_span place, struct pl_span box,
			   struct pl_bytes *out)
{
	const uint8_t *moment = (const uint8_t *)box.at;
	struct pl_seal *seal;
	enum pl_result r;

	if (box.size <= PL_BOX_PUBLIC_SIZE)
		return PL_E_UNTRUSTED;
	seal = seal_between(key->scalar, moment, moment, key->point);
	if (!seal)
		return PL_E_UNTRUSTED;
	r = pl_seal_unwrap(seal, place, box.at + PL_BOX_PUBLIC_SIZE, box.size - PL_BOX_PUBLIC_SIZE,
			   out);
	pl_seal_close(seal);
	return r;
}
