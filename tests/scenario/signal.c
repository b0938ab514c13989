/* SPDX-License-Identifier: BSD-2-Clause */
/* What goes on between LMA and MAGs beside PBUs: messages by hand, and what an operator asks of an engine. */
#include "command.h"

#include <string.h>

/* The sequence number that an answer repeats by default: of the last message of its kind that an engine sent. */
static uint16_t seq_asked(struct world *w, uint8_t type, uint8_t revocation_type)
{
	for (unsigned int i = w->messages; i > 0; i--) {
		struct pmip_mh mh;

		if (pmip_mh_decode(&mh, &w->message[i - 1]->dgram, PMIP_DECODE_NO_CHECKSUM, NULL) || mh.type != type)
			continue;
		if (type == PMIP_MH_UPN)
			return mh.u.upn.seq;
		if (mh.u.revocation.type == revocation_type)
			return mh.u.revocation.seq;
	}
	fail(w, "nothing has been asked that could be answered");
}

/* bri FROM TO [trigger=] [flags=] [seq=], bra FROM TO [status=] [flags=] [seq=] */
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
	fixed->seq = (uint16_t)number_field(w, fields, "seq", indication ? 4711 : 65536, 65536);
	if (!indication && !fixed->seq)
		fixed->seq = seq_asked(w, PMIP_MH_REVOCATION, PMIP_REVOCATION_INDICATION);
	submit(w, make_signal(w, node_find(w, line->word[1]), node_find(w, line->word[2]), &mh, fields), fields);
}

/* upn FROM TO [reason=] [flags=] [seq=], upa FROM TO [status=] [seq=] */
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
		mh.u.upa.seq = (uint16_t)(seq_asked(w, PMIP_MH_UPN, 0) + number_field(w, fields, "ahead", 0, UINT16_MAX));
	}
	submit(w, make_signal(w, node_find(w, line->word[1]), node_find(w, line->word[2]), &mh, fields), fields);
}

/* error FROM TO: a Binding Error, status 2, as from somebody who does not know a message */
static void cmd_error(struct world *w, struct line *line)
{
	struct pmip_mh mh = {.type = PMIP_MH_BE, .u.be.status = PMIP_BE_UNKNOWN_TYPE};

	submit(w, make_signal(w, node_find(w, line->word[1]), node_find(w, line->word[2]), &mh, &line->fields), &line->fields);
}

const struct command signal_commands[] = {
	{"bra", 3, false, true, cmd_revocation},
	{"bri", 3, false, true, cmd_revocation},
	{"error", 3, false, true, cmd_error},
	{"upa", 3, false, true, cmd_update},
	{"upn", 3, false, true, cmd_update},
	{NULL, 0, false, false, NULL},
};
