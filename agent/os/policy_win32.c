/* SPDX-License-Identifier: Apache-2.0 */
/* Settings in the registry of this PC, its 64-bit view. */
#include "policy.h"

#include <stdbool.h>
#include <stdio.h>

#include <windows.h>

#include "platen/wide.h"

#define MAX_NAME  128
#define MAX_VALUE 2048 /* characters; a token has up to 1,024 */

static const struct {
	const wchar_t *key;
	const char *name;
} PLACES[] = {
	[PL_POLICY_INSTALLED] = { L"SOFTWARE\\Platen\\Settings",
				  "HKLM\\SOFTWARE\\Platen\\Settings" },
	[PL_POLICY_MANAGED] = { L"SOFTWARE\\Policies\\Platen", "HKLM\\SOFTWARE\\Policies\\Platen" },
};

/* "a\0b\0\0" to "a,b" */
static void join(wchar_t *list)
{
	for (; *list; list++)
		if (list[1] == L'\0' && list[2] != L'\0')
			*++list = L',';
}

/* False: a kind of value that no setting has. */
static bool value_text(DWORD kind, wchar_t value[static MAX_VALUE + 2], char *ret_text, size_t cap)
{
	switch (kind) {
	case REG_DWORD: snprintf(ret_text, cap, "%lu", *(DWORD *)value); return true;
	case REG_MULTI_SZ: join(value); break;
	case REG_SZ: break;
	default: return false;
	}
	pl_wide_to_utf8(value, ret_text, cap);
	return true;
}

enum pl_result pl_policy_read(enum pl_policy_place place, pl_policy_each each, void *arg,
			      struct pl_error *err)
{
	enum pl_result r = PL_OK;
	HKEY key;

	if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, PLACES[place].key, 0,
			  KEY_QUERY_VALUE | KEY_WOW64_64KEY, &key) != ERROR_SUCCESS)
		return PL_OK;
	for (DWORD i = 0; r == PL_OK; i++) {
		wchar_t wide_name[MAX_NAME], value[MAX_VALUE + 2] = { 0 };
		DWORD name_size = MAX_NAME, size = MAX_VALUE * sizeof(wchar_t), kind = 0;
		LSTATUS code = RegEnumValueW(key, i, wide_name, &name_size, NULL, &kind,
					     (BYTE *)value, &size);
		char name[MAX_NAME * 3], text[MAX_VALUE * 3];
		struct pl_error why;

		if (code == ERROR_NO_MORE_ITEMS)
			break;
		if (code != ERROR_SUCCESS || !value_text(kind, value, text, sizeof(text))) {
			r = pl_error_set(err, PL_E_INVALID,
					 "value %lu of %s is no text, number or list, or too long",
					 i + 1, PLACES[place].name);
			break;
		}
		pl_wide_to_utf8(wide_name, name, sizeof(name));
		if (name[0] == '\0')
			continue; /* the key's default value */
		r = each(arg, name, text, &why);
		if (r != PL_OK)
			r = pl_error_set(err, PL_E_INVALID, "%s: %s", PLACES[place].name, why.text);
	}
	RegCloseKey(key);
	return r;
}

void pl_policy_forget_token(void)
{
	HKEY key;

	if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, PLACES[PL_POLICY_INSTALLED].key, 0,
			  KEY_SET_VALUE | KEY_WOW64_64KEY, &key) != ERROR_SUCCESS)
		return;
	RegDeleteValueW(key, L"token");
	RegCloseKey(key);
}
