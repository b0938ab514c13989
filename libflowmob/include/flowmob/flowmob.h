/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Everything of libflowmob: which flow of a mobile node goes over which of its access networks (RFC 7864, RFC 6089). Like libpmip it
 * makes no system call, starts no thread, has no global and reads no clock.
 */
#ifndef FLOWMOB_FLOWMOB_H
#define FLOWMOB_FLOWMOB_H

#include <flowmob/api.h>
#include <flowmob/applications.h>
#include <flowmob/classifier.h>
#include <flowmob/flow_table.h>
#include <flowmob/fmp.h>
#include <flowmob/fragment_table.h>
#include <flowmob/manager.h>
#include <flowmob/packet.h>
#include <flowmob/policy.h>
#include <flowmob/reflector.h>
#include <flowmob/selector.h>
#include <flowmob/slave_selector.h>

#endif
