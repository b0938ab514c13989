/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The values are few, so that ranges overlap, rules hide each other and packets stand on the edges.
 */
#include "classifier_script.h"

#include <flowmob/classifier.h>
#include <pmip/field.h>
#include <string.h>

#include "base/buf.h"
#include "need.h"

static struct pmip_ip take_addr(struct pmip__reader *script, uint8_t len)
{
	uint8_t value = pmip__get_u8(script);

	if (len == 4)
		return (struct pmip_ip){4, {10, 0, value >> 4 & 3, value & 7}};
	return (struct pmip_ip){16, {0x20, 1, 0xd, 0xb8, [7] = value >> 4 & 3, [15] = value & 7}};
}

/* One or two fields of a selector; the second is the end of a range. */
static void take_field(struct pmip_selector *selector, struct pmip__reader *script, const struct pmip_field *field)
{
	static const uint8_t protocols[] = {6, 17, 50, 58};
	void *member = (uint8_t *)selector + field->at;
	uint8_t value;

	if (field->kind == PMIP_FIELD_IP) {
		*(struct pmip_ip *)member = take_addr(script, field->octets);
		return;
	}
	value = pmip__get_u8(script) % 8;
	if (field->at >= offsetof(struct pmip_selector, protocol_start))
		value = (uint8_t)(protocols[value / 2] + value % 2);
	if (field->octets == 1)
		*(uint8_t *)member = value;
	else if (field->octets == 2)
		*(uint16_t *)member = value;
	else
		*(uint32_t *)member = value;
}

static struct pmip_selector take_selector(struct pmip__reader *script)
{
	struct pmip_selector selector = {.format = pmip__get_u8(script) % 4 == 0 ? PMIP_SELECTOR_IPV4 : PMIP_SELECTOR_IPV6};
	const struct pmip_field *field = pmip_selector_fields(selector.format);
	uint16_t flag = 0x8000, asked = pmip__get_u16(script) & pmip__get_u16(script); /* a quarter of the fields */

	for (; field->kind != PMIP_FIELD_END; field += 2, flag >>= 2, asked >>= 2) {
		if (asked % 4 > 1) {
			selector.flags |= flag;
			take_field(&selector, script, field);
		}
		if (asked % 4 == 3) {
			selector.flags |= flag >> 1;
			take_field(&selector, script, field + 1);
		}
	}
	return selector;
}

static void add_rule(struct flowmob_classifier *const both[2], struct pmip__reader *script, struct script_counts *counts)
{
	struct pmip_selector selectors[2];
	struct flowmob_rule rule = {
		.id = pmip__get_u8(script) % 32,
		.priority = pmip__get_u8(script) % 8,
		.active = true,
		.verdict = FLOWMOB_VERDICT_FORWARD,
		.path_count = 1,
		.selectors = selectors,
		.selector_count = PMIP__ARRAY_SIZE(selectors),
	};
	int err;

	rule.path[0] = 1 + pmip__get_u8(script) % 4;
	if (rule.priority == 7) {
		rule.verdict = FLOWMOB_VERDICT_DROP;
		rule.path_count = 0;
	}
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(selectors); i++)
		selectors[i] = take_selector(script);
	err = flowmob_classifier_add(both[0], &rule);
	need(flowmob_classifier_add(both[1], &rule) == err);
	counts->rules += err == 0;
}

static struct flowmob_packet take_packet(struct pmip__reader *script)
{
	struct pmip_selector exact = {.format = pmip__get_u8(script) % 4 == 0 ? PMIP_SELECTOR_IPV4 : PMIP_SELECTOR_IPV6};
	struct flowmob_packet packet = {.version = exact.format == PMIP_SELECTOR_IPV4 ? 4 : 6};

	for (const struct pmip_field *field = pmip_selector_fields(exact.format); field->kind != PMIP_FIELD_END; field += 2)
		take_field(&exact, script, field);
	if (packet.version == 4) {
		packet.flow.src = pmip_addr_from_ipv4(exact.src_start.b);
		packet.flow.dst = pmip_addr_from_ipv4(exact.dst_start.b);
	} else {
		memcpy(packet.flow.src.b, exact.src_start.b, 16);
		memcpy(packet.flow.dst.b, exact.dst_start.b, 16);
		packet.flow.label = exact.label_start;
	}
	packet.traffic_class = exact.class_start;
	packet.flow.protocol = exact.protocol_start;
	packet.has_ports = packet.flow.protocol == 6 || packet.flow.protocol == 17;
	packet.flow.src_port = packet.has_ports ? exact.src_port_start : 0;
	packet.flow.dst_port = packet.has_ports ? exact.dst_port_start : 0;
	packet.has_spi = packet.flow.protocol == 50;
	packet.spi = packet.has_spi ? exact.spi_start : 0;
	return packet;
}

static void decide(struct flowmob_classifier *const both[2], struct pmip__reader *script, struct script_counts *counts)
{
	static const uint32_t paths[] = {4, 1, 2, 3};
	struct flowmob_packet packet = take_packet(script);
	size_t path_count = pmip__get_u8(script) % 5;
	struct flowmob_decision linear = {.path = 0}, tuple = {.path = 0};
	int how = flowmob_classifier_decide(both[0], &linear, &packet, paths, path_count);

	need(flowmob_classifier_decide(both[1], &tuple, &packet, paths, path_count) == how);
	need(linear.verdict == tuple.verdict && linear.path == tuple.path && linear.rule == tuple.rule);
	counts->packets++;
	counts->decided += how == 1;
}

static void step(struct flowmob_classifier *const both[2], struct pmip__reader *script, struct script_counts *counts)
{
	uint8_t what = pmip__get_u8(script) % 16;
	uint32_t id;

	if (what >= 4) {
		decide(both, script, counts);
		return;
	}
	if (what < 2) {
		add_rule(both, script, counts);
		return;
	}
	id = pmip__get_u8(script) % 32;
	if (what == 2)
		need(flowmob_classifier_del(both[0], id) == flowmob_classifier_del(both[1], id));
	else
		need(flowmob_classifier_set_active(both[0], id, id % 2) == flowmob_classifier_set_active(both[1], id, id % 2));
}

void classifier_script(struct script_counts *counts, const uint8_t *data, size_t size)
{
	static const uint8_t key[16] = "classifier fuzz";
	struct flowmob_classifier *both[2];
	struct pmip__reader script;
	enum flowmob_direction direction;

	pmip__reader_init(&script, data, size);
	direction = pmip__get_u8(&script) % 2 ? FLOWMOB_UPLINK : FLOWMOB_DOWNLINK;
	need(flowmob_classifier_new(&both[0], FLOWMOB_CLASSIFIER_LINEAR, direction, 50, NULL, key) == 0);
	need(flowmob_classifier_new(&both[1], FLOWMOB_CLASSIFIER_TUPLE, direction, 50, NULL, key) == 0);
	while (pmip__reader_left(&script) > 0 && !script.failed)
		step(both, &script, counts);
	flowmob_classifier_free(both[0]);
	flowmob_classifier_free(both[1]);
}
