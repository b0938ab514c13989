/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Rules of ip6tables(8) and iptables(8) by which the first packet of each connection to some prefixes waits in NFQUEUE (flowmob/nfqueue.h), and
 * the connection remembers that it did: a generation in bits of its mark. With another generation every connection is looked at anew. Part of
 * libflowmob-linux.
 *
 * There are two chains in the table mangle, NAME in PREROUTING, where the verdict's mark is in time for routing, and NAME-keep in FORWARD. They
 * replace those of the same name that a dead process has left. The programs iptables-restore and ip6tables-restore are run.
 */
#ifndef FLOWMOB_FIRST_PACKETS_H
#define FLOWMOB_FIRST_PACKETS_H

#include <flowmob/api.h>
#include <pmip/error.h>
#include <pmip/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most prefixes. */
#define FLOWMOB_FIRST_PACKETS_PREFIXES_MAX 16
/** Bits of packets' and connections' marks that hold the generation. */
#define FLOWMOB_FIRST_PACKETS_MASK 0x0000ff00u

/** What the rules are. */
struct flowmob_first_packets {
	size_t size;                      /**< sizeof(struct flowmob_first_packets) */
	const char *name;                 /**< of the chains, 1..16 letters and digits */
	uint16_t queue;                   /**< number of the queue */
	uint8_t generation;               /**< 1..255 */
	unsigned int prefix_count;        /**< 1..FLOWMOB_FIRST_PACKETS_PREFIXES_MAX */
	const struct pmip_prefix *prefixes; /**< destinations whose packets wait; IPv4 mapped */
	const struct pmip_log *log;       /**< or NULL */
};

/** The generation as a mark, for verdicts on packets whose connection need not be asked for again. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_first_packets_mark(uint8_t generation);
/** Make the rules, or change them in one step. @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_UNSUPPORTED the programs or the
 * kernel do not do it, see the log. Since: 0.1. */
FLOWMOB_API int flowmob_first_packets_set(const struct flowmob_first_packets *rules);
/** Remove them, if they are there. Since: 0.1. */
FLOWMOB_API void flowmob_first_packets_clear(const char *name);

#ifdef __cplusplus
}
#endif

#endif
