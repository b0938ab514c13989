/* SPDX-License-Identifier: BSD-2-Clause */
/* Neighbour discovery (RFC 4861) and multicast listener (RFC 2710, RFC 3810) messages as Ethernet
 * frames.
 *
 * From a mobile node count: Router Solicitation, Neighbour Solicitation and Advertisement (hop
 * limit 255: from this link), and listener reports (hop limit 1, behind a hop-by-hop header). What
 * only routers send shows no mobile node. */
#include <arpa/inet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <string.h>

#include "nd.h"

#define ETH_LEN 14
#define IP_LEN 40
#define HBH_LEN 8
#define AT_NEXT (ETH_LEN + 6)
#define AT_HOPS (ETH_LEN + 7)
#define AT_SRC (ETH_LEN + 8)
#define AT_DST (ETH_LEN + 24)
#define AT_PAYLOAD (ETH_LEN + IP_LEN)
#define ND_HOPS 255
#define MLD_HOPS 1
#define MLD2_REPORT 143

#define OPT_SLLA 1
#define OPT_PREFIX 3
#define OPT_MTU 5

static struct sock_filter filter[] = {
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 12),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x86dd, 0, 14),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_NEXT),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 5, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_HOPOPTS, 0, 11),
	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, AT_PAYLOAD),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6 << 8, 0, 9),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PAYLOAD + HBH_LEN),
	BPF_JUMP(BPF_JMP | BPF_JA, 3, 0, 0),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_HOPS),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ND_HOPS, 0, 5),
	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, AT_PAYLOAD),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, MLD2_REPORT, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, ND_NEIGHBOR_ADVERT, 2, 0),
	BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, MLD_LISTENER_REPORT, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

const struct sock_fprog pmip__nd_filter = {.len = sizeof(filter) / sizeof(filter[0]),
					   .filter = filter};

/* ICMPv6 checksum over pseudo-header and message (RFC 4443 section 2.3); 0 when one is in place and
 * right. */
static uint16_t checksum(const uint8_t *addresses, const uint8_t *icmp, size_t len)
{
	uint32_t sum = IPPROTO_ICMPV6 + (uint32_t)len;

	for (size_t i = 0; i < 32; i += 2)
		sum += (uint32_t)(addresses[i] << 8 | addresses[i + 1]);
	for (size_t i = 0; i < len; i++)
		sum += (uint32_t)(i & 1 ? icmp[i] : icmp[i] << 8);
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

/* Options must have a length (RFC 4861 section 4.6); *slla: a source link-layer address is among
 * them. */
static bool options_valid(const uint8_t *opt, size_t len, bool *slla)
{
	while (len) {
		size_t step = len >= 2 ? (size_t)opt[1] * 8 : 0;

		if (!step || step > len)
			return false;
		if (opt[0] == OPT_SLLA)
			*slla = true;
		opt += step;
		len -= step;
	}
	return true;
}

/* RFC 4861 sections 6.1.1, 7.1.1 and 7.1.2; the hop limit has been looked at. */
static void read_nd(struct pmip__nd_seen *seen, const uint8_t *src, const uint8_t *icmp, size_t len)
{
	bool rs = icmp[0] == ND_ROUTER_SOLICIT, slla = false;
	size_t fixed = rs ? 8 : 24;
	struct pmip_addr from, target;

	memcpy(&from, src, sizeof(from));
	if (icmp[1] != 0 || len < fixed || !options_valid(icmp + fixed, len - fixed, &slla))
		return;
	if (pmip_addr_is_unspecified(&from) && (slla || icmp[0] == ND_NEIGHBOR_ADVERT))
		return;
	if (!rs) {
		memcpy(&target, icmp + 8, sizeof(target));
		if (!pmip_addr_is_unicast(&target))
			return;
	}
	seen->kind = rs ? PMIP__ND_SOLICIT : PMIP__ND_SIGN;
	seen->addr = from;
	/* A node in duplicate address detection names the address it is about to have. */
	if (icmp[0] == ND_NEIGHBOR_SOLICIT && pmip_addr_is_unspecified(&from))
		seen->addr = target;
	if (icmp[0] == ND_NEIGHBOR_ADVERT)
		seen->claimed = target;
}

void pmip__nd_read(struct pmip__nd_seen *seen, const uint8_t *frame, size_t len)
{
	const uint8_t *icmp = frame + AT_PAYLOAD;
	size_t payload;
	bool mld;

	memset(seen, 0, sizeof(*seen));
	if (len < AT_PAYLOAD + 8 || frame[12] != 0x86 || frame[13] != 0xdd ||
	    frame[ETH_LEN] >> 4 != 6)
		return;
	payload = (size_t)(frame[ETH_LEN + 4] << 8 | frame[ETH_LEN + 5]);
	if (payload > len - AT_PAYLOAD || payload < 8)
		return;
	mld = frame[AT_NEXT] == IPPROTO_HOPOPTS;
	if (mld) {
		if (icmp[0] != IPPROTO_ICMPV6 || icmp[1] != 0 || payload < HBH_LEN + 8)
			return;
		icmp += HBH_LEN;
		payload -= HBH_LEN;
	} else if (frame[AT_NEXT] != IPPROTO_ICMPV6) {
		return;
	}
	/* A group address as the sender is nobody's. */
	if (frame[AT_HOPS] != (mld ? MLD_HOPS : ND_HOPS) || (frame[6] & 1) ||
	    frame[AT_SRC] == 0xff || checksum(frame + AT_SRC, icmp, payload) != 0)
		return;
	if (mld && (icmp[0] == MLD_LISTENER_REPORT || icmp[0] == MLD_LISTENER_REDUCTION ||
		    icmp[0] == MLD2_REPORT)) {
		seen->kind = PMIP__ND_SIGN;
		memcpy(&seen->addr, frame + AT_SRC, sizeof(seen->addr));
	} else if (!mld && (icmp[0] == ND_ROUTER_SOLICIT || icmp[0] == ND_NEIGHBOR_SOLICIT ||
			    icmp[0] == ND_NEIGHBOR_ADVERT)) {
		read_nd(seen, frame + AT_SRC, icmp, payload);
	}
	memcpy(seen->mac, frame + 6, sizeof(seen->mac));
	seen->has_addr = seen->kind != PMIP__ND_NOTHING && pmip_addr_is_link_local(&seen->addr);
}

static void write_headers(uint8_t *frame, const uint8_t to[6], const uint8_t mac[6],
			  const struct pmip_addr *src, const struct pmip_addr *dst)
{
	memcpy(frame, to, 6);
	memcpy(frame + 6, mac, 6);
	frame[12] = 0x86;
	frame[13] = 0xdd;
	frame[ETH_LEN] = 0x60;
	frame[AT_NEXT] = IPPROTO_ICMPV6;
	frame[AT_HOPS] = ND_HOPS;
	memcpy(frame + AT_SRC, src, sizeof(*src));
	memcpy(frame + AT_DST, dst, sizeof(*dst));
}

/* Lengths and checksum, when the ICMPv6 message that starts at `at` ends at `end`. */
static size_t finish(uint8_t *frame, size_t at, size_t end)
{
	size_t payload = end - AT_PAYLOAD;
	uint16_t sum;

	frame[ETH_LEN + 4] = (uint8_t)(payload >> 8);
	frame[ETH_LEN + 5] = (uint8_t)payload;
	sum = checksum(frame + AT_SRC, frame + at, end - at);
	frame[at + 2] = (uint8_t)(sum >> 8);
	frame[at + 3] = (uint8_t)sum;
	return end;
}

static void put32(uint8_t *to, uint32_t value)
{
	value = htonl(value);
	memcpy(to, &value, sizeof(value));
}

static uint8_t *write_slla(uint8_t *p, const uint8_t mac[6])
{
	p[0] = OPT_SLLA;
	p[1] = 1;
	memcpy(p + 2, mac, 6);
	return p + 8;
}

/* RFC 4861 section 4.6.2: on-link and autonomous. RA-4. */
static uint8_t *write_prefix(uint8_t *p, const struct pmip_prefix *prefix, uint32_t lifetime_s)
{
	p[0] = OPT_PREFIX;
	p[1] = 4;
	p[2] = prefix->len;
	p[3] = ND_OPT_PI_FLAG_ONLINK | ND_OPT_PI_FLAG_AUTO;
	put32(p + 4, lifetime_s);
	put32(p + 8, lifetime_s);
	memcpy(p + 16, &prefix->addr, sizeof(prefix->addr));
	return p + 32;
}

static const struct pmip_addr all_nodes = {{0xff, 0x02, [15] = 1}};
static const uint8_t all_nodes_mac[6] = {0x33, 0x33, 0, 0, 0, 1};

/* RFC 4861 section 4.2. To all nodes at layer 3 but, where we know it, to the one node at layer 2
 * (RFC 6085): other mobile nodes on a shared link must not see this one's prefixes (RFC 5213
 * section 6.9.3). RA-3, RA-4. */
size_t pmip__nd_write_ra(uint8_t *frame, const uint8_t mac[6], const struct pmip_ra *ra)
{
	uint8_t *icmp = frame + AT_PAYLOAD, *p = icmp + 16;
	unsigned int count = ra->prefix_count < PMIP_HNP_MAX ? ra->prefix_count : PMIP_HNP_MAX;

	memset(frame, 0, PMIP__ND_FRAME_MAX);
	write_headers(frame, ra->ll_id.len == 6 ? ra->ll_id.b : all_nodes_mac, mac, &ra->src,
		      &all_nodes);
	icmp[0] = ND_ROUTER_ADVERT;
	icmp[4] = 64;
	icmp[6] = (uint8_t)(ra->router_lifetime_s >> 8);
	icmp[7] = (uint8_t)ra->router_lifetime_s;
	p = write_slla(p, mac);
	if (ra->mtu) {
		p[0] = OPT_MTU;
		p[1] = 1;
		put32(p + 4, ra->mtu);
		p += 8;
	}
	for (unsigned int i = 0; i < count; i++)
		p = write_prefix(p, &ra->prefix[i], ra->lifetime_s);
	return finish(frame, AT_PAYLOAD, (size_t)(p - frame));
}

size_t pmip__nd_write_ns(uint8_t *frame, const uint8_t mac[6], const struct pmip_addr *src,
			 const uint8_t to[6], const struct pmip_addr *target)
{
	uint8_t *icmp = frame + AT_PAYLOAD;

	memset(frame, 0, PMIP__ND_FRAME_MAX);
	write_headers(frame, to, mac, src, target);
	icmp[0] = ND_NEIGHBOR_SOLICIT;
	memcpy(icmp + 8, target, sizeof(*target));
	return finish(frame, AT_PAYLOAD, (size_t)(write_slla(icmp + 24, mac) - frame));
}

/* RFC 4862 section 5.4.2: from ::, without our link-layer address, to the solicited-node group. */
size_t pmip__nd_write_dad(uint8_t *frame, const uint8_t mac[6], const struct pmip_addr *target)
{
	struct pmip_addr group = {{0xff, 0x02, [11] = 1, 0xff}};
	uint8_t to[6] = {0x33, 0x33, 0xff};
	uint8_t *icmp = frame + AT_PAYLOAD;

	memcpy(group.b + 13, target->b + 13, 3);
	memcpy(to + 3, target->b + 13, 3);
	memset(frame, 0, PMIP__ND_FRAME_MAX);
	write_headers(frame, to, mac, &(struct pmip_addr){0}, &group);
	icmp[0] = ND_NEIGHBOR_SOLICIT;
	memcpy(icmp + 8, target, sizeof(*target));
	return finish(frame, AT_PAYLOAD, AT_PAYLOAD + 24);
}

/* RFC 3810 section 5.1, behind a Router Alert option for MLD (RFC 2711). */
size_t pmip__nd_write_query(uint8_t *frame, const uint8_t mac[6], const struct pmip_addr *src)
{
	static const uint8_t hbh[HBH_LEN] = {IPPROTO_ICMPV6, 0, 5, 2, 0, 0, 1, 0};
	uint8_t *icmp = frame + AT_PAYLOAD + HBH_LEN;

	memset(frame, 0, PMIP__ND_FRAME_MAX);
	write_headers(frame, all_nodes_mac, mac, src, &all_nodes);
	frame[AT_NEXT] = IPPROTO_HOPOPTS;
	frame[AT_HOPS] = MLD_HOPS;
	memcpy(frame + AT_PAYLOAD, hbh, sizeof(hbh));
	icmp[0] = MLD_LISTENER_QUERY;
	icmp[24] = 2;	/* robustness, the default of section 9.1 */
	icmp[25] = 125; /* query interval, the default of section 9.2, seconds */
	return finish(frame, AT_PAYLOAD + HBH_LEN, (size_t)(icmp + 28 - frame));
}
