/* SPDX-License-Identifier: BSD-2-Clause */
/* The control socket: a UNIX stream socket for root alone. One JSON object per line in, {"cmd": NAME, ...},
 * one per line out,
 * {"ok": true, ...} or {"ok": false, "error": TEXT}. A client that has asked for events gets one object per
 * event after that. */
#ifndef EXAMPLES_CONTROL_H
#define EXAMPLES_CONTROL_H

#include <event2/event.h>
#include <jansson.h>
#include <pmip/flow.h>
#include <pmip/types.h>
#include <stdbool.h>

/* Longest request line, octets. */
#define CONTROL_REQUEST_MAX 65536
/* Most clients at a time. */
#define CONTROL_CLIENTS_MAX 32
/* Most arguments of one command. */
#define CONTROL_ARGS_MAX 6

struct control_command {
	const char *name;
	const char *args[CONTROL_ARGS_MAX]; /* what it takes beside cmd; NULL behind the last */
	bool subscribe;                     /* events follow the reply */
	/* Fill reply. @return 0, or -1 with error filled. */
	int (*run)(void *user, const json_t *request, json_t *reply, char *error, size_t cap);
};

struct control;

/* Listen at path; makes its directory when that is missing. Commands are looked for in both tables; each ends
 * with name NULL; the second one may be NULL.
 * @return 0, or -1 with the reason logged. */
int control_new(struct control **control, struct event_base *base, const char *path,
		const struct control_command *common, const struct control_command *own, void *user);
/* Close everything and remove the socket; NULL is fine. */
void control_free(struct control *control);
/* Send an event to everybody who wants them. line: one JSON object with its newline. Who does not read loses
 * events and is told how many. */
void control_publish(struct control *control, const char *line, size_t len);
/* Whether anybody wants events. */
bool control_has_subscribers(const struct control *control);

/* Called within a command's run(), which then returns 0: its reply is control_answer()'s, later. No other request of the client is taken until then.
 * @return what names the reply, never 0. */
uint32_t control_defer(struct control *control);
/* Answer it: with an object that is taken over, or with an error; nothing is done when the client has gone. */
void control_answer(struct control *control, uint32_t token, json_t *reply, const char *error);

/* An argument as text: strings as they are, NULL when absent or not a string. */
const char *control_text(const json_t *request, const char *name);
/* An argument as an IPv4 (mapped then) or IPv6 address. @return 0, or -1 when it is absent or none. */
int control_ip(const json_t *request, const char *name, struct pmip_addr *addr);
/* An argument as a number from 0 to max, given as such or as text; otherwise absent. @return 0, or -1 when it
 * is none. */
int control_number(const json_t *request, const char *name, uint32_t *out, uint32_t absent, uint32_t max);
/* The argument limit, how many of a list are told: 1000 without it, 100000 at most. @return 0, or -1 with the error told. */
int control_limit(const json_t *request, uint32_t *limit, char *error, size_t cap);
/* A flow to a mobile node: src, dst, proto (6 without it), sport, dport. @return 0, or -1 with the error told. */
int control_flow(const json_t *request, struct pmip_flow *flow, char *error, size_t cap);

#endif
