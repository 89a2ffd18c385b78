/* SPDX-License-Identifier: Apache-2.0 */
/* RFC 3339 in UTC, the only way in which the project writes times. */
#include <stdbool.h>
#include <string.h>

#include "platen/json.h"

/* Reads `digits` digits; -1 where there are fewer. */
static int number_at(const char *at, int digits)
{
	int value = 0;

	for (int i = 0; i < digits; i++) {
		if (at[i] < '0' || at[i] > '9')
			return -1;
		value = 10 * value + (at[i] - '0');
	}
	return value;
}

static int days_in_month(int year, int month)
{
	static const int DAYS[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return DAYS[month - 1] + (month == 2 && leap ? 1 : 0);
}

/* Days from 1970-01-01 to a civil date; the year begins in March, so that leap days end it. */
static int64_t days_of_civil(int year, int month, int day)
{
	int64_t y = month <= 2 ? year - 1 : year;
	int64_t era = y / 400;
	int64_t yoe = y - era * 400;
	int64_t doy = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	return era * 146097 + yoe * 365 + yoe / 4 - yoe / 100 + doy - 719468;
}

/* Reads ".123Z", of any number of digits, or "Z": the milliseconds, -1 for anything else. */
static int fraction_ms(const char *at)
{
	int ms = 0, weight = 100;

	if (*at == '.') {
		if (*++at < '0' || *at > '9')
			return -1;
		for (; *at >= '0' && *at <= '9'; at++, weight /= 10)
			ms += (*at - '0') * weight;
	}
	return at[0] == 'Z' && at[1] == '\0' ? ms : -1;
}

bool pl_time_read(const char *text, int64_t *ret_wall_ms)
{
	const char *t = text;
	int year, month, day, hour, minute, second, ms;

	if (strlen(t) < 20 || t[4] != '-' || t[7] != '-' || t[10] != 'T' || t[13] != ':' ||
	    t[16] != ':')
		return false;
	year = number_at(t, 4);
	month = number_at(t + 5, 2);
	day = number_at(t + 8, 2);
	hour = number_at(t + 11, 2);
	minute = number_at(t + 14, 2);
	second = number_at(t + 17, 2);
	ms = fraction_ms(t + 19);
	if (year < 0 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month) ||
	    hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60 ||
	    ms < 0)
		return false;
	*ret_wall_ms = ((days_of_civil(year, month, day) * 24 + hour) * 60 + minute) * 60000 +
		       second * 1000 + ms;
	return true;
}
