/* SPDX-License-Identifier: BSD-2-Clause */
/* Selectors made ready for many packets, and packets made ready for many selectors. */
#ifndef FLOWMOB_LIB_SELECTOR_H
#define FLOWMOB_LIB_SELECTOR_H

#include <flowmob/selector.h>

enum flowmob__number {
	FLOWMOB__VERSION,
	FLOWMOB__PROTOCOL,
	FLOWMOB__SRC_PORT,
	FLOWMOB__DST_PORT,
	FLOWMOB__LABEL,
	FLOWMOB__CLASS,
	FLOWMOB__SPI,
	FLOWMOB__NUMBERS,
};

/* All that a selector can ask, as the downlink has it, in host order. No octets between the members: keys are hashed and compared whole. */
struct flowmob__key {
	uint64_t addr[4]; /* source, destination: upper and lower half of each */
	uint32_t number[FLOWMOB__NUMBERS];
	uint32_t has; /* 1 << n: number n is there */
};
_Static_assert(sizeof(struct flowmob__key) == 4 * 8 + FLOWMOB__NUMBERS * 4 + 4, "no octets between");

/* A box of keys: what is asked of a field lies between the two, and what is not asked may be anything. start.has: the numbers asked. */
struct flowmob__selector {
	struct flowmob__key start, end;
};

void flowmob__key_of(struct flowmob__key *key, const struct flowmob_packet *packet, enum flowmob_direction direction);
/* 0, or as flowmob_selector_match(). */
int flowmob__selector_compile(struct flowmob__selector *compiled, const struct pmip_selector *selector, enum flowmob_direction direction);
bool flowmob__selector_match(const struct flowmob__selector *compiled, const struct flowmob__key *key);

#endif
