/* SPDX-License-Identifier: BSD-2-Clause */
/* What pmip-mag is to common/daemon.c. */
#ifndef EXAMPLES_MAG_WIRING_H
#define EXAMPLES_MAG_WIRING_H

#include "common/daemon.h"

extern const struct daemon_role mag_role;

#endif
