/* SPDX-License-Identifier: BSD-2-Clause */
/* What happens, told three ways: log lines for people, JSON objects (one per line) for a file and for clients
 * of the control socket.
 *
 * Keys: t_mono_us and t_wall_us (when the turn began in which it happened), t_told_us (monotonic, when it was
 * told), event; and, where they apply, mn_id, ll_id, link, link_index, peer, old_peer, status, status_name, lifetime_s,
 * load (priority, sessions, max_sessions, used_capacity, max_capacity), err, group, count, network, access_point,
 * operator, latitude, longitude, vendor, vendor_subtype, data (hexadecimal), rule, ref, tunnel, flow_id, flow,
 * prefixes, ipv4 (address/length), ipv4_router, trigger. */
#ifndef EXAMPLES_EVENTS_H
#define EXAMPLES_EVENTS_H

#include "common/control.h"
#include "common/limit.h"

#include <pmip/access.h>
#include <pmip/action.h>

struct events;

/* file: path to append to, or NULL. @return 0, or -1 with the reason logged. */
int events_new(struct events **events, const char *file);
void events_free(struct events *events);
void events_set_interval(struct events *events, uint32_t interval_ms);
/* Tell the clients of a control socket, too; NULL = no more. */
void events_set_control(struct events *events, struct control *control);
/* Write out what is told to the file; to be called when it is quiet, for a node with thousands of flows has as many events at once. */
void events_sync(struct events *events);
/* Log what repeated itself in intervals that are over. */
void events_flush(struct events *events, uint64_t mono_us);

/* An engine notifies. */
void events_notify(struct events *events, const struct pmip_event *event, struct pmip_now now);
/* Something was seen on an access link, or a user said so. */
void events_access(struct events *events, const struct pmip_access_event *event, struct pmip_now now);

/* It was denied: the mobile node is in no profile, or disabled. */
void events_denied(struct events *events, const struct pmip_access_event *event, struct pmip_now now);

/* Name of an access link; "link N" when it has gone. @return buf, IF_NAMESIZE + 8 octets. */
char *events_link_name(uint32_t link, char *buf);
/* Set ipv4 and ipv4_router, when there is such an address. */
void events_set_ipv4(json_t *json, const struct pmip_ipv4_home *ipv4);

#endif
