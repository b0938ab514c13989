/* SPDX-License-Identifier: BSD-2-Clause */
/* An allocation of a program that fails. */
#ifndef PMIP_TESTS_SCARCE_H
#define PMIP_TESTS_SCARCE_H

#include <stdbool.h>

/* The nth allocation from now fails, and no other one; 0 = none. @return whether the one of the last call has failed. */
bool scarce_set(unsigned int nth);

#endif
