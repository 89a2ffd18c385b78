/* SPDX-License-Identifier: Apache-2.0 */
/* What Linux tells in /proc and /etc. */
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "platen/encode.h"
#include "platen/file.h"

/* The first line of a small file, trimmed; "" where it cannot be read. */
static void first_line(const char *path, char *ret_text, size_t cap)
{
	FILE *f = fopen(path, "re");
	char line[256] = "";

	ret_text[0] = '\0';
	if (!f)
		return;
	if (fgets(line, sizeof(line), f))
		pl_span_copy(pl_span_trim(pl_span_of(line)), ret_text, cap);
	fclose(f);
}

void pl_os_boot_id(char ret_text[static PL_UUID_TEXT])
{
	first_line("/proc/sys/kernel/random/boot_id", ret_text, PL_UUID_TEXT);
	if (ret_text[0] == '\0')
		snprintf(ret_text, PL_UUID_TEXT, "unknown");
}

int64_t pl_os_uptime_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_BOOTTIME, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const char *pl_os_name(void)
{
	return "linux";
}

void pl_os_version(char *ret_text, size_t cap)
{
	FILE *f = fopen("/etc/os-release", "re");
	char line[256];

	snprintf(ret_text, cap, "unknown");
	while (f && fgets(line, sizeof(line), f)) {
		struct pl_span value = pl_span_of(line);

		if (!pl_span_is(pl_span_take(&value, '='), "PRETTY_NAME"))
			continue;
		value = pl_span_trim(value);
		if (value.size >= 2 && value.at[0] == '"')
			value.at++, value.size -= 2;
		pl_span_copy(value, ret_text, cap);
		break;
	}
	if (f)
		fclose(f);
}

/* machine-id(5) asks that the id itself is never told to others: a keyed hash of it is. */
bool pl_os_machine_hash(char ret_text[static PL_HASH_TEXT])
{
	static const char PURPOSE[] = "platen machine id 1";
	uint8_t digest[PL_HASH_SIZE];
	char id[64];

	first_line("/etc/machine-id", id, sizeof(id));
	if (strlen(id) != 32)
		return false;
	pl_hmac_sha256(id, strlen(id), PURPOSE, sizeof(PURPOSE) - 1, digest);
	pl_hex_write(digest, sizeof(digest), ret_text);
	return true;
}

enum pl_result pl_os_trusted_certificates(struct pl_bytes *out, struct pl_error *err)
{
	static const char *const PLACES[] = {
		"/etc/ssl/certs/ca-certificates.crt", /* Debian, Arch, Alpine */
		"/etc/pki/tls/certs/ca-bundle.crt",   /* Fedora, RHEL */
		"/etc/ssl/ca-bundle.pem",	      /* openSUSE */
	};
	enum pl_result r = PL_E_NOT_FOUND;

	for (size_t i = 0; r == PL_E_NOT_FOUND && i < sizeof(PLACES) / sizeof(PLACES[0]); i++)
		r = pl_file_read(PLACES[i], PL_FILE_SHARED, out, err);
	if (r == PL_E_NOT_FOUND)
		return pl_error_set(err, r,
				    "this PC has no store of trusted certificates: install "
				    "ca-certificates, or set ca_file");
	return r;
}

int64_t pl_os_rss_bytes(void)
{
	FILE *f = fopen("/proc/self/statm", "re");
	long long pages = 0;

	if (!f)
		return 0;
	if (fscanf(f, "%*s %lld", &pages) != 1)
		pages = 0;
	fclose(f);
	return pages * sysconf(_SC_PAGESIZE);
}
