/* SPDX-License-Identifier: BSD-2-Clause */
/* What LMA and MAG alike do about a message that cannot be decoded (RFC 6275 sections 9.2 and 9.3.3). */
#ifndef PMIP_ENGINE_INPUT_H
#define PMIP_ENGINE_INPUT_H

#include "engine/action_queue.h"

#include <pmip/error.h>

/* What pmip__input_error() may queue: room for it is reserved before. */
#define PMIP__INPUT_ACTIONS 2
#define PMIP__INPUT_OCTETS 1192

/* All zero to begin with. */
struct pmip__input {
	uint64_t paid_until_us; /* answers to bad messages: each is paid for with time */
};

/* err and diag are those of pmip_mh_decode(). Queues an event, and an answer where the RFC has one and its
 * rate allows. */
void pmip__input_error(struct pmip__input *input, struct pmip__action_queue *queue, const struct pmip_dgram *dgram, int err,
		       const struct pmip_diag *diag, uint64_t now_us);

#endif
