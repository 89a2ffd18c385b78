/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Avahi stub: lets ippeveprinter run without D-Bus and avahi-daemon (it gives up without them).
 * Preloaded, it takes the place of the fifteen avahi functions that ippeveprinter calls: all of
 * them succeed and do nothing.
 */

#include <stddef.h>

static int object;

int avahi_client_errno(void *client);
const char *avahi_client_get_host_name_fqdn(void *client);
void *avahi_client_new(const void *poll, int flags, void *callback, void *arg, int *error);
int avahi_entry_group_add_service_strlst(void *group, ...);
int avahi_entry_group_add_service_subtype(void *group, ...);
int avahi_entry_group_commit(void *group);
int avahi_entry_group_free(void *group);
void *avahi_entry_group_new(void *client, void *callback, void *arg);
void *avahi_string_list_add_printf(void *list, const char *format, ...);
void avahi_string_list_free(void *list);
void *avahi_threaded_poll_get(void *poll);
void avahi_threaded_poll_lock(void *poll);
void *avahi_threaded_poll_new(void);
int avahi_threaded_poll_start(void *poll);
void avahi_threaded_poll_unlock(void *poll);

int avahi_client_errno(void *client)
{
	(void)client;
	return 0;
}

const char *avahi_client_get_host_name_fqdn(void *client)
{
	(void)client;
	return "localhost";
}

void *avahi_client_new(const void *poll, int flags, void *callback, void *arg, int *error)
{
	(void)poll;
	(void)flags;
	(void)callback;
	(void)arg;
	if (error)
		*error = 0;
	return &object;
}

int avahi_entry_group_add_service_strlst(void *group, ...)
{
	(void)group;
	return 0;
}

int avahi_entry_group_add_service_subtype(void *group, ...)
{
	(void)group;
	return 0;
}

int avahi_entry_group_commit(void *group)
{
	(void)group;
	return 0;
}

int avahi_entry_group_free(void *group)
{
	(void)group;
	return 0;
}

void *avahi_entry_group_new(void *client, void *callback, void *arg)
{
	(void)client;
	(void)callback;
	(void)arg;
	return &object;
}

void *avahi_string_list_add_printf(void *list, const char *format, ...)
{
	(void)list;
	(void)format;
	return &object;
}

void avahi_string_list_free(void *list)
{
	(void)list;
}

void *avahi_threaded_poll_get(void *poll)
{
	(void)poll;
	return &object;
}

void avahi_threaded_poll_lock(void *poll)
{
	(void)poll;
}

void *avahi_threaded_poll_new(void)
{
	return &object;
}

int avahi_threaded_poll_start(void *poll)
{
	(void)poll;
	return 0;
}

void avahi_threaded_poll_unlock(void *poll)
{
	(void)poll;
}
