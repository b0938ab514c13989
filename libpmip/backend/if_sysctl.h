/* SPDX-License-Identifier: BSD-2-Clause */
/* Settings of an interface that the kernel has as files: /proc/sys/net/TREE/INTERFACE/NAME. */
#ifndef PMIP_BACKEND_IF_SYSCTL_H
#define PMIP_BACKEND_IF_SYSCTL_H

#include <pmip/error.h>

/* The value, or -1 when it cannot be read. tree: "ipv6/conf", "ipv4/neigh" and so on; ifname: an interface, "all"; what is no
 * interface's, too: ".", "netfilter". */
int pmip__if_sysctl_get(const char *tree, const char *ifname, const char *name);
/* 0, PMIP_ERR_NOENT or PMIP_ERR_OS; errno says why. */
int pmip__if_sysctl_set(const char *tree, const char *ifname, const char *name, int value);

#endif
