/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * The MAG's access links: seeing mobile nodes come and go, and sending them Router Advertisements (RFC 5213 section 6.9).
 */
#ifndef PMIP_ACCESS_H
#define PMIP_ACCESS_H

#include <pmip/action.h>
#include <pmip/error.h>
#include <pmip/log.h>
#include <pmip/mag.h>

#ifdef __cplusplus
extern "C" {
#endif

/** What was seen on an access link. */
enum pmip_access_event_type {
	PMIP_ACCESS_ATTACH = 1,  /**< attach filled */
	PMIP_ACCESS_DETACH = 2,  /**< attach.link and, unless everybody has left, attach.ll_id filled */
	PMIP_ACCESS_SOLICIT = 3, /**< a Router Solicitation; attach filled */
	PMIP_ACCESS_PRESENT = 4, /**< the answer to a probe; attach filled */
	PMIP_ACCESS_ADDRESS_TAKEN = 5, /**< our link-local address is a mobile node's too; attach.link and address filled */
};

/** One event. Views are valid until the next recv. */
struct pmip_access_event {
	enum pmip_access_event_type type; /**< which */
	struct pmip_attach attach;        /**< who and where */
	const char *trigger;              /**< what showed it, e.g. "link up", "router solicitation", "neighbour unreachable"; static */
	struct pmip_addr address;         /**< PMIP_ACCESS_ADDRESS_TAKEN: which */
};

/** The functions of an access backend. */
struct pmip_access_ops {
	size_t size; /**< sizeof(struct pmip_access_ops) */
	/** REQUIRED. A descriptor that polls readable when there is something to see. */
	int (*fd)(void *ctx);
	/** REQUIRED. Take up to n events without blocking. @return how many, or a negative enum pmip_err. */
	int (*recv)(void *ctx, struct pmip_access_event *events, size_t n);
	/** REQUIRED. Send a Router Advertisement. */
	int (*send_ra)(void *ctx, const struct pmip_ra *ra);
	/** REQUIRED. Milliseconds until handle_timeout() wants to be called, -1 = never. */
	int (*timeout_ms)(void *ctx, uint64_t mono_us);
	/** REQUIRED. Do what has fallen due: reachability probes. */
	void (*handle_timeout)(void *ctx, uint64_t mono_us);
	/** REQUIRED. Give interfaces their own addresses back, close, free. */
	void (*free)(void *ctx);
	/** OPTIONAL. Ask whether a mobile node is still there; an event follows soon, if it is. */
	int (*probe)(void *ctx, const struct pmip_probe *probe);
};

/** An access backend. */
struct pmip_access {
	const struct pmip_access_ops *ops; /**< static */
	void *ctx;                         /**< the backend's */
};

/** One access link. */
struct pmip_access_link {
	const char *name;       /**< interface name; it need not exist yet, and may go and come back */
	uint8_t att;            /**< enum pmip_att */
	struct pmip_mnid mn_id; /**< the one mobile node of this link when that is known beforehand; else len 0 */
	struct pmip_bytes access_network; /**< see struct pmip_attach */
};

/** What the Linux access backend is made with. Copied. */
struct pmip_access_config {
	size_t size;                    /**< sizeof(struct pmip_access_config) */
	const struct pmip_access_link *links; /**< access links */
	unsigned int link_count;        /**< how many, 1..1024 */
	struct pmip_addr link_local;    /**< the MAG's link-local address on each; RFC 6543 unless the domain differs; :: = those that the
					 * Router Advertisements are from, chosen by the LMA (RFC 5213 section 6.9.1.2) */
	uint8_t mac[6];                 /**< the MAG's MAC address on each; RFC 6543: 00-00-5E-00-52-13 */
	uint32_t probe_interval_ms;     /**< how often a silent mobile node is probed, 0 = 5000 */
	const struct pmip_log *log;     /**< copied, or NULL */
};

/** Linux: link events by rtnetlink; neighbour discovery messages by a packet socket; unreachability (RFC 4861 section 7.3) when three
 * Neighbour Solicitations, one second apart, stay unanswered. A probe does the same at once. Each access link gets the MAG's MAC and link-local address while it is
 * ours. @retval 0 done  @retval PMIP_ERR_INVALID no links, too many, one twice, a bad name  @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_access_linux_new(struct pmip_access *access, const struct pmip_access_config *config);

#ifdef __cplusplus
}
#endif

#endif
