/* SPDX-License-Identifier: Apache-2.0 */
/* sd-login: which session this is, and whether it is on the screen. */
#include "seat.h"

#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "platen/log.h"

/* A program that the user's own service manager started belongs to no session: then it is the one
 * with the screen. The caller frees it; NULL: none. */
static char *find_session(void)
{
	const char *told = getenv("XDG_SESSION_ID");
	char *session = NULL;

	if (sd_pid_get_session(0, &session) >= 0)
		return session;
	if (told && *told)
		return strdup(told);
	if (sd_uid_get_display(getuid(), &session) >= 0)
		return session;
	return NULL;
}

static bool is_here(void)
{
	char *session = find_session(), *class = NULL;
	uid_t user;
	bool here = session && sd_session_is_active(session) > 0 &&
		    sd_session_is_remote(session) == 0 &&
		    sd_session_get_class(session, &class) >= 0 && strncmp(class, "user", 4) == 0 &&
		    sd_session_get_uid(session, &user) >= 0 && user == getuid();

	free(class);
	free(session);
	return here;
}

static int readable(sd_event_source *s, int fd, uint32_t events, void *arg)
{
	struct seat *seat = arg;
	bool here;

	(void)s, (void)fd, (void)events;
	sd_login_monitor_flush(seat->monitor);
	here = is_here();
	if (here == seat->here)
		return 0;
	seat->here = here;
	log_info(NULL, "this session is %s the PC's own screen", here ? "on" : "not on");
	seat->changed(seat->arg);
	return 0;
}

void seat_open(struct seat *seat, sd_event *event, void (*changed)(void *arg), void *arg)
{
	seat->changed = changed;
	seat->arg = arg;
	seat->here = is_here();
	if (sd_login_monitor_new("session", &seat->monitor) < 0) {
		seat->monitor = NULL; /* no logind: nobody tells of changes, and there are none */
		return;
	}
	sd_event_add_io(event, &seat->io, sd_login_monitor_get_fd(seat->monitor), EPOLLIN, readable,
			seat);
}

void seat_close(struct seat *seat)
{
	seat->io = sd_event_source_disable_unref(seat->io);
	seat->monitor = sd_login_monitor_unref(seat->monitor);
}
