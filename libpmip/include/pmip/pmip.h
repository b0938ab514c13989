/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Everything of libpmip, the pure library: PMIPv6 messages, bindings, timers, LMA and MAG procedures. It makes no system call, starts no
 * thread, has no global and reads no clock. Sockets, netlink and BPF are libpmip-linux: io.h, datapath.h, access.h, runner.h.
 */
#ifndef PMIP_PMIP_H
#define PMIP_PMIP_H

#include <pmip/action.h>
#include <pmip/binding.h>
#include <pmip/error.h>
#include <pmip/flow.h>
#include <pmip/lma.h>
#include <pmip/mag.h>
#include <pmip/mem.h>
#include <pmip/option.h>
#include <pmip/tolerance.h>
#include <pmip/types.h>
#include <pmip/wire.h>

#endif
