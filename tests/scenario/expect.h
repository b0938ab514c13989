/* SPDX-License-Identifier: BSD-2-Clause */
/* The expect command: what must be true of a node at this place of the script. */
#ifndef TESTS_SCENARIO_EXPECT_H
#define TESTS_SCENARIO_EXPECT_H

#include "world.h"

void expect(struct world *w, char **word, unsigned int words, struct fields *fields);

#endif
