/* SPDX-License-Identifier: BSD-2-Clause */
/* The device of the bpf datapath: routes into tunnels point at it. What the kernel sends there
 * meets pmip_encap at its egress, and without the program nothing leaves: a TAP device that nobody
 * reads. */
#ifndef PMIP_BACKEND_GUARD_TAP_H
#define PMIP_BACKEND_GUARD_TAP_H

#include <net/if.h>
#include <stdbool.h>

#include <pmip/error.h>
#include <pmip/log.h>

/* What pmip__guard_lock() takes: nobody else in this network namespace uses our names. */
struct pmip__guard_lock {
	int device; /* a socket each, held open; -1 = none */
	int protocol;
};

/* Make the device, or take over what a predecessor left, and bring it up.
 * @param[out] ifindex its interface index.  @retval PMIP_ERR_UNSUPPORTED the kernel has no TAP
 * @retval PMIP_ERR_CONFIG the name is taken */
int pmip__guard_tap_make(const char *name, uint32_t mtu, unsigned int *ifindex,
			 const struct pmip_log *log);
void pmip__guard_tap_remove(const char *name, const struct pmip_log *log);

/* @retval PMIP_ERR_CONFIG a living process has them. A dead one's are free. */
int pmip__guard_lock(struct pmip__guard_lock *lock, const char *device, uint8_t protocol,
		     const struct pmip_log *log);
void pmip__guard_unlock(struct pmip__guard_lock *lock);

/* The MTU of an interface (0 = no such). */
uint32_t pmip__guard_mtu_of(const char *name);
/* Whether an interface of that name is a veth device. */
bool pmip__guard_is_veth(const char *name);

#endif
