/* SPDX-License-Identifier: BSD-2-Clause */
/* What logical.bpf.c and the code beside it agree on: the state of one logical interface, which is all in one map. The programs read it,
 * a process writes it as memory of its own, and it lives as long as a program is attached. */
#ifndef FLOWMOB_BACKEND_LOGICAL_MAPS_H
#define FLOWMOB_BACKEND_LOGICAL_MAPS_H

#include <linux/types.h>

#define FLOWMOB__PLACES 17 /* FLOWMOB_SLAVES_MAX + 1 */
#define FLOWMOB__PORTS	65536

struct flowmob__slave {
	__u32 ifindex; /* 0 = this place is free */
	__u8 up;       /* has a link; a bonding device knows that itself */
	__u8 had_ipv6; /* these two are to be given back */
	__u8 mac[6];
};

/* A place is the index of a slave; 0 = none, and nobody is there. With bonding it is the slave's queue_id. */
struct flowmob__logical {
	__u32 ifindex;
	__u8 bonding; /* the bonding driver sends, else the program */
	__u8 reflect; /* a flow leaves where it comes in, as soon as it has come in */
	__u8 active;  /* place of the active slave; a bonding device knows that itself */
	__u8 zero;
	struct flowmob__slave slaves[FLOWMOB__PLACES];
	__u8 table[FLOWMOB__PORTS]; /* place by source port, which is in network order: programs look without turning it */
};

#endif
