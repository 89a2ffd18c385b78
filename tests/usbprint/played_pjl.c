/* SPDX-License-Identifier: Apache-2.0 */
#include "played_pjl.h"

#include <stdio.h>
#include <string.h>

#define UEL "\033%-12345X"

static const struct {
	const char *name, *answer;
} INFOS[] = {
	{ "ID", "\"HP LaserJet 400 M401n\"\r\n" },
	{ "STATUS", "CODE=10001\r\nDISPLAY=\"Ready\"\r\nONLINE=TRUE\r\n" },
	{ "PAGECOUNT", "PAGECOUNT=48213\r\n" },
	{ "PRODINFO", "ProductName=HP LaserJet 400 M401n\r\nSerialNumber=VNB3K12345\r\n" },
};

bool played_pjl_is_whole(const char *text)
{
	size_t n = strlen(text), tail = strlen(UEL);

	return n > tail && strcmp(text + n - tail, UEL) == 0;
}

static const char *info(const char *name, size_t n)
{
	for (size_t i = 0; i < sizeof(INFOS) / sizeof(INFOS[0]); i++)
		if (strlen(INFOS[i].name) == n && strncmp(INFOS[i].name, name, n) == 0)
			return INFOS[i].answer;
	return "\"?\"\r\n"; /* what real ones say */
}

size_t played_pjl_answer(const char *question, char *ret_text, size_t cap)
{
	static const char INFO[] = "@PJL INFO ", ECHO[] = "@PJL ECHO ";
	size_t used = 0;

	ret_text[0] = '\0';
	while (*question && used < cap) {
		const char *line = strstr(question, "@PJL"), *end;
		int n;

		if (!line)
			break;
		end = line + strcspn(line, "\r\n");
		n = (int)(end - line);
		question = end;
		if (strncmp(line, ECHO, strlen(ECHO)) == 0)
			used += (size_t)snprintf(ret_text + used, cap - used, "%.*s\r\n\f", n,
						 line);
		else if (strncmp(line, INFO, strlen(INFO)) == 0)
			used += (size_t)snprintf(
				ret_text + used, cap - used, "%.*s\r\n%s\f", n, line,
				info(line + strlen(INFO), (size_t)n - strlen(INFO)));
	}
	return used < cap ? used : cap - 1;
}
