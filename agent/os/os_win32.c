/* SPDX-License-Identifier: Apache-2.0 */
/* What Windows tells of itself. */
#include "os/os.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <winsock2.h>
#include <windows.h>
#include <ws2tcpip.h>

#include <psapi.h>
#include <wincrypt.h>

#include "platen/encode.h"
#include "platen/wide.h"

#define CURRENT_VERSION L"SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"

/* A text of the 64-bit registry of this PC; "" where it is missing. */
static void registry_text(const wchar_t *key, const wchar_t *name, char *ret_text, size_t cap)
{
	wchar_t value[256];
	DWORD size = sizeof(value);

	ret_text[0] = '\0';
	if (RegGetValueW(HKEY_LOCAL_MACHINE, key, name, RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY, NULL,
			 value, &size) == ERROR_SUCCESS)
		pl_wide_to_utf8(value, ret_text, cap);
}

/* Windows does not name its boots, but a volatile key of the registry lives exactly as long as one:
 * whoever asks first puts a random name there. A fast start-up is the same boot, to the kernel too.
 */
void pl_os_boot_id(char ret_text[static PL_UUID_TEXT])
{
	static const wchar_t KEY[] = L"SOFTWARE\\Platen\\Boot";
	wchar_t wide[PL_UUID_TEXT];
	DWORD made = 0;
	HKEY key;

	registry_text(KEY, L"Id", ret_text, PL_UUID_TEXT);
	if (ret_text[0] != '\0')
		return;
	/* The key above would be made volatile as well, and take no other key for settings. */
	if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, L"SOFTWARE\\Platen", 0, NULL, 0,
			    KEY_CREATE_SUB_KEY | KEY_WOW64_64KEY, NULL, &key,
			    NULL) == ERROR_SUCCESS)
		RegCloseKey(key);
	if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, KEY, 0, NULL, REG_OPTION_VOLATILE,
			    KEY_SET_VALUE | KEY_WOW64_64KEY, NULL, &key, &made) != ERROR_SUCCESS) {
		snprintf(ret_text, PL_UUID_TEXT, "unknown");
		return;
	}
	pl_random_uuid(ret_text);
	pl_wide_of(ret_text, wide, PL_UUID_TEXT);
	RegSetValueExW(key, L"Id", 0, REG_SZ, (const BYTE *)wide, sizeof(wide));
	RegCloseKey(key);
}

int64_t pl_os_uptime_ms(void)
{
	return (int64_t)GetTickCount64();
}

const char *pl_os_name(void)
{
	return "windows";
}

const char *pl_os_architecture(void)
{
	SYSTEM_INFO about;

	GetNativeSystemInfo(&about);
	switch (about.wProcessorArchitecture) {
	case PROCESSOR_ARCHITECTURE_AMD64: return "x86_64";
	case PROCESSOR_ARCHITECTURE_ARM64: return "aarch64";
	default: return "unknown";
	}
}

/* "Windows 10 Pro 22H2 (19045)". The registry still says 10 where it is 11: by build it is not. */
void pl_os_version(char *ret_text, size_t cap)
{
	char product[96], release[32], build[32];

	registry_text(CURRENT_VERSION, L"ProductName", product, sizeof(product));
	registry_text(CURRENT_VERSION, L"DisplayVersion", release, sizeof(release));
	registry_text(CURRENT_VERSION, L"CurrentBuildNumber", build, sizeof(build));
	if (product[0] == '\0') {
		snprintf(ret_text, cap, "unknown");
		return;
	}
	if (atoi(build) >= 22000 && strncmp(product, "Windows 10", 10) == 0)
		product[9] = '1';
	snprintf(ret_text, cap, "%s%s%s (%s)", product, release[0] ? " " : "", release, build);
}

void pl_os_host_name(char *ret_text, size_t cap)
{
	wchar_t name[256];
	DWORD size = sizeof(name) / sizeof(name[0]);

	ret_text[0] = '\0';
	if (GetComputerNameExW(ComputerNameDnsHostname, name, &size))
		pl_wide_to_utf8(name, ret_text, cap);
	ret_text[strcspn(ret_text, ".")] = '\0';
}

size_t pl_os_parse_address(const char *text, uint8_t ret_address[static 16])
{
	if (inet_pton(AF_INET, text, ret_address) == 1)
		return 4;
	return inet_pton(AF_INET6, text, ret_address) == 1 ? 16 : 0;
}

/* MachineGuid is told by other programs too, so only a keyed hash of it is. */
bool pl_os_machine_hash(char ret_text[static PL_HASH_TEXT])
{
	static const char PURPOSE[] = "platen machine id 1";
	uint8_t digest[PL_HASH_SIZE];
	char id[64];

	registry_text(L"SOFTWARE\\Microsoft\\Cryptography", L"MachineGuid", id, sizeof(id));
	if (id[0] == '\0')
		return false;
	pl_hmac_sha256(id, strlen(id), PURPOSE, sizeof(PURPOSE) - 1, digest);
	pl_hex_write(digest, sizeof(digest), ret_text);
	return true;
}

static enum pl_result add_pem(struct pl_bytes *out, const CERT_CONTEXT *cert)
{
	char *text;
	DWORD size = 0;
	enum pl_result r = PL_OK;

	if (!CryptBinaryToStringA(cert->pbCertEncoded, cert->cbCertEncoded,
				  CRYPT_STRING_BASE64HEADER, NULL, &size))
		return PL_OK; /* one that cannot be told is not trusted */
	text = malloc(size);
	if (!text)
		return PL_E_NO_MEMORY;
	if (CryptBinaryToStringA(cert->pbCertEncoded, cert->cbCertEncoded,
				 CRYPT_STRING_BASE64HEADER, text, &size))
		r = pl_bytes_add(out, text, size);
	free(text);
	return r;
}

enum pl_result pl_os_trusted_certificates(struct pl_bytes *out, struct pl_error *err)
{
	HCERTSTORE store =
		CertOpenStore(CERT_STORE_PROV_SYSTEM_W, 0, 0,
			      CERT_SYSTEM_STORE_LOCAL_MACHINE | CERT_STORE_READONLY_FLAG, L"ROOT");
	const CERT_CONTEXT *cert = NULL;
	enum pl_result r = PL_OK;
	size_t before = out->size;

	if (!store)
		return pl_wide_failed(GetLastError(), err, "open",
				      "the store of root certificates");
	while (r == PL_OK && (cert = CertEnumCertificatesInStore(store, cert)))
		r = add_pem(out, cert);
	if (r != PL_OK) {
		CertFreeCertificateContext(cert);
		r = pl_error_set(err, r, "this PC's root certificates are more than %zu bytes",
				 out->max);
	} else if (out->size == before) {
		r = pl_error_set(err, PL_E_NOT_FOUND,
				 "this PC trusts no root certificate: set ca_file");
	}
	CertCloseStore(store, 0);
	return r;
}

int64_t pl_os_rss_bytes(void)
{
	PROCESS_MEMORY_COUNTERS about = { .cb = sizeof(about) };

	if (!GetProcessMemoryInfo(GetCurrentProcess(), &about, sizeof(about)))
		return 0;
	return (int64_t)about.WorkingSetSize;
}

bool pl_os_disk_space(const char *path, int64_t *ret_free_bytes, int64_t *ret_total_bytes)
{
	ULARGE_INTEGER mine, total;
	wchar_t wide[PL_MAX_WIDE];

	if (!pl_wide_of(path, wide, PL_MAX_WIDE) || !GetDiskFreeSpaceExW(wide, &mine, &total, NULL))
		return false;
	*ret_free_bytes = (int64_t)mine.QuadPart;
	*ret_total_bytes = (int64_t)total.QuadPart;
	return true;
}
