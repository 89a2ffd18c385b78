/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_API_H
#define PL_API_H

/*
 * Admin API: what administrators, scripts and the console ask on 12352 (openapi.yaml). Every call
 * runs on a worker with its own reading connection; who asks is looked up first, and what the
 * caller may not see is not there for it.
 *
 * Threads: handlers on workers, one call at a time each. Memory: a call lives as long as its
 * handler runs.
 */

#include "query.h"
#include "server.h"
#include "users.h"

struct cJSON;

enum pl_api_scope {
	PL_SCOPE_READ = 1,
	PL_SCOPE_ACT = 2,
	PL_SCOPE_ENROL = 4,
	PL_SCOPE_ADMINISTER = 8,
	PL_SCOPE_ALL = 15
};

/* Who asks. */
struct pl_caller {
	char token_id[PL_MAX_ID];
	bool is_session;
	int64_t expires_ms;	 /* 0: never */
	int64_t used_ms;	 /* when it was last used, 0: not yet */
	char user_id[PL_MAX_ID]; /* "" for a token whose maker is gone */
	char name[PL_MAX_NAME];
	unsigned scopes;
	enum pl_role role; /* the highest of the grants */
	struct pl_grant grants[PL_MAX_GRANTS];
	size_t grant_count;
};

/* One call. */
struct pl_api {
	struct pl_web_request *rq;
	struct pl_server *server;
	struct pl_db *db;
	struct pl_caller caller;
	struct cJSON *body; /* the parsed request body, NULL where there is none */
	enum pl_role needs; /* of the route: places where the caller has less do not count */
	char subject[128];  /* what the audit says this call was about */
	char customer_id[PL_MAX_ID]; /* in whose audit chain it stands; "": the server's own */
};

/* What a route needs; struct pl_web_route.more. */
struct pl_api_call {
	void (*handle)(struct pl_api *api);
	enum pl_role role;	/* at least */
	unsigned scope;		/* for tokens */
	bool audited;		/* it changes something, or opens a bundle */
	const char *parameters; /* of the query, joined by commas; others are answered 400 */
};

enum pl_result pl_api_open(struct pl_server *server, const char *listen, uint16_t port,
			   struct pl_error *err);

/* Who the token of this id speaks for now. PL_E_NOT_FOUND: it has ended, or its user may not sign
 * in. */
enum pl_result pl_api_load_caller(struct pl_db *db, const char *token_id,
				  struct pl_caller *ret_caller, struct pl_error *err);

/* A digest of what the caller may do: another one when a grant comes, goes or changes. */
void pl_api_caller_digest(const struct pl_caller *caller, uint8_t digest[static PL_HASH_SIZE]);

/* Ends the event streams whose token, user or grants are not what they were. After every change of
 * access, and now and then for what a command did. */
void pl_api_review_streams(struct pl_server *server, struct pl_db *db);

/* True when the caller has at least `role` for this place ("" site: for all of the customer). */
bool pl_api_may(const struct pl_caller *caller, enum pl_role role, const char *customer_id,
		const char *site_id);

/* Adds to the query what limits it to the caller's customers and sites, to active customers, and to
 * the request's `customer` and `site` parameters. The columns are named as the query names them. */
void pl_api_limit(struct pl_api *api, struct pl_query *q, const char *customer_column,
		  const char *site_column);

/* The same, with customers that are not active (for those who administer them). */
void pl_api_limit_any(struct pl_api *api, struct pl_query *q, const char *customer_column,
		      const char *site_column);

/* Answers common to all calls. */
void pl_api_not_found(struct pl_api *api, const char *what);
void pl_api_forbidden(struct pl_api *api, enum pl_role needed);
void pl_api_wrong_field(struct pl_api *api, const char *field, const char *fmt, ...)
	PL_PRINTF(3, 4);
void pl_api_failed(struct pl_api *api, enum pl_result r, const struct pl_error *err);

/* The end of a call that reads: answers 200 with `doc` (taken over) where r is PL_OK, else as
 * pl_api_failed(). */
void pl_api_send(struct pl_api *api, struct cJSON *doc, enum pl_result r,
		 const struct pl_error *err);

/* Writes the change of a call: runs it in the store, notes whose audit it belongs to, and answers
 * failures: 404 (no such `what`), 409 `conflict` with err's sentence, or what the store said. True:
 * done, the caller answers. */
bool pl_api_change(struct pl_api *api, const char *what, const char *customer_id,
		   enum pl_result (*run)(struct pl_db *db, void *arg, struct pl_error *err),
		   void *arg);

/* True when the body has only these members (a NULL-ended list); else answers 400 with the
 * stranger's name. */
bool pl_api_only(struct pl_api *api, const char *const *members);

/* The `limit` parameter, 1 to 1000, default 100; false: answered 400. */
bool pl_api_page_size(struct pl_api *api, int *ret_limit);

/* A number parameter's text as a keyset cursor; false: answered 400. Absent: INT64_MAX. */
bool pl_api_before(struct pl_api *api, int64_t *ret_before);

/* True when `word` stands in the comma list `list` (NULL: everything does). */
bool pl_api_list_has(const char *list, const char *word);

/* Starts `{"items":[],…}`; *ret_items is its list. */
struct cJSON *pl_api_new_page(struct cJSON **ret_items);

#endif
