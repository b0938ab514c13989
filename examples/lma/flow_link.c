/* SPDX-License-Identifier: BSD-2-Clause */
/* One packet of the socket is one message. */
#include <config.h>

#include "lma/flow_link.h"

#include "common/log.h"
#include "common/seqpacket.h"
#include "common/unix_socket.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define AREA "flow_socket"

struct flow_link {
	struct flow_link_user user;
	struct event_base *base;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	int listener;
	struct event *accept_event;
	struct seqpacket *manager; /* NULL: nobody is connected */
};

static void hang_up(struct flow_link *link)
{
	seqpacket_free(link->manager);
	link->manager = NULL;
	link->user.down(link->user.user);
}

static void on_down(void *user, const char *why)
{
	log_line(PMIP_LOG_INFO, AREA, "the flow manager is gone: %s", why);
	hang_up(user);
}

void flow_link_drop(struct flow_link *link, const char *why)
{
	if (!link->manager)
		return;
	log_line(PMIP_LOG_WARN, AREA, "the flow manager is let go: %s", why);
	hang_up(link);
}

bool flow_link_is_up(const struct flow_link *link)
{
	return link->manager != NULL;
}

void flow_link_send(struct flow_link *link, const struct flowmob_fmp *message)
{
	uint8_t data[FLOWMOB_FMP_MAX];
	int len = link->manager ? flowmob_fmp_encode(data, sizeof(data), message) : 0;

	if (len > 0)
		seqpacket_send(link->manager, data, (size_t)len);
}

/* A request that cannot be read is answered as such; anything else ends the connection. Written by hand: the op may be none that is known. */
static void refuse(struct flow_link *link, const struct flowmob_fmp *bad, int err)
{
	uint8_t data[FLOWMOB_FMP_HEADER] = { FLOWMOB_FMP_VERSION, bad->op | FLOWMOB_FMP_ANSWER, (uint8_t)(bad->request >> 8),
					     (uint8_t)bad->request };

	if (!bad->op || bad->op & FLOWMOB_FMP_ANSWER) {
		flow_link_drop(link, "it says what cannot be understood");
		return;
	}
	data[FLOWMOB_FMP_HEADER - 1] = err == PMIP_ERR_UNSUPPORTED    ? FLOWMOB_FMP_VERSION_UNKNOWN
				       : err == PMIP_ERR_TYPE_UNKNOWN ? FLOWMOB_FMP_UNKNOWN_OP
								      : FLOWMOB_FMP_MALFORMED;
	seqpacket_send(link->manager, data, sizeof(data));
}

static void on_packet(void *user, const uint8_t *data, size_t len)
{
	struct flow_link *link = user;
	struct flowmob_fmp message;
	int err = flowmob_fmp_decode(&message, data, len);

	if (err)
		refuse(link, &message, err);
	else if (message.op & FLOWMOB_FMP_ANSWER || message.op >= FLOWMOB_FMP_BINDING_ADDED)
		flow_link_drop(link, "it answers what nobody has asked");
	else
		link->user.message(link->user.user, &message);
}

static void on_settle(void *user)
{
	struct flow_link *link = user;

	link->user.settle(link->user.user);
}

static void on_accept(evutil_socket_t listener, short what, void *user)
{
	struct flow_link *link = user;
	struct seqpacket_user callbacks = { link, on_packet, on_settle, on_down };
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	(void)what;
	if (fd < 0)
		return;
	if (link->manager) {
		log_line(PMIP_LOG_WARN, AREA, "a second flow manager is refused");
		close(fd);
		return;
	}
	if (seqpacket_new(&link->manager, link->base, fd, &callbacks))
		return;
	log_line(PMIP_LOG_INFO, AREA, "a flow manager has connected");
	link->user.up(link->user.user);
}

int flow_link_new(struct flow_link **made, struct event_base *base, const char *path, const struct flow_link_user *user)
{
	struct flow_link *link = calloc(1, sizeof(*link));

	if (!link)
		return -1;
	link->user = *user;
	link->base = base;
	snprintf(link->path, sizeof(link->path), "%s", path);
	link->listener = unix_listen(path, SOCK_SEQPACKET, 4, AREA);
	if (link->listener < 0) {
		free(link);
		return -1;
	}
	link->accept_event = event_new(base, link->listener, EV_READ | EV_PERSIST, on_accept, link);
	if (!link->accept_event || event_add(link->accept_event, NULL)) {
		flow_link_free(link);
		return -1;
	}
	*made = link;
	return 0;
}

void flow_link_free(struct flow_link *link)
{
	if (!link)
		return;
	if (link->manager)
		hang_up(link);
	if (link->accept_event)
		event_free(link->accept_event);
	close(link->listener);
	unlink(link->path);
	free(link);
}
