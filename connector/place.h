/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PLACE_H
#define PL_PLACE_H

/*
 * Place: where a connector keeps its things, and opening them for a command.
 *
 *     DIR/platen.db      the store
 *     DIR/serve.lock     held by the running server
 *     DIR.key            the master key: beside the folder, not in it, so that a copy of the folder
 * opens nothing
 *
 * `--key FILE` puts the master key elsewhere. With the default folder, and where a package made
 * /etc/platen-connector, it is /etc/platen-connector/master.key.
 * Threads: one. Memory: plain.
 */

#include "db.h"
#include "keyring.h"
#include "options.h"
#include "platen/file.h"

#define PL_DEFAULT_DATA	   "/var/lib/platen-connector"
#define PL_PACKAGE_KEY_DIR "/etc/platen-connector"

struct pl_place {
	const char *data, *key, *store; /* as given; NULL: the defaults */
	char data_dir[PL_MAX_PATH];
	char key_path[PL_MAX_PATH];
	char where[PL_MAX_PATH + 32]; /* "sqlite:DIR/platen.db" */

	struct pl_keyring *ring; /* once opened */
	struct pl_db *db;
};

/* The options that every command takes. */
#define PL_PLACE_OPTIONS(place)                                                                    \
	{ "--data", PL_FORM_TEXT, &(place)->data, 0, 0 },                                          \
		{ "--key", PL_FORM_TEXT, &(place)->key, 0, 0 },                                    \
	{                                                                                          \
		"--store", PL_FORM_TEXT, &(place)->store, 0, 0                                     \
	}

/* Fills in the defaults. Returns PL_OK | PL_E_INVALID. */
enum pl_result pl_place_settle(struct pl_place *place, struct pl_error *err);

/* Opens key and store of an initialised connector (PL_E_NOT_FOUND: it is not). Started by root, the
 * process goes on as the owner of the data folder. */
enum pl_result pl_place_open(struct pl_place *place, struct pl_error *err);
void pl_place_close(struct pl_place *place);

/* A package's data folder belongs to a user of its own: root goes on as that user, so that no file
 * of root's appears in it and the server can read what a command wrote. Does nothing for others. */
enum pl_result pl_place_become_owner(const struct pl_place *place, struct pl_error *err);

/* What root has just made there belongs to whom the data folder belongs: the server's own user must
 * be able to open it. Does nothing for others. */
enum pl_result pl_place_hand_over(const struct pl_place *place, struct pl_error *err);

/* One of the server's settings ("sda_url"); PL_E_NOT_FOUND when unset. */
enum pl_result pl_place_setting(struct pl_db *db, const char *name, char *out, size_t cap,
				struct pl_error *err);
enum pl_result pl_place_set(struct pl_db *db, const char *name, const char *value,
			    struct pl_error *err);

#endif
