/* SPDX-License-Identifier: BSD-2-Clause */
/* The ceiling: a responder that makes each PBU a PBA that accepts, and does nothing else. */
#ifndef EXAMPLES_PERF_ECHO_H
#define EXAMPLES_PERF_ECHO_H

#include <pmip/types.h>

/* Make a PBU, in place, the PBA that repeats it. @return whether it is a PBU. */
bool echo_answer(uint8_t *octets, size_t len);
/* Until *stop. @return 0, or -1: said why. */
int echo_run(const struct pmip_addr *address, const volatile int *stop);

#endif
