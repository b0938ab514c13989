/* SPDX-License-Identifier: BSD-2-Clause */
/* What a packet costs libflowmob: read, its flow found or added, a rule found: bench_flowmob [--quick]
 *
 * --quick only shows that it runs. The baseline of a flow found is reading its packet, that of a rule found by tuples is finding it rule by rule.
 */
#include <flowmob/flowmob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"

#define PACKETS 4096 /* that are made beforehand */

static const uint8_t key[16] = "bench bench benc";
static uint64_t state = 1;
static uint32_t all_rounds = 1000000;

static uint32_t random_below(uint32_t n)
{
	state = state * UINT64_C(6364136223846793005) + 1442695040888963407;
	return (uint32_t)((state >> 33) % n);
}

/* A TCP packet of flow n to the mobile node: 60 octets. */
static void write_packet(uint8_t packet[60], uint32_t n)
{
	static const uint8_t start[60] = {
		0x60, 0, 0, 0, 0, 20, 6, 64, 0x20, 1, 0xd, 0xb8, 0, 0xc, [23] = 1, 0x20, 1, 0xd, 0xb8, 1, [39] = 2, 1, 187,
	};

	memcpy(packet, start, sizeof(start));
	packet[29] = (uint8_t)(n >> 24);
	packet[30] = (uint8_t)(n >> 16);
	packet[42] = (uint8_t)(n >> 8);
	packet[43] = (uint8_t)n;
}

static double bench_parse(void)
{
	static uint8_t octets[PACKETS][60];
	struct flowmob_packet packet;
	double start;
	size_t sum = 0;

	for (uint32_t i = 0; i < PACKETS; i++)
		write_packet(octets[i], i);
	start = seconds();
	for (uint32_t i = 0; i < all_rounds; i++) {
		check(flowmob_packet_decode(&packet, octets[i % PACKETS], 60), "a packet");
		sum += packet.payload_offset;
	}
	if (sum != (size_t)all_rounds * 40)
		check(PMIP_ERR_INVALID, "a packet");
	return (seconds() - start) * 1e9 / all_rounds;
}

static struct pmip_flow flow_of(uint32_t n)
{
	struct flowmob_packet packet;
	uint8_t octets[60];

	write_packet(octets, n);
	check(flowmob_packet_decode(&packet, octets, sizeof(octets)), "a packet");
	return packet.flow;
}

static void bench_flows(uint32_t count, double parse)
{
	struct pmip_flow *flows = malloc(count * sizeof(*flows));
	struct flowmob_flow_table *table;
	struct flowmob_flow *flow;
	double start, add, hit, remove;

	if (!flows)
		exit(1);
	for (uint32_t i = 0; i < count; i++)
		flows[i] = flow_of(i);
	check(flowmob_flow_table_new(&table, count, 60000, NULL, key), "a flow table");
	start = seconds();
	for (uint32_t i = 0; i < count; i++)
		check(flowmob_flow_table_add(table, &flow, &flows[i], 1, i), "a flow");
	add = (seconds() - start) * 1e9 / count;
	start = seconds();
	for (uint32_t i = 0; i < all_rounds; i++) {
		flow = flowmob_flow_table_find(table, &flows[random_below(count)]);
		flowmob_flow_table_seen(table, flow, 0, 1500, count + i);
	}
	hit = (seconds() - start) * 1e9 / all_rounds;
	start = seconds();
	while ((flow = flowmob_flow_table_idle(table, UINT64_MAX - 1)) != NULL)
		flowmob_flow_table_del(table, flow, UINT64_C(2000000));
	remove = (seconds() - start) * 1e9 / count;
	printf("{\"table\": \"flow-table\", \"flows\": %u, \"parse_us\": %.4f, \"add_us\": %.4f, \"hit_us\": %.4f, \"delete_us\": %.4f}\n", count, parse / 1e3,
	       add / 1e3, hit / 1e3, remove / 1e3);
	fflush(stdout);
	flowmob_flow_table_free(table);
	free(flows);
}

/* Flags of an IPv6 selector (RFC 6088 section 3.2). */
enum {
	DST_START = 0x2000,
	DST_END = 0x1000,
	SRC_PORT = 0x0080,
	DST_PORT_START = 0x0020,
	DST_PORT_END = 0x0010,
	PROTOCOL = 0x0002,
};

/* A third of the rules are for a server's port, a third for a range of ports of a prefix, a third for all of one address. */
static struct pmip_selector selector_of(uint32_t n)
{
	struct pmip_selector selector = {.format = PMIP_SELECTOR_IPV6};
	struct pmip_flow flow = flow_of(random_below(UINT32_MAX));

	selector.dst_start.len = selector.dst_end.len = 16;
	memcpy(selector.dst_start.b, flow.dst.b, 16);
	memcpy(selector.dst_end.b, flow.dst.b, 16);
	if (n % 3 == 0) {
		selector.flags = SRC_PORT | PROTOCOL;
		selector.src_port_start = (uint16_t)random_below(65536);
		selector.protocol_start = 6;
	} else if (n % 3 == 1) {
		selector.flags = DST_START | DST_END | DST_PORT_START | DST_PORT_END;
		memset(selector.dst_end.b + 8, 0xff, 8);
		selector.dst_port_start = (uint16_t)random_below(60000);
		selector.dst_port_end = (uint16_t)(selector.dst_port_start + 1000);
	} else {
		selector.flags = DST_START;
	}
	return selector;
}

static double bench_classifier(struct flowmob_classifier *classifier, const struct flowmob_packet *packets, uint32_t rounds, uint64_t *sum)
{
	static const uint32_t path = 1;
	struct flowmob_decision decision;
	double start = seconds();

	for (uint32_t i = 0; i < rounds; i++) {
		check(flowmob_classifier_decide(classifier, &decision, &packets[i % PACKETS], &path, 1), "a decision");
		*sum += decision.rule;
	}
	return (seconds() - start) * 1e9 / rounds;
}

static void bench_rules(uint32_t count, const struct flowmob_packet *packets)
{
	const uint32_t rounds = count < 1000 ? all_rounds : all_rounds / 50;
	struct flowmob_classifier *classifiers[2];
	double took[2];
	uint64_t sums[2] = {0, 0};

	for (int kind = FLOWMOB_CLASSIFIER_LINEAR; kind <= FLOWMOB_CLASSIFIER_TUPLE; kind++) {
		check(flowmob_classifier_new(&classifiers[kind], (enum flowmob_classifier_kind)kind, FLOWMOB_DOWNLINK, count, NULL, key), "a classifier");
		state = 1;
		for (uint32_t i = 0; i < count; i++) {
			struct pmip_selector selector = selector_of(i);
			struct flowmob_rule rule = {
				.id = i + 1,
				.priority = i,
				.active = true,
				.verdict = FLOWMOB_VERDICT_FORWARD,
				.path = {1},
				.path_count = 1,
				.selectors = &selector,
				.selector_count = 1,
			};

			check(flowmob_classifier_add(classifiers[kind], &rule), "a rule");
		}
		took[kind] = bench_classifier(classifiers[kind], packets, rounds, &sums[kind]);
	}
	if (sums[0] != sums[1])
		check(PMIP_ERR_INVALID, "the classifiers differ");
	printf("{\"table\": \"classifier\", \"rules\": %u, \"linear_us\": %.4f, \"tuple_us\": %.4f}\n", count, took[0] / 1e3, took[1] / 1e3);
	fflush(stdout);
	flowmob_classifier_free(classifiers[0]);
	flowmob_classifier_free(classifiers[1]);
}

int main(int argc, char **argv)
{
	static struct flowmob_packet packets[PACKETS];
	bool quick = argc > 1 && !strcmp(argv[1], "--quick");
	double parse;

	if (quick)
		all_rounds = 1000;
	parse = bench_parse();
	for (uint32_t flows = quick ? 100 : 1000; flows <= (quick ? 100 : 100000); flows *= 100)
		bench_flows(flows, parse);
	if (!quick)
		bench_flows(500000, parse);
	for (uint32_t i = 0; i < PACKETS; i++) {
		uint8_t octets[60];

		write_packet(octets, random_below(UINT32_MAX));
		check(flowmob_packet_decode(&packets[i], octets, sizeof(octets)), "a packet");
	}
	for (uint32_t rules = 10; rules <= (quick ? 10 : 10000); rules *= 10)
		bench_rules(rules, packets);
	return 0;
}
