/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pmip-decode: where messages come from, and what becomes of one.
 */
#ifndef CODEC_DECODE_H
#define CODEC_DECODE_H

#include <stdio.h>

#include <pmip/pmip.h>

/* Says about one message what the options of the program ask for. udp: it was carried in UDP. */
typedef void show_fn(const struct pmip_dgram *dgram, bool udp, void *user);

/* Lines "SRC DST HEX"; empty ones and those that start with # are skipped. udp: HEX alone is enough. Returns how many lines could not
 * be read; each has been told on standard error. */
unsigned int read_lines(FILE *in, const char *name, bool udp, show_fn *show, void *user);

/* Whether a file starts like a capture; nothing of it has been read then. */
bool is_capture(FILE *in);

/* Every Mobility Header message of a capture, those in IPv4 and UDP (RFC 5844 section 4) included. Closes in. Returns 0, or 1 when it
 * cannot be read to its end; that has been told on standard error. */
unsigned int read_capture(FILE *in, const char *name, show_fn *show, void *user);

/* Find the message in an IP packet of which len octets are there and show it, if there is one. */
void show_packet(const uint8_t *packet, size_t len, show_fn *show, void *user);

#endif
