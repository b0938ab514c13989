/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages as JSON and back, by the library's own descriptions of their fields: no option is named here but where its notation is
 * special.
 */
#ifndef CODEC_JSON_H
#define CODEC_JSON_H

#include <jansson.h>
#include <pmip/pmip.h>

/* Where octets and errors of one message read from JSON live. */
struct arena {
	uint8_t buf[1 << 16];
	size_t used;
	char error[160]; /* what is wrong, for people; "" when nothing is */
};

/* A decoded message, all of it. The caller owns the object. */
json_t *message_to_json(const struct pmip_mh *mh);

/* Octets of the message that an object describes, in buf. src NULL: the checksum is the object's own, or 0 when it has none.
 * Returns octets or -1 with arena->error set. */
int message_from_json(const json_t *object, const struct pmip_addr *src, const struct pmip_addr *dst, uint8_t buf[PMIP_MH_MAX],
		      struct arena *arena);

/* Octets of a text of hexadecimal digits, which may be split by spaces. Returns octets, -1 when it is not one or longer than cap. */
int hex_read(const char *text, uint8_t *out, size_t cap);

/* Read a textual IPv4 or IPv6 address, IPv4 ones as ::ffff:a.b.c.d. Returns 0 or -1. */
int address_read(const char *text, struct pmip_addr *addr);

#endif
