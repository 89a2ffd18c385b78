/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_PACKAGE_H
#define PL_PACKAGE_H

/*
 * Package: a printer's firmware as it came from its maker, and the manifest that says what it is.
 * The manifest's exact bytes are signed offline with a package key (ECDSA P-256); a PC believes a
 * manifest because it has that key's public half, not because a connector sent it.
 *
 *     {"format":"platen.package/1","name":"M227 spring update","models":["LaserJet MFP M227fdw"],
 *      "version":"20250901","size":39640723,"sha256":"9f86d081…"}
 *
 * A manifest travels as an envelope: {"manifest": base64, "signature": base64}.
 * Threads: pure. Memory: values.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "platen/bytes.h"
#include "platen/hash.h"
#include "platen/result.h"
#include "platen/span.h"

#define PL_MAX_PACKAGE		 (256LL * 1024 * 1024) /* bytes */
#define PL_MAX_MANIFEST		 4096
#define PL_MAX_PACKAGE_SIGNATURE 256
#define PL_MAX_PACKAGE_MODELS	 24
#define PL_MAX_PACKAGE_TEXT	 96 /* of a name or a model, with NUL */
#define PL_MAX_PACKAGE_VERSION	 64

struct cJSON;

struct pl_package {
	char name[PL_MAX_PACKAGE_TEXT];
	char version[PL_MAX_PACKAGE_VERSION]; /* as the printer will tell it */
	char models[PL_MAX_PACKAGE_MODELS][PL_MAX_PACKAGE_TEXT];
	size_t model_count;
	char sha256[PL_HASH_TEXT];
	int64_t size; /* bytes, 1 to PL_MAX_PACKAGE */
};

/* Reads a manifest. A member it does not know is refused: whoever signed it meant something by it.
 * Returns PL_OK | PL_E_PROTOCOL (the sentence names the member) | PL_E_NO_MEMORY. */
enum pl_result pl_package_read(struct pl_span manifest, struct pl_package *ret_package,
			       struct pl_error *err);

/* Adds the manifest's text, the bytes to be signed. Returns PL_OK | PL_E_INVALID (a text that no
 * reader would take) | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_package_write(const struct pl_package *package, struct pl_bytes *out,
				struct pl_error *err);

/* Opens an envelope (other members are passed over): adds the exact bytes of the manifest and of
 * its signature, neither of them checked. Returns PL_OK | PL_E_PROTOCOL | PL_E_NO_MEMORY. */
enum pl_result pl_package_open(const struct cJSON *envelope, struct pl_bytes *manifest,
			       struct pl_bytes *signature, struct pl_error *err);

/* Adds the members `manifest` and `signature` to an object. Returns PL_OK | PL_E_NO_MEMORY. */
enum pl_result pl_package_seal(struct pl_span manifest, struct pl_span signature,
			       struct cJSON *envelope);

/* True when the package is for this printer: one of its models is `model`, or "make model"; letter
 * case does not count. An unknown ("") model fits nothing. */
bool pl_package_fits(const struct pl_package *package, const char *make, const char *model);

enum pl_version_order {
	PL_VERSION_OLDER, /* the first is older than the second */
	PL_VERSION_SAME,
	PL_VERSION_NEWER,
	PL_VERSION_UNLIKE /* they are built differently: nobody can tell */
};

/* Compares two versions of firmware part by part, digits as numbers: "2.9" is older than "2.10",
 * "WMP1CN1919BR" than "WMP1CN1942BR", "20230414" than "20250901"; "2.1" and "R07" are unlike. */
enum pl_version_order pl_version_compare(const char *first, const char *second);

#endif
