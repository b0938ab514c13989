/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA's end of the flow socket (flowmob/fmp.h): one flow manager at a time. */
#ifndef EXAMPLES_LMA_FLOW_SOCKET_H
#define EXAMPLES_LMA_FLOW_SOCKET_H

#include "common/daemon.h"

struct flow_socket;

/* Listen at path. @return 0, or -1 with the reason logged. */
int flow_socket_new(struct flow_socket **made, struct daemon *daemon, const char *path);
/* Close everything and remove the socket; NULL is fine. */
void flow_socket_free(struct flow_socket *fs);
/* What the engine and the datapath tell; NULL is fine. */
void flow_socket_event(struct flow_socket *fs, const struct pmip_event *event);
void flow_socket_seen(struct flow_socket *fs, const struct pmip_flow *flow);

#endif
