/* SPDX-License-Identifier: BSD-2-Clause */
/* The file holds the number in decimal and a newline. It is replaced whole, so that a crash leaves the old one or the new one; daemons of
 * one machine that share it take turns.
 * Sessions are not stored, so every start has lost them. HBT-5. */
#include <config.h>

#include "common/restart.h"

#include "common/log.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static int complain(const char *what, const char *path, const char *why)
{
	log_line(PMIP_LOG_ERROR, "restart",
		 "cannot %s the restart counter in %s: %s; make its directory writable, or set another path as "
		 "\"restart_counter_file\"",
		 what, path, why);
	return -1;
}

/* 0 = there is no file, 1 = read, -1. */
static int read_counter(const char *path, uint32_t *value)
{
	char text[16], *end;
	unsigned long number = 0;
	FILE *file = fopen(path, "re");
	size_t len;

	if (!file)
		return errno == ENOENT ? 0 : complain("read", path, strerror(errno));
	len = fread(text, 1, sizeof(text) - 1, file);
	text[len] = '\0';
	if (ferror(file)) {
		fclose(file);
		return complain("read", path, "input error");
	}
	fclose(file);
	errno = 0;
	end = text;
	if (text[0] >= '0' && text[0] <= '9')
		number = strtoul(text, &end, 10);
	if (end == text || strcmp(end, "\n") != 0 || errno || number > UINT32_MAX) {
		log_line(PMIP_LOG_ERROR, "restart",
			 "%s holds no restart counter, which is a number up to 4294967295 and a newline; write one there that was "
			 "not used before, or remove the file if no peer remembers this program",
			 path);
		return -1;
	}
	*value = (uint32_t)number;
	return 1;
}

static int write_counter(const char *path, uint32_t value)
{
	char temporary[256], text[16];
	int fd, err, len = snprintf(text, sizeof(text), "%" PRIu32 "\n", value);

	snprintf(temporary, sizeof(temporary), "%s.new", path);
	fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0)
		return complain("write", path, strerror(errno));
	err = write(fd, text, (size_t)len) != len || fsync(fd) ? errno : 0;
	close(fd);
	if (!err && rename(temporary, path))
		err = errno;
	if (!err)
		return 0;
	unlink(temporary);
	return complain("write", path, strerror(err));
}

int restart_count(const char *path, uint32_t *value)
{
	char text[256], *parent;
	uint32_t last = 0;
	int turn, counted;

	snprintf(text, sizeof(text), "%s", path);
	parent = dirname(text);
	if (mkdir(parent, 0755) && errno != EEXIST)
		return complain("write", path, strerror(errno));
	turn = open(parent, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (turn < 0)
		return complain("write", path, strerror(errno));
	counted = flock(turn, LOCK_EX) ? complain("lock", path, strerror(errno)) : read_counter(path, &last);
	if (counted >= 0)
		counted = write_counter(path, last + 1);
	close(turn);
	*value = last + 1;
	return counted;
}
