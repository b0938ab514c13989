/* SPDX-License-Identifier: BSD-2-Clause */
/* The wait doubles with each transmission until its maximum: 0, 1, 3, 7, 15, 31, 63, 95 ... seconds with the
 * RFC's values. */
#include "engine/retransmit.h"

#include <string.h>

#define US_PER_MS 1000
#define US_PER_S 1000000

void pmip__retransmit_begin(struct pmip__retransmit *retransmit)
{
	retransmit->sends = 0;
	retransmit->wait_ms = 0;
}

/* MAG-43. */
uint64_t pmip__retransmit_allowed_us(const struct pmip__retransmit *retransmit, uint64_t now_us)
{
	uint64_t at_us = retransmit->sent_us[0] + US_PER_S;

	return retransmit->sent == PMIP__UPDATE_RATE && at_us > now_us ? at_us : now_us;
}

static void remember(struct pmip__retransmit *retransmit, uint64_t now_us)
{
	if (retransmit->sent == PMIP__UPDATE_RATE) {
		memmove(retransmit->sent_us, retransmit->sent_us + 1,
			(PMIP__UPDATE_RATE - 1) * sizeof(*retransmit->sent_us));
		retransmit->sent--;
	}
	retransmit->sent_us[retransmit->sent++] = now_us;
}

/* MAG-40. */
uint64_t pmip__retransmit_sent(struct pmip__retransmit *retransmit, uint16_t seq, uint64_t now_us, uint32_t initial_ms,
			       uint32_t max_ms)
{
	unsigned int i = retransmit->sends++ % PMIP__OUTSTANDING;

	retransmit->outstanding[i].seq = seq;
	retransmit->outstanding[i].sent_us = now_us;
	remember(retransmit, now_us);
	if (!retransmit->wait_ms)
		retransmit->wait_ms = initial_ms;
	else
		retransmit->wait_ms = retransmit->wait_ms > max_ms / 2 ? max_ms : retransmit->wait_ms * 2;
	return now_us + (uint64_t)retransmit->wait_ms * US_PER_MS;
}

/* MAG-44. */
bool pmip__retransmit_match(const struct pmip__retransmit *retransmit, uint16_t seq, uint64_t *sent_us)
{
	for (unsigned int i = 0; i < PMIP__OUTSTANDING && i < retransmit->sends; i++) {
		if (retransmit->outstanding[i].seq == seq) {
			*sent_us = retransmit->outstanding[i].sent_us;
			return true;
		}
	}
	return false;
}

uint64_t pmip__retransmit_last_us(const struct pmip__retransmit *retransmit)
{
	return retransmit->sent ? retransmit->sent_us[retransmit->sent - 1] : 0;
}
