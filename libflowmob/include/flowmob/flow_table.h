/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The flows under way: each has a path and a counter, and leaves when no packet of it has been seen for a while.
 *
 * A flow is known by its addresses, protocol and ports. Its label is noted, and is no part of its identity: senders change it in the middle
 * of a flow, and just then when its path fails.
 */
#ifndef FLOWMOB_FLOW_TABLE_H
#define FLOWMOB_FLOW_TABLE_H

#include <flowmob/api.h>
#include <pmip/error.h>
#include <pmip/flow.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

struct flowmob_flow_table;

/** One flow. Belongs to the table; path and user are the caller's to change, the rest is to be read only. */
struct flowmob_flow {
	uint32_t path;         /**< where it goes: a tunnel at an LMA, an interface at a mobile node */
	void *user;            /**< NULL to begin with; never looked at */
	struct pmip_flow flow; /**< who it is; label is that of the packet seen last */
	uint64_t octets;       /**< seen so far */
	uint64_t seen_us;      /**< when its last packet came, monotonic clock */
};

/** Make a table.
 * @param[out] table            the table; untouched on error.
 * @param[in]  max_flows        most flows at a time, 1..4294967295.
 * @param[in]  idle_timeout_ms  how long a flow stays without a packet, 1..4294967295.
 * @param[in]  mem              copied, or NULL.
 * @param[in]  hash_key         16 random octets against chosen addresses and ports; copied.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_flow_table_new(struct flowmob_flow_table **table, uint32_t max_flows, uint32_t idle_timeout_ms,
				       const struct pmip_mem *mem, const uint8_t hash_key[16]);

/** Free a table and its flows; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_flow_table_free(struct flowmob_flow_table *table);

/** Add a flow, with a counter of 0.
 * @param[out] added    the flow, borrowed until it is deleted; untouched on error.
 * @param[in]  flow     copied.
 * @param[in]  mono_us  monotonic clock, microseconds; here and below one that is earlier than the latest seen counts as that.
 * @retval 0 done  @retval PMIP_ERR_EXIST it is there already  @retval PMIP_ERR_FULL there are max_flows
 * @retval PMIP_ERR_NOMEM nothing changed. Since: 0.1. */
FLOWMOB_API int flowmob_flow_table_add(struct flowmob_flow_table *table, struct flowmob_flow **added, const struct pmip_flow *flow,
				       uint32_t path, uint64_t mono_us);

/** The flow with these addresses, protocol and ports, whatever its label; NULL = none. Since: 0.1. */
FLOWMOB_API struct flowmob_flow *flowmob_flow_table_find(const struct flowmob_flow_table *table, const struct pmip_flow *flow);

/** Count a packet of a flow, note its label, and let the flow be idle from now on only.
 * @param[in] flow    one of the table's.
 * @param[in] label   the packet's flow label, 20 bits; of a packet of the other direction, the flow's own.
 * @param[in] octets  the packet's length. Since: 0.1. */
FLOWMOB_API void flowmob_flow_table_seen(struct flowmob_flow_table *table, struct flowmob_flow *flow, uint32_t label, uint64_t octets,
					 uint64_t mono_us);

/** Delete a flow.
 * @param[in] flow  one of the table's; gone afterwards. Since: 0.1. */
FLOWMOB_API void flowmob_flow_table_del(struct flowmob_flow_table *table, struct flowmob_flow *flow, uint64_t mono_us);

/** The flow without packets for longest, if its time is over; NULL = none is idle. It stays until the caller deletes it or sees a packet. Since: 0.1. */
FLOWMOB_API struct flowmob_flow *flowmob_flow_table_idle(const struct flowmob_flow_table *table, uint64_t mono_us);

/** When flowmob_flow_table_idle() may have one: monotonic microseconds, PMIP_TIME_NONE = there are no flows. Since: 0.1. */
FLOWMOB_API uint64_t flowmob_flow_table_next_deadline(const struct flowmob_flow_table *table);

/** Flows in the table. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_flow_table_count(const struct flowmob_flow_table *table);

/** Walk from the flow without packets for longest to the one seen last. @param[in] flow NULL to begin, else the one before, which is
 * still there. @return NULL = no more. Since: 0.1. */
FLOWMOB_API struct flowmob_flow *flowmob_flow_table_next(const struct flowmob_flow_table *table, const struct flowmob_flow *flow);

#ifdef __cplusplus
}
#endif

#endif
