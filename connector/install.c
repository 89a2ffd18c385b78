/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One entry per package. A token has no character that a shell, XML or msiexec would read as its
 * own.
 */
#include "install.h"

#include <cjson/cJSON.h>
#include <stdio.h>

#include "platen/json.h"
#include "platen/random.h"
#include "token.h"

#define PROFILE                                                                                    \
	"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"                                             \
	"<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" "                                  \
	"\"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n"                                    \
	"<plist version=\"1.0\"><dict>\n"                                                          \
	"  <key>PayloadType</key><string>Configuration</string>\n"                                 \
	"  <key>PayloadVersion</key><integer>1</integer>\n"                                        \
	"  <key>PayloadIdentifier</key><string>org.platen.agent.enrolment</string>\n"              \
	"  <key>PayloadUUID</key><string>%s</string>\n"                                            \
	"  <key>PayloadDisplayName</key><string>Platen agent</string>\n"                           \
	"  <key>PayloadScope</key><string>System</string>\n"                                       \
	"  <key>PayloadContent</key><array><dict>\n"                                               \
	"    <key>PayloadType</key><string>org.platen.agent</string>\n"                            \
	"    <key>PayloadVersion</key><integer>1</integer>\n"                                      \
	"    <key>PayloadIdentifier</key><string>org.platen.agent.settings</string>\n"             \
	"    <key>PayloadUUID</key><string>%s</string>\n"                                          \
	"    <key>token</key><string>%s</string>\n"                                                \
	"  </dict></array>\n"                                                                      \
	"</dict></plist>\n"

static void add(cJSON *list, const char *platform, const char *package, const char *command,
		const char *note)
{
	cJSON *item = cJSON_CreateObject();

	cJSON_AddStringToObject(item, "platform", platform);
	cJSON_AddStringToObject(item, "package", package);
	cJSON_AddStringToObject(item, "command", command);
	cJSON_AddNullToObject(item, "file_name");
	cJSON_AddNullToObject(item, "file_content");
	cJSON_AddStringToObject(item, "note", note);
	cJSON_AddItemToArray(list, item);
}

struct cJSON *pl_install_lines(const char *token)
{
	cJSON *list = cJSON_CreateArray(), *mac;
	char line[PL_MAX_TOKEN + 128], profile[4096], outer[PL_UUID_TEXT], inner[PL_UUID_TEXT];

	snprintf(line, sizeof line, "msiexec /i platen.msi /qn TOKEN=%s", token);
	add(list, "windows", "msi", line, "Run as administrator, or from Intune or SCCM.");
	snprintf(line, sizeof line, "PLATEN_TOKEN=%s apt-get install -y ./platen-agent.deb", token);
	add(list, "linux", "deb", line, "Run as root.");
	add(list, "macos", "pkg", "installer -pkg platen.pkg -target /",
	    "Install the profile first; it holds the token.");
	mac = cJSON_GetArrayItem(list, 2);
	pl_random_uuid(outer);
	pl_random_uuid(inner);
	snprintf(profile, sizeof profile, PROFILE, outer, inner, token);
	cJSON_ReplaceItemInObjectCaseSensitive(mac, "file_name",
					       cJSON_CreateString("platen.mobileconfig"));
	cJSON_ReplaceItemInObjectCaseSensitive(mac, "file_content", cJSON_CreateString(profile));
	return list;
}
