/* SPDX-License-Identifier: BSD-2-Clause */
/* The connection to a flow manager: messages in and out, in order, none lost. flow_socket.c says what they mean. */
#ifndef EXAMPLES_LMA_FLOW_LINK_H
#define EXAMPLES_LMA_FLOW_LINK_H

#include <event2/event.h>
#include <flowmob/fmp.h>

struct flow_link;

struct flow_link_user {
	void *user;
	/* A manager has connected. */
	void (*up)(void *user);
	/* A message that can be read. */
	void (*message)(void *user, const struct flowmob_fmp *message);
	/* Those that were there have all been given. */
	void (*settle)(void *user);
	/* It has gone. */
	void (*down)(void *user);
};

/* Listen at path. @return 0, or -1 with the reason logged. */
int flow_link_new(struct flow_link **made, struct event_base *base, const char *path, const struct flow_link_user *user);
void flow_link_free(struct flow_link *link);
bool flow_link_is_up(const struct flow_link *link);
/* Send, or keep for when the manager takes it; one who takes too little is let go. Nothing is done when nobody is connected. */
void flow_link_send(struct flow_link *link, const struct flowmob_fmp *message);
/* Let the manager go: it connects again, and learns anew what there is. */
void flow_link_drop(struct flow_link *link, const char *why);

#endif
