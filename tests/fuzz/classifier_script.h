/* SPDX-License-Identifier: BSD-2-Clause */
/* Octets taken as a script for two classifiers, the plain and the fast one, which must agree on every packet. */
#ifndef PMIP_TESTS_CLASSIFIER_SCRIPT_H
#define PMIP_TESTS_CLASSIFIER_SCRIPT_H

#include <stddef.h>
#include <stdint.h>

struct script_counts {
	unsigned int rules;    /* that could be added */
	unsigned int packets;  /* of which both decided the same */
	unsigned int decided;  /* of these, by a rule */
};

/* Aborts where the two differ. */
void classifier_script(struct script_counts *counts, const uint8_t *data, size_t size);

#endif
