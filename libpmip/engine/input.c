/* SPDX-License-Identifier: BSD-2-Clause */
/* Answers to messages that cannot be decoded. Anybody can make us answer, so the answers of an engine are
 * bounded as those of ICMPv6 are (RFC 6275 section 9.3.3, RFC 4443 section 2.4 f): 10 a second, and 10 at
 * once. */
#include "engine/input.h"

#include <assert.h>
#include <pmip/wire.h>

#define ANSWER_COST_US 100000
#define ANSWERS_AT_ONCE 10
/* Octets of a Binding Error without options. */
#define BINDING_ERROR_LEN 24

/* GEN-3. */
static bool may_answer(struct pmip__input *input, const struct pmip_dgram *dgram, uint64_t now_us)
{
	uint64_t from_us = input->paid_until_us > now_us ? input->paid_until_us : now_us;

	if (!pmip_addr_is_unicast(&dgram->src) || from_us - now_us > (ANSWERS_AT_ONCE - 1) * ANSWER_COST_US)
		return false;
	input->paid_until_us = from_us + ANSWER_COST_US;
	return true;
}

/* GEN-3. */
static void push_binding_error(struct pmip__action_queue *queue, const struct pmip_dgram *dgram)
{
	struct pmip_action action = {.type = PMIP_ACTION_SEND};
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be.status = PMIP_BE_UNKNOWN_TYPE};
	uint8_t octets[BINDING_ERROR_LEN];
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	len = pmip_mh_finish(&writer, &dgram->dst, &dgram->src);
	assert(len == BINDING_ERROR_LEN);
	action.u.send = (struct pmip_dgram){dgram->dst, dgram->src, octets, (size_t)len};
	pmip__action_queue_push(queue, &action);
}

/* No more of the message than fits, with the headers around it, the least MTU of IPv6 (RFC 4443 section 3.4).
 * SEC-6. */
static void push_param_problem(struct pmip__action_queue *queue, const struct pmip_dgram *dgram, const struct pmip_diag *diag)
{
	struct pmip_action action = {
		.type = PMIP_ACTION_PARAM_PROBLEM,
		.u.param_problem = {*dgram, (uint32_t)diag->offset},
	};

	if (action.u.param_problem.dgram.len > PMIP__INPUT_OCTETS)
		action.u.param_problem.dgram.len = PMIP__INPUT_OCTETS;
	pmip__action_queue_push(queue, &action);
}

/* The tolerance with which it could be decoded; 0 = there is none. TOL-3. */
static enum pmip_tolerance tolerance_of(const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;
	uint32_t used;

	if (dgram->len % 8 == 0)
		return 0;
	if (pmip_mh_decode_tolerant(&mh, &used, NULL, dgram, 0, PMIP_TOLERATE_UNALIGNED_OPTIONS | PMIP_TOLERATE_SHORT_HEADER_LEN))
		return 0;
	return (enum pmip_tolerance)used;
}

/* GEN-2, GEN-5. */
void pmip__input_error(struct pmip__input *input, struct pmip__action_queue *queue, const struct pmip_dgram *dgram, int err,
		       const struct pmip_diag *diag, uint64_t now_us)
{
	struct pmip_action action = {
		.type = PMIP_ACTION_NOTIFY,
		.u.event = {
			.type = PMIP_EVENT_MALFORMED,
			.peer = dgram->src,
			.err = err,
			.rule = diag->rule,
			.ref = diag->ref,
			.tolerance = tolerance_of(dgram),
		},
	};

	pmip__action_queue_push(queue, &action);
	if (err == PMIP_ERR_TYPE_UNKNOWN && may_answer(input, dgram, now_us))
		push_binding_error(queue, dgram);
	else if ((err == PMIP_ERR_PAYLOAD_PROTO || err == PMIP_ERR_HDR_LEN) && may_answer(input, dgram, now_us))
		push_param_problem(queue, dgram, diag);
}
