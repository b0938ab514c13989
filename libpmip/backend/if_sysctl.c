/* SPDX-License-Identifier: BSD-2-Clause */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "if_sysctl.h"

static int open_setting(const char *tree, const char *ifname, const char *name, int flags)
{
	char path[128];

	snprintf(path, sizeof(path), "/proc/sys/net/%s/%s/%s", tree, ifname, name);
	return open(path, flags | O_CLOEXEC);
}

int pmip__if_sysctl_get(const char *tree, const char *ifname, const char *name)
{
	int fd = open_setting(tree, ifname, name, O_RDONLY);
	char text[16] = "";
	ssize_t got;

	if (fd < 0)
		return -1;
	got = read(fd, text, sizeof(text) - 1);
	close(fd);
	return got > 0 ? (int)strtol(text, NULL, 10) : -1;
}

int pmip__if_sysctl_set(const char *tree, const char *ifname, const char *name, int value)
{
	int fd = open_setting(tree, ifname, name, O_WRONLY);
	char text[16];
	ssize_t done;
	int len = snprintf(text, sizeof(text), "%d", value);

	if (fd < 0)
		return PMIP_ERR_NOENT;
	done = write(fd, text, (size_t)len);
	close(fd);
	return done == len ? 0 : PMIP_ERR_OS;
}
