/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What Proxy Binding Update and Acknowledgement have in common: their options gathered and written, the names of the
 * statuses, and Timestamp values (RFC 5213 section 8). The fixed parts are rows of mh_table.c.
 */
#include <string.h>

#include <pmip/wire.h>

#include "base/buf.h"

#define US_PER_S 1000000

const char *pmip_status_name(uint8_t status)
{
	static const char *const names[] = {
		[PMIP_STATUS_ACCEPTED] = "Binding Update accepted",
		[PMIP_STATUS_ACCEPTED_PREFIX_DISCOVERY] = "Accepted but prefix discovery necessary",
		[PMIP_STATUS_GRE_KEY_OPTION_NOT_REQUIRED] = "GRE_KEY_OPTION_NOT_REQUIRED",
		[PMIP_STATUS_GRE_TUNNELING_BUT_TLV_HEADER_NOT_SUPPORTED] = "GRE_TUNNELING_BUT_TLV_HEADER_NOT_SUPPORTED",
		[PMIP_STATUS_MCOA_NOTCOMPLETE] = "MCOA NOTCOMPLETE",
		[PMIP_STATUS_MCOA_RETURNHOME_WO_NDP] = "MCOA RETURNHOME WO/NDP",
		[PMIP_STATUS_PBU_ACCEPTED_TB_IGNORED_SETTINGSMISMATCH] = "PBU_ACCEPTED_TB_IGNORED_SETTINGSMISMATCH",
		[PMIP_STATUS_REASON_UNSPECIFIED] = "Reason unspecified",
		[PMIP_STATUS_ADMIN_PROHIBITED] = "Administratively prohibited",
		[PMIP_STATUS_INSUFFICIENT_RESOURCES] = "Insufficient resources",
		[PMIP_STATUS_HOME_REG_NOT_SUPPORTED] = "Home registration not supported",
		[PMIP_STATUS_NOT_HOME_SUBNET] = "Not home subnet",
		[PMIP_STATUS_NOT_HOME_AGENT] = "Not home agent for this mobile node",
		[PMIP_STATUS_DAD_FAILED] = "Duplicate Address Detection failed",
		[PMIP_STATUS_SEQ_OUT_OF_WINDOW] = "Sequence number out of window",
		[PMIP_STATUS_EXPIRED_HOME_NONCE_INDEX] = "Expired home nonce index",
		[PMIP_STATUS_EXPIRED_CARE_OF_NONCE_INDEX] = "Expired care-of nonce index",
		[PMIP_STATUS_EXPIRED_NONCES] = "Expired nonces",
		[PMIP_STATUS_REG_TYPE_CHANGE_DISALLOWED] = "Registration type change disallowed",
		[PMIP_STATUS_MOBILE_ROUTER_NOT_PERMITTED] = "Mobile Router Operation not permitted",
		[PMIP_STATUS_INVALID_PREFIX] = "Invalid Prefix",
		[PMIP_STATUS_NOT_AUTHORIZED_FOR_PREFIX] = "Not Authorized for Prefix",
		[PMIP_STATUS_FORWARDING_SETUP_FAILED] = "Forwarding Setup failed",
		[PMIP_STATUS_MIPV6_ID_MISMATCH] = "MIPV6-ID-MISMATCH",
		[PMIP_STATUS_MIPV6_MESG_ID_REQD] = "MIPV6-MESG-ID-REQD",
		[PMIP_STATUS_MIPV6_AUTH_FAIL] = "MIPV6-AUTH-FAIL",
		[PMIP_STATUS_HOME_KEYGEN_TOKEN_UNAVAILABLE] = "Permanent home keygen token unavailable",
		[PMIP_STATUS_CGA_SIGNATURE_FAILED] = "CGA and signature verification failed",
		[PMIP_STATUS_HOME_KEYGEN_TOKEN_EXISTS] = "Permanent home keygen token exists",
		[PMIP_STATUS_NON_NULL_HOME_NONCE_INDEX] = "Non-null home nonce index expected",
		[PMIP_STATUS_SERVICE_AUTHORIZATION_FAILED] = "SERVICE_AUTHORIZATION_FAILED",
		[PMIP_STATUS_PROXY_REG_NOT_ENABLED] = "PROXY_REG_NOT_ENABLED",
		[PMIP_STATUS_NOT_LMA_FOR_THIS_MOBILE_NODE] = "NOT_LMA_FOR_THIS_MOBILE_NODE",
		[PMIP_STATUS_MAG_NOT_AUTHORIZED_FOR_PROXY_REG] = "MAG_NOT_AUTHORIZED_FOR_PROXY_REG",
		[PMIP_STATUS_NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX] = "NOT_AUTHORIZED_FOR_HOME_NETWORK_PREFIX",
		[PMIP_STATUS_TIMESTAMP_MISMATCH] = "TIMESTAMP_MISMATCH",
		[PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED] = "TIMESTAMP_LOWER_THAN_PREV_ACCEPTED",
		[PMIP_STATUS_MISSING_HOME_NETWORK_PREFIX_OPTION] = "MISSING_HOME_NETWORK_PREFIX_OPTION",
		[PMIP_STATUS_BCE_PBU_PREFIX_SET_DO_NOT_MATCH] = "BCE_PBU_PREFIX_SET_DO_NOT_MATCH",
		[PMIP_STATUS_MISSING_MN_IDENTIFIER_OPTION] = "MISSING_MN_IDENTIFIER_OPTION",
		[PMIP_STATUS_MISSING_HANDOFF_INDICATOR_OPTION] = "MISSING_HANDOFF_INDICATOR_OPTION",
		[PMIP_STATUS_MISSING_ACCESS_TECH_TYPE_OPTION] = "MISSING_ACCESS_TECH_TYPE_OPTION",
		[PMIP_STATUS_GRE_KEY_OPTION_REQUIRED] = "GRE_KEY_OPTION_REQUIRED",
		[PMIP_STATUS_MCOA_MALFORMED] = "MCOA MALFORMED",
		[PMIP_STATUS_MCOA_NON_MCOA_BINDING_EXISTS] = "MCOA NON-MCOA BINDING EXISTS",
		[PMIP_STATUS_MCOA_PROHIBITED] = "MCOA PROHIBITED",
		[PMIP_STATUS_MCOA_UNKNOWN_COA] = "MCOA UNKNOWN COA",
		[PMIP_STATUS_MCOA_BULK_REGISTRATION_PROHIBITED] = "MCOA BULK REGISTRATION PROHIBITED",
		[PMIP_STATUS_MCOA_SIMULTANEOUS_PROHIBITED] = "MCOA SIMULTANEOUS HOME AND FOREIGN PROHIBITED",
		[PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_MOBILITY_SERVICE] = "NOT_AUTHORIZED_FOR_IPV4_MOBILITY_SERVICE",
		[PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS] = "NOT_AUTHORIZED_FOR_IPV4_HOME_ADDRESS",
		[PMIP_STATUS_NOT_AUTHORIZED_FOR_IPV6_MOBILITY_SERVICE] = "NOT_AUTHORIZED_FOR_IPV6_MOBILITY_SERVICE",
		[PMIP_STATUS_MULTIPLE_IPV4_HOME_ADDRESS_ASSIGNMENT_NOT_SUPPORTED] = "MULTIPLE_IPV4_HOME_ADDRESS_ASSIGNMENT_NOT_SUPPORTED",
		[PMIP_STATUS_INVALID_CARE_OF_ADDRESS] = "Invalid Care-of Address",
		[PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER] = "INVALID_MOBILE_NODE_GROUP_IDENTIFIER",
		[PMIP_STATUS_REINIT_SA_WITH_HAC] = "REINIT_SA_WITH_HAC",
		[PMIP_STATUS_NOT_AUTHORIZED_FOR_DELEGATED_MNP] = "NOT_AUTHORIZED_FOR_DELEGATED_MNP",
		[PMIP_STATUS_REQUESTED_DMNP_IN_USE] = "REQUESTED_DMNP_IN_USE",
		[PMIP_STATUS_CANNOT_MEET_QOS_SERVICE_REQUEST] = "CANNOT_MEET_QOS_SERVICE_REQUEST",
		[PMIP_STATUS_CANNOT_SUPPORT_MULTIPATH_BINDING] = "CANNOT_SUPPORT_MULTIPATH_BINDING",
	};

	return status < PMIP__ARRAY_SIZE(names) ? names[status] : NULL;
}

static int read_hnp(struct pmip_binding_options *options, const struct pmip_opt_hnp *hnp)
{
	if (options->hnp_count == PMIP_HNP_MAX)
		return PMIP_ERR_TOO_MANY;
	options->hnp[options->hnp_count++] = *hnp;
	return 0;
}

/* RFC 5213 section 8.6: an all-zero identifier is no identifier. */
static int read_ll_id(struct pmip_binding_options *options, const struct pmip_option *option)
{
	const struct pmip_llid *llid = &option->u.ll_id;

	if (llid->len == 0)
		return PMIP_ERR_TOO_MANY;
	if (pmip__is_zero(llid->b, llid->len))
		return 0;
	options->ll_id = *llid;
	options->has |= PMIP_HAS_LL_ID;
	return 0;
}

/* What RFCs after 5213 have added. */
static unsigned int read_extension(struct pmip_binding_options *options, const struct pmip_option *option)
{
	switch (option->type) {
	case PMIP_OPT_GRE_KEY:
		options->gre_key = option->u.gre_key;
		return PMIP_HAS_GRE_KEY;
	case PMIP_OPT_IPV4_HOA_REQUEST:
		options->ipv4_request = option->u.ipv4;
		return PMIP_HAS_IPV4_REQUEST;
	case PMIP_OPT_IPV4_HOA_REPLY:
		options->ipv4_reply = option->u.ipv4;
		return PMIP_HAS_IPV4_REPLY;
	case PMIP_OPT_IPV4_ROUTER:
		options->ipv4_router = option->u.ip;
		return PMIP_HAS_IPV4_ROUTER;
	case PMIP_OPT_IPV4_DHCP_MODE:
		options->ipv4_dhcp_server = option->u.dhcp_server;
		return PMIP_HAS_IPV4_DHCP_MODE;
	case PMIP_OPT_REDIRECT_CAPABILITY:
		return PMIP_HAS_REDIRECT_CAPABILITY;
	case PMIP_OPT_REDIRECT:
		options->redirect = option->u.redirect;
		return PMIP_HAS_REDIRECT;
	case PMIP_OPT_LOAD_INFORMATION:
		options->load = option->u.load;
		return PMIP_HAS_LOAD;
	case PMIP_OPT_MN_GROUP_ID:
		options->group = option->u.group;
		return PMIP_HAS_GROUP;
	case PMIP_OPT_MAG_PARAMETERS:
		options->mag_parameters = option->u.suboptions;
		return PMIP_HAS_MAG_PARAMETERS;
	case PMIP_OPT_MAG_MULTIPATH:
		options->multipath = option->u.multipath;
		return PMIP_HAS_MULTIPATH;
	case PMIP_OPT_MAG_ID:
		options->mag_id = option->u.mag_id;
		return PMIP_HAS_MAG_ID;
	default:
		return 0;
	}
}

static int read_option(struct pmip_binding_options *options, const struct pmip_option *option)
{
	unsigned int bit = 0;

	switch (option->type) {
	case PMIP_OPT_MN_ID:
		options->mn_id = option->u.mn_id;
		bit = PMIP_HAS_MN_ID;
		break;
	case PMIP_OPT_HNP:
		return read_hnp(options, &option->u.hnp);
	case PMIP_OPT_HI:
		options->hi = option->u.hi;
		bit = PMIP_HAS_HI;
		break;
	case PMIP_OPT_ATT:
		options->att = option->u.att;
		bit = PMIP_HAS_ATT;
		break;
	case PMIP_OPT_TIMESTAMP:
		options->timestamp = option->u.timestamp;
		bit = PMIP_HAS_TIMESTAMP;
		break;
	case PMIP_OPT_LL_ID:
		return read_ll_id(options, option);
	case PMIP_OPT_LLA:
		options->lla = option->u.lla;
		bit = PMIP_HAS_LLA;
		break;
	case PMIP_OPT_ALT_COA:
		options->alt_coa = option->u.alt_coa;
		bit = PMIP_HAS_ALT_COA;
		break;
	default:
		bit = read_extension(options, option);
		break;
	}
	options->has |= bit;
	return 0;
}

int pmip_binding_options_read(struct pmip_binding_options *options, const struct pmip_mh *mh)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	int result = 0;

	memset(options, 0, sizeof(*options));
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next(&iter, &option) > 0) {
		int err = read_option(options, &option);

		if (err < 0)
			result = err;
	}
	return result;
}

#define HNP_LEN 18

int pmip_binding_options_read_flowmob(struct pmip_binding_options *options, const struct pmip_mh *mh, uint8_t type)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	int result = 0;

	options->flowmob_type = type;
	pmip_option_iter_init(&iter, mh);
	while (pmip_option_next_of(&iter, type, &option) > 0) {
		struct pmip_opt_hnp hnp = {.off_link = true};

		if (option.len != HNP_LEN)
			continue;
		hnp.prefix.len = option.data[1];
		memcpy(hnp.prefix.addr.b, option.data + 2, sizeof(hnp.prefix.addr.b));
		if (!pmip_prefix_is_valid(&hnp.prefix))
			continue;
		if (read_hnp(options, &hnp))
			result = PMIP_ERR_TOO_MANY;
	}
	return result;
}

/* As a Home Network Prefix option, but for the type. */
static void write_flowmob(struct pmip_mh_writer *writer, uint8_t type, const struct pmip_prefix *prefix)
{
	pmip_mh_add_option(writer, &(struct pmip_option){.type = PMIP_OPT_HNP, .u.hnp.prefix = *prefix});
	if (!writer->err)
		writer->buf[writer->len - HNP_LEN - 2] = type;
}

static void write_prefix(struct pmip_mh_writer *writer, const struct pmip_binding_options *options, const struct pmip_opt_hnp *hnp)
{
	if (hnp->off_link && options->flowmob_type)
		write_flowmob(writer, options->flowmob_type, &hnp->prefix);
	else
		pmip_mh_add_option(writer, &(struct pmip_option){.type = PMIP_OPT_HNP, .u.hnp = *hnp});
}

void pmip_binding_options_write(struct pmip_mh_writer *writer, const struct pmip_binding_options *options)
{
	const struct {
		unsigned int bit;
		struct pmip_option option;
	} tail[] = {
		{PMIP_HAS_HI, {.type = PMIP_OPT_HI, .u.hi = options->hi}},
		{PMIP_HAS_ATT, {.type = PMIP_OPT_ATT, .u.att = options->att}},
		{PMIP_HAS_TIMESTAMP, {.type = PMIP_OPT_TIMESTAMP, .u.timestamp = options->timestamp}},
		{PMIP_HAS_LL_ID, {.type = PMIP_OPT_LL_ID, .u.ll_id = options->ll_id}},
		{PMIP_HAS_LLA, {.type = PMIP_OPT_LLA, .u.lla = options->lla}},
		{PMIP_HAS_ALT_COA, {.type = PMIP_OPT_ALT_COA, .u.alt_coa = options->alt_coa}},
		{PMIP_HAS_GRE_KEY, {.type = PMIP_OPT_GRE_KEY, .u.gre_key = options->gre_key}},
		{PMIP_HAS_IPV4_REQUEST, {.type = PMIP_OPT_IPV4_HOA_REQUEST, .u.ipv4 = options->ipv4_request}},
		{PMIP_HAS_IPV4_REPLY, {.type = PMIP_OPT_IPV4_HOA_REPLY, .u.ipv4 = options->ipv4_reply}},
		{PMIP_HAS_IPV4_ROUTER, {.type = PMIP_OPT_IPV4_ROUTER, .u.ip = options->ipv4_router}},
		{PMIP_HAS_IPV4_DHCP_MODE, {.type = PMIP_OPT_IPV4_DHCP_MODE, .u.dhcp_server = options->ipv4_dhcp_server}},
		{PMIP_HAS_REDIRECT_CAPABILITY, {.type = PMIP_OPT_REDIRECT_CAPABILITY}},
		{PMIP_HAS_REDIRECT, {.type = PMIP_OPT_REDIRECT, .u.redirect = options->redirect}},
		{PMIP_HAS_LOAD, {.type = PMIP_OPT_LOAD_INFORMATION, .u.load = options->load}},
		{PMIP_HAS_GROUP, {.type = PMIP_OPT_MN_GROUP_ID, .u.group = options->group}},
		{PMIP_HAS_MAG_PARAMETERS, {.type = PMIP_OPT_MAG_PARAMETERS, .u.suboptions = options->mag_parameters}},
		{PMIP_HAS_MULTIPATH, {.type = PMIP_OPT_MAG_MULTIPATH, .u.multipath = options->multipath}},
		{PMIP_HAS_MAG_ID, {.type = PMIP_OPT_MAG_ID, .u.mag_id = options->mag_id}},
	};

	if (options->has & PMIP_HAS_MN_ID)
		pmip_mh_add_option(writer, &(struct pmip_option){.type = PMIP_OPT_MN_ID, .u.mn_id = options->mn_id});
	for (unsigned int i = 0; i < options->hnp_count; i++)
		write_prefix(writer, options, &options->hnp[i]);
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(tail); i++) {
		if (options->has & tail[i].bit)
			pmip_mh_add_option(writer, &tail[i].option);
	}
}

uint64_t pmip_timestamp_from_us(uint64_t wall_us)
{
	return wall_us / US_PER_S << 16 | ((wall_us % US_PER_S) << 16) / US_PER_S;
}

uint64_t pmip_timestamp_to_us(uint64_t timestamp)
{
	uint64_t seconds = timestamp >> 16;
	uint64_t us = (timestamp & 0xffff) * US_PER_S >> 16;

	if (seconds > (UINT64_MAX - us) / US_PER_S)
		return UINT64_MAX;
	return seconds * US_PER_S + us;
}
