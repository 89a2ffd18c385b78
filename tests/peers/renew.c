/* SPDX-License-Identifier: Apache-2.0 */
/* Renews the certificate of an enrolled PC now, as the agent does at two thirds of its life:
 *
 *     renew STATE_DIR
 *     1795890421000 1795890501000      the end of the old and of the new certificate
 */
#include <stdio.h>

#include "enroll.h"
#include "platen/clock.h"
#include "platen/file.h"

static enum pl_result call(const struct pl_settings *settings, const struct pl_enrolment *e,
			   struct pl_caller *caller, struct pl_error *err)
{
	struct pl_tls_options tls = { .anchors_pem = e->ca_pem,
				      .certificate_pem = e->certificate_pem,
				      .key_pem = e->key_pem };
	struct pl_dialer *dialer = NULL;
	enum pl_result r = pl_dialer_create(e->server, settings, &tls, NULL, &dialer, err);

	if (r == PL_OK)
		pl_caller_init(caller, dialer, NULL);
	return r;
}

static enum pl_result renew(const char *dir, struct pl_error *err)
{
	struct pl_settings settings;
	struct pl_answer answer = { 0 };
	struct pl_caller caller = { 0 };
	struct pl_enrolment e;
	struct pl_seal *seal = NULL;
	char path[PL_MAX_PATH];
	int64_t before = 0;
	enum pl_result r;

	pl_settings_init(&settings);
	pl_enrolment_init(&e);
	r = pl_file_join(dir, "key", path, err);
	if (r == PL_OK)
		r = pl_seal_open(path, &seal, err);
	if (r == PL_OK)
		r = pl_enrolment_load(dir, seal, &e, err);
	if (r == PL_OK)
		r = call(&settings, &e, &caller, err);
	before = e.not_after_ms;
	if (r == PL_OK)
		r = pl_enroll_renew(&caller, &e, pl_clock_in_ms(10000), &answer, err);
	if (r == PL_OK)
		r = pl_enrolment_save(dir, seal, &e, err);
	if (r == PL_OK)
		printf("%lld %lld\n", (long long)before, (long long)e.not_after_ms);
	pl_answer_finish(&answer);
	pl_caller_finish(&caller);
	pl_enrolment_finish(&e);
	pl_seal_close(seal);
	return r;
}

int main(int argc, char **argv)
{
	struct pl_error err;

	if (argc != 2)
		return 2;
	if (renew(argv[1], &err) == PL_OK)
		return 0;
	fprintf(stderr, "%s\n", err.text);
	return 1;
}
