/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PL_AGENT_PACKAGE_TRUST_H
#define PL_AGENT_PACKAGE_TRUST_H

/*
 * Package trust: whose firmware this PC believes in. The public keys lie in a folder that its
 * administrator fills (`package_keys`, /etc/platen/package-keys.d, *.pem); the connector has no say
 * in it, so who takes over a connector cannot write a printer's firmware.
 * Threads: any. Memory: values.
 */

#include "platen/package.h"
#include "platen/span.h"

struct cJSON;

/* Opens the envelope in an action's parameters, finds the key that signed the manifest's exact
 * bytes, and only then reads it. Read anew each time: a key that was taken away counts no more.
 * Returns PL_OK | PL_E_NOT_FOUND (this PC has no package key) | PL_E_UNTRUSTED (none of them signed
 * it, or others may write the folder) | PL_E_PROTOCOL | PL_E_NO_MEMORY | PL_E_IO. */
enum pl_result pl_package_trust(const char *keys_dir, const struct cJSON *envelope,
				struct pl_package *ret_package, struct pl_error *err);

/* Reads a public key as PEM ("-----BEGIN PUBLIC KEY-----") into its SPKI. Returns PL_OK |
 * PL_E_PROTOCOL (no P-256 public key) | PL_E_TOO_BIG | PL_E_NO_MEMORY. */
enum pl_result pl_package_key_read(struct pl_span pem, struct pl_bytes *spki, struct pl_error *err);

#endif
