/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a receiver can say about a decoded message without knowing any session:
 *   everybody  flows (RFC 6089 section 5.3.2)
 *   LMA        Proxy Binding Update (RFC 5213 section 5.3.1, RFC 6602 section 5.2.3)
 *   MAG        Proxy Binding Acknowledgement, Update Notification (RFC 7077 section 6.1, RFC 7864 section 3.2.2)
 *   LMA, MAG   Binding Revocation Indication (RFC 5846 sections 5.1, 8.2, 9.1; RFC 6602 section 5.1.3), Localized Routing Initiation
 * In each list of checks the first one that fails decides.
 */
#include <string.h>

#include <pmip/wire.h>

#include "wire/mh_table.h"
#include "wire/option_table.h"

#define TRIGGER_OFFSET 7
#define REASON_OFFSET 8
#define STATUS_REJECTED 128 /* the first status that refuses */
#define REASON_LAST PMIP_UPN_FLOW_MOBILITY
#define REASON_RESERVED 255

/* What the options of a message say, as far as the checks ask. */
struct facts {
	const struct pmip_mh *mh;
	struct pmip_diag *diag;
	unsigned int count[256];      /* options by type */
	size_t offset[256];           /* of the last one of a type */
	unsigned int hnp_zero;        /* ALL_ZERO Home Network Prefixes */
	unsigned int hnp_on_link;     /* Home Network Prefixes without flag L */
	bool mn_id_empty;
	bool ipv4_granted;            /* IPv4 Home Address Reply with status 0 */
	uint8_t hi, att;
	struct pmip_addr alt_coa;
	uint32_t group;
};

static void note(struct facts *facts, const struct pmip_option *option)
{
	facts->count[option->type]++;
	facts->offset[option->type] = option->offset;
	switch (option->type) {
	case PMIP_OPT_HNP:
		facts->hnp_zero += pmip_addr_is_unspecified(&option->u.hnp.prefix.addr);
		facts->hnp_on_link += !option->u.hnp.off_link;
		break;
	case PMIP_OPT_MN_ID:
		facts->mn_id_empty = option->u.mn_id.len == 0;
		break;
	case PMIP_OPT_HI:
		facts->hi = option->u.hi;
		break;
	case PMIP_OPT_ATT:
		facts->att = option->u.att;
		break;
	case PMIP_OPT_ALT_COA:
		facts->alt_coa = option->u.alt_coa;
		break;
	case PMIP_OPT_MN_GROUP_ID:
		facts->group = option->u.group.id;
		break;
	case PMIP_OPT_IPV4_HOA_REPLY:
		facts->ipv4_granted |= option->u.ipv4.status < STATUS_REJECTED;
		break;
	default:
		break;
	}
}

static void gather(struct facts *facts)
{
	struct pmip_option_iter iter;
	struct pmip_option option;

	pmip_option_iter_init(&iter, facts->mh);
	while (pmip_option_next(&iter, &option) > 0)
		note(facts, &option);
}

static int fault(const struct facts *facts, int err, size_t offset, uint8_t option, const char *rule, const char *ref)
{
	if (facts->diag != NULL)
		*facts->diag = (struct pmip_diag){.offset = offset, .option = option, .rule = rule, .ref = ref};
	return err;
}

/* Of an option that is there. */
static int wrong(const struct facts *facts, int err, uint8_t option, const char *rule, const char *ref)
{
	return fault(facts, err, facts->offset[option], option, rule, ref);
}

static int missing(const struct facts *facts, uint8_t option, const char *ref)
{
	return fault(facts, PMIP_ERR_MISSING, facts->mh->options_offset, option, "an option is missing", ref);
}

static int with_reply(const struct facts *facts, int err, uint8_t status)
{
	if (facts->diag != NULL) {
		facts->diag->reaction = PMIP_REACT_REPLY;
		facts->diag->status = status;
	}
	return err;
}

/* Flows of one message: each by itself, then equal identifiers and priorities. A message holds 340 at most, of which this many are
 * compared: time stays linear. */
#define FLOW_MAX 64

struct flows {
	uint16_t fid[FLOW_MAX], priority[FLOW_MAX];
	size_t count;
};

static int check_flow(const struct facts *facts, struct flows *flows, const struct pmip_option *option)
{
	static const char ref[] = "RFC 6089 4.2";
	const struct pmip_opt_flow_id *flow = &option->u.flow_id;

	if (flow->error != 0)
		return fault(facts, flow->error, option->offset, option->type, flow->rule, ref);
	for (size_t i = 0; i < flows->count; i++) {
		if (flows->fid[i] == flow->fid)
			return fault(facts, PMIP_ERR_OPT_DUP, option->offset, option->type, "two flows have the same FID", ref);
		if (flows->priority[i] == flow->priority)
			return fault(facts, PMIP_ERR_OPT_DUP, option->offset, option->type, "two flows have the same FID-PRI", ref);
	}
	if (flows->count < FLOW_MAX) {
		flows->fid[flows->count] = flow->fid;
		flows->priority[flows->count++] = flow->priority;
	}
	return 0;
}

static int check_flows(const struct facts *facts)
{
	struct flows flows = {.count = 0};
	struct pmip_option_iter iter;
	struct pmip_option option;
	int err = 0;

	pmip_option_iter_init(&iter, facts->mh);
	while (err == 0 && pmip_option_next(&iter, &option) > 0) {
		if (option.type == PMIP_OPT_FLOW_ID)
			err = check_flow(facts, &flows, &option);
	}
	if (err < 0 && facts->diag != NULL) {
		facts->diag->reaction = PMIP_REACT_FLOW_REJECT;
		facts->diag->status = err == PMIP_ERR_SELECTOR_FORMAT ? PMIP_FLOW_SELECTOR_NOT_SUPPORTED : PMIP_FLOW_MALFORMED;
	}
	return err;
}

/* Options of one session have no place in a message for a group (RFC 6602 sections 5.1.3 and 5.2.3). 0 or the type of one that is there. */
static uint8_t session_option(const struct facts *facts)
{
	static const uint8_t types[] = {PMIP_OPT_MN_ID, PMIP_OPT_HNP, PMIP_OPT_GRE_KEY, PMIP_OPT_IPV4_HOA_REQUEST};

	for (size_t i = 0; i < PMIP__ARRAY_SIZE(types); i++) {
		if (facts->count[types[i]] > 0)
			return types[i];
	}
	return 0;
}

/* RFC 6602 section 5.2.3: without flag B a group identifier makes it a request for the group. */
static int check_bulk_pbu(const struct facts *facts)
{
	static const char ref[] = "RFC 6602 5.2.3";
	uint8_t type = session_option(facts);
	int err = 0;

	if (type != 0)
		err = wrong(facts, PMIP_ERR_BULK_MIXED, type, "a request for a group carries an option of one session", ref);
	else if (facts->group == 0)
		err = wrong(facts, PMIP_ERR_OPT_VALUE, PMIP_OPT_MN_GROUP_ID, "group 0 is reserved", ref);
	return err == 0 ? 0 : with_reply(facts, err, PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
}

static int check_pbu_values(const struct facts *facts)
{
	static const char ref[] = "RFC 5213 6.9.1.1";
	int err = 0;

	if (facts->hi == 0)
		err = wrong(facts, PMIP_ERR_OPT_VALUE, PMIP_OPT_HI, "Handoff Indicator 0 is reserved", "RFC 5213 8.4");
	else if (facts->att == 0)
		err = wrong(facts, PMIP_ERR_OPT_VALUE, PMIP_OPT_ATT, "Access Technology Type 0 is reserved", "RFC 5213 8.5");
	else if (facts->hnp_zero > 0 && facts->count[PMIP_OPT_HNP] > 1)
		err = wrong(facts, PMIP_ERR_HNP_MIX, PMIP_OPT_HNP, "ALL_ZERO stands beside another Home Network Prefix", ref);
	if (err < 0)
		return with_reply(facts, err, PMIP_STATUS_REASON_UNSPECIFIED);
	if (facts->count[PMIP_OPT_ALT_COA] == 0 || pmip_addr_is_unicast(&facts->alt_coa))
		return 0;
	err = wrong(facts, PMIP_ERR_OPT_VALUE, PMIP_OPT_ALT_COA, "the care-of address is not unicast", "RFC 6275 9.5.1");
	return with_reply(facts, err, PMIP_STATUS_INVALID_CARE_OF_ADDRESS);
}

static int check_pbu(const struct facts *facts)
{
	static const char ref[] = "RFC 5213 5.3.1";

	if (facts->count[PMIP_OPT_MN_GROUP_ID] > 0 && (facts->mh->u.bu.flags & PMIP_BU_B) == 0)
		return check_bulk_pbu(facts);
	if (facts->count[PMIP_OPT_MN_ID] == 0)
		return with_reply(facts, missing(facts, PMIP_OPT_MN_ID, ref), PMIP_STATUS_MISSING_MN_IDENTIFIER_OPTION);
	if (facts->mn_id_empty)
		return with_reply(facts, wrong(facts, PMIP_ERR_OPT_VALUE, PMIP_OPT_MN_ID, "the identifier is empty", ref),
				  PMIP_STATUS_NOT_LMA_FOR_THIS_MOBILE_NODE);
	if (facts->count[PMIP_OPT_HNP] == 0 && facts->count[PMIP_OPT_IPV4_HOA_REQUEST] == 0)
		return with_reply(facts, missing(facts, PMIP_OPT_HNP, ref), PMIP_STATUS_MISSING_HOME_NETWORK_PREFIX_OPTION);
	if (facts->count[PMIP_OPT_HI] == 0)
		return with_reply(facts, missing(facts, PMIP_OPT_HI, ref), PMIP_STATUS_MISSING_HANDOFF_INDICATOR_OPTION);
	if (facts->count[PMIP_OPT_ATT] == 0)
		return with_reply(facts, missing(facts, PMIP_OPT_ATT, ref), PMIP_STATUS_MISSING_ACCESS_TECH_TYPE_OPTION);
	return check_pbu_values(facts);
}

/* RFC 5213 sections 5.3.6 and 6.9.1.2. The acknowledgement of a group has a group identifier and nothing of a session. */
static int check_pba(const struct facts *facts)
{
	static const uint8_t types[] = {PMIP_OPT_MN_ID, PMIP_OPT_HI, PMIP_OPT_ATT};
	static const char ref[] = "RFC 5213 6.9.1.2";
	const struct pmip_ba *ba = &facts->mh->u.ba;

	if (facts->count[PMIP_OPT_MN_GROUP_ID] > 0 && facts->count[PMIP_OPT_MN_ID] == 0)
		return 0;
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(types); i++) {
		if (facts->count[types[i]] == 0)
			return missing(facts, types[i], ref);
	}
	if (ba->status >= STATUS_REJECTED || ba->lifetime_s == 0)
		return 0;
	if (facts->count[PMIP_OPT_HNP] == facts->hnp_zero && !facts->ipv4_granted)
		return missing(facts, PMIP_OPT_HNP, ref);
	return 0;
}

/* RFC 5846 section 5.1: which triggers there are, and with which of them flag G goes. 0 or the status of the answer. */
static uint8_t bad_trigger(const struct pmip_revocation *bri, const char **rule)
{
	bool per_node = bri->trigger <= PMIP_TRIGGER_OUT_OF_SYNC, global = (bri->flags & PMIP_REVOCATION_G) != 0;

	*rule = "the Revocation Trigger is not known";
	if (!per_node && bri->trigger != PMIP_TRIGGER_PER_PEER_POLICY && bri->trigger != PMIP_TRIGGER_LOCAL_POLICY)
		return PMIP_REVOCATION_TRIGGER_NOT_SUPPORTED;
	*rule = global ? "a trigger for one mobile node with flag G" : "a global trigger without flag G";
	return per_node == global ? PMIP_REVOCATION_FUNCTION_NOT_SUPPORTED : 0;
}

static int check_bri(const struct facts *facts, enum pmip_role role)
{
	const struct pmip_revocation *bri = &facts->mh->u.revocation;
	bool named = facts->count[PMIP_OPT_MN_ID] > 0;
	const char *rule;
	uint8_t status = bad_trigger(bri, &rule);

	if (status != 0)
		return with_reply(facts, fault(facts, PMIP_ERR_VALUE, TRIGGER_OFFSET, 0, rule, "RFC 5846 5.1"), status);
	if (facts->count[PMIP_OPT_MN_GROUP_ID] > 0) {
		uint8_t type = session_option(facts);

		if (type == 0)
			return 0;
		return with_reply(facts, wrong(facts, PMIP_ERR_BULK_MIXED, type, "a revocation of a group carries an option of one session",
					       "RFC 6602 5.1.3"), PMIP_REVOCATION_NO_BINDING);
	}
	if (named || (bri->trigger == PMIP_TRIGGER_PER_PEER_POLICY && role == PMIP_ROLE_MAG))
		return 0;
	status = bri->trigger == PMIP_TRIGGER_PER_PEER_POLICY ? PMIP_REVOCATION_GLOBAL_NOT_AUTHORIZED :
		 bri->trigger == PMIP_TRIGGER_LOCAL_POLICY ? PMIP_REVOCATION_MN_IDENTITY_REQUIRED : PMIP_REVOCATION_NO_BINDING;
	return with_reply(facts, missing(facts, PMIP_OPT_MN_ID, "RFC 5846 9.1"), status);
}

/* Flow Mobility Initiate: RFC 7864 sections 3.2.2 and 4.2. */
static int check_fmi(const struct facts *facts)
{
	static const char ref[] = "RFC 7864 3.2.2";

	if (facts->count[PMIP_OPT_MN_ID] == 0)
		return missing(facts, PMIP_OPT_MN_ID, ref);
	if (facts->count[PMIP_OPT_HNP] == 0)
		return missing(facts, PMIP_OPT_HNP, ref);
	if (facts->hnp_on_link > 0)
		return wrong(facts, PMIP_ERR_OPT_VALUE, PMIP_OPT_HNP, "the prefix is not marked off-link", ref);
	return 0;
}

/* With flag A the answer is an acknowledgement, else silence (RFC 7077 section 6.1). */
static int check_upn(const struct facts *facts)
{
	const struct pmip_upn *upn = &facts->mh->u.upn;
	uint8_t status = PMIP_UPA_REASON_UNSPECIFIED;
	int err = 0;

	if (upn->reason == 0 || upn->reason == REASON_RESERVED)
		return fault(facts, PMIP_ERR_VALUE, REASON_OFFSET, 0, "the Notification Reason is reserved", "RFC 7077 4.1");
	if (upn->reason > REASON_LAST) {
		err = fault(facts, PMIP_ERR_VALUE, REASON_OFFSET, 0, "the Notification Reason is not known", "RFC 7077 4.1");
	} else if (upn->reason == PMIP_UPN_FLOW_MOBILITY) {
		err = check_fmi(facts);
	} else if (facts->count[PMIP_OPT_MN_ID] == 0 && facts->count[PMIP_OPT_MN_GROUP_ID] == 0) {
		err = missing(facts, PMIP_OPT_MN_ID, "RFC 7077 5");
		status = PMIP_UPA_FAILED_TO_UPDATE_SESSION_PARAMETERS;
	} else if (upn->reason == PMIP_UPN_VENDOR_SPECIFIC && facts->count[PMIP_OPT_VENDOR_SPECIFIC] == 0) {
		err = missing(facts, PMIP_OPT_VENDOR_SPECIFIC, "RFC 7077 6.1");
		status = PMIP_UPA_MISSING_VENDOR_SPECIFIC_OPTION;
	}
	return err < 0 && (upn->flags & PMIP_UPN_A) != 0 ? with_reply(facts, err, status) : err;
}

/* RFC 6705 section 10.1: two mobile nodes, each with its prefixes. */
static int check_lri(const struct facts *facts)
{
	static const char ref[] = "RFC 6705 10.1";

	if (facts->count[PMIP_OPT_MN_ID] < 2)
		return missing(facts, PMIP_OPT_MN_ID, ref);
	return facts->count[PMIP_OPT_HNP] < 2 ? missing(facts, PMIP_OPT_HNP, ref) : 0;
}

static int check_message(const struct facts *facts, enum pmip_role role)
{
	const struct pmip_mh *mh = facts->mh;

	if (role == PMIP_ROLE_ANY)
		return 0;
	if (mh->type == PMIP_MH_BU && role == PMIP_ROLE_LMA)
		return (mh->u.bu.flags & PMIP_BU_P) != 0 ? check_pbu(facts) : 0;
	if (mh->type == PMIP_MH_BA && role == PMIP_ROLE_MAG)
		return (mh->u.ba.flags & PMIP_BA_P) != 0 ? check_pba(facts) : 0;
	if (mh->type == PMIP_MH_UPN && role == PMIP_ROLE_MAG)
		return check_upn(facts);
	if (mh->type == PMIP_MH_REVOCATION && mh->u.revocation.type == PMIP_REVOCATION_INDICATION)
		return check_bri(facts, role);
	return mh->type == PMIP_MH_LRI ? check_lri(facts) : 0;
}

int pmip_mh_validate(const struct pmip_mh *mh, struct pmip_diag *diag, enum pmip_role role)
{
	struct facts facts;
	int err;

	memset(&facts, 0, sizeof(facts));
	facts.mh = mh;
	facts.diag = diag;
	gather(&facts);
	err = check_message(&facts, role);
	return err < 0 ? err : check_flows(&facts);
}
