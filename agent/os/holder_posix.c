/* SPDX-License-Identifier: Apache-2.0 */
/* Open files as /proc lists them, and a child that becomes the agent's user. */
#include "holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define AGENT_USER "platen"

static bool is_process(const char *name)
{
	return isdigit((unsigned char)name[0]) != 0;
}

/* True when one of the process's descriptors is `node`; *all falls where it may not be looked at.
 */
static bool has_open(const char *pid, const char *node, bool *all)
{
	char path[300], target[64];
	struct dirent *entry;
	bool found = false;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	if (!dir) {
		*all = *all && errno == ENOENT;
		return false;
	}
	while (!found && (entry = readdir(dir))) {
		ssize_t n = readlinkat(dirfd(dir), entry->d_name, target, sizeof(target) - 1);

		if (n < 0)
			continue;
		target[n] = '\0';
		found = strcmp(target, node) == 0;
	}
	closedir(dir);
	return found;
}

static void name_of(const char *pid, char ret_name[static PL_MAX_PROGRAM])
{
	char path[300];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	snprintf(ret_name, PL_MAX_PROGRAM, "process %.20s", pid);
	file = fopen(path, "re");
	if (!file)
		return;
	if (fgets(ret_name, PL_MAX_PROGRAM, file))
		ret_name[strcspn(ret_name, "\n")] = '\0';
	fclose(file);
}

size_t pl_holders(const struct pl_usb_device *dev, char (*ret_programs)[PL_MAX_PROGRAM], size_t cap,
		  bool *ret_all)
{
	char node[32], self[16];
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	size_t n = 0;

	*ret_all = proc != NULL;
	snprintf(node, sizeof(node), "/dev/bus/usb/%03u/%03u", dev->bus, dev->address);
	snprintf(self, sizeof(self), "%d", (int)getpid());
	while (proc && n < cap && (entry = readdir(proc))) {
		if (!is_process(entry->d_name) || strcmp(entry->d_name, self) == 0)
			continue;
		if (has_open(entry->d_name, node, ret_all))
			name_of(entry->d_name, ret_programs[n++]);
	}
	if (proc)
		closedir(proc);
	return n;
}

static bool become(const struct passwd *who)
{
	return setgroups(0, NULL) == 0 && setgid(who->pw_gid) == 0 && setuid(who->pw_uid) == 0;
}

bool pl_as_agent_user(bool (*check)(void *arg), void *arg, bool *ret_good)
{
	const struct passwd *who = geteuid() == 0 ? getpwnam(AGENT_USER) : NULL;
	int status = 0;
	pid_t child;

	if (!who)
		return false;
	child = fork();
	if (child < 0)
		return false;
	if (child == 0)
		_exit(!become(who) ? 2 : check(arg) ? 0 : 1);
	while (waitpid(child, &status, 0) < 0)
		if (errno != EINTR)
			return false;
	if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
		return false;
	*ret_good = WEXITSTATUS(status) == 0;
	return true;
}
