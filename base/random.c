/* SPDX-License-Identifier: Apache-2.0 */
/* One CTR-DRBG for the process, seeded by the system's entropy when it is first needed. */
#include "platen/random.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>

#include "platen/encode.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static mbedtls_entropy_context entropy;
static mbedtls_ctr_drbg_context drbg;
static bool seeded;

static void must(int code)
{
	if (code == 0)
		return;
	fprintf(stderr, "this system gives no random numbers (-0x%x): nothing secret can be made\n",
		(unsigned)-code);
	abort();
}

/* With the lock held. */
static void seed(void)
{
	if (seeded)
		return;
	mbedtls_entropy_init(&entropy);
	mbedtls_ctr_drbg_init(&drbg);
	must(mbedtls_ctr_drbg_seed(&drbg, mbedtls_entropy_func, &entropy, NULL, 0));
	seeded = true;
}

void pl_random_bytes(void *ret_data, size_t n)
{
	uint8_t *at = ret_data;

	pthread_mutex_lock(&lock);
	seed();
	while (n > 0) {
		size_t piece = n < MBEDTLS_CTR_DRBG_MAX_REQUEST ? n : MBEDTLS_CTR_DRBG_MAX_REQUEST;

		must(mbedtls_ctr_drbg_random(&drbg, at, piece));
		at += piece;
		n -= piece;
	}
	pthread_mutex_unlock(&lock);
}

uint64_t pl_random_below(uint64_t limit)
{
	uint64_t beyond = UINT64_MAX - UINT64_MAX % limit; /* where the last whole round ends */
	uint64_t value;

	do {
		pl_random_bytes(&value, sizeof(value));
	} while (value >= beyond);
	return value % limit;
}

void pl_random_uuid(char ret_text[static PL_UUID_TEXT])
{
	uint8_t b[16];
	char hex[33];

	pl_random_bytes(b, sizeof(b));
	b[6] = (uint8_t)((b[6] & 0x0f) | 0x40);
	b[8] = (uint8_t)((b[8] & 0x3f) | 0x80);
	pl_hex_write(b, sizeof(b), hex);
	snprintf(ret_text, PL_UUID_TEXT, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12,
		 hex + 16, hex + 20);
}

int pl_random_callback(void *arg, unsigned char *ret_data, size_t n)
{
	(void)arg;
	pl_random_bytes(ret_data, n);
	return 0;
}
