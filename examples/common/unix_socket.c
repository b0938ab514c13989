/* SPDX-License-Identifier: BSD-2-Clause */
#include <config.h>

#include "common/unix_socket.h"

#include "common/log.h"

#include <errno.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* Whether somebody listens at the address already; a file left by a dead process is removed. @return 0, or -1
 * logged. */
static int clear_stale(const struct sockaddr_un *addr, int type, const char *key)
{
	struct stat st;
	bool live;
	int fd;

	if (lstat(addr->sun_path, &st))
		return 0;
	if (!S_ISSOCK(st.st_mode)) {
		log_line(PMIP_LOG_ERROR, key, "%s exists and is no socket; remove it or set another path as \"%s\"",
			 addr->sun_path, key);
		return -1;
	}
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	live = fd < 0 || connect(fd, (const struct sockaddr *)addr, sizeof(*addr)) == 0 ||
	       errno != ECONNREFUSED;
	if (fd >= 0)
		close(fd);
	if (live) {
		log_line(PMIP_LOG_ERROR, key,
			 "another program is running with the %s socket %s; stop it, or give this one another "
			 "path as \"%s\" in its configuration",
			 key, addr->sun_path, key);
		return -1;
	}
	log_line(PMIP_LOG_INFO, key, "replacing the socket %s of a program that has died", addr->sun_path);
	return unlink(addr->sun_path);
}

int unix_listen(const char *path, int type, int backlog, const char *key)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	char parent[sizeof(addr.sun_path)];
	mode_t mask;
	int fd, err;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	snprintf(parent, sizeof(parent), "%s", path);
	if (mkdir(dirname(parent), 0755) && errno != EEXIST)
		log_line(PMIP_LOG_WARN, key, "cannot make the directory of %s: %s", path, strerror(errno));
	if (clear_stale(&addr, type, key))
		return -1;
	fd = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return -1;
	mask = umask(0177);
	err = bind(fd, (const struct sockaddr *)&addr, sizeof(addr));
	umask(mask);
	if (err || listen(fd, backlog)) {
		log_line(PMIP_LOG_ERROR, key, "cannot listen at %s: %s; run as root or set another path as \"%s\"", path,
			 strerror(errno), key);
		close(fd);
		return -1;
	}
	return fd;
}
