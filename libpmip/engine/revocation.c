/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation: what is the same at both ends. */
#include "engine/revocation.h"

#include "base/mnid.h"
#include "engine/group.h"

#include <assert.h>
#include <string.h>

/* RFC 5846 section 11. */
#define MIN_DELAY_US 1000000
#define MAX_BRACK_TIMEOUT_US 2000000
#define MAX_RETRIES 1

static bool is_global(uint8_t trigger)
{
	return trigger >= PMIP_TRIGGER_PER_PEER_POLICY;
}

static void add_mn_id(struct pmip_mh_writer *writer, const struct pmip_mnid *mn_id)
{
	struct pmip_option option = {.type = PMIP_OPT_MN_ID, .u.mn_id = *mn_id};

	if (mn_id->len)
		pmip_mh_add_option(writer, &option);
}

static void add_ipv4(struct pmip_mh_writer *writer, const struct pmip_prefix *prefix, uint8_t plen)
{
	struct pmip_option option = {.type = PMIP_OPT_IPV4_HOA_REQUEST, .u.ipv4 = {.plen = plen, .addr.len = 4}};

	memcpy(option.u.ipv4.addr.b, prefix->addr.b + 12, 4);
	pmip_mh_add_option(writer, &option);
}

static void add_prefixes(struct pmip_mh_writer *writer, const struct pmip_prefix *prefix, unsigned int count, uint8_t ipv4_plen)
{
	struct pmip_option option = {.type = PMIP_OPT_HNP};

	for (unsigned int i = 0; i < count; i++) {
		if (pmip_prefix_is_ipv4(&prefix[i])) {
			add_ipv4(writer, &prefix[i], ipv4_plen);
			continue;
		}
		option.u.hnp.prefix = prefix[i];
		pmip_mh_add_option(writer, &option);
	}
}

static void add_alt_coa(struct pmip_mh_writer *writer, const struct pmip_addr *alt_coa)
{
	struct pmip_option option = {.type = PMIP_OPT_ALT_COA, .u.alt_coa = *alt_coa};

	if (!pmip_addr_is_unspecified(alt_coa))
		pmip_mh_add_option(writer, &option);
}

static void add_group(struct pmip_mh_writer *writer, uint32_t id)
{
	struct pmip_option option = {.type = PMIP_OPT_MN_GROUP_ID, .u.group = {PMIP__GROUP_BULK, id}};

	if (id)
		pmip_mh_add_option(writer, &option);
}

/* REV-3, REV-4, REV-5, REV-8, REV-12. */
static size_t encode(struct pmip__revocation *revocation, const struct pmip_addr *alt_coa)
{
	struct pmip_mh mh = {
		.type = PMIP_MH_REVOCATION,
		.u.revocation = {
			.type = PMIP_REVOCATION_INDICATION,
			.trigger = revocation->trigger,
			.seq = revocation->request.seq,
			.flags = is_global(revocation->trigger) ? PMIP_REVOCATION_P | PMIP_REVOCATION_G : PMIP_REVOCATION_P,
		},
	};
	struct pmip_mh_writer writer;
	int len;

	if (revocation->prefix_count && pmip_prefix_is_ipv4(revocation->prefix))
		mh.u.revocation.flags |= PMIP_REVOCATION_V;
	pmip_mh_begin(&writer, revocation->octets, sizeof(revocation->octets), &mh);
	add_mn_id(&writer, &revocation->request.mn_id);
	add_prefixes(&writer, revocation->prefix, revocation->prefix_count, revocation->ipv4_plen);
	add_alt_coa(&writer, alt_coa);
	add_group(&writer, revocation->group);
	len = pmip_mh_finish(&writer, &revocation->request.local, &revocation->request.peer);
	assert(len > 0);
	return (size_t)len;
}

int pmip__revocation_add(struct pmip__outstanding_set *all, struct pmip__revocation **added, const struct pmip__revocation_wish *wish)
{
	struct pmip__outstanding *request;
	struct pmip__revocation *made;
	int err = pmip__outstanding_add(all, &request, sizeof(*made), &wish->local, &wish->peer, &wish->mn_id);

	if (err)
		return err;
	made = pmip__revocation_of(request);
	made->trigger = wish->trigger;
	made->group = wish->group;
	made->prefix_count = wish->prefix_count;
	made->ipv4_plen = wish->ipv4_plen;
	for (unsigned int i = 0; i < wish->prefix_count; i++)
		made->prefix[i] = wish->prefix[i];
	made->len = encode(made, &wish->alt_coa);
	*added = made;
	return 0;
}

/* REV-2. */
void pmip__revocation_send(struct pmip__outstanding_set *all, struct pmip__revocation *revocation, struct pmip__action_queue *queue,
			   uint64_t now_us)
{
	struct pmip_action action = {
		.type = PMIP_ACTION_SEND,
		.u.send = {revocation->request.local, revocation->request.peer, revocation->octets, revocation->len},
	};
	uint64_t wait_us = (uint64_t)MIN_DELAY_US << revocation->request.sends++;

	pmip__action_queue_push(queue, &action);
	pmip__timerq_set(&all->timers, &revocation->request.timer, now_us + (wait_us < MAX_BRACK_TIMEOUT_US ? wait_us : MAX_BRACK_TIMEOUT_US));
}

bool pmip__revocation_is_spent(const struct pmip__revocation *revocation)
{
	return revocation->request.sends > MAX_RETRIES;
}

/* To a retransmission "no such binding" is what a peer says that did its part the first time, when that answer was lost. */
bool pmip__revocation_succeeded(const struct pmip__revocation *revocation, uint8_t status)
{
	return status < PMIP_REVOCATION_NO_BINDING || (status == PMIP_REVOCATION_NO_BINDING && revocation->request.sends > 1);
}

bool pmip__revocation_is_of_many(const struct pmip__revocation *revocation)
{
	return is_global(revocation->trigger) || revocation->group;
}

bool pmip__is_realm(const struct pmip_mnid *realm)
{
	return realm->subtype == PMIP__MNID_NAI && realm->len > 1 && realm->id[0] == '@';
}

/* The "@" before it keeps a realm below it out. REV-4. */
bool pmip__is_of_realm(const struct pmip_mnid *mn_id, const struct pmip_mnid *realm)
{
	return mn_id->subtype == PMIP__MNID_NAI && mn_id->len > realm->len &&
	       !memcmp(mn_id->id + (mn_id->len - realm->len), realm->id, realm->len);
}

void pmip__bri_read(struct pmip__bri *bri, const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	*bri = (struct pmip__bri){.mh = mh};
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option)) {
		if (option.type == PMIP_OPT_MN_ID) {
			bri->mn_id = option.u.mn_id;
		} else if (option.type == PMIP_OPT_HNP) {
			bri->prefix_count++;
		} else if (option.type == PMIP_OPT_ALT_COA) {
			bri->has_alt_coa = true;
			bri->alt_coa = option.u.alt_coa;
		} else if (option.type == PMIP_OPT_IPV4_HOA_REQUEST) {
			bri->has_ipv4 = true;
		} else if (option.type == PMIP_OPT_MN_GROUP_ID) {
			bri->has_group = true;
			bri->group = option.u.group;
		}
	}
	bri->names_some = bri->prefix_count || mh->u.revocation.flags & PMIP_REVOCATION_V;
}

/* There are no bindings but proxy bindings here, so no others are found; realms are for MAGs. REV-4, REV-6, REV-8, REV-12. */
uint8_t pmip__bri_check(const struct pmip__bri *bri, enum pmip_role role)
{
	const struct pmip_revocation *fixed = &bri->mh->u.revocation;
	struct pmip_diag diag = {0};

	if (pmip_mh_validate(bri->mh, &diag, role) && diag.reaction == PMIP_REACT_REPLY)
		return diag.status;
	if (!(fixed->flags & PMIP_REVOCATION_P))
		return PMIP_REVOCATION_NO_BINDING;
	if (bri->has_group)
		return bri->group.subtype == PMIP__GROUP_BULK && bri->group.id ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_NO_BINDING;
	if (fixed->trigger == PMIP_TRIGGER_LOCAL_POLICY && role == PMIP_ROLE_LMA)
		return PMIP_REVOCATION_FUNCTION_NOT_SUPPORTED;
	if (fixed->trigger == PMIP_TRIGGER_LOCAL_POLICY && !pmip__is_realm(&bri->mn_id))
		return PMIP_REVOCATION_MN_IDENTITY_REQUIRED;
	if (!(fixed->flags & PMIP_REVOCATION_V))
		return PMIP_REVOCATION_SUCCESS;
	if (bri->prefix_count)
		return PMIP_REVOCATION_NO_BINDING;
	return bri->has_ipv4 ? PMIP_REVOCATION_SUCCESS : PMIP_REVOCATION_IPV4_HOA_REQUIRED;
}

bool pmip__bri_next_prefix(struct pmip_option_iter *iter, struct pmip_prefix *prefix)
{
	bool of_ipv4 = iter->mh->u.revocation.flags & PMIP_REVOCATION_V;
	struct pmip_option option;

	if (!pmip_option_next_of(iter, &option, of_ipv4 ? PMIP_OPT_IPV4_HOA_REQUEST : PMIP_OPT_HNP))
		return false;
	*prefix = of_ipv4 ? pmip_prefix_from_ipv4(option.u.ipv4.addr.b, 32) : option.u.hnp.prefix;
	return true;
}

void pmip__bri_add_failed(struct pmip__bri *bri, const struct pmip_prefix *prefix)
{
	if (bri->failed_count < PMIP_HNP_MAX)
		bri->failed[bri->failed_count++] = *prefix;
}

/* REV-9, REV-12. Anything but success says whom it is about (RFC 5846 section 9.1); that of a group repeats the group (RFC 6602 section 5.2.3). */
void pmip__bri_answer(const struct pmip__bri *bri, const struct pmip_dgram *dgram, uint8_t status, struct pmip__action_queue *queue)
{
	const struct pmip_revocation *fixed = &bri->mh->u.revocation;
	struct pmip_mh mh = {
		.type = PMIP_MH_REVOCATION,
		.u.revocation = {
			.type = PMIP_REVOCATION_ACK,
			.status = status,
			.seq = fixed->seq,
			.flags = fixed->flags & (PMIP_REVOCATION_P | PMIP_REVOCATION_V | PMIP_REVOCATION_G),
		},
	};
	struct pmip_option group = {.type = PMIP_OPT_MN_GROUP_ID, .u.group = bri->group};
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	uint8_t octets[PMIP__REVOCATION_MAX];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	if (status) {
		add_mn_id(&writer, &bri->mn_id);
		add_prefixes(&writer, bri->failed, bri->failed_count, 32);
	}
	if (bri->has_group)
		pmip_mh_add_option(&writer, &group);
	len = pmip_mh_finish(&writer, &dgram->dst, &dgram->src);
	assert(len > 0);
	action.u.send = (struct pmip_dgram){dgram->dst, dgram->src, octets, (size_t)len};
	pmip__action_queue_push(queue, &action);
}
