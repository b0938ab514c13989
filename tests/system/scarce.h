/* SPDX-License-Identifier: BSD-2-Clause */
/* What a program is made to lack: an allocation, TCX, nexthop objects, answers of the kernel. */
#ifndef PMIP_TESTS_SCARCE_H
#define PMIP_TESTS_SCARCE_H

#include <stdbool.h>

/* The nth allocation from now fails, and no other one; 0 = none. @return whether the one of the last call has failed. */
bool scarce_set(unsigned int nth);
/* The kernel says that when asked to attach by TCX; EINVAL does one before Linux 6.6. */
void scarce_tcx(int error);
/* From now on the kernel refuses requests for nexthop objects, as one before Linux 5.3 does. */
void scarce_nexthops(void);
/* What netlink answers to the next requests is lost. */
void scarce_answers(void);

#endif
