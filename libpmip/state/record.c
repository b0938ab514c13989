/* SPDX-License-Identifier: BSD-2-Clause */
#include "state/record.h"

#include <pmip/error.h>

/* Also those before are read: 1 knew no groups. */
#define VERSION 2

/* What a session has besides, in one octet. */
#define HAS_IPV4 0x01
#define HAS_GRE 0x02
#define HAS_PATH 0x04
#define SHARES_IPV4 0x08
#define HAS_GROUP 0x10
#define HAS_ALL_1 (HAS_IPV4 | HAS_GRE | HAS_PATH | SHARES_IPV4)
#define HAS_ALL (HAS_ALL_1 | HAS_GROUP)

static void put_u32(struct pmip__writer *writer, uint32_t value)
{
	pmip__put_uint(writer, value, 4);
}

static uint32_t get_u32(struct pmip__reader *reader)
{
	return (uint32_t)pmip__get_uint(reader, 4);
}

static void put_addr(struct pmip__writer *writer, const struct pmip_addr *addr)
{
	pmip__put(writer, addr->b, sizeof(addr->b));
}

/* Anything but 0 and 1 is damage. */
static bool get_bool(struct pmip__reader *reader)
{
	uint8_t value = pmip__get_u8(reader);

	reader->failed = reader->failed || value > 1;
	return value == 1;
}

static void get_octets(struct pmip__reader *reader, uint8_t *octets, size_t n)
{
	const uint8_t *from = pmip__get(reader, n);

	for (size_t i = 0; from && i < n; i++)
		octets[i] = from[i];
}

void pmip__record_mn_key(struct pmip__writer *writer, const struct pmip_mnid *mn_id)
{
	pmip__put_u8(writer, PMIP__RECORD_MN);
	pmip__put_u8(writer, mn_id->subtype);
	pmip__put(writer, mn_id->id, mn_id->len);
}

void pmip__record_flow_key(struct pmip__writer *writer, const struct pmip_flow *flow)
{
	pmip__put_u8(writer, PMIP__RECORD_FLOW);
	put_addr(writer, &flow->dst);
	put_addr(writer, &flow->src);
	pmip__put_u8(writer, flow->protocol);
	pmip__put_u16(writer, flow->dst_port);
	pmip__put_u16(writer, flow->src_port);
}

static void put_hnp(struct pmip__writer *writer, const struct pmip__hnp *hnp)
{
	put_addr(writer, &hnp->prefix.addr);
	pmip__put_u8(writer, hnp->prefix.len);
	pmip__put_u8(writer, hnp->from_pool);
}

static struct pmip__hnp get_hnp(struct pmip__reader *reader)
{
	struct pmip__hnp hnp = {.prefix.addr = pmip__get_addr(reader)};

	hnp.prefix.len = pmip__get_u8(reader);
	hnp.from_pool = get_bool(reader);
	reader->failed = reader->failed || !hnp.prefix.len || !pmip_prefix_is_valid(&hnp.prefix);
	return hnp;
}

static void put_fresh(struct pmip__writer *writer, const struct pmip__freshness *fresh)
{
	pmip__put_u64(writer, fresh->timestamp);
	pmip__put_u16(writer, fresh->seq);
	pmip__put_u8(writer, fresh->seq_valid);
}

static struct pmip__freshness get_fresh(struct pmip__reader *reader)
{
	struct pmip__freshness fresh = {.timestamp = pmip__get_u64(reader)};

	fresh.seq = pmip__get_u16(reader);
	fresh.seq_valid = get_bool(reader);
	return fresh;
}

static void put_key(struct pmip__writer *writer, const struct pmip_key *key)
{
	pmip__put_u8(writer, key->present);
	put_u32(writer, key->value);
}

static struct pmip_key get_key(struct pmip__reader *reader)
{
	struct pmip_key key = {.present = get_bool(reader)};

	key.value = get_u32(reader);
	return key;
}

static void put_extras(struct pmip__writer *writer, const struct pmip__session_record *session)
{
	bool ipv4 = session->ipv4.prefix.len, gre = session->gre.in_use, path = session->path.bid;

	pmip__put_u8(writer, (uint8_t)((ipv4 ? HAS_IPV4 : 0) | (gre ? HAS_GRE : 0) | (path ? HAS_PATH : 0) |
				       (session->shares_ipv4 ? SHARES_IPV4 : 0) | (session->group ? HAS_GROUP : 0)));
	if (ipv4) {
		put_hnp(writer, &session->ipv4);
		pmip__put_u8(writer, session->ipv4_plen);
		pmip__put(writer, session->ipv4_router, sizeof(session->ipv4_router));
	}
	if (gre) {
		put_key(writer, &session->gre.send);
		put_key(writer, &session->gre.recv);
	}
	if (path) {
		pmip__put_u8(writer, session->path.bid);
		pmip__put_u8(writer, session->path.label);
		pmip__put_u8(writer, session->path.att);
		put_u32(writer, session->path.mag);
	}
	if (session->group) {
		put_u32(writer, session->group);
		put_fresh(writer, &session->group_fresh);
	}
}

static void get_extras(struct pmip__reader *reader, struct pmip__session_record *session, uint8_t version)
{
	uint8_t has = pmip__get_u8(reader);

	reader->failed = reader->failed || (has & ~(version == 1 ? HAS_ALL_1 : HAS_ALL));
	session->shares_ipv4 = has & SHARES_IPV4;
	if (has & HAS_IPV4) {
		session->ipv4 = get_hnp(reader);
		session->ipv4_plen = pmip__get_u8(reader);
		get_octets(reader, session->ipv4_router, sizeof(session->ipv4_router));
		reader->failed = reader->failed || !pmip_prefix_is_ipv4(&session->ipv4.prefix) || session->ipv4.prefix.len != 128 ||
				 session->ipv4_plen > 32;
	}
	if (has & HAS_GRE) {
		session->gre.in_use = true;
		session->gre.send = get_key(reader);
		session->gre.recv = get_key(reader);
	}
	if (has & HAS_PATH) {
		session->path.bid = pmip__get_u8(reader);
		session->path.label = pmip__get_u8(reader);
		session->path.att = pmip__get_u8(reader);
		session->path.mag = get_u32(reader);
		reader->failed = reader->failed || !session->path.bid;
	}
	if (has & HAS_GROUP) {
		session->group = get_u32(reader);
		session->group_fresh = get_fresh(reader);
		reader->failed = reader->failed || !session->group;
	}
}

static void put_session(struct pmip__writer *writer, const struct pmip__session_record *session)
{
	put_addr(writer, &session->local);
	put_addr(writer, &session->remote);
	put_addr(writer, &session->mag);
	put_u32(writer, session->tunnel);
	pmip__put_u64(writer, session->expires_us);
	pmip__put_u64(writer, session->received_us);
	put_u32(writer, session->lifetime_s);
	put_addr(writer, &session->lla);
	pmip__put_u8(writer, session->ll_id.len);
	pmip__put(writer, session->ll_id.b, session->ll_id.len);
	put_fresh(writer, &session->fresh);
	pmip__put_u8(writer, session->state);
	pmip__put_u8(writer, session->att);
	pmip__put_u8(writer, session->hi);
	pmip__put_u8(writer, session->set);
	pmip__put_u16(writer, session->bid);
	pmip__put_u8(writer, session->hnp_count);
	for (unsigned int i = 0; i < session->hnp_count; i++)
		put_hnp(writer, &session->hnp[i]);
	put_extras(writer, session);
}

static void get_session(struct pmip__reader *reader, struct pmip__session_record *session, uint8_t version)
{
	*session = (struct pmip__session_record){.local = pmip__get_addr(reader)};
	session->remote = pmip__get_addr(reader);
	session->mag = pmip__get_addr(reader);
	session->tunnel = get_u32(reader);
	session->expires_us = pmip__get_u64(reader);
	session->received_us = pmip__get_u64(reader);
	session->lifetime_s = get_u32(reader);
	session->lla = pmip__get_addr(reader);
	session->ll_id.len = pmip__get_u8(reader);
	if (session->ll_id.len > PMIP_LLID_MAX) {
		reader->failed = true;
		return;
	}
	get_octets(reader, session->ll_id.b, session->ll_id.len);
	session->fresh = get_fresh(reader);
	session->state = pmip__get_u8(reader);
	session->att = pmip__get_u8(reader);
	session->hi = pmip__get_u8(reader);
	session->set = pmip__get_u8(reader);
	session->bid = pmip__get_u16(reader);
	session->hnp_count = pmip__get_u8(reader);
	if (session->hnp_count > PMIP_HNP_MAX) {
		reader->failed = true;
		return;
	}
	for (unsigned int i = 0; i < session->hnp_count; i++)
		session->hnp[i] = get_hnp(reader);
	get_extras(reader, session, version);
}

void pmip__record_mn_write(struct pmip__writer *writer, const struct pmip__mn_record *record)
{
	pmip__put_u8(writer, VERSION);
	put_u32(writer, record->number);
	pmip__put_u8(writer, (uint8_t)record->count);
	for (unsigned int i = 0; i < record->count; i++)
		put_session(writer, &record->session[i]);
}

static bool has_addresses(const struct pmip__session_record *session)
{
	return session->hnp_count || session->ipv4.prefix.len;
}

/* The i-th address of a session, as pmip__session_address() has it. */
static const struct pmip_prefix *address(const struct pmip__session_record *session, unsigned int i)
{
	if (i < session->hnp_count)
		return &session->hnp[i].prefix;
	return i == session->hnp_count && session->ipv4.prefix.len ? &session->ipv4.prefix : NULL;
}

static bool have_one_in_common(const struct pmip__session_record *a, const struct pmip__session_record *b)
{
	const struct pmip_prefix *of_a, *of_b;

	for (unsigned int i = 0; (of_a = address(a, i)); i++)
		for (unsigned int j = 0; (of_b = address(b, j)); j++)
			if ((a != b || i != j) && pmip_prefix_equal(of_a, of_b))
				return true;
	return false;
}

/* Whether they can be of one mobile node: each has a number and addresses of its own, or shares those of one other. */
static bool is_sound(const struct pmip__mn_record *record, const struct pmip__session_record *session)
{
	unsigned int anchors = 0;

	if ((session->state != PMIP_BINDING_ACTIVE && session->state != PMIP_BINDING_DELETE_WAIT) || !session->bid || !session->tunnel ||
	    !session->lifetime_s || !pmip_addr_is_unicast(&session->local) || !pmip_addr_is_unicast(&session->remote) ||
	    !pmip_addr_is_unicast(&session->mag) || have_one_in_common(session, session))
		return false;
	for (unsigned int i = 0; i < record->count; i++) {
		const struct pmip__session_record *other = &record->session[i];

		anchors += other->set == session->set && has_addresses(other);
		if (other != session && (other->bid == session->bid || have_one_in_common(session, other)))
			return false;
	}
	return anchors == 1;
}

/* The version, or what is the matter with it. */
static int begin(struct pmip__reader *reader, const struct pmip_bytes *value)
{
	uint8_t version;

	pmip__reader_init(reader, value->data, value->len);
	if (!value->len)
		return PMIP_ERR_INVALID;
	version = pmip__get_u8(reader);
	return version && version <= VERSION ? version : PMIP_ERR_UNSUPPORTED;
}

static int end(const struct pmip__reader *reader)
{
	return reader->failed || pmip__reader_left(reader) ? PMIP_ERR_INVALID : 0;
}

int pmip__record_mn_read(struct pmip__mn_record *record, const struct pmip_bytes *key, const struct pmip_bytes *value)
{
	struct pmip__reader reader;
	int version = begin(&reader, value), err;

	if (key->len < 3 || key->len > PMIP__RECORD_KEY_MAX || key->data[0] != PMIP__RECORD_MN)
		return PMIP_ERR_INVALID;
	if (version < 0)
		return version;
	record->mn_id = (struct pmip_mnid){key->data[1], (uint8_t)(key->len - 2), key->data + 2};
	record->number = get_u32(&reader);
	record->count = pmip__get_u8(&reader);
	if (!record->number || !record->count || record->count > PMIP__RECORD_SESSIONS_MAX)
		return PMIP_ERR_INVALID;
	for (unsigned int i = 0; i < record->count && !reader.failed; i++)
		get_session(&reader, &record->session[i], (uint8_t)version);
	err = end(&reader);
	for (unsigned int i = 0; i < record->count && !err; i++)
		if (!is_sound(record, &record->session[i]))
			err = PMIP_ERR_INVALID;
	return err;
}

void pmip__record_flow_write(struct pmip__writer *writer, const struct pmip__flow_record *record)
{
	pmip__put_u8(writer, VERSION);
	put_u32(writer, record->id);
	put_u32(writer, record->flow.label);
	pmip__put_u16(writer, record->fid);
	pmip__put_u16(writer, record->bid);
}

int pmip__record_flow_read(struct pmip__flow_record *record, const struct pmip_bytes *key, const struct pmip_bytes *value)
{
	struct pmip__reader reader;
	int err;

	*record = (struct pmip__flow_record){0};
	pmip__reader_init(&reader, key->data, key->len);
	if (pmip__get_u8(&reader) != PMIP__RECORD_FLOW)
		return PMIP_ERR_INVALID;
	record->flow.dst = pmip__get_addr(&reader);
	record->flow.src = pmip__get_addr(&reader);
	record->flow.protocol = pmip__get_u8(&reader);
	record->flow.dst_port = pmip__get_u16(&reader);
	record->flow.src_port = pmip__get_u16(&reader);
	err = end(&reader);
	if (err)
		return err;
	err = begin(&reader, value);
	if (err < 0)
		return err;
	record->id = get_u32(&reader);
	record->flow.label = get_u32(&reader);
	record->fid = pmip__get_u16(&reader);
	record->bid = pmip__get_u16(&reader);
	if (!record->id || !record->bid || record->flow.label > PMIP_FLOW_LABEL_MAX)
		return PMIP_ERR_INVALID;
	return end(&reader);
}
