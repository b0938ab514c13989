/* SPDX-License-Identifier: BSD-2-Clause */
/* Log lines to standard error. Each is one write, so that lines of several programs on one terminal do not
 * mix; whatever a peer could have put into a message is made printable. */
#include <config.h>

#include "common/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_MAX_LEN 1024
#define TOLD_AGAIN_US UINT64_C(60000000)

static const char *const level_names[] = {
	[PMIP_LOG_ERROR] = "error",
	[PMIP_LOG_WARN] = "warn",
	[PMIP_LOG_INFO] = "info",
	[PMIP_LOG_DEBUG] = "debug",
};

static enum pmip_log_level threshold = PMIP_LOG_INFO;

void log_set_level(enum pmip_log_level level)
{
	threshold = level;
}

enum pmip_log_level log_get_level(void)
{
	return threshold;
}

const char *log_level_name(enum pmip_log_level level)
{
	return level >= PMIP_LOG_ERROR && level <= PMIP_LOG_DEBUG ? level_names[level] : "unknown";
}

enum pmip_log_level log_level_by_name(const char *name)
{
	int level;

	for (level = PMIP_LOG_ERROR; level <= PMIP_LOG_DEBUG; level++)
		if (strcmp(level_names[level], name) == 0)
			return (enum pmip_log_level)level;
	return 0;
}

static void write_line(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	char line[LINE_MAX_LEN + 80];
	char stamp[32];
	struct timespec now;
	struct tm tm;
	size_t i, len;
	int n;

	(void)user;
	if (level > threshold)
		return;
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%S", &tm);
	n = snprintf(line, sizeof(line) - 1, "%s.%06ldZ %-5s %.32s: %.*s", stamp, now.tv_nsec / 1000,
		     log_level_name(level), area, LINE_MAX_LEN, message);
	if (n < 0)
		return;
	len = (size_t)n < sizeof(line) - 1 ? (size_t)n : sizeof(line) - 2;
	for (i = 0; i < len; i++)
		if ((unsigned char)line[i] < ' ' || line[i] == 0x7f)
			line[i] = '?';
	line[len++] = '\n';
	if (write(STDERR_FILENO, line, len) < 0)
		return; /* nobody reads the log: there is nowhere to say so */
}

const struct pmip_log log_sink = {
	.size = sizeof(struct pmip_log),
	.write = write_line,
};

void log_line(enum pmip_log_level level, const char *area, const char *format, ...)
{
	char message[LINE_MAX_LEN];
	va_list args;

	if (level > threshold)
		return;
	va_start(args, format);
	vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	write_line(NULL, level, area, message);
}

bool log_is_due(uint64_t *told_us, uint64_t now_us)
{
	if (*told_us && now_us < *told_us + TOLD_AGAIN_US)
		return false;
	*told_us = now_us;
	return true;
}
