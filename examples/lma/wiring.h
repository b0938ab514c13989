/* SPDX-License-Identifier: BSD-2-Clause */
/* What pmip-lma is to common/daemon.c. */
#ifndef EXAMPLES_LMA_WIRING_H
#define EXAMPLES_LMA_WIRING_H

#include "common/daemon.h"

extern const struct daemon_role lma_role;

#endif
