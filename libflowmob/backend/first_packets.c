/* SPDX-License-Identifier: BSD-2-Clause */
/* Each family's rules are one transaction, so that no packet meets half of them. Of the programs' two variants the first that does it is taken: a
 * kernel may have what only one of them needs. FMP-2, FMP-13. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <flowmob/first_packets.h>

#include "backend/backend_log.h"
#include "libflowmob/backend/command.h"

#define AREA "first-packets"

enum { NAME_MAX_LEN = 16, VARIANTS = 2, TEXT_MAX = 4096 };

static const char *const programs[2][VARIANTS] = {
	{ "ip6tables-restore", "ip6tables-legacy-restore" },
	{ "iptables-restore", "iptables-legacy-restore" },
};

struct text {
	char buf[TEXT_MAX];
	size_t len;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(text->buf + text->len, sizeof(text->buf) - text->len, format, args);
	va_end(args);
	if (n > 0 && text->len + (size_t)n < sizeof(text->buf))
		text->len += (size_t)n;
}

uint32_t flowmob_first_packets_mark(uint8_t generation)
{
	return (uint32_t)generation << 8;
}

/* @return whether there is anything for this family. */
static bool add_rules(struct text *text, const struct flowmob_first_packets *rules, bool ipv4)
{
	const unsigned int mask = FLOWMOB_FIRST_PACKETS_MASK;
	char prefix[PMIP_PREFIX_STRLEN];
	bool any = false;

	add(text, ":%s - [0:0]\n:%s-keep - [0:0]\n", rules->name, rules->name);
	for (unsigned int i = 0; i < rules->prefix_count; i++) {
		struct pmip_prefix p = rules->prefixes[i];

		if (pmip_prefix_is_ipv4(&p) != ipv4)
			continue;
		any = true;
		if (ipv4)
			snprintf(prefix, sizeof(prefix), "%u.%u.%u.%u/%u", p.addr.b[12], p.addr.b[13], p.addr.b[14], p.addr.b[15], p.len - 96u);
		else
			pmip_prefix_format(&p, prefix);
		add(text, "-A %s -d %s -m connmark ! --mark %#x/%#x -j NFQUEUE --queue-num %u --queue-bypass\n", rules->name, prefix,
		    flowmob_first_packets_mark(rules->generation), mask, rules->queue);
	}
	add(text, "-A %s-keep -m mark ! --mark 0/%#x -j CONNMARK --save-mark --nfmask %#x --ctmask %#x\n", rules->name, mask, mask, mask);
	add(text, "-A PREROUTING -j %s\n-A FORWARD -j %s-keep\n", rules->name, rules->name);
	return any;
}

static void take_out(struct text *text, const char *name)
{
	add(text, "-D PREROUTING -j %s\n-D FORWARD -j %s-keep\n", name, name);
}

static bool restore(unsigned int family, const struct text *text)
{
	bool done = false;

	for (unsigned int variant = 0; variant < VARIANTS && !done; variant++) {
		const char *argv[] = { programs[family][variant], "--noflush", "-w", NULL };

		done = flowmob__command(argv, text->buf) == 0;
	}
	return done;
}

/* Take the chains of before out, if they are there, and put these in. */
static bool replace(unsigned int family, const struct flowmob_first_packets *rules)
{
	struct text text;
	bool any = false;

	for (int there = 1; there >= 0; there--) {
		text.len = 0;
		add(&text, "*mangle\n");
		if (there)
			take_out(&text, rules->name);
		any = add_rules(&text, rules, family == 1);
		add(&text, "COMMIT\n");
		if (!any || restore(family, &text))
			return true;
	}
	return false;
}

int flowmob_first_packets_set(const struct flowmob_first_packets *rules)
{
	size_t len = strlen(rules->name);

	if (len == 0 || len > NAME_MAX_LEN || rules->generation == 0 || rules->prefix_count == 0 ||
	    rules->prefix_count > FLOWMOB_FIRST_PACKETS_PREFIXES_MAX)
		return PMIP_ERR_INVALID;
	for (unsigned int family = 0; family < 2; family++) {
		if (replace(family, rules))
			continue;
		pmip__backend_log(rules->log, PMIP_LOG_ERROR, AREA,
				  "%s does not take the rules for NFQUEUE; that needs the package iptables and a kernel with NFQUEUE and CONNMARK",
				  programs[family][VARIANTS - 1]);
		flowmob_first_packets_clear(rules->name);
		return PMIP_ERR_UNSUPPORTED;
	}
	return 0;
}

void flowmob_first_packets_clear(const char *name)
{
	for (unsigned int family = 0; family < 2; family++) {
		struct text text = { .len = 0 };

		add(&text, "*mangle\n");
		take_out(&text, name);
		add(&text, "-F %s\n-F %s-keep\n-X %s\n-X %s-keep\nCOMMIT\n", name, name, name, name);
		restore(family, &text);
	}
}
