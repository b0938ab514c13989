/* SPDX-License-Identifier: BSD-2-Clause */
/** @file
 * Forwarding (RFC 5213 sections 5.6 and 6.10): IPv6-in-IPv6 tunnels (RFC 2473) and which prefix goes through which; IPv4 home addresses
 * as well (RFC 5844), by IPv4 directly in IPv6.
 *
 * A backend owns what it marks in the kernel (see struct pmip_datapath_config) and touches nothing else. What a killed process has
 * left there is found at start and kept forwarding; operations that name it take it over; _sweep() removes the rest.
 * On the wire every backend is the same: outer hop limit 64, traffic class and flow label copied from the inner header, no extension
 * header; the inner hop limit goes down by one at each end; ECN as RFC 6040 has made of the full functionality that RFC 5213 section
 * 5.6.3 asks for: copied on the way in, CE outside becomes CE inside on the way out. (In one thing backends differ: CE inside is ECT(0)
 * outside with netlink, for the kernel's tunnels do as RFC 3168 section 9.1.1 says.) With IPv4 inside the traffic class is its TOS, there
 * is no flow label, and it is fragmented before the tunnel or answered by Fragmentation Needed.
 *
 * What ICMPv6 errors tunnel packets meet on their way goes on to the senders of what is inside (RFC 2473 section 8): Packet Too Big with
 * an MTU less by 40, at least 1280, or Fragmentation Needed; no route, no answer and too many hops as an unreachable address or host. With bpf
 * such an error is from our end of the tunnel, in IPv4 from 192.0.0.8 (RFC 7600), and gets through only if it quotes a packet of a binding of
 * that tunnel; a path of less than 1320 octets loses inner packets of 1280, for it neither fragments tunnel packets nor puts fragments of
 * them together. IPv4 that may be fragmented is answered as well, since bpf does not remember a path's MTU; netlink does.
 *
 * An access link that has an IPv4 binding answers ARP for any address but its mobile nodes' own (proxy_arp and drop_gratuitous_arp on,
 * proxy_delay 0; once nothing of ours is left there the kernel's defaults), so that the MAG is the router whatever its IPv4 address is
 * taken to be; IPv4 that comes in on it goes into a tunnel or nowhere from then on. IPv4 forwarding has to be on
 * (net.ipv4.ip_forward), and with bpf net.ipv4.conf.*.rp_filter off on the core interfaces: the log warns.
 *
 * GRE (RFC 5845) is done by netlink where the kernel has ip6gre; bpf, and a kernel without, refuse BINDING_SET with PMIP_ERR_UNSUPPORTED
 * and leave the binding as it was. Bindings whose packets arrive with the same key are sent with one key, the last. Neither moves a flow
 * to a binding with GRE: FLOW_SET is refused with PMIP_ERR_UNSUPPORTED.
 *
 * Single flows (RFC 7864), at an LMA. bpf looks each packet's flow up. netlink has the mark of a flow's tunnel (pmip_flow_mark()) kept by the
 * flow's connection in conntrack, and for each tunnel that flows are moved to a rule for the mark and a table; it takes the package
 * iptables and moves flows with ports only. It has a chain of netfilter in PREROUTING and OUTPUT that gives packets the mark of their
 * connection and one in FORWARD that does the reverse, "-mark" and "-keep" behind device_prefix, in the table mangle, while there are
 * flows; conntrack counts packets from then on (net.netfilter.nf_conntrack_acct). A connection that began before has no counters, and
 * one that has gone from conntrack comes back without a mark, unless who sees its first packet marks it, as a flow manager does.
 * net.netfilter.nf_conntrack_max has to leave room for all of them.
 *
 * At an LMA netlink has, beside its devices and routes, a nexthop object for each tunnel that has bindings, where the kernel has such
 * (Linux 5.3): its number is route_protocol in the first octet and any other than 0 in the rest.
 */
#ifndef PMIP_DATAPATH_H
#define PMIP_DATAPATH_H

#include <pmip/action.h>
#include <pmip/error.h>
#include <pmip/log.h>

#ifdef __cplusplus
extern "C" {
#endif

/** Most interfaces or pools of one configuration. */
#define PMIP_DATAPATH_LIST_MAX 16

/** Which end of the tunnel we are. */
enum pmip_datapath_role {
	PMIP_DATAPATH_LMA = 1, /**< packets to a bound prefix go into the tunnel */
	PMIP_DATAPATH_MAG = 2, /**< packets from a bound prefix on its access link go into the tunnel */
};

/** What is counted. */
struct pmip_datapath_counters {
	size_t size;          /**< sizeof(struct pmip_datapath_counters), set by the caller */
	uint64_t tunnels;     /**< tunnels there are now */
	uint64_t bindings;    /**< prefixes bound now */
	uint64_t encap;       /**< packets put into tunnels (a GSO packet is one) */
	uint64_t decap;       /**< packets taken out */
	uint64_t drop_unbound; /**< dropped: no binding for destination (LMA) or source (MAG) */
	uint64_t drop_spoofed; /**< dropped: inner address not bound to the tunnel it came through */
	uint64_t drop_other;  /**< dropped: malformed, no route to the peer, ECN (RFC 6040 section 4.2), an error that tells the sender nothing */
	uint64_t errors;      /**< ICMPv6 errors that tunnel packets met, told to the senders of what was inside (RFC 2473 section 8) */
	uint64_t flows;       /**< LMA: flows set now */
	uint64_t full;        /**< operations refused because there is as much of something as the configuration allows; the log says of what */
};

/** What one flow has counted. */
struct pmip_flow_counters {
	struct pmip_flow flow; /**< which; label is that of its last packet, with netlink 0 */
	uint64_t packets;      /**< sent to the mobile node; a GSO packet counts as what it will be, with netlink as one */
	uint64_t octets;       /**< of IP packets, headers included */
	uint64_t seen_us;      /**< monotonic clock when its last packet came, with netlink when that was noticed by reading; 0 = none has */
	uint64_t quiet_us;     /**< since when no packet has come: seen_us, or when it was set first */
	uint32_t flow_id;      /**< what FLOW_SET has called it */
};

/** What one tunnel has counted on the way in. */
struct pmip_tunnel_counters {
	size_t size;      /**< sizeof(struct pmip_tunnel_counters), set by the caller */
	uint64_t packets; /**< put into it */
	uint64_t octets;  /**< of inner packets */
	uint64_t dropped; /**< packets dropped by the queue of the device that its packets leave by; other tunnels may share it */
};

/** Of whose flows unknown() tells. */
enum pmip_datapath_watch {
	PMIP_DATAPATH_WATCH_NONE = 0,    /**< nobody's */
	PMIP_DATAPATH_WATCH_MOVABLE = 1, /**< of mobile nodes that have several paths */
	PMIP_DATAPATH_WATCH_ALL = 2,     /**< of all */
};

/** The functions of a datapath backend. */
struct pmip_datapath_ops {
	size_t size;      /**< sizeof(struct pmip_datapath_ops) */
	const char *name; /**< "netlink", "bpf", "record" */
	/** REQUIRED. Do n operations in order; a failure of one does not stop the rest. @param[out] results 0 or an enum pmip_err each.
	 * @return 0, or a negative enum pmip_err when nothing was done. */
	int (*submit)(void *ctx, int *results, const struct pmip_datapath_op *ops, size_t n);
	/** REQUIRED. Remove what a former process left and no operation has taken over. @return how many things were removed. */
	int (*sweep)(void *ctx);
	/** REQUIRED. Read the counters; those that the backend cannot know are UINT64_MAX. */
	int (*counters)(void *ctx, struct pmip_datapath_counters *counters);
	/** OPTIONAL (LMA). Hand the counters of flows that FLOW_SET of this process has named to each, which must not call the datapath: of some of
	 * them, so that nobody has to wait for a million. One that is set or cleared meanwhile may be told twice or not at all.
	 * @param[in,out] place 0 = begin; where to go on, 0 = these were the last.
	 * @param[in] count look at so many, or some more: bpf reads 1024 in a system call, netlink, which has to look at all connections, takes all.
	 * @return how many were looked at. */
	int (*flows)(void *ctx, uint64_t *place, size_t count, void (*each)(void *user, const struct pmip_flow_counters *counters), void *user);
	/** OPTIONAL (LMA). The counters of one flow. @retval 0 done  @retval PMIP_ERR_NOENT there is none. */
	int (*flow)(void *ctx, struct pmip_flow_counters *counters, const struct pmip_flow *flow);
	/** OPTIONAL (LMA). The counters of one tunnel. @retval 0 done  @retval PMIP_ERR_NOENT there is none. */
	int (*tunnel)(void *ctx, struct pmip_tunnel_counters *counters, const struct pmip_addr *local, const struct pmip_addr *remote);
	/** OPTIONAL (LMA). Begin or cease to look out for flows that no FLOW_SET of this process has named. Their packets are not made to wait. */
	int (*watch)(void *ctx, enum pmip_datapath_watch watch);
	/** REQUIRED with watch. A descriptor that polls readable when unknown() has something to tell. */
	int (*unknown_fd)(void *ctx);
	/** REQUIRED with watch. Hand flows of which packets have come to each, which must not call the datapath. One that is still not named is
	 * told again with a packet of it a second later. @return how many flows, at most some 1000; there may be more. */
	int (*unknown)(void *ctx, void (*each)(void *user, const struct pmip_flow *flow), void *user);
	/** OPTIONAL. A descriptor that polls readable when links() has something to do. */
	int (*links_fd)(void *ctx);
	/** REQUIRED with links_fd. Take note of interfaces that have come or gone: a core interface that is back is used again. @return 0, or a
	 * negative enum pmip_err. */
	int (*links)(void *ctx);
	/** REQUIRED. Free. @param[in] keep false: remove everything of ours from the kernel; true: leave it forwarding for a successor. */
	void (*free)(void *ctx, bool keep);
};

/** A datapath backend. */
struct pmip_datapath {
	const struct pmip_datapath_ops *ops; /**< static */
	void *ctx;                           /**< the backend's */
};

/** Where the bpf datapath meets packets. */
enum pmip_datapath_hook {
	PMIP_DATAPATH_TC = 0,       /**< in tc programs: the complete way, which netfilter and captures see too */
	/** By XDP before the kernel, on the core interfaces, those of network, and access links; what is not plain goes on to tc. Neither netfilter
	 * nor captures on these interfaces see the rest. A core interface whose driver has no native XDP is refused with PMIP_ERR_CONFIG. */
	PMIP_DATAPATH_XDP = 1,
	PMIP_DATAPATH_XDP_AUTO = 2, /**< the same where the driver has native XDP and is not veth, elsewhere tc */
};

/** What a datapath is made with. Copied. */
struct pmip_datapath_config {
	size_t size;                  /**< sizeof(struct pmip_datapath_config) */
	enum pmip_datapath_role role; /**< LMA or MAG */
	unsigned int core_count;      /**< how many core interfaces; bpf needs at least one */
	const char *core[PMIP_DATAPATH_LIST_MAX]; /**< names of the interfaces on which tunnel packets arrive; there at the start */
	unsigned int access_count;    /**< MAG: how many access links are known beforehand */
	/** MAG: their names; they need not exist yet. What comes in on them goes into a tunnel or nowhere from the start; on any other link
	 * that is so once it has had a binding. */
	const char *const *access;
	unsigned int pool_count;      /**< LMA: how many pools */
	/** LMA: prefixes that are ours, of IPv4 as ::ffff:198.51.100.0/120; unbound parts of them are dropped */
	struct pmip_prefix pool[PMIP_DATAPATH_LIST_MAX];
	/** Largest inner packet, octets, 1280..65535; larger ones are answered by Packet Too Big; 0 = 1460. In GRE less by its header, 4 or
	 * with a key 8, but not under 1280. With bpf no more than the smallest core interface has at the start, less by 40. */
	uint32_t tunnel_mtu;
	uint32_t max_bindings;        /**< capacity: prefixes, an IPv4 home address is one; and at an LMA further paths; 0 = 65536 */
	uint32_t max_tunnels;         /**< capacity, 0 = 4096 */
	uint32_t max_flows;           /**< LMA: capacity, 0 = 65536 */
	uint8_t route_protocol;       /**< rtm_protocol of our routes and rules, 0 = 213 */
	/** MAG: our routing table, 0 = 5213; besides it netlink has some at table + an interface index: for IPv6 of each access link, for IPv4
	 * of each tunnel. LMA with netlink: for flows that are moved into a tunnel table + its number, so 65535 of them */
	uint32_t table;
	/** Priority of our rules, at a MAG and for marks of flows, 0 = 5213; at a MAG netlink has rules of the priority before, too */
	uint32_t rule_priority;
	const char *device_prefix;    /**< our devices' names begin so, at most 8 characters, NULL = "pmip" */
	const struct pmip_log *log;   /**< copied, or NULL */
	enum pmip_datapath_hook hook; /**< bpf: how */
	unsigned int network_count;   /**< how many of these: */
	const char *network[PMIP_DATAPATH_LIST_MAX]; /**< LMA with bpf: interfaces by which packets for mobile nodes come in.
	                                              * Plain ones go into their tunnel at once, without netfilter; of others the kernel's forwarding sees all.
	                                              * At a MAG bpf refuses them: PMIP_ERR_CONFIG */
	bool bypass_netfilter; /**< MAG with bpf: what comes out of a tunnel and is plain goes to its access link at once, without netfilter and by its binding's
	                        * route alone; of others the kernel's forwarding sees all */
};

/** libnl-3: one ip6tnl or ip6gre device per tunnel, routes; at a MAG a table with source-specific routes and two rules per access link;
 * for IPv4 a table per tunnel and one more rule per home address, so that some hundreds of those slow IPv4 down there.
 * @retval 0 done  @retval PMIP_ERR_UNSUPPORTED no ip6tnl or no source routes in this kernel  @retval PMIP_ERR_OS see the log
 * @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_datapath_netlink_new(struct pmip_datapath *datapath, const struct pmip_datapath_config *config);
/** libbpf: one device, tc programs (TCX, before Linux 6.6 clsact), maps. Prefixes may have 8 different lengths at a time, of IPv4 another 8;
 * BINDING_SET of one more is refused with PMIP_ERR_FULL. IPv4 from one mobile node to another of the same LMA needs Linux 6.3 where GRO puts packets
 * together; without, such packets are dropped and counted.
 * @retval 0 done  @retval PMIP_ERR_UNSUPPORTED the kernel cannot do it  @retval PMIP_ERR_OS see the log  @retval PMIP_ERR_NOMEM. Since: 0.1. */
PMIP_API int pmip_datapath_bpf_new(struct pmip_datapath *datapath, const struct pmip_datapath_config *config);
/** bpf where the kernel can, else netlink; the log says which and why. Since: 0.1. */
PMIP_API int pmip_datapath_auto_new(struct pmip_datapath *datapath, const struct pmip_datapath_config *config);

/** A datapath that only writes down what it is told, for tests and simulation. @param[in] fail_after refuse every operation after
 * this many with PMIP_ERR_OS; SIZE_MAX = never. Since: 0.1. */
PMIP_API int pmip_datapath_record_new(struct pmip_datapath *datapath, size_t fail_after);
/** What it was told, in order. @return operations; borrowed, valid until the next submit. Since: 0.1. */
PMIP_API const struct pmip_datapath_op *pmip_datapath_record_get(const struct pmip_datapath *datapath, size_t *count);

#ifdef __cplusplus
}
#endif

#endif
