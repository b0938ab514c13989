/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes on between LMA and MAGs beside PBUs: messages by hand, and what an operator asks of an engine. */
#include "command.h"

#include <string.h>

/* The sequence number that an answer repeats: of the last Indication, or the last Update Notification, that there is in this case. */
static uint16_t seq_asked(struct world *w, uint8_t type)
{
	for (unsigned int i = w->messages; i > 0; i--) {
		struct pmip_mh mh;

		if (pmip_mh_decode(&mh, NULL, &w->message[i - 1]->dgram, PMIP_DECODE_NO_CHECKSUM) || mh.type != type)
			continue;
		if (type == PMIP_MH_UPN)
			return mh.u.upn.seq;
		if (mh.u.revocation.type == PMIP_REVOCATION_INDICATION)
			return mh.u.revocation.seq;
	}
	fail(w, "nothing has been asked that could be answered");
}

/* bri FROM TO [trigger=] [flags=] [seq=], bra FROM TO [status=] [flags=] */
static void cmd_revocation(struct world *w, struct line *line)
{
	bool indication = !strcmp(line->word[0], "bri");
	struct fields *fields = &line->fields;
	struct pmip_mh mh = {.type = PMIP_MH_REVOCATION};
	struct pmip_revocation *fixed = &mh.u.revocation;

	fixed->type = indication ? PMIP_REVOCATION_INDICATION : PMIP_REVOCATION_ACK;
	fixed->flags = (uint16_t)number_field(w, fields, "flags", PMIP_REVOCATION_P, UINT16_MAX);
	if (indication)
		fixed->trigger = (uint8_t)number_field(w, fields, "trigger", PMIP_TRIGGER_ADMINISTRATIVE, UINT8_MAX);
	else
		fixed->status = (uint8_t)number_field(w, fields, "status", 0, UINT8_MAX);
	fixed->seq = indication ? (uint16_t)number_field(w, fields, "seq", 4711, UINT16_MAX)
				: seq_asked(w, PMIP_MH_REVOCATION);
	submit(w, make_signal(w, node_find(w, line->word[1]), node_find(w, line->word[2]), &mh, fields), fields);
}

/* upn FROM TO [reason=] [flags=] [seq=], upa FROM TO [status=] */
static void cmd_update(struct world *w, struct line *line)
{
	bool notification = !strcmp(line->word[0], "upn");
	struct fields *fields = &line->fields;
	struct pmip_mh mh = {.type = notification ? PMIP_MH_UPN : PMIP_MH_UPA};

	if (notification) {
		mh.u.upn.reason = (uint16_t)number_field(w, fields, "reason", PMIP_UPN_FORCE_REREGISTRATION, UINT16_MAX);
		mh.u.upn.flags = (uint16_t)number_field(w, fields, "flags", PMIP_UPN_A, UINT16_MAX);
		mh.u.upn.seq = (uint16_t)number_field(w, fields, "seq", 1, UINT16_MAX);
	} else {
		mh.u.upa.status = (uint8_t)number_field(w, fields, "status", 0, UINT8_MAX);
		mh.u.upa.seq = seq_asked(w, PMIP_MH_UPN);
	}
	submit(w, make_signal(w, node_find(w, line->word[1]), node_find(w, line->word[2]), &mh, fields), fields);
}

/* error FROM TO: a Binding Error, status 2, as from somebody who does not know a message */
static void cmd_error(struct world *w, struct line *line)
{
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be.status = PMIP_BE_UNKNOWN_TYPE};

	submit(w, make_signal(w, node_find(w, line->word[1]), node_find(w, line->word[2]), &mh, &line->fields), &line->fields);
}

static struct node *engine(struct world *w, const char *name, bool lma)
{
	struct node *node = node_find(w, name);

	if (lma ? !node->lma : !node->mag)
		fail(w, "%s is no %s", name, lma ? "LMA" : "MAG");
	return node;
}

static enum pmip_revocation_trigger trigger_of(struct world *w, struct line *line)
{
	return (enum pmip_revocation_trigger)number_field(w, &line->fields, "trigger", PMIP_TRIGGER_ADMINISTRATIVE, UINT8_MAX);
}

/* revoke NODE MN [trigger=] [hnp=PREFIX] */
static void cmd_revoke(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);
	const struct mn *mn = mn_find(w, line->word[2]);
	const char *text = field(&line->fields, "hnp");
	struct pmip_prefix prefix = {.len = 0};

	if (text)
		prefix = read_prefix(w, text);
	if (node->role == ROLE_PEER)
		fail(w, "%s has no engine", node->name);
	world_turn(w, node, "revoke",
		   node->lma ? pmip_lma_revoke(node->lma, &mn->mn_id, text ? &prefix : NULL, trigger_of(w, line), node_now(w, node))
			     : pmip_mag_revoke(node->mag, &mn->mn_id, trigger_of(w, line), node_now(w, node)));
}

/* revoke-mag MAG, at the LMA */
static void cmd_revoke_mag(struct world *w, struct line *line)
{
	struct node *lma = engine(w, "lma", true);
	struct pmip_addr addr = read_addr(w, line->word[1]);

	world_turn(w, lma, "revoke-mag", pmip_lma_revoke_mag(lma->lma, &addr, node_now(w, lma)));
}

/* revoke-realm @REALM, at the LMA */
static void cmd_revoke_realm(struct world *w, struct line *line)
{
	struct node *lma = engine(w, "lma", true);
	const char *text = line->word[1];
	struct pmip_mnid realm = {1, (uint8_t)strlen(text), (const uint8_t *)text};

	world_turn(w, lma, "revoke-realm", pmip_lma_revoke_realm(lma->lma, &realm, node_now(w, lma)));
}

/* revoke-group lma MAG|all, revoke-group MAG N [trigger=] */
static void cmd_revoke_group(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]), *lma = node_find(w, "lma");
	struct pmip_addr addr;

	if (!node->lma) {
		uint32_t group = read_number(w, line->word[2], UINT32_MAX);

		node = engine(w, line->word[1], false);
		world_turn(w, node, "revoke-group",
			   pmip_mag_revoke_group(node->mag, &lma->addr, group, trigger_of(w, line), node_now(w, node)));
		return;
	}
	if (strcmp(line->word[2], "all") != 0)
		addr = read_addr(w, line->word[2]);
	world_turn(w, node, "revoke-group",
		   pmip_lma_revoke_group(node->lma, strcmp(line->word[2], "all") ? &addr : NULL, trigger_of(w, line), node_now(w, node)));
}

/* revoke-all MAG */
static void cmd_revoke_all(struct world *w, struct line *line)
{
	struct node *node = engine(w, line->word[1], false);

	world_turn(w, node, "revoke-all", pmip_mag_revoke_lma(node->mag, &node_find(w, "lma")->addr, node_now(w, node)));
}

/* reregister MN, access-network MN, vendor MN NUMBER:SUBTYPE HEX, at the LMA */
static void cmd_tell(struct world *w, struct line *line)
{
	struct node *lma = engine(w, "lma", true);
	const struct mn *mn = mn_find(w, line->word[1]);
	struct pmip_opt_vendor vendor = {.vendor = 0};
	uint8_t octets[300];
	int err;

	if (!strcmp(line->word[0], "reregister")) {
		err = pmip_lma_force_reregistration(lma->lma, &mn->mn_id, node_now(w, lma));
	} else if (!strcmp(line->word[0], "access-network")) {
		err = pmip_lma_request_access_network(lma->lma, &mn->mn_id, node_now(w, lma));
	} else {
		if (line->words != 4 || sscanf(line->word[2], "%u:%hhu", &vendor.vendor, &vendor.subtype) != 2)
			fail(w, "vendor MN NUMBER:SUBTYPE HEX, for example vendor mn1 32473:1 0102");
		vendor.data = (struct pmip_bytes){octets, read_octets(w, line->word[3], octets, sizeof(octets))};
		err = pmip_lma_notify_vendor(lma->lma, &mn->mn_id, &vendor, node_now(w, lma));
	}
	world_turn(w, lma, line->word[0], err);
}

/* reregister-mag MAG, at the LMA */
static void cmd_reregister_mag(struct world *w, struct line *line)
{
	struct node *lma = engine(w, "lma", true);
	struct pmip_addr addr = read_addr(w, line->word[1]);

	world_turn(w, lma, "reregister-mag", pmip_lma_force_reregistration_mag(lma->lma, &addr, node_now(w, lma)));
}

/* renumber MN OLD [NEW], at the LMA */
static void cmd_renumber(struct world *w, struct line *line)
{
	struct node *lma = engine(w, "lma", true);
	struct pmip_prefix old = read_prefix(w, line->word[2]), other;

	if (line->words > 3)
		other = read_prefix(w, line->word[3]);
	world_turn(w, lma, "renumber",
		   pmip_lma_renumber(lma->lma, &mn_find(w, line->word[1])->mn_id, &old, line->words > 3 ? &other : NULL, node_now(w, lma)));
}

const struct command signal_commands[] = {
	{"access-network", 2, false, true, cmd_tell},
	{"bra", 3, false, true, cmd_revocation},
	{"bri", 3, false, true, cmd_revocation},
	{"error", 3, false, true, cmd_error},
	{"renumber", 3, false, true, cmd_renumber},
	{"reregister", 2, false, true, cmd_tell},
	{"reregister-mag", 2, false, true, cmd_reregister_mag},
	{"revoke", 3, false, true, cmd_revoke},
	{"revoke-all", 2, false, true, cmd_revoke_all},
	{"revoke-group", 3, false, true, cmd_revoke_group},
	{"revoke-mag", 2, false, true, cmd_revoke_mag},
	{"revoke-realm", 2, false, true, cmd_revoke_realm},
	{"upa", 3, false, true, cmd_update},
	{"upn", 3, false, true, cmd_update},
	{"vendor", 2, false, true, cmd_tell},
	{NULL, 0, false, false, NULL},
};
