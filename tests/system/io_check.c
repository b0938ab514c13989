/* SPDX-License-Identifier: BSD-2-Clause */
/* Drives the raw socket for io-raw.sh.
 *   io_check echo ADDRESS COUNT          send every message back until COUNT have come; "batch N":
 * the largest batch taken io_check late ADDRESS COUNT          the same, but take nothing before a
 * line arrives on standard input io_check burst SRC DST COUNT         send COUNT numbered messages
 * at once; all must come back within 5 s, each once io_check blast SRC DST COUNT         send COUNT
 * messages, wait for nothing io_check problem SRC DST COUNT       as SRC, tell DST COUNT times of a
 * problem at octet 1 of its message io_check bind ADDRESS                open on ADDRESS, say how
 * that went */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pmip/io.h>

static void log_line(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	printf("log %d %s: %s\n", (int)level, area, message);
}

static const struct pmip_log log_here = {.size = sizeof(log_here), .write = log_line};

static struct pmip_addr address(const char *text)
{
	struct pmip_addr a;

	if (pmip_addr_parse(&a, text) < 0) {
		fprintf(stderr, "io_check: %s is no IPv6 address\n", text);
		exit(2);
	}
	return a;
}

static struct pmip_io open_io(const char *local)
{
	struct pmip_addr a = address(local);
	struct pmip_io io;
	int err = pmip_io_raw_new(&io, &a, &log_here);

	if (err < 0) {
		printf("open %s\n", pmip_err_name(err));
		exit(1);
	}
	return io;
}

static bool wait_readable(const struct pmip_io *io, int ms)
{
	struct pollfd p = {.fd = io->ops->fd(io->ctx), .events = POLLIN};

	return poll(&p, 1, ms) == 1;
}

static int echo(const char *local, size_t count, bool late)
{
	struct pmip_io io = open_io(local);
	struct pmip_dgram d[PMIP_IO_BATCH];
	size_t seen = 0, largest = 0;
	int n = 0;

	printf("ready\n");
	fflush(stdout);
	if (late)
		(void)getchar();
	while (seen < count && wait_readable(&io, 5000)) {
		while ((n = io.ops->recv(io.ctx, d, PMIP_IO_BATCH)) > 0) {
			largest = (size_t)n > largest ? (size_t)n : largest;
			seen += (size_t)n;
			for (int i = 0; i < n; i++) {
				struct pmip_addr src = d[i].src;

				d[i].src = d[i].dst;
				d[i].dst = src;
			}
			if (io.ops->send(io.ctx, d, (size_t)n) != n)
				printf("not all sent\n");
		}
	}
	printf("seen %zu batch %zu\n", seen, largest);
	io.ops->free(io.ctx);
	return seen == count && n >= 0 ? 0 : 1;
}

static void send_all(const struct pmip_io *io, const char *from, const char *to, size_t count)
{
	uint8_t buf[PMIP_IO_BATCH * 2][16];
	struct pmip_dgram d[PMIP_IO_BATCH * 2];
	size_t left = 0;

	for (size_t at = 0; at < count;) {
		size_t n = 0;

		for (; n < PMIP_IO_BATCH * 2 && at < count; n++, at++) {
			uint32_t number = (uint32_t)at;

			memcpy(buf[n], (uint8_t[16]){59, 1, 5}, 16);
			memcpy(buf[n] + 12, &number, sizeof(number));
			d[n] = (struct pmip_dgram){.src = address(from),
						   .dst = address(to),
						   .data = buf[n],
						   .len = 16};
		}
		left += (size_t)io->ops->send(io->ctx, d, n);
	}
	printf("sent %zu\n", left);
	fflush(stdout);
}

static int burst(const char *from, const char *to, size_t count)
{
	struct pmip_io io = open_io("::");
	struct pmip_dgram d[PMIP_IO_BATCH];
	struct pmip_addr src = address(to), dst = address(from);
	uint8_t *times = calloc(count, 1);
	size_t back = 0, wrong = 0;
	int n;

	if (!times)
		return 2;
	send_all(&io, from, to, count);
	while (back < count && wait_readable(&io, 5000)) {
		while ((n = io.ops->recv(io.ctx, d, PMIP_IO_BATCH)) > 0) {
			for (int i = 0; i < n; i++) {
				uint32_t number;

				memcpy(&number, d[i].data + 12, sizeof(number));
				if (d[i].len != 16 || number >= count || times[number]++ ||
				    !pmip_addr_equal(&d[i].src, &src) ||
				    !pmip_addr_equal(&d[i].dst, &dst))
					wrong++;
				else
					back++;
			}
		}
	}
	printf("back %zu wrong %zu\n", back, wrong);
	free(times);
	io.ops->free(io.ctx);
	return back == count && !wrong ? 0 : 1;
}

static int blast(const char *from, const char *to, size_t count)
{
	struct pmip_io io = open_io(from);

	send_all(&io, from, to, count);
	io.ops->free(io.ctx);
	return 0;
}

static int problem(const char *from, const char *to, size_t count)
{
	struct pmip_io io = open_io(from);
	uint8_t message[2048] = {59, 255, 5};
	struct pmip_param_problem p = {.dgram = {.src = address(to),
						 .dst = address(from),
						 .data = message,
						 .len = sizeof(message)},
				       .pointer = 1};

	for (size_t i = 0; i < count; i++)
		io.ops->param_problem(io.ctx, &p);
	io.ops->free(io.ctx);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "bind") == 0) {
		struct pmip_io io = open_io(argv[2]);

		io.ops->free(io.ctx);
		printf("open PMIP_OK\n");
		return 0;
	}
	if (argc == 4 && (strcmp(argv[1], "echo") == 0 || strcmp(argv[1], "late") == 0))
		return echo(argv[2], strtoul(argv[3], NULL, 10), argv[1][0] == 'l');
	if (argc == 5 && strcmp(argv[1], "burst") == 0)
		return burst(argv[2], argv[3], strtoul(argv[4], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "blast") == 0)
		return blast(argv[2], argv[3], strtoul(argv[4], NULL, 10));
	if (argc == 5 && strcmp(argv[1], "problem") == 0)
		return problem(argv[2], argv[3], strtoul(argv[4], NULL, 10));
	fprintf(stderr, "usage: see the head of io_check.c\n");
	return 2;
}
