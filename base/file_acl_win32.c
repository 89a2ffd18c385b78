/* SPDX-License-Identifier: Apache-2.0 */
/* Access control lists read as "its owner, and others". */
#include "platen/file_acl.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#define READ_RIGHTS (FILE_READ_DATA | GENERIC_READ | GENERIC_ALL)
#define WRITE_RIGHTS                                                                               \
	(FILE_WRITE_DATA | FILE_APPEND_DATA | WRITE_DAC | WRITE_OWNER | DELETE | GENERIC_WRITE |   \
	 GENERIC_ALL)

/* The user of a token, to be freed; NULL where nobody can tell. */
static TOKEN_USER *user_of(HANDLE token)
{
	DWORD size = 0;
	TOKEN_USER *user;

	GetTokenInformation(token, TokenUser, NULL, 0, &size);
	user = malloc(size ? size : 1);
	if (user && !GetTokenInformation(token, TokenUser, user, size, &size)) {
		free(user);
		user = NULL;
	}
	return user;
}

static TOKEN_USER *this_user(void)
{
	TOKEN_USER *user;
	HANDLE token;

	if (!OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token))
		return NULL;
	user = user_of(token);
	CloseHandle(token);
	return user;
}

static bool is_system(PSID sid)
{
	static const wchar_t TRUSTED_INSTALLER[] =
		L"S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464";
	wchar_t *text = NULL;
	bool is;

	if (IsWellKnownSid(sid, WinLocalSystemSid) ||
	    IsWellKnownSid(sid, WinBuiltinAdministratorsSid) ||
	    IsWellKnownSid(sid, WinCreatorOwnerSid) ||
	    IsWellKnownSid(sid, WinCreatorOwnerRightsSid))
		return true;
	is = ConvertSidToStringSidW(sid, &text) && wcscmp(text, TRUSTED_INSTALLER) == 0;
	LocalFree(text);
	return is;
}

static bool allows_others(PACL acl, DWORD rights, PSID user)
{
	for (DWORD i = 0; i < acl->AceCount; i++) {
		ACCESS_ALLOWED_ACE *ace;

		if (!GetAce(acl, i, (void **)&ace))
			return true;
		if (ace->Header.AceType != ACCESS_ALLOWED_ACE_TYPE ||
		    (ace->Header.AceFlags & INHERIT_ONLY_ACE) || !(ace->Mask & rights))
			continue;
		if (!is_system(&ace->SidStart) && !EqualSid(&ace->SidStart, user))
			return true;
	}
	return false;
}

bool pl_file_others_may(const wchar_t *path, enum pl_file_right right)
{
	DWORD rights = right == PL_FILE_OTHERS_READ ? READ_RIGHTS : WRITE_RIGHTS;
	PSECURITY_DESCRIPTOR descriptor = NULL;
	TOKEN_USER *user = this_user();
	PACL acl = NULL;
	bool may = true;

	/* No list at all (NULL) lets everybody in. */
	if (user &&
	    GetNamedSecurityInfoW((wchar_t *)path, SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, NULL,
				  NULL, &acl, NULL, &descriptor) == ERROR_SUCCESS)
		may = !acl || allows_others(acl, rights, user->User.Sid);
	LocalFree(descriptor);
	free(user);
	return may;
}

bool pl_file_this_user(wchar_t *ret_sid, size_t cap)
{
	TOKEN_USER *user = this_user();
	wchar_t *text = NULL;
	bool told = user && ConvertSidToStringSidW(user->User.Sid, &text) && wcslen(text) < cap;

	if (told)
		wcscpy(ret_sid, text);
	LocalFree(text);
	free(user);
	return told;
}

bool pl_file_is_this_user(void *sid)
{
	TOKEN_USER *user = this_user();
	bool is = user && EqualSid(user->User.Sid, sid);

	free(user);
	return is;
}

/* An administrator whose rights are not elevated has the group for denying only: no member. */
static bool is_administrator(HANDLE token)
{
	uint8_t sid[SECURITY_MAX_SID_SIZE];
	DWORD size = sizeof(sid);
	BOOL member = FALSE;

	return CreateWellKnownSid(WinBuiltinAdministratorsSid, NULL, sid, &size) &&
	       CheckTokenMembership(token, sid, &member) && member;
}

bool pl_file_is_trusted_token(void *token)
{
	TOKEN_USER *user = user_of(token);
	bool trusted = user && (IsWellKnownSid(user->User.Sid, WinLocalSystemSid) ||
				pl_file_is_this_user(user->User.Sid) || is_administrator(token));

	free(user);
	return trusted;
}

void *pl_file_descriptor(bool secret)
{
	TOKEN_USER *user = this_user();
	PSECURITY_DESCRIPTOR descriptor = NULL;
	wchar_t *sid = NULL, text[256];

	if (user && ConvertSidToStringSidW(user->User.Sid, &sid)) {
		/* Protected: what the folder would hand down does not count. */
		swprintf(text, sizeof(text) / sizeof(text[0]),
			 L"D:P(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)(A;OICI;FA;;;%ls)%ls", sid,
			 secret ? L"" : L"(A;OICI;FRFX;;;BU)");
		if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(text, SDDL_REVISION_1,
									  &descriptor, NULL))
			descriptor = NULL;
	}
	LocalFree(sid);
	free(user);
	return descriptor;
}
