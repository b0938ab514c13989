/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of Mobility Header types (RFC 6275 section 6.1, RFC 5213 section 8.1 and 8.2, and those named in the rows).
 */
#include "wire/field.h"
#include "wire/mh_table.h"
#include "wire/names.h"

#define OWNER struct pmip_mh
#define LIFETIME_UNIT 4 /* seconds (RFC 6275 section 6.1.7) */
#define ROW(type_, subtype_, id_, name_, ref_, min, offset, fields_) \
	{.type = (type_), .subtype = (subtype_), .id = (id_), .name = (name_), .ref = (ref_), .hdr_len_min = (min), \
	 .options_offset = (offset), .fields = (fields_)}
#define SEQ(n, member) UINT(n, member, "Sequence", "seq")

/* The second messages of types that have two stand behind the last type. */
enum {
	BRA_ROW = PMIP_MH_SUBSCRIPTION_RESPONSE + 1,
	FBA_ROW,
};

static const struct pmip_mh_info table[] = {
	[PMIP_MH_BRR] = ROW(PMIP_MH_BRR, 0, "BRR", "Binding Refresh Request", "RFC 6275 6.1.2", 0, 8, FIELDS(RESERVED(2))),
	[PMIP_MH_HOTI] = ROW(PMIP_MH_HOTI, 0, "HoTI", "Home Test Init", "RFC 6275 6.1.3", 1, 16,
			     FIELDS(RESERVED(2), OCTETS(8, test_init.cookie, "Cookie", "cookie"))),
	[PMIP_MH_COTI] = ROW(PMIP_MH_COTI, 0, "CoTI", "Care-of Test Init", "RFC 6275 6.1.4", 1, 16,
			     FIELDS(RESERVED(2), OCTETS(8, test_init.cookie, "Cookie", "cookie"))),
	[PMIP_MH_HOT] = ROW(PMIP_MH_HOT, 0, "HoT", "Home Test", "RFC 6275 6.1.5", 2, 24,
			    FIELDS(UINT(2, test.nonce_index, "Nonce index", "nonce_index"), OCTETS(8, test.cookie, "Cookie", "cookie"),
				   OCTETS(8, test.token, "Keygen token", "token"))),
	[PMIP_MH_COT] = ROW(PMIP_MH_COT, 0, "CoT", "Care-of Test", "RFC 6275 6.1.6", 2, 24,
			    FIELDS(UINT(2, test.nonce_index, "Nonce index", "nonce_index"), OCTETS(8, test.cookie, "Cookie", "cookie"),
				   OCTETS(8, test.token, "Keygen token", "token"))),
	[PMIP_MH_BU] = ROW(PMIP_MH_BU, 0, "BU", "Binding Update", "RFC 6275 6.1.7", 1, 12,
			   FIELDS(SEQ(2, bu.seq), FLAGS(2, bu.flags, "Flags", "flags", "AHLKMRPFTBSD"),
				  LIFETIME(LIFETIME_UNIT, bu.lifetime_s, "Lifetime", "lifetime_s"))),
	[PMIP_MH_BA] = ROW(PMIP_MH_BA, 0, "BA", "Binding Acknowledgement", "RFC 6275 6.1.8", 1, 12,
			   FIELDS(CODE(1, ba.status, "Status", "status", pmip_status_name),
				  FLAGS(1, ba.flags, "Flags", "flags", "KRPTBSD"), SEQ(2, ba.seq),
				  LIFETIME(LIFETIME_UNIT, ba.lifetime_s, "Lifetime", "lifetime_s"))),
	[PMIP_MH_BE] = ROW(PMIP_MH_BE, 0, "BE", "Binding Error", "RFC 6275 6.1.9", 2, 24,
			   FIELDS(CODE(1, be.status, "Status", "status", pmip__be_status_name), RESERVED(1),
				  FIELD(ADDR, be.home_addr, "Home address", "home_address"))),
	[PMIP_MH_FBU] = ROW(PMIP_MH_FBU, 0, "FBU", "Fast Binding Update", "RFC 5568 6.2.2", 1, 12,
			    FIELDS(SEQ(2, fbu.seq), FLAGS(2, fbu.flags, "Flags", "flags", "AHLK"),
				   LIFETIME(1, fbu.lifetime_s, "Lifetime", "lifetime_s"))),
	[PMIP_MH_FBACK] = ROW(PMIP_MH_FBACK, 0, "FBack", "Fast Binding Acknowledgement", "RFC 5568 6.2.3", 1, 12,
			      FIELDS(UINT(1, fback.status, "Status", "status"), FLAGS(1, fback.flags, "Flags", "flags", "K"),
				     SEQ(2, fback.seq), LIFETIME(1, fback.lifetime_s, "Lifetime", "lifetime_s"))),
	[PMIP_MH_EXPERIMENTAL] = ROW(PMIP_MH_EXPERIMENTAL, 0, "EMH", "Experimental Mobility Header", "RFC 5096 3", 0, 8,
				     FIELDS(FIELD(REST, experimental.data, "Data", "data"))),
	[PMIP_MH_HOME_AGENT_SWITCH] = ROW(PMIP_MH_HOME_AGENT_SWITCH, 0, "HAS", "Home Agent Switch", "RFC 5142 4", 0, 8,
					  FIELDS(FIELD(ADDRS, home_agent_switch.addresses, "Addresses", "addresses"))),
	[PMIP_MH_HEARTBEAT] = ROW(PMIP_MH_HEARTBEAT, 0, "HB", "Heartbeat", "RFC 5847 3.3", 1, 12,
				  FIELDS(FLAG(2, 0x0002, true, heartbeat.unsolicited, "Unsolicited", "U"),
					 FLAG(2, 0x0001, false, heartbeat.response, "Response", "R"), SEQ(4, heartbeat.seq))),
	[PMIP_MH_HI] = ROW(PMIP_MH_HI, 0, "HI", "Handover Initiate", "RFC 5568 6.2.1.1", 1, 10,
			   FIELDS(SEQ(2, handover.seq), FLAGS(1, handover.flags, "Flags", "flags", "SUPF"),
				  CODE(1, handover.code, "Code", "code", pmip__hi_code_name))),
	[PMIP_MH_HACK] = ROW(PMIP_MH_HACK, 0, "HAck", "Handover Acknowledge", "RFC 5568 6.2.1.2", 1, 10,
			     FIELDS(SEQ(2, handover.seq), FLAGS(1, handover.flags, "Flags", "flags", "UPF"),
				    CODE(1, handover.code, "Code", "code", pmip__hack_code_name))),
	[PMIP_MH_REVOCATION] = ROW(PMIP_MH_REVOCATION, PMIP_REVOCATION_INDICATION, "BRI", "Binding Revocation Indication", "RFC 5846 5.1",
				   1, 12, FIELDS(UINT(1, revocation.type, "Type", "br_type"),
						 CODE(1, revocation.trigger, "Trigger", "trigger", pmip__revocation_trigger_name),
						 SEQ(2, revocation.seq), FLAGS(2, revocation.flags, "Flags", "flags", "PVG"))),
	[BRA_ROW] = ROW(PMIP_MH_REVOCATION, PMIP_REVOCATION_ACK, "BRA", "Binding Revocation Acknowledgement", "RFC 5846 5.2", 1, 12,
			FIELDS(UINT(1, revocation.type, "Type", "br_type"),
			       CODE(1, revocation.status, "Status", "status", pmip_revocation_status_name), SEQ(2, revocation.seq),
			       FLAGS(2, revocation.flags, "Flags", "flags", "PVG"))),
	[PMIP_MH_LRI] = ROW(PMIP_MH_LRI, 0, "LRI", "Localized Routing Initiation", "RFC 6705 10.1", 1, 12,
			    FIELDS(SEQ(2, localized_routing.seq), RESERVED(2),
				   FIELD(SECONDS, localized_routing.lifetime_s, "Lifetime", "lifetime_s"))),
	[PMIP_MH_LRA] = ROW(PMIP_MH_LRA, 0, "LRA", "Localized Routing Acknowledgment", "RFC 6705 10.2", 1, 12,
			    FIELDS(SEQ(2, localized_routing.seq), FLAG(1, 0x80, false, localized_routing.unsolicited, "Unsolicited", "U"),
				   CODE(1, localized_routing.status, "Status", "status", pmip__lra_status_name),
				   FIELD(SECONDS, localized_routing.lifetime_s, "Lifetime", "lifetime_s"))),
	[PMIP_MH_UPN] = ROW(PMIP_MH_UPN, 0, "UPN", "Update Notification", "RFC 7077 4.1", 1, 12,
			    FIELDS(SEQ(2, upn.seq), CODE(2, upn.reason, "Reason", "reason", pmip__upn_reason_name),
				   FLAGS(2, upn.flags, "Flags", "flags", "AD"))),
	[PMIP_MH_UPA] = ROW(PMIP_MH_UPA, 0, "UPA", "Update Notification Acknowledgement", "RFC 7077 4.2", 1, 12,
			    FIELDS(SEQ(2, upa.seq), CODE(1, upa.status, "Status", "status", pmip__upa_status_name), RESERVED(3))),
	[PMIP_MH_FLOW_BINDING] = ROW(PMIP_MH_FLOW_BINDING, PMIP_FLOW_BINDING_INDICATION, "FBI", "Flow Binding Indication",
				     "RFC 7109 6.1.1", 1, 12,
				     FIELDS(UINT(2, flow_binding.type, "Type", "fb_type"), SEQ(2, flow_binding.seq),
					    CODE(1, flow_binding.trigger, "Trigger", "trigger", pmip__fbi_trigger_name),
					    FLAG(1, 0x80, false, flow_binding.ack, "Acknowledge", "A"))),
	[FBA_ROW] = ROW(PMIP_MH_FLOW_BINDING, PMIP_FLOW_BINDING_ACK, "FBA", "Flow Binding Acknowledgement", "RFC 7109 6.1.2", 1, 12,
			FIELDS(UINT(2, flow_binding.type, "Type", "fb_type"), SEQ(2, flow_binding.seq),
			       CODE(1, flow_binding.status, "Status", "status", pmip__fba_status_name), RESERVED(1))),
	[PMIP_MH_SUBSCRIPTION_QUERY] = ROW(PMIP_MH_SUBSCRIPTION_QUERY, 0, "SubQuery", "Subscription Query", "RFC 7161 4.3.1", 0, 8,
					   FIELDS(SEQ(1, subscription.seq), RESERVED(1))),
	[PMIP_MH_SUBSCRIPTION_RESPONSE] = ROW(PMIP_MH_SUBSCRIPTION_RESPONSE, 0, "SubResponse", "Subscription Response", "RFC 7161 4.3.2", 0,
					      8, FIELDS(SEQ(1, subscription.seq), FLAG(1, 0x80, false, subscription.info, "Information",
										       "I"))),
};

const struct pmip_mh_info *pmip__mh_row(uint8_t type)
{
	if (type > PMIP_MH_SUBSCRIPTION_RESPONSE || table[type].name == NULL)
		return NULL;
	return &table[type];
}

void pmip__mh_read_subtype(struct pmip_mh *mh, const uint8_t *data)
{
	const uint8_t *fixed = data + PMIP__MH_HEADER;

	if (mh->type == PMIP_MH_REVOCATION)
		mh->u.revocation.type = fixed[0];
	else if (mh->type == PMIP_MH_FLOW_BINDING)
		mh->u.flow_binding.type = (uint16_t)(fixed[0] << 8 | fixed[1]);
}

const struct pmip_mh_info *pmip_mh_info(const struct pmip_mh *mh)
{
	const struct pmip_mh_info *info = pmip__mh_row(mh->type);
	unsigned int subtype = 0;

	if (mh->type == PMIP_MH_REVOCATION)
		subtype = mh->u.revocation.type;
	else if (mh->type == PMIP_MH_FLOW_BINDING)
		subtype = mh->u.flow_binding.type;
	if (info == NULL || info->subtype == subtype)
		return info;
	info = &table[mh->type == PMIP_MH_REVOCATION ? BRA_ROW : FBA_ROW];
	return info->subtype == subtype ? info : NULL;
}

const struct pmip_mh_info *pmip_mh_info_nth(size_t n)
{
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(table); i++) {
		if (table[i].name != NULL && n-- == 0)
			return &table[i];
	}
	return NULL;
}
