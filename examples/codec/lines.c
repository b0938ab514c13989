/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages as lines of text.
 */
#include <stdlib.h>
#include <string.h>

#include "codec/decode.h"
#include "codec/json.h"

#define ADDR_TEXT 64
#define ADDR_SCAN "%63s"
#define OCTETS_MAX 65535 /* of a packet, of which a message may be the first part */

/* What follows the addresses, from which a message may start at once where it needs none. */
static const char *read_addresses(const char *line, bool udp, struct pmip_dgram *dgram)
{
	char src[ADDR_TEXT], dst[ADDR_TEXT];
	int end = 0;

	memset(dgram, 0, sizeof(*dgram));
	if (sscanf(line, ADDR_SCAN " " ADDR_SCAN "%n", src, dst, &end) == 2 && address_read(src, &dgram->src) == 0 &&
	    address_read(dst, &dgram->dst) == 0)
		return line + end;
	return udp ? line : NULL;
}

static int read_line(const char *line, bool udp, show_fn *show, void *user)
{
	static uint8_t octets[OCTETS_MAX];
	struct pmip_dgram dgram;
	const char *hex = read_addresses(line, udp, &dgram);
	int len = hex == NULL ? -1 : hex_read(hex, octets, sizeof(octets));
	uint8_t *copy;

	if (len < 0)
		return -1;
	/* A block of exactly its size lets a sanitizer or valgrind see the first octet too many. */
	copy = malloc(len == 0 ? 1 : (size_t)len);
	if (copy == NULL)
		return -1;
	memcpy(copy, octets, (size_t)len);
	dgram.data = copy;
	dgram.len = (size_t)len;
	show(&dgram, udp, user);
	free(copy);
	return 0;
}

unsigned int read_lines(FILE *in, const char *name, bool udp, show_fn *show, void *user)
{
	unsigned int number = 0, bad = 0;
	char *line = NULL;
	size_t cap = 0;

	while (getline(&line, &cap, in) >= 0) {
		number++;
		if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '#')
			continue;
		if (read_line(line, udp, show, user) < 0) {
			fprintf(stderr, "%s:%u: not \"SRC DST HEX\": give two addresses and the octets of the Mobility Header in hexadecimal\n",
				name, number);
			bad++;
		}
	}
	free(line);
	return bad;
}
