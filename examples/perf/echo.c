/* SPDX-License-Identifier: BSD-2-Clause */
#include "perf/echo.h"

#include <pmip/io.h>
#include <pmip/pmip.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define PBU_LEN 12 /* of its fixed part, and of a PBA's (RFC 6275 sections 6.1.7 and 6.1.8) */

static void say(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	(void)area;
	if (level <= PMIP_LOG_WARN)
		fprintf(stderr, "pmip-perf: %s\n", message);
}

/* Sequence number and lifetime stand where they stand in either; the kernel writes the checksum. */
bool echo_answer(uint8_t *octets, size_t len)
{
	if (len < PBU_LEN || octets[2] != PMIP_MH_BU)
		return false;
	octets[2] = PMIP_MH_BA;
	octets[8] = octets[6];
	octets[9] = octets[7];
	octets[6] = PMIP_STATUS_ACCEPTED;
	octets[7] = PMIP_BA_P;
	return true;
}

int echo_run(const struct pmip_addr *address, const volatile int *stop)
{
	static uint8_t octets[PMIP_IO_BATCH][2048];
	struct pmip_log log = {sizeof(log), NULL, say};
	struct pmip_dgram in[PMIP_IO_BATCH], out[PMIP_IO_BATCH];
	struct pmip_io io;
	int got = 0;

	if (pmip_io_raw_new(&io, address, &log) != 0)
		return -1;
	puts("ready");
	fflush(stdout);
	while (!*stop && got >= 0) {
		struct pollfd poll_fd = {io.ops->fd(io.ctx), POLLIN, 0};
		size_t count = 0;

		got = io.ops->recv(io.ctx, in, PMIP_IO_BATCH);
		for (int i = 0; i < got; i++) {
			size_t len = in[i].len < sizeof(octets[0]) ? in[i].len : sizeof(octets[0]);

			memcpy(octets[count], in[i].data, len);
			if (echo_answer(octets[count], len)) {
				out[count] = (struct pmip_dgram){in[i].dst, in[i].src, octets[count], len};
				count++;
			}
		}
		if (count > 0)
			io.ops->send(io.ctx, out, count);
		if (got == 0)
			poll(&poll_fd, 1, 100); /* a signal may have come just before */
	}
	io.ops->free(io.ctx);
	return got < 0 ? -1 : 0;
}
