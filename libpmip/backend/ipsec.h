/* SPDX-License-Identifier: BSD-2-Clause */
/* Protection of Mobility Header messages by IPsec (RFC 5213 section 4). Used by io_raw.c alone. */
#ifndef PMIP_BACKEND_IPSEC_H
#define PMIP_BACKEND_IPSEC_H

#include <stdint.h>

#include <pmip/log.h>

/* From now on the raw socket takes in and sends protected messages only; what it has taken in before is
 * thrown away. @return 0 or an enum pmip_err; the log says why. */
int pmip__ipsec_require(int fd, const struct pmip_log *log);

/* How many packets the kernel has dropped in this network namespace because they were not protected as
 * a policy wants, or protected by a security association for other addresses; UINT64_MAX = not known. */
uint64_t pmip__ipsec_unprotected(void);

#endif
