/* SPDX-License-Identifier: BSD-2-Clause */
/* Keys of pmip-lma about its peers: MAGs, LMAs that sessions are sent to, and LMAs that send sessions. */
#include <config.h>

#include "lma/lma.h"

#include "common/profiles.h"

/* Most prefixes of one MAG. */
#define PREFIXES_MAX 64

static const struct setting_row tolerance_row = { .type = SETTING_LMA_TOLERANCE, .offset = offsetof(struct setting_tolerance, tolerance) };

static const struct setting_row bound_row = { .type = SETTING_ANY_PREFIX, .offset = offsetof(struct lma_prefix, prefix) };

static const struct setting_choice tunnels[] = { { "dynamic", PMIP_TUNNEL_DYNAMIC }, { "static", PMIP_TUNNEL_STATIC }, { NULL, 0 } };

static const struct setting_row mag_rows[] = {
	{ .key = "address", .type = SETTING_ADDR, .required = true, .offset = offsetof(struct lma_mag, address),
	  .help = "its address" },
	{ .key = "tolerate", .type = SETTING_LIST, .min = 1, .max = PMIP_TOLERANCES, .offset = offsetof(struct lma_mag, tolerate),
	  .rows = &tolerance_row, .item_size = sizeof(struct setting_tolerance),
	  .help = "what is let pass of it that does not keep to the RFCs" },
	{ .key = "prefixes", .type = SETTING_LIST, .min = 1, .max = PREFIXES_MAX, .offset = offsetof(struct lma_mag, prefixes), .rows = &bound_row,
	  .item_size = sizeof(struct lma_prefix),
	  .help = "its mobile nodes have Home Network Prefixes within these only, and IPv4 home addresses where IPv4 subnets are among them" },
	{ .key = "tunnel", .type = SETTING_CHOICE, .def = "dynamic", .choices = tunnels, .offset = offsetof(struct lma_mag, tunnel),
	  .help = "when there is a tunnel to it: while a binding uses it, or always" },
	{ .type = SETTING_END },
};
static const struct setting_row mag_row = { .type = SETTING_MAP, .rows = mag_rows, .plain = true };

static const struct setting_row rflma_row = { .type = SETTING_ADDR, .offset = offsetof(struct lma_address, address) };

static const struct setting_row r2lma_rows[] = {
	{ .key = "address", .type = SETTING_ADDR, .required = true, .offset = offsetof(struct lma_r2lma, address),
	  .help = "its address; there ours has to be in redirect_from" },
	{ .key = "priority", .type = SETTING_UINT, .min = 0, .max = 65535, .def = "0",
	  .offset = offsetof(struct lma_r2lma, priority),
	  .help = "the lowest value is asked first, and within one the least load in proportion" },
	{ .key = "max_sessions", .type = SETTING_UINT, .min = 0, .max = 4294967295, .def = "0",
	  .offset = offsetof(struct lma_r2lma, max_sessions),
	  .help = "most sessions it is to have; 0 = as many as it tells" },
	{ .type = SETTING_END },
};
static const struct setting_row r2lma_row = { .type = SETTING_MAP, .rows = r2lma_rows };

const struct setting_row lma_peer_rows[] = {
	{ .key = "mags", .type = SETTING_LIST, .required = true, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct lma_settings, mags), .rows = &mag_row, .item_size = sizeof(struct lma_mag),
	  .help = "the MAGs that may register mobile nodes, each by its address alone or with what holds for it" },
	{ .key = "redirect", .type = SETTING_LIST, .min = 1, .max = PMIP_LMA_R2LMA_MAX,
	  .offset = offsetof(struct lma_settings, redirect), .rows = &r2lma_row,
	  .item_size = sizeof(struct lma_r2lma),
	  .help = "other LMAs that new sessions are sent to when their MAG allows it (RFC 6463)" },
	{ .key = "redirect_above", .type = SETTING_UINT, .min = 0, .max = 4294967295, .def = "0",
	  .offset = offsetof(struct lma_settings, redirect_above),
	  .help = "so many sessions are taken before any is sent there; 0 = none" },
	{ .key = "redirect_from", .type = SETTING_LIST, .min = 1, .max = SIZE_MAX,
	  .offset = offsetof(struct lma_settings, redirect_from), .rows = &rflma_row, .item_size = sizeof(struct lma_address),
	  .help = "addresses of LMAs that may send sessions of our MAGs here (RFC 6463)" },
	{ .type = SETTING_END },
};

/* One address of a list of peers. */
static void check_peer(const struct lma_settings *s, struct report *report, struct seen *seen, const char *what,
		       const struct pmip_addr *address, unsigned int line, const char *key)
{
	char text[PMIP_ADDR_STRLEN];

	if (line == 0)
		return;
	pmip_addr_format(address, text);
	seen_add(seen, report, text, what, line, key);
	if (pmip_addr_equal(address, &s->address))
		report_add(report, line, key, "found %s, expected another address than the LMA's own", text);
}

void lma_check_peers(const struct lma_settings *s, struct report *report)
{
	const struct lma_mag *mag = s->mags.items;
	const struct lma_address *rflma = s->redirect_from.items;
	const struct lma_r2lma *r2lma = s->redirect.items;
	struct seen mags, r2lmas, rflmas;
	char key[64];
	size_t i;

	seen_init(&mags);
	seen_init(&r2lmas);
	seen_init(&rflmas);
	for (i = 0; i < s->mags.count; i++) {
		snprintf(key, sizeof(key), "mags[%zu]", i);
		check_peer(s, report, &mags, "MAG", &mag[i].address, mag[i].line, key);
	}
	for (i = 0; i < s->redirect.count; i++) {
		snprintf(key, sizeof(key), "redirect[%zu].address", i);
		check_peer(s, report, &r2lmas, "LMA", &r2lma[i].address, r2lma[i].line, key);
	}
	for (i = 0; i < s->redirect_from.count; i++) {
		snprintf(key, sizeof(key), "redirect_from[%zu]", i);
		check_peer(s, report, &rflmas, "LMA", &rflma[i].address, rflma[i].line, key);
	}
	seen_fini(&mags);
	seen_fini(&r2lmas);
	seen_fini(&rflmas);
}

static int add_mag(struct pmip_lma_config *config, const struct lma_mag *mag)
{
	struct pmip_prefix prefixes[PREFIXES_MAX];
	struct pmip_peer peer = {
		.size = sizeof(peer),
		.addr = mag->address,
		.tolerate = setting_tolerances(&mag->tolerate),
		.prefixes = prefixes,
		.prefix_count = mag->prefixes.count,
		.tunnel = (enum pmip_tunnel_kind)mag->tunnel,
	};

	for (size_t i = 0; i < peer.prefix_count; i++)
		prefixes[i] = ((const struct lma_prefix *)mag->prefixes.items)[i].prefix;
	return pmip_lma_config_add_peer(config, &peer);
}

int lma_fill_peers(struct pmip_lma_config *config, const struct lma_settings *s)
{
	const struct lma_mag *mag = s->mags.items;
	const struct lma_address *rflma = s->redirect_from.items;
	const struct lma_r2lma *r2lma = s->redirect.items;
	int err = pmip_lma_config_set_redirect_above(config, s->redirect_above);
	size_t i;

	for (i = 0; i < s->mags.count && !err; i++)
		err = add_mag(config, &mag[i]);
	for (i = 0; i < s->redirect.count && !err; i++)
		err = pmip_lma_config_add_r2lma(config, &r2lma[i].address, (uint16_t)r2lma[i].priority, r2lma[i].max_sessions);
	for (i = 0; i < s->redirect_from.count && !err; i++)
		err = pmip_lma_config_add_rflma(config, &rflma[i].address);
	return err;
}
