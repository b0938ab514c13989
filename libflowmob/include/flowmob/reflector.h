/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The packet reflector of a mobile node (the paper's annex A.2, RFC 7864 section 6, RFC 7847): packets of a flow leave by the interface by which the
 * packets of its other direction come in. The network decides where a flow goes by sending it there; the mobile node follows. It does so
 * for a weak host, whose interfaces have addresses of their own, and for a logical interface, where they are sub-interfaces.
 *
 * The caller lets every packet pass unchanged, and routes outgoing ones by a mark that names the interface: one rule for each interface, none for a
 * flow. Nothing here changes an address.
 */
#ifndef FLOWMOB_REFLECTOR_H
#define FLOWMOB_REFLECTOR_H

#include <flowmob/api.h>
#include <flowmob/packet.h>
#include <pmip/error.h>
#include <pmip/mem.h>

#ifdef __cplusplus
extern "C" {
#endif

/** When a flow counts as moved. */
enum flowmob_reflector_mode {
	FLOWMOB_REFLECTOR_IMMEDIATE = 1, /**< with the first packet on another interface, as in the paper */
	FLOWMOB_REFLECTOR_CONFIRMED = 2, /**< with the second one in a row, or 50 ms after the first when none has come on the old interface since:
					  * a late or doubled packet there does not turn the flow back */
};

/** What a packet that came in has done. */
enum flowmob_reflection {
	FLOWMOB_REFLECTION_NONE = 0,  /**< nothing: its flow is where it was, or it is of none that is to be reflected */
	FLOWMOB_REFLECTION_ADDED = 1, /**< its flow is new */
	FLOWMOB_REFLECTION_MOVED = 2, /**< its flow is on this interface now; it was on another */
};

/** A flow, and where it is. */
struct flowmob_reflected {
	struct pmip_flow flow; /**< as packets that come in show it; label is that of the last one */
	uint32_t interface;    /**< by which it comes in */
	uint64_t octets;       /**< seen so far, of both directions */
	uint64_t seen_us;      /**< its last packet, monotonic clock */
};

/** What was counted. */
struct flowmob_reflector_counters {
	size_t size;      /**< sizeof(struct flowmob_reflector_counters), set by the caller */
	uint64_t added;   /**< flows that came in for the first time */
	uint64_t moved;   /**< times that a flow was found on another interface */
	uint64_t evicted; /**< flows forgotten to make room */
};

struct flowmob_reflector;

/** Make a reflector.
 * @param[in] max_flows        most flows at a time, 1..4294967295; for one more, the flow without packets for longest is forgotten.
 * @param[in] idle_timeout_ms  how long a flow stays without a packet in either direction, 1..4294967295.
 * @param[in] mem              copied, or NULL.
 * @param[in] hash_key         16 random octets against chosen addresses and ports; copied.
 * @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_reflector_new(struct flowmob_reflector **reflector, enum flowmob_reflector_mode mode, uint32_t max_flows,
				      uint32_t idle_timeout_ms, const struct pmip_mem *mem, const uint8_t hash_key[16]);
/** Free it; NULL is fine. Since: 0.1. */
FLOWMOB_API void flowmob_reflector_free(struct flowmob_reflector *reflector);

/** A packet has come in. Signalling, ICMP errors, which anybody on the way may send, and later fragments, which do not have the ports, do
 * nothing.
 * @param[in] interface  by which; its index, not 0.
 * @return an enum flowmob_reflection, or
 * @retval PMIP_ERR_INVALID an argument is outside its range
 * @retval PMIP_ERR_NOMEM nothing changed; the packet passes all the same. Since: 0.1. */
FLOWMOB_API int flowmob_reflector_input(struct flowmob_reflector *reflector, const struct flowmob_packet *packet, uint32_t interface,
					uint64_t mono_us);
/** A packet is to leave. It may be this that finds its flow moved, by the time that has passed. A later fragment goes where the first one went.
 * @return the interface to mark it for; 0 = leave it unmarked. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_reflector_output(struct flowmob_reflector *reflector, const struct flowmob_packet *packet, uint64_t mono_us);
/** An ICMP error is to leave. @param[in] cause the packet that it is about, of flowmob_packet_decode_cause().
 * @return as flowmob_reflector_output(). Since: 0.1. */
FLOWMOB_API uint32_t flowmob_reflector_output_error(struct flowmob_reflector *reflector, const struct flowmob_packet *cause,
						    uint64_t mono_us);
/** An interface has gone: forget its flows. @return how many. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_reflector_del_interface(struct flowmob_reflector *reflector, uint32_t interface, uint64_t mono_us);

/** When to call flowmob_reflector_handle_timeout(): monotonic microseconds, PMIP_TIME_NONE = never. Since: 0.1. */
FLOWMOB_API uint64_t flowmob_reflector_next_deadline(const struct flowmob_reflector *reflector);
/** Forget flows that are idle. @return how many. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_reflector_handle_timeout(struct flowmob_reflector *reflector, uint64_t mono_us);

/** Flows known. Since: 0.1. */
FLOWMOB_API uint32_t flowmob_reflector_count(const struct flowmob_reflector *reflector);
/** Walk the flows. @param[in] before NULL to start, else the flow of the call before, which may be the very object that reflected has.
 * @retval 1 filled  @retval 0 no more, or the flow before is gone: the walk starts anew then. Since: 0.1. */
FLOWMOB_API int flowmob_reflector_next(const struct flowmob_reflector *reflector, struct flowmob_reflected *reflected,
				       const struct pmip_flow *before);
/** Read the counters. @retval 0 done  @retval PMIP_ERR_INVALID counters->size is too small. Since: 0.1. */
FLOWMOB_API int flowmob_reflector_get_counters(const struct flowmob_reflector *reflector, struct flowmob_reflector_counters *counters);

#ifdef __cplusplus
}
#endif

#endif
