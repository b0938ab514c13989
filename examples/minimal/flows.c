/* SPDX-License-Identifier: BSD-2-Clause */
/* Which flows of a capture go to mobile nodes, and over which access network a policy would send each.
 * Usage: flows CAPTURE PREFIX, e.g. flows phone.pcap 2001:db8:100::/48 */
#include <flowmob/flowmob.h>

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>

enum { LTE = 1, WLAN = 2, FLOWS_MAX = 100000, IDLE_MS = 60000 };

static void must(int err, const char *what)
{
	if (err >= 0)
		return;
	fprintf(stderr, "%s: %s\n", what, pmip_strerror(err));
	exit(1);
}

/* A packet to a mobile node: its flow is new, or has one packet more. */
static void count(struct flowmob_flow_table *table, const struct flowmob_applications *applications, const struct flowmob_packet *packet,
		  uint64_t at_us)
{
	struct flowmob_flow *flow = flowmob_flow_table_find(table, &packet->flow);

	if (!flow) {
		must(flowmob_flow_table_add(table, &flow, &packet->flow, LTE, at_us), "flow");
		flow->user = (void *)(uintptr_t)flowmob_applications_match(applications, packet);
	}
	flowmob_flow_table_seen(table, flow, packet->flow.label, packet->total_len, at_us);
}

int main(int argc, char **argv)
{
	static const uint8_t key[16]; /* of random octets where the packets are not a file's */
	const struct flowmob_policy_way ways[] = {{.tunnel = LTE, .att = PMIP_ATT_UTRAN, .usable = true}, {.tunnel = WLAN, .att = PMIP_ATT_WLAN, .usable = true}};
	struct flowmob_policy_rule rule = {.name = "web by wlan", .application = "web", .prefer_count = 1, .prefer = {PMIP_ATT_WLAN}};
	struct pmip_selector web = {.format = PMIP_SELECTOR_IPV6, .flags = 0x80 /* source port, RFC 6088 section 3.2 */, .src_port_start = 443};
	struct flowmob_applications *applications;
	struct flowmob_flow_table *table;
	struct flowmob_flow *flow = NULL;
	struct flowmob_policy *policy;
	struct pmip_prefix prefix;
	struct pcap_pkthdr *header;
	const u_char *octets;
	char text[PCAP_ERRBUF_SIZE];
	pcap_t *capture = argc == 3 ? pcap_open_offline(argv[1], text) : NULL;
	size_t before = capture && pcap_datalink(capture) == DLT_EN10MB ? 14 : 0; /* octets before the IP header */

	if (!capture || (!before && pcap_datalink(capture) != DLT_RAW))
		return fprintf(stderr, "usage: flows CAPTURE PREFIX; a capture of Ethernet or of IP\n"), 1;
	must(pmip_prefix_parse(&prefix, argv[2]), argv[2]);
	must(flowmob_applications_new(&applications, NULL), "applications");
	must(flowmob_applications_add(applications, "web", &web), "web");
	must(flowmob_policy_new(&policy, NULL), "policy");
	must(flowmob_policy_add_rule(policy, &rule), rule.name);
	must(flowmob_flow_table_new(&table, FLOWS_MAX, IDLE_MS, NULL, key), "table");
	while (pcap_next_ex(capture, &header, &octets) == 1) {
		struct flowmob_packet packet;

		if (header->caplen > before && !flowmob_packet_decode(&packet, octets + before, header->caplen - before) &&
		    pmip_prefix_contains(&prefix, &packet.flow.dst) && !packet.is_signalling)
			count(table, applications, &packet, (uint64_t)header->ts.tv_sec * 1000000 + (uint64_t)header->ts.tv_usec);
	}
	while ((flow = flowmob_flow_table_next(table, flow))) {
		struct flowmob_policy_input input = {.application = flow->user, .ways = ways, .way_count = 2, .tunnel = flow->path};
		struct flowmob_policy_decision decision;
		char name[PMIP_FLOW_STRLEN];

		flowmob_policy_decide(policy, &decision, &input);
		printf("%s, %llu octets: %s (%s)\n", pmip_flow_format(&flow->flow, name), (unsigned long long)flow->octets,
		       decision.tunnel == WLAN ? "wlan" : "lte", decision.rule ? decision.rule->name : "no rule");
	}
	flowmob_flow_table_free(table);
	flowmob_policy_free(policy);
	flowmob_applications_free(applications);
	pcap_close(capture);
	return 0;
}
