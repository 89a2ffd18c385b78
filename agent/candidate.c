/* SPDX-License-Identifier: Apache-2.0 */
/* The key of an enrolment that is on its way: <state_dir>/candidate, sealed. */
#include <stdlib.h>
#include <string.h>

#include "enroll.h"
#include "platen/file.h"

#define FILE_NAME "candidate"
#define MAX_FILE  4096

static enum pl_result read_key(const char *path, const struct pl_seal *seal, char **ret_key_pem,
			       struct pl_error *err)
{
	struct pl_bytes sealed, plain;
	enum pl_result r;

	pl_bytes_init(&sealed, MAX_FILE);
	pl_bytes_init(&plain, MAX_FILE);
	r = pl_file_read(path, PL_FILE_SECRET, &sealed, err);
	if (r == PL_OK &&
	    pl_seal_unwrap(seal, pl_span_of(FILE_NAME), sealed.at, sealed.size, &plain) != PL_OK)
		r = PL_E_NOT_FOUND; /* of another installation: make a new one */
	if (r == PL_OK) {
		*ret_key_pem = strdup((const char *)plain.at);
		r = *ret_key_pem ? PL_OK : pl_error_set(err, PL_E_NO_MEMORY, "out of memory");
	}
	pl_bytes_finish(&sealed);
	pl_bytes_wipe(&plain);
	return r;
}

static enum pl_result make_key(const char *path, const struct pl_seal *seal, char **ret_key_pem,
			       struct pl_error *err)
{
	struct pl_bytes sealed;
	char *pem = NULL;
	enum pl_result r = pl_key_create(&pem, err);

	if (r != PL_OK)
		return r;
	pl_bytes_init(&sealed, MAX_FILE);
	r = pl_seal_wrap(seal, pl_span_of(FILE_NAME), pem, strlen(pem), &sealed);
	if (r == PL_OK)
		r = pl_file_write(path, PL_FILE_SECRET, sealed.at, sealed.size, err);
	pl_bytes_finish(&sealed);
	if (r == PL_OK)
		*ret_key_pem = pem;
	else
		pl_key_wipe(pem);
	return r;
}

enum pl_result pl_candidate_open(const char *state_dir, const struct pl_seal *seal,
				 struct pl_candidate *ret_candidate, struct pl_error *err)
{
	struct pl_candidate c = { 0 };
	char path[PL_MAX_PATH];
	enum pl_result r;

	r = pl_file_join(state_dir, FILE_NAME, path, err);
	if (r == PL_OK)
		r = read_key(path, seal, &c.key_pem, err);
	if (r == PL_E_NOT_FOUND)
		r = make_key(path, seal, &c.key_pem, err);
	if (r == PL_OK)
		r = pl_key_request(c.key_pem, &c.csr_pem, c.fingerprint, err);
	if (r == PL_OK)
		*ret_candidate = c;
	else
		pl_candidate_finish(&c);
	return r;
}

void pl_candidate_finish(struct pl_candidate *c)
{
	pl_key_wipe(c->key_pem);
	free(c->csr_pem);
	*c = (struct pl_candidate){ 0 };
}

enum pl_result pl_candidate_remove(const char *state_dir, struct pl_error *err)
{
	char path[PL_MAX_PATH];
	enum pl_result r = pl_file_join(state_dir, FILE_NAME, path, err);

	return r == PL_OK ? pl_file_remove(path, err) : r;
}
