/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as something to wait for, and the terminal. */
#include "process.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "platen/clock.h"

#define MAX_COLUMNS 10000

static void stop_signals(sigset_t *ret_set)
{
	sigemptyset(ret_set);
	sigaddset(ret_set, SIGTERM);
	sigaddset(ret_set, SIGINT);
	sigaddset(ret_set, SIGHUP);
}

void pl_process_hold_stops(void)
{
	sigset_t set;

	stop_signals(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void pl_process_wait_stop(void)
{
	sigset_t set;
	int which;

	stop_signals(&set);
	while (sigwait(&set, &which) != 0)
		;
}

bool pl_process_pause(int64_t by_ms)
{
	int ms = pl_clock_left_ms(by_ms);
	struct timespec left = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };
	sigset_t set;

	stop_signals(&set);
	return sigtimedwait(&set, NULL, &left) > 0;
}

bool pl_terminal_has_colour(void)
{
	const char *term = getenv("TERM");
	const char *no = getenv("NO_COLOR"); /* no-color.org */

	return isatty(STDOUT_FILENO) && term && strcmp(term, "dumb") != 0 && !(no && no[0]);
}

int pl_terminal_columns(void)
{
	const char *told = getenv("COLUMNS");
	long columns = told ? strtol(told, NULL, 10) : 0;
	struct winsize size;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns > 0 && columns <= MAX_COLUMNS)
		return (int)columns;
	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col;
}
