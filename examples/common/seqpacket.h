/* SPDX-License-Identifier: BSD-2-Clause */
/* A connected UNIX socket of type SOCK_SEQPACKET: packets in and out, in order, none lost. */
#ifndef EXAMPLES_SEQPACKET_H
#define EXAMPLES_SEQPACKET_H

#include <event2/event.h>
#include <stddef.h>
#include <stdint.h>

/* Longest packet, octets. */
#define SEQPACKET_MAX 4096

struct seqpacket;

struct seqpacket_user {
	void *user;
	/* A packet; one that is longer than SEQPACKET_MAX has one octet more. */
	void (*packet)(void *user, const uint8_t *data, size_t len);
	/* Those that were there have all been given. */
	void (*settle)(void *user);
	/* The other end has gone, or takes too little: why. The connection is to be freed. */
	void (*down)(void *user, const char *why);
};

/* Take over a descriptor that does not block. @return 0, or -1 with the descriptor closed. */
int seqpacket_new(struct seqpacket **made, struct event_base *base, int fd, const struct seqpacket_user *user);
/* Close; from within its callbacks, too. NULL is fine. */
void seqpacket_free(struct seqpacket *s);
/* Send, or keep for when the other end takes it. down() may be called before this returns. */
void seqpacket_send(struct seqpacket *s, const uint8_t *data, size_t len);

#endif
