/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The packet reflector of flowmob/reflector.h at work in a Linux mobile node: uplink packets of a flow leave by the interface by which its downlink
 * packets come in. Part of libflowmob-linux.
 *
 * Two ways to do it, a table of functions each. Both leave alone what is not of the interfaces that they are told of, and undo at the
 * end what they have done; what a killed process has left is taken over by the next one with the same configuration.
 *
 * One thread at a time; no function blocks. The one descriptor goes into whatever event loop the program has. CAP_NET_ADMIN is needed,
 * and CAP_BPF for bpf.
 */
#ifndef FLOWMOB_WEAK_HOST_H
#define FLOWMOB_WEAK_HOST_H

#include <flowmob/api.h>
#include <flowmob/reflector.h>
#include <pmip/error.h>
#include <pmip/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most interfaces of a mobile node. */
#define FLOWMOB_INTERFACES_MAX 16

/** What a weak host is made with. Copied. Zero means the default where one is named. */
struct flowmob_weak_host_config {
	size_t size;                                    /**< sizeof(struct flowmob_weak_host_config) */
	const char *interface[FLOWMOB_INTERFACES_MAX];  /**< names; they need not exist yet, and may go and come back */
	unsigned int interface_count;                   /**< 1..FLOWMOB_INTERFACES_MAX */
	enum flowmob_reflector_mode mode;               /**< default FLOWMOB_REFLECTOR_IMMEDIATE */
	uint32_t max_flows;                             /**< default 65536; beyond them the flow without packets for longest is forgotten */
	uint32_t idle_timeout_ms;                       /**< how long a flow stays without a packet, default 60000 */
	uint32_t mark;                                  /**< interface i has mark + i, default 5250 */
	uint32_t table;                                 /**< and routing table + i, 256.., default 5250 */
	uint32_t rule_priority;                         /**< of all our rules, 1..32765, default 5250 */
	uint8_t route_protocol;                         /**< that marks our routes and rules, default 214 */
	uint16_t queue[2];                              /**< nfqueue: numbers for packets that come in and that leave, default 1 and 2 */
	const struct pmip_log *log;                     /**< copied, or NULL */
};

/** An interface as it is now. */
struct flowmob_weak_host_interface {
	size_t size;              /**< sizeof(struct flowmob_weak_host_interface), set by the caller */
	const char *name;         /**< borrowed until the weak host is freed */
	uint32_t ifindex;         /**< 0 = it is not there */
	bool up;                  /**< whether it is up and has a carrier */
	bool has_way[2];          /**< whether there is a default route over it, of IPv6 and IPv4 */
	struct pmip_addr router[2]; /**< its next hop; :: = none is needed */
	uint32_t mark;            /**< of packets that leave by it */
};

/** What was counted. UINT64_MAX = the backend cannot tell. */
struct flowmob_weak_host_counters {
	size_t size;        /**< sizeof(struct flowmob_weak_host_counters), set by the caller */
	uint64_t added;     /**< flows that came in for the first time */
	uint64_t moved;     /**< times that a flow was found on another interface */
	uint64_t evicted;   /**< flows forgotten to make room */
	uint64_t reflected; /**< packets sent out by another interface than the routing chose */
	uint64_t no_path;   /**< packets left to the routing because the interface of their flow was gone or had no router */
	uint64_t too_big;   /**< the same, because they do not fit that interface's MTU */
};

/** A way to reflect. */
struct flowmob_weak_host_ops {
	size_t size;      /**< sizeof(struct flowmob_weak_host_ops) */
	const char *name; /**< "bpf", "nfqueue" */
	/** The descriptor to poll for readability. */
	int (*fd)(const void *ctx);
	/** When to call process() even though nothing is readable, ms; -1 = never. */
	int (*timeout_ms)(const void *ctx);
	/** Take what there is to do. @retval 0 done  @retval PMIP_ERR_OS the backend is of no use any more; see the log. */
	int (*process)(void *ctx);
	/** Interface i of the configuration. @retval 1 filled  @retval 0 there is none. */
	int (*interface)(const void *ctx, struct flowmob_weak_host_interface *interface, unsigned int i);
	/** Walk the flows, as flowmob_reflector_next() does; in no order. */
	int (*next)(const void *ctx, struct flowmob_reflected *reflected, const struct pmip_flow *before);
	/** Flows known. */
	uint32_t (*count)(const void *ctx);
	/** @retval 0 done  @retval PMIP_ERR_INVALID counters->size is too small. */
	int (*counters)(const void *ctx, struct flowmob_weak_host_counters *counters);
	/** Undo it all. NULL is fine. */
	void (*free)(void *ctx);
};

/** A weak host: how, and its context. */
struct flowmob_weak_host {
	const struct flowmob_weak_host_ops *ops; /**< static */
	void *ctx;                               /**< the backend's */
};

/** In the kernel, by BPF programs on the interfaces: no packet comes to the process. What was learnt goes on for a minute when the process is
 * killed. @retval 0 done  @retval PMIP_ERR_INVALID an argument is outside its range  @retval PMIP_ERR_UNSUPPORTED the kernel cannot; see the log
 * @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. Since: 0.1. */
FLOWMOB_API int flowmob_weak_host_bpf_new(struct flowmob_weak_host *host, const struct flowmob_weak_host_config *config);

/** In this process, which every packet of the interfaces comes to by NFQUEUE, as the paper has it; packets flow as the routing says when it is
 * killed. @return as flowmob_weak_host_bpf_new(). Since: 0.1. */
FLOWMOB_API int flowmob_weak_host_nfqueue_new(struct flowmob_weak_host *host, const struct flowmob_weak_host_config *config);

/** By bpf where the kernel can, else by nfqueue. @return as those. Since: 0.1. */
FLOWMOB_API int flowmob_weak_host_auto_new(struct flowmob_weak_host *host, const struct flowmob_weak_host_config *config);

#ifdef __cplusplus
}
#endif

#endif
