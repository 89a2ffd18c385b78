/* SPDX-License-Identifier: Apache-2.0 */
/* Places with access lists of their own, the installer's settings, the service's recovery. */
#include "install.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <windows.h>

#include <aclapi.h>
#include <msi.h>
#include <sddl.h>

#include "os/places.h"
#include "os/service.h"
#include "platen/file.h"
#include "platen/file_acl.h"
#include "platen/wide.h"
#include "settings.h"

#define WIDE_(text) L##text
#define WIDE(text)  WIDE_(text)

/* Of installer/windows/platen.wxs. */
#define UPGRADE_CODE L"{7C1C5B0E-4D0A-4D7B-9B35-3E4B5C1E9A10}"

#define OURS	 L"SOFTWARE\\Platen"
#define SETTINGS L"SOFTWARE\\Platen\\Settings"

/* SY the system, BA administrators, NS the service's account, BU users; what is inside gets the
 * same (OI, CI) and nothing from above (P). The service reads its settings; it writes its state,
 * takes the token away once it is used (0x2001b: read, set values) and names the boot
 * (0x2001d: read, make keys). */
#define TRUSTED_FILES L"O:BAD:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
#define TRUSTED_KEYS  L"O:BAD:P(A;CI;KA;;;SY)(A;CI;KA;;;BA)"
#define HOME_LIST     TRUSTED_FILES L"(A;OICI;FRFX;;;NS)"
#define STATE_LIST    TRUSTED_FILES L"(A;OICI;FA;;;NS)"
#define OURS_LIST     TRUSTED_KEYS L"(A;CI;KR;;;BU)(A;;0x2001d;;;NS)"
#define SETTINGS_LIST TRUSTED_KEYS L"(A;CI;0x2001b;;;NS)"

#define MAX_DEPTH 16 /* of folders; ours has two */

#define MINUTE_MS 60000
#define DAY_S	  86400

static enum pl_result list_of(const wchar_t *text, PSECURITY_DESCRIPTOR *ret_list,
			      struct pl_error *err)
{
	if (ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1, ret_list,
								 NULL))
		return PL_OK;
	return pl_wide_failed(GetLastError(), err, "access list of", "Platen");
}

/* Somebody who made the folder before us could be its owner for ever. */
static bool is_ours(wchar_t *path)
{
	PSECURITY_DESCRIPTOR whole = NULL;
	PSID owner = NULL;
	bool ours = GetNamedSecurityInfoW(path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
					  NULL, NULL, NULL, &whole) == ERROR_SUCCESS &&
		    (IsWellKnownSid(owner, WinLocalSystemSid) ||
		     IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
		     IsWellKnownSid(owner, WinNetworkServiceSid) || pl_file_is_this_user(owner));

	LocalFree(whole);
	return ours;
}

static enum pl_result close_existing(wchar_t *wide, const char *path, PSECURITY_DESCRIPTOR list,
				     struct pl_error *err)
{
	BOOL has = FALSE, by_default;
	PACL acl = NULL;
	DWORD code;

	if (!is_ours(wide))
		return pl_error_set(err, PL_E_UNTRUSTED,
				    "%s was made by somebody else: look at it, remove it, and "
				    "install again",
				    path);
	GetSecurityDescriptorDacl(list, &has, &acl, &by_default);
	code = SetNamedSecurityInfoW(wide, SE_FILE_OBJECT,
				     DACL_SECURITY_INFORMATION |
					     PROTECTED_DACL_SECURITY_INFORMATION,
				     NULL, NULL, acl, NULL);
	return code == ERROR_SUCCESS ? PL_OK : pl_wide_failed(code, err, "close", path);
}

static enum pl_result make_folder(const char *path, const wchar_t *text, struct pl_error *err)
{
	SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes) };
	wchar_t wide[PL_MAX_WIDE];
	enum pl_result r = list_of(text, &attributes.lpSecurityDescriptor, err);

	if (r != PL_OK)
		return r;
	if (!pl_wide_of(path, wide, PL_MAX_WIDE))
		r = pl_error_set(err, PL_E_IO, "%s is no path this system can name", path);
	else if (!CreateDirectoryW(wide, &attributes) && GetLastError() != ERROR_ALREADY_EXISTS)
		r = pl_wide_failed(GetLastError(), err, "make", path);
	else
		r = close_existing(wide, path, attributes.lpSecurityDescriptor, err);
	LocalFree(attributes.lpSecurityDescriptor);
	return r;
}

/* %ProgramData%\Platen: the folder of the settings. */
static void home_of(char ret_path[static PL_MAX_PATH])
{
	snprintf(ret_path, PL_MAX_PATH, "%s", pl_places()->config);
	*strrchr(ret_path, '/') = '\0';
}

static enum pl_result open_key(const wchar_t *name, const wchar_t *text, HKEY *ret_key,
			       struct pl_error *err)
{
	SECURITY_ATTRIBUTES attributes = { .nLength = sizeof(attributes) };
	enum pl_result r = list_of(text, &attributes.lpSecurityDescriptor, err);
	DWORD code;

	if (r != PL_OK)
		return r;
	code = RegCreateKeyExW(HKEY_LOCAL_MACHINE, name, 0, NULL, 0,
			       KEY_ALL_ACCESS | KEY_WOW64_64KEY, &attributes, ret_key, NULL);
	if (code == ERROR_SUCCESS) {
		code = RegSetKeySecurity(*ret_key, DACL_SECURITY_INFORMATION,
					 attributes.lpSecurityDescriptor);
		if (code != ERROR_SUCCESS)
			RegCloseKey(*ret_key);
	}
	LocalFree(attributes.lpSecurityDescriptor);
	return code == ERROR_SUCCESS ? PL_OK
				     : pl_wide_failed(code, err, "open", "HKLM\\SOFTWARE\\Platen");
}

/* Takes "name=value" apart; false: there is no value. */
static bool split(const char *setting, char name[static 64], const char **ret_value)
{
	const char *eq = strchr(setting, '=');

	if (!eq || eq - setting >= 64 || eq[1] == '\0')
		return false;
	snprintf(name, 64, "%.*s", (int)(eq - setting), setting);
	*ret_value = eq + 1;
	return true;
}

static enum pl_result check_settings(char *const *settings, struct pl_error *err)
{
	struct pl_settings scratch;
	enum pl_result r = PL_OK;
	const char *value;
	char name[64];

	pl_settings_init(&scratch);
	for (; *settings && r == PL_OK; settings++)
		if (split(*settings, name, &value))
			r = pl_settings_set(&scratch, name, value, err);
	return r;
}

static enum pl_result keep_settings(char *const *settings, struct pl_error *err)
{
	enum pl_result r = PL_OK;
	HKEY ours, key;

	r = open_key(OURS, OURS_LIST, &ours, err);
	if (r != PL_OK)
		return r;
	RegCloseKey(ours);
	r = open_key(SETTINGS, SETTINGS_LIST, &key, err);
	if (r != PL_OK)
		return r;
	for (; *settings && r == PL_OK; settings++) {
		wchar_t wide_name[64], wide[PL_MAX_WIDE * 2];
		const char *value;
		char name[64];
		LSTATUS code;

		if (!split(*settings, name, &value))
			continue;
		if (!pl_wide_of(name, wide_name, 64) || !pl_wide_of(value, wide, PL_MAX_WIDE * 2)) {
			r = pl_error_set(err, PL_E_INVALID, "%s is too long", name);
			continue;
		}
		code = RegSetValueExW(key, wide_name, 0, REG_SZ, (const BYTE *)wide,
				      (DWORD)((wcslen(wide) + 1) * sizeof(wchar_t)));
		if (code != ERROR_SUCCESS)
			r = pl_wide_failed((unsigned long)code, err, "keep", name);
	}
	RegCloseKey(key);
	return r;
}

/* A manager that does not know a level of settings goes without it (Wine's). */
static enum pl_result configure(SC_HANDLE service, DWORD level, void *info, struct pl_error *err)
{
	DWORD code = ChangeServiceConfig2W(service, level, info) ? ERROR_SUCCESS : GetLastError();

	if (code == ERROR_SUCCESS || code == ERROR_INVALID_LEVEL)
		return PL_OK;
	return pl_wide_failed(code, err, "configure the service", PL_SERVICE_NAME);
}

static enum pl_result configure_service(SC_HANDLE service, struct pl_error *err)
{
	SC_ACTION again[] = { { SC_ACTION_RESTART, 5000 },
			      { SC_ACTION_RESTART, MINUTE_MS },
			      { SC_ACTION_RESTART, 10 * MINUTE_MS } };
	SERVICE_FAILURE_ACTIONSW recovery = { .dwResetPeriod = DAY_S,
					      .cActions = sizeof(again) / sizeof(again[0]),
					      .lpsaActions = again };
	SERVICE_FAILURE_ACTIONS_FLAG own_codes = { .fFailureActionsOnNonCrashFailures = TRUE };
	SERVICE_DELAYED_AUTO_START_INFO delayed = { .fDelayedAutostart = TRUE };
	enum pl_result r = configure(service, SERVICE_CONFIG_FAILURE_ACTIONS, &recovery, err);

	if (r == PL_OK)
		r = configure(service, SERVICE_CONFIG_FAILURE_ACTIONS_FLAG, &own_codes, err);
	if (r == PL_OK)
		r = configure(service, SERVICE_CONFIG_DELAYED_AUTO_START_INFO, &delayed, err);
	return r;
}

static enum pl_result prepare_service(struct pl_error *err)
{
	SC_HANDLE manager = OpenSCManagerW(NULL, NULL, SC_MANAGER_CONNECT), service = NULL;
	enum pl_result r;

	if (manager)
		service = OpenServiceW(manager, WIDE(PL_SERVICE_NAME),
				       SERVICE_CHANGE_CONFIG | SERVICE_START);
	r = service ? configure_service(service, err)
		    : pl_wide_failed(GetLastError(), err, "open the service", PL_SERVICE_NAME);
	if (service)
		CloseServiceHandle(service);
	if (manager)
		CloseServiceHandle(manager);
	return r;
}

/* What nobody sees on stderr. */
static void tell_event_log(const char *sentence)
{
	HANDLE events = RegisterEventSourceW(NULL, WIDE(PL_SERVICE_NAME));
	wchar_t wide[PL_MAX_WIDE];
	const wchar_t *text = wide;

	if (!events)
		return;
	if (pl_wide_of(sentence, wide, PL_MAX_WIDE))
		ReportEventW(events, EVENTLOG_ERROR_TYPE, 0, 1, NULL, 1, 0, &text, NULL);
	DeregisterEventSource(events);
}

enum pl_result pl_install_prepare(char *const *settings, struct pl_error *err)
{
	char home[PL_MAX_PATH];
	enum pl_result r = check_settings(settings, err);

	home_of(home);
	if (r == PL_OK)
		r = make_folder(home, HOME_LIST, err);
	if (r == PL_OK)
		r = make_folder(pl_places()->state_dir, STATE_LIST, err);
	if (r == PL_OK)
		r = keep_settings(settings, err);
	if (r == PL_OK)
		r = prepare_service(err);
	if (r != PL_OK)
		tell_event_log(err->text);
	return r;
}

/* `path` has room for what is inside of it. What only points elsewhere is not followed. */
static void remove_tree(wchar_t path[static PL_MAX_WIDE], int depth)
{
	size_t size = wcslen(path);
	WIN32_FIND_DATAW found;
	HANDLE search;

	if (depth == MAX_DEPTH || size + 3 > PL_MAX_WIDE)
		return;
	wcscpy(path + size, L"\\*");
	search = FindFirstFileW(path, &found);
	for (bool more = search != INVALID_HANDLE_VALUE; more;
	     more = FindNextFileW(search, &found)) {
		bool folder = found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY;

		if (wcscmp(found.cFileName, L".") == 0 || wcscmp(found.cFileName, L"..") == 0 ||
		    size + 2 + wcslen(found.cFileName) > PL_MAX_WIDE)
			continue;
		wcscpy(path + size + 1, found.cFileName);
		if (folder && !(found.dwFileAttributes & FILE_ATTRIBUTE_REPARSE_POINT))
			remove_tree(path, depth + 1);
		else if (folder)
			RemoveDirectoryW(path);
		else
			DeleteFileW(path);
	}
	if (search != INVALID_HANDLE_VALUE)
		FindClose(search);
	path[size] = L'\0';
	RemoveDirectoryW(path);
}

/* A newer version puts itself beside this one before it has this one removed: then all of it is
 * still of use. */
static bool is_upgrade(void)
{
	wchar_t product[39];

	return MsiEnumRelatedProductsW(UPGRADE_CODE, 0, 1, product) == ERROR_SUCCESS;
}

enum pl_result pl_install_clean(struct pl_error *err)
{
	wchar_t wide[PL_MAX_WIDE];
	char home[PL_MAX_PATH];
	LSTATUS code;

	if (is_upgrade())
		return PL_OK;
	home_of(home);
	if (pl_wide_of(home, wide, PL_MAX_WIDE)) {
		remove_tree(wide, 0);
		if (GetFileAttributesW(wide) != INVALID_FILE_ATTRIBUTES)
			return pl_error_set(err, PL_E_IO, "%s could not be removed whole", home);
	}
	code = RegDeleteTreeW(HKEY_LOCAL_MACHINE, OURS);
	if (code == ERROR_SUCCESS || code == ERROR_FILE_NOT_FOUND)
		return PL_OK;
	return pl_wide_failed((unsigned long)code, err, "remove", "HKLM\\SOFTWARE\\Platen");
}
