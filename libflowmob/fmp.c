/* SPDX-License-Identifier: BSD-2-Clause */
/* Messages of the flow socket; the protocol is in flowmob/fmp.h. Each op has one kind of body, and a body is written and read by two
 * functions that mirror each other. FMP-1, FMP-4, FMP-7, FMP-11. */
#include <flowmob/fmp.h>

#include "base/buf.h"

enum body {
	BODY_EMPTY,
	BODY_FLOW,
	BODY_PLACE,
	BODY_PLACE_OR_EMPTY,
	BODY_MOVE,
	BODY_FLOW_ID,
	BODY_MN_ID,
	BODY_ATTACHMENT,
	BODY_FLOWS,
	BODY_ATTACHMENTS,
	BODY_WATCH,
	BODY_FLOW_COUNTS,
	BODY_TUNNEL_COUNTS,
};

/* answer_name is NULL where the op is an event. */
static const struct op {
	uint8_t op;
	enum body body, answer;
	const char *name, *answer_name;
} ops[] = {
	{FLOWMOB_FMP_ADD, BODY_FLOW, BODY_PLACE_OR_EMPTY, "add", "add-answer"},
	{FLOWMOB_FMP_MOVE, BODY_MOVE, BODY_PLACE, "move", "move-answer"},
	{FLOWMOB_FMP_DEL, BODY_FLOW_ID, BODY_EMPTY, "del", "del-answer"},
	{FLOWMOB_FMP_LIST, BODY_EMPTY, BODY_FLOWS, "list", "list-answer"},
	{FLOWMOB_FMP_TUNNELS, BODY_MN_ID, BODY_ATTACHMENTS, "tunnels", "tunnels-answer"},
	{FLOWMOB_FMP_WATCH, BODY_WATCH, BODY_EMPTY, "watch", "watch-answer"},
	{FLOWMOB_FMP_FLOW_COUNTERS, BODY_EMPTY, BODY_FLOW_COUNTS, "flow-counters", "flow-counters-answer"},
	{FLOWMOB_FMP_TUNNEL_COUNTERS, BODY_EMPTY, BODY_TUNNEL_COUNTS, "tunnel-counters", "tunnel-counters-answer"},
	{FLOWMOB_FMP_BINDING_ADDED, BODY_ATTACHMENT, BODY_EMPTY, "binding-added", NULL},
	{FLOWMOB_FMP_BINDING_DELETED, BODY_ATTACHMENT, BODY_EMPTY, "binding-deleted", NULL},
	{FLOWMOB_FMP_FLOW_MOVED, BODY_PLACE, BODY_EMPTY, "flow-moved", NULL},
	{FLOWMOB_FMP_FLOW_GONE, BODY_FLOW_ID, BODY_EMPTY, "flow-gone", NULL},
	{FLOWMOB_FMP_FLOW_SEEN, BODY_FLOW, BODY_EMPTY, "flow-seen", NULL},
};

static const struct op *find_op(uint8_t op)
{
	uint8_t plain = op & (uint8_t)~FLOWMOB_FMP_ANSWER;

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(ops); i++)
		if (ops[i].op == plain)
			return plain == op || ops[i].answer_name ? &ops[i] : NULL;
	return NULL;
}

static enum body body_of(const struct op *op, const struct flowmob_fmp *message)
{
	if (!(message->op & FLOWMOB_FMP_ANSWER))
		return op->body;
	if (message->status == FLOWMOB_FMP_OK)
		return op->answer;
	return message->status == FLOWMOB_FMP_STALE && op->op == FLOWMOB_FMP_MOVE ? BODY_PLACE : BODY_EMPTY;
}

/* What a body must keep to, whether it comes or goes. */

static bool place_is_valid(const struct flowmob_place *place)
{
	return place->flow_id && place->tunnel;
}

static bool attachment_is_valid(const struct flowmob_attachment *attachment)
{
	if (!attachment->tunnel || !attachment->prefix_count || attachment->prefix_count > PMIP_HNP_MAX || !attachment->mn_id.len ||
	    attachment->mn_id.len > PMIP_MNID_MAX ||
	    (attachment->model != FLOWMOB_MODEL_WEAK_HOST && attachment->model != FLOWMOB_MODEL_LOGICAL_INTERFACE))
		return false;
	for (unsigned int i = 0; i < attachment->prefix_count; i++)
		if (!pmip_prefix_is_valid(&attachment->prefix[i]))
			return false;
	return true;
}

static bool flows_are_valid(const struct flowmob_fmp *message)
{
	if (message->u.list.count > FLOWMOB_FMP_FLOWS_MAX)
		return false;
	for (unsigned int i = 0; i < message->u.list.count; i++)
		if (!place_is_valid(&message->u.list.flow[i].place) || message->u.list.flow[i].flow.label > PMIP_FLOW_LABEL_MAX)
			return false;
	return true;
}

static bool attachments_are_valid(const struct flowmob_fmp *message)
{
	if (message->u.tunnels.count > FLOWMOB_FMP_ATTACHMENTS_MAX)
		return false;
	for (unsigned int i = 0; i < message->u.tunnels.count; i++)
		if (!attachment_is_valid(&message->u.tunnels.attachment[i]))
			return false;
	return true;
}

static bool flow_counts_are_valid(const struct flowmob_fmp *message)
{
	if (message->u.flow_counters.count > FLOWMOB_FMP_FLOW_COUNTS_MAX)
		return false;
	for (unsigned int i = 0; i < message->u.flow_counters.count; i++)
		if (!message->u.flow_counters.flow[i].flow_id)
			return false;
	return true;
}

static bool tunnel_counts_are_valid(const struct flowmob_fmp *message)
{
	if (message->u.tunnel_counters.count > FLOWMOB_FMP_TUNNEL_COUNTS_MAX)
		return false;
	for (unsigned int i = 0; i < message->u.tunnel_counters.count; i++)
		if (!message->u.tunnel_counters.tunnel[i].tunnel)
			return false;
	return true;
}

static bool body_is_valid(enum body body, const struct flowmob_fmp *message)
{
	switch (body) {
	case BODY_EMPTY:
		return true;
	case BODY_FLOW:
		return message->u.flow.label <= PMIP_FLOW_LABEL_MAX;
	case BODY_PLACE:
		return place_is_valid(&message->u.place);
	case BODY_PLACE_OR_EMPTY:
		return !message->u.place.flow_id == !message->u.place.tunnel;
	case BODY_MOVE:
		return place_is_valid(&message->u.move.in_use);
	case BODY_FLOW_ID:
		return message->u.flow_id != 0;
	case BODY_MN_ID:
		return message->u.mn_id.len <= PMIP_MNID_MAX && (message->u.mn_id.len || !message->u.mn_id.subtype);
	case BODY_ATTACHMENT:
		return attachment_is_valid(&message->u.attachment);
	case BODY_FLOWS:
		return flows_are_valid(message);
	case BODY_ATTACHMENTS:
		return attachments_are_valid(message);
	case BODY_WATCH:
		return message->u.watch <= FLOWMOB_WATCH_ALL;
	case BODY_FLOW_COUNTS:
		return flow_counts_are_valid(message);
	case BODY_TUNNEL_COUNTS:
		return tunnel_counts_are_valid(message);
	}
	return false;
}

/* The header's fields against each other: events and requests have no status, events no request. */
static bool header_is_valid(const struct op *op, const struct flowmob_fmp *message)
{
	return (message->op & FLOWMOB_FMP_ANSWER || !message->status) && (op->answer_name || !message->request);
}

static void put_flow(struct pmip__writer *writer, const struct pmip_flow *flow)
{
	pmip__put(writer, flow->src.b, sizeof(flow->src.b));
	pmip__put(writer, flow->dst.b, sizeof(flow->dst.b));
	pmip__put_uint(writer, flow->label, 4);
	pmip__put_u16(writer, flow->src_port);
	pmip__put_u16(writer, flow->dst_port);
	pmip__put_u8(writer, flow->protocol);
	pmip__put_zero(writer, 3);
}

static void put_place(struct pmip__writer *writer, const struct flowmob_place *place)
{
	pmip__put_uint(writer, place->flow_id, 4);
	pmip__put_uint(writer, place->tunnel, 4);
}

static void put_mn_id(struct pmip__writer *writer, const struct pmip_mnid *mn_id)
{
	pmip__put_u8(writer, mn_id->subtype);
	pmip__put_u8(writer, mn_id->len);
	pmip__put(writer, mn_id->id, mn_id->len);
}

static void put_attachment(struct pmip__writer *writer, const struct flowmob_attachment *attachment)
{
	pmip__put_uint(writer, attachment->tunnel, 4);
	pmip__put(writer, attachment->proxy_coa.b, sizeof(attachment->proxy_coa.b));
	pmip__put_u8(writer, attachment->att);
	pmip__put_u8(writer, (uint8_t)attachment->model);
	pmip__put_u8(writer, (uint8_t)attachment->prefix_count);
	for (unsigned int i = 0; i < attachment->prefix_count; i++) {
		pmip__put_u8(writer, attachment->prefix[i].len);
		pmip__put(writer, attachment->prefix[i].addr.b, sizeof(attachment->prefix[i].addr.b));
	}
	put_mn_id(writer, &attachment->mn_id);
}

static void put_count(struct pmip__writer *writer, bool more, unsigned int count)
{
	pmip__put_u8(writer, more);
	pmip__put_zero(writer, 1);
	pmip__put_u16(writer, (uint16_t)count);
}

static void put_flow_counts(struct pmip__writer *writer, const struct flowmob_fmp *message)
{
	put_count(writer, message->u.flow_counters.more, message->u.flow_counters.count);
	pmip__put_uint(writer, message->u.flow_counters.span_ms, 4);
	for (unsigned int i = 0; i < message->u.flow_counters.count; i++) {
		const struct flowmob_flow_count *count = &message->u.flow_counters.flow[i];

		pmip__put_uint(writer, count->flow_id, 4);
		pmip__put_uint(writer, count->idle_ms, 4);
		pmip__put_uint(writer, count->packets, 8);
		pmip__put_uint(writer, count->octets, 8);
	}
}

static void put_tunnel_counts(struct pmip__writer *writer, const struct flowmob_fmp *message)
{
	put_count(writer, message->u.tunnel_counters.more, message->u.tunnel_counters.count);
	for (unsigned int i = 0; i < message->u.tunnel_counters.count; i++) {
		const struct flowmob_tunnel_count *count = &message->u.tunnel_counters.tunnel[i];

		pmip__put_uint(writer, count->tunnel, 4);
		pmip__put_zero(writer, 4);
		pmip__put_uint(writer, count->packets, 8);
		pmip__put_uint(writer, count->octets, 8);
		pmip__put_uint(writer, count->dropped, 8);
	}
}

static void put_body(struct pmip__writer *writer, enum body body, const struct flowmob_fmp *message)
{
	switch (body) {
	case BODY_EMPTY:
		break;
	case BODY_FLOW:
		put_flow(writer, &message->u.flow);
		break;
	case BODY_PLACE_OR_EMPTY:
		if (!message->u.place.flow_id)
			break;
		/* fall through */
	case BODY_PLACE:
		put_place(writer, &message->u.place);
		break;
	case BODY_MOVE:
		put_place(writer, &message->u.move.in_use);
		pmip__put_uint(writer, message->u.move.wanted, 4);
		break;
	case BODY_FLOW_ID:
		pmip__put_uint(writer, message->u.flow_id, 4);
		break;
	case BODY_MN_ID:
		put_mn_id(writer, &message->u.mn_id);
		break;
	case BODY_ATTACHMENT:
		put_attachment(writer, &message->u.attachment);
		break;
	case BODY_FLOWS:
		put_count(writer, message->u.list.more, message->u.list.count);
		for (unsigned int i = 0; i < message->u.list.count; i++) {
			put_place(writer, &message->u.list.flow[i].place);
			put_flow(writer, &message->u.list.flow[i].flow);
		}
		break;
	case BODY_ATTACHMENTS:
		put_count(writer, message->u.tunnels.more, message->u.tunnels.count);
		for (unsigned int i = 0; i < message->u.tunnels.count; i++)
			put_attachment(writer, &message->u.tunnels.attachment[i]);
		break;
	case BODY_WATCH:
		pmip__put_u8(writer, (uint8_t)message->u.watch);
		pmip__put_zero(writer, 3);
		break;
	case BODY_FLOW_COUNTS:
		put_flow_counts(writer, message);
		break;
	case BODY_TUNNEL_COUNTS:
		put_tunnel_counts(writer, message);
		break;
	}
}

int flowmob_fmp_encode(uint8_t *buf, size_t cap, const struct flowmob_fmp *message)
{
	const struct op *op = find_op(message->op);
	enum body body;
	struct pmip__writer header, writer;

	if (!op)
		return PMIP_ERR_INVALID;
	body = body_of(op, message);
	if (!header_is_valid(op, message) || !body_is_valid(body, message))
		return PMIP_ERR_INVALID;
	if (cap < FLOWMOB_FMP_HEADER)
		return PMIP_ERR_NOBUF;
	pmip__writer_init(&writer, buf + FLOWMOB_FMP_HEADER, cap - FLOWMOB_FMP_HEADER);
	put_body(&writer, body, message);
	if (writer.err)
		return writer.err;
	pmip__writer_init(&header, buf, FLOWMOB_FMP_HEADER);
	pmip__put_u8(&header, FLOWMOB_FMP_VERSION);
	pmip__put_u8(&header, message->op);
	pmip__put_u16(&header, message->request);
	pmip__put_u16(&header, (uint16_t)writer.len);
	pmip__put_u16(&header, message->status);
	return (int)(FLOWMOB_FMP_HEADER + writer.len);
}

/* Readers of parts: what is not there reads as 0 and is told by reader->failed; a value that is not allowed comes back as false. */

static bool get_zero(struct pmip__reader *reader, size_t width)
{
	return pmip__get_uint(reader, width) == 0;
}

static bool get_flow(struct pmip__reader *reader, struct pmip_flow *flow)
{
	flow->src = pmip__get_addr(reader);
	flow->dst = pmip__get_addr(reader);
	flow->label = (uint32_t)pmip__get_uint(reader, 4);
	flow->src_port = pmip__get_u16(reader);
	flow->dst_port = pmip__get_u16(reader);
	flow->protocol = pmip__get_u8(reader);
	return get_zero(reader, 3);
}

static void get_place(struct pmip__reader *reader, struct flowmob_place *place)
{
	place->flow_id = (uint32_t)pmip__get_uint(reader, 4);
	place->tunnel = (uint32_t)pmip__get_uint(reader, 4);
}

static void get_mn_id(struct pmip__reader *reader, struct pmip_mnid *mn_id)
{
	mn_id->subtype = pmip__get_u8(reader);
	mn_id->len = pmip__get_u8(reader);
	mn_id->id = pmip__get(reader, mn_id->len);
}

static bool get_attachment(struct pmip__reader *reader, struct flowmob_attachment *attachment)
{
	attachment->tunnel = (uint32_t)pmip__get_uint(reader, 4);
	attachment->proxy_coa = pmip__get_addr(reader);
	attachment->att = pmip__get_u8(reader);
	attachment->model = pmip__get_u8(reader);
	attachment->prefix_count = pmip__get_u8(reader);
	if (attachment->prefix_count > PMIP_HNP_MAX)
		return false;
	for (unsigned int i = 0; i < attachment->prefix_count; i++) {
		attachment->prefix[i].len = pmip__get_u8(reader);
		attachment->prefix[i].addr = pmip__get_addr(reader);
	}
	get_mn_id(reader, &attachment->mn_id);
	return true;
}

static bool get_count(struct pmip__reader *reader, bool *more, unsigned int *count, unsigned int max)
{
	uint8_t octet = pmip__get_u8(reader);
	bool zero = get_zero(reader, 1);

	*more = octet == 1;
	*count = pmip__get_u16(reader);
	return octet <= 1 && zero && *count <= max;
}

static bool get_flows(struct pmip__reader *reader, struct flowmob_fmp *message)
{
	bool good = get_count(reader, &message->u.list.more, &message->u.list.count, FLOWMOB_FMP_FLOWS_MAX);

	for (unsigned int i = 0; good && i < message->u.list.count; i++) {
		get_place(reader, &message->u.list.flow[i].place);
		good = get_flow(reader, &message->u.list.flow[i].flow);
	}
	return good;
}

static bool get_attachments(struct pmip__reader *reader, struct flowmob_fmp *message)
{
	bool good = get_count(reader, &message->u.tunnels.more, &message->u.tunnels.count, FLOWMOB_FMP_ATTACHMENTS_MAX);

	for (unsigned int i = 0; good && i < message->u.tunnels.count; i++)
		good = get_attachment(reader, &message->u.tunnels.attachment[i]);
	return good;
}

static bool get_flow_counts(struct pmip__reader *reader, struct flowmob_fmp *message)
{
	bool good = get_count(reader, &message->u.flow_counters.more, &message->u.flow_counters.count, FLOWMOB_FMP_FLOW_COUNTS_MAX);

	message->u.flow_counters.span_ms = (uint32_t)pmip__get_uint(reader, 4);
	for (unsigned int i = 0; good && i < message->u.flow_counters.count; i++) {
		struct flowmob_flow_count *count = &message->u.flow_counters.flow[i];

		count->flow_id = (uint32_t)pmip__get_uint(reader, 4);
		count->idle_ms = (uint32_t)pmip__get_uint(reader, 4);
		count->packets = pmip__get_uint(reader, 8);
		count->octets = pmip__get_uint(reader, 8);
	}
	return good;
}

static bool get_tunnel_counts(struct pmip__reader *reader, struct flowmob_fmp *message)
{
	bool good = get_count(reader, &message->u.tunnel_counters.more, &message->u.tunnel_counters.count, FLOWMOB_FMP_TUNNEL_COUNTS_MAX);

	for (unsigned int i = 0; good && i < message->u.tunnel_counters.count; i++) {
		struct flowmob_tunnel_count *count = &message->u.tunnel_counters.tunnel[i];

		count->tunnel = (uint32_t)pmip__get_uint(reader, 4);
		good = get_zero(reader, 4);
		count->packets = pmip__get_uint(reader, 8);
		count->octets = pmip__get_uint(reader, 8);
		count->dropped = pmip__get_uint(reader, 8);
	}
	return good;
}

static bool get_body(struct pmip__reader *reader, enum body body, struct flowmob_fmp *message)
{
	switch (body) {
	case BODY_EMPTY:
		return true;
	case BODY_FLOW:
		return get_flow(reader, &message->u.flow);
	case BODY_PLACE_OR_EMPTY:
		message->u.place = (struct flowmob_place){0};
		if (!pmip__reader_left(reader))
			return true;
		get_place(reader, &message->u.place);
		return place_is_valid(&message->u.place);
	case BODY_PLACE:
		get_place(reader, &message->u.place);
		return true;
	case BODY_MOVE:
		get_place(reader, &message->u.move.in_use);
		message->u.move.wanted = (uint32_t)pmip__get_uint(reader, 4);
		return true;
	case BODY_FLOW_ID:
		message->u.flow_id = (uint32_t)pmip__get_uint(reader, 4);
		return true;
	case BODY_MN_ID:
		get_mn_id(reader, &message->u.mn_id);
		return true;
	case BODY_ATTACHMENT:
		return get_attachment(reader, &message->u.attachment);
	case BODY_FLOWS:
		return get_flows(reader, message);
	case BODY_ATTACHMENTS:
		return get_attachments(reader, message);
	case BODY_WATCH:
		message->u.watch = pmip__get_u8(reader);
		return get_zero(reader, 3);
	case BODY_FLOW_COUNTS:
		return get_flow_counts(reader, message);
	case BODY_TUNNEL_COUNTS:
		return get_tunnel_counts(reader, message);
	}
	return false;
}

/* 0, and the reader stands at the body and ends with it. */
static int get_header(struct pmip__reader *reader, struct flowmob_fmp *message, const uint8_t *buf, size_t len)
{
	uint8_t version;
	size_t body_len;

	message->op = 0;
	message->request = message->status = 0;
	if (len < FLOWMOB_FMP_HEADER)
		return PMIP_ERR_SHORT;
	pmip__reader_init(reader, buf, len);
	version = pmip__get_u8(reader);
	message->op = pmip__get_u8(reader);
	message->request = pmip__get_u16(reader);
	body_len = pmip__get_u16(reader);
	message->status = pmip__get_u16(reader);
	if (version != FLOWMOB_FMP_VERSION)
		return PMIP_ERR_UNSUPPORTED;
	if (body_len > pmip__reader_left(reader))
		return PMIP_ERR_SHORT;
	return body_len < pmip__reader_left(reader) || len > FLOWMOB_FMP_MAX ? PMIP_ERR_COUNT : 0;
}

int flowmob_fmp_decode(struct flowmob_fmp *message, const uint8_t *buf, size_t len)
{
	struct pmip__reader reader;
	const struct op *op;
	enum body body;
	bool good;
	int err = get_header(&reader, message, buf, len);

	if (err)
		return err;
	op = find_op(message->op);
	if (!op)
		return PMIP_ERR_TYPE_UNKNOWN;
	if (!header_is_valid(op, message))
		return PMIP_ERR_VALUE;
	body = body_of(op, message);
	good = get_body(&reader, body, message);
	if (reader.failed)
		return PMIP_ERR_COUNT;
	if (!good || !body_is_valid(body, message))
		return PMIP_ERR_VALUE;
	return pmip__reader_left(&reader) ? PMIP_ERR_COUNT : 0;
}

const char *flowmob_fmp_op_name(uint8_t op)
{
	const struct op *found = find_op(op);

	if (!found)
		return NULL;
	return op & FLOWMOB_FMP_ANSWER ? found->answer_name : found->name;
}

const char *flowmob_fmp_status_name(uint16_t status)
{
	static const char *const names[] = {
		[FLOWMOB_FMP_OK] = "ok",
		[FLOWMOB_FMP_NOENT] = "no-such-entry",
		[FLOWMOB_FMP_STALE] = "stale",
		[FLOWMOB_FMP_NO_TUNNEL] = "no-tunnel",
		[FLOWMOB_FMP_REFUSED] = "refused",
		[FLOWMOB_FMP_FULL] = "full",
		[FLOWMOB_FMP_MALFORMED] = "malformed",
		[FLOWMOB_FMP_UNKNOWN_OP] = "unknown-op",
		[FLOWMOB_FMP_VERSION_UNKNOWN] = "version-unknown",
		[FLOWMOB_FMP_BUSY] = "busy",
	};

	return status < PMIP__ARRAY_SIZE(names) ? names[status] : NULL;
}
