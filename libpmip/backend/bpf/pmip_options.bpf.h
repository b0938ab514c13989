// SPDX-License-Identifier: BSD-2-Clause
/* Destination Options between the outer header of a tunnel packet and the inner one: we write none, others write a Tunnel Encapsulation
 * Limit there (RFC 2473 sections 4.1.1 and 5.1), ip6tnl on Linux among them unless told otherwise. Included by pmip.bpf.c alone.
 * TUN-9. */

#define OPTIONS_MAX   8	   /* in one header; a packet with more is the kernel's */
#define OPTION_PAD1   0
#define OPTION_ASKS   0xc0 /* what is to be done by who does not know it, if anything (RFC 8200 section 4.2) */

/* The offset of what is behind options that may be skipped, whether they are known or not, next: what that is. @return 0: they may not, so the
 * kernel does what they ask for. */
static __noinline __u32 skip_options(const struct __sk_buff *skb, __u8 *next)
{
	__u32 at = sizeof(struct ipv6hdr), end;
	__u8 octets[2];

	if (bpf_skb_load_bytes_relative(skb, at, octets, sizeof(octets), BPF_HDR_START_NET))
		return 0;
	*next = octets[0];
	end = at + (octets[1] + 1) * 8;
	at += sizeof(octets);
	for (int i = 0; i < OPTIONS_MAX && at < end; i++) {
		if (bpf_skb_load_bytes_relative(skb, at, octets, sizeof(octets), BPF_HDR_START_NET) || octets[0] & OPTION_ASKS)
			return 0;
		at += octets[0] == OPTION_PAD1 ? 1 : sizeof(octets) + octets[1];
	}
	return at == end ? end : 0;
}
