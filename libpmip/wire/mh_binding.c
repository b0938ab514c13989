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

/* Options of which there is one, in the order in which they are written, the mobile node's identifier before the prefixes and the others behind: the
 * bit, and where the value is in either structure. */
#define SINGLE(bit_, type_, member, of_option) \
	{.bit = PMIP_HAS_##bit_, .type = PMIP_OPT_##type_, .in_options = offsetof(struct pmip_binding_options, member), \
	 .in_option = offsetof(struct pmip_option, u.of_option), .len = sizeof(((struct pmip_option *)0)->u.of_option)}
static const struct single {
	unsigned int bit;
	uint8_t type;
	size_t in_options, in_option, len;
} singles[] = {
	SINGLE(MN_ID, MN_ID, mn_id, mn_id),
	SINGLE(HI, HI, hi, hi),
	SINGLE(ATT, ATT, att, att),
	SINGLE(TIMESTAMP, TIMESTAMP, timestamp, timestamp),
	SINGLE(LL_ID, LL_ID, ll_id, ll_id),
	SINGLE(LLA, LLA, lla, lla),
	SINGLE(ALT_COA, ALT_COA, alt_coa, alt_coa),
	SINGLE(GRE_KEY, GRE_KEY, gre_key, gre_key),
	SINGLE(IPV4_REQUEST, IPV4_HOA_REQUEST, ipv4_request, ipv4),
	SINGLE(IPV4_REPLY, IPV4_HOA_REPLY, ipv4_reply, ipv4),
	SINGLE(IPV4_ROUTER, IPV4_ROUTER, ipv4_router, ip),
	SINGLE(IPV4_DHCP_MODE, IPV4_DHCP_MODE, ipv4_dhcp_server, dhcp_server),
	{.bit = PMIP_HAS_REDIRECT_CAPABILITY, .type = PMIP_OPT_REDIRECT_CAPABILITY},
	SINGLE(REDIRECT, REDIRECT, redirect, redirect),
	SINGLE(LOAD, LOAD_INFORMATION, load, load),
	SINGLE(GROUP, MN_GROUP_ID, group, group),
	SINGLE(MAG_PARAMETERS, MAG_PARAMETERS, mag_parameters, suboptions),
	SINGLE(MULTIPATH, MAG_MULTIPATH, multipath, multipath),
	SINGLE(MAG_ID, MAG_ID, mag_id, mag_id),
};

static int read_option(struct pmip_binding_options *options, const struct pmip_option *option)
{
	if (option->type == PMIP_OPT_HNP)
		return read_hnp(options, &option->u.hnp);
	if (option->type == PMIP_OPT_LL_ID && option->u.ll_id.len == 0)
		return PMIP_ERR_TOO_MANY;
	/* RFC 5213 section 8.6: an all-zero identifier is no identifier. */
	if (option->type == PMIP_OPT_LL_ID && pmip__is_zero(option->u.ll_id.b, option->u.ll_id.len))
		return 0;
	for (size_t i = 0; i < PMIP__ARRAY_SIZE(singles); i++) {
		if (singles[i].type != option->type)
			continue;
		memcpy((uint8_t *)options + singles[i].in_options, (const uint8_t *)option + singles[i].in_option, singles[i].len);
		options->has |= singles[i].bit;
		break;
	}
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
	while (pmip_option_next_of(&iter, &option, type) > 0) {
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

static void write_single(struct pmip_mh_writer *writer, const struct pmip_binding_options *options, const struct single *single)
{
	struct pmip_option option;

	if (!(options->has & single->bit))
		return;
	memset(&option, 0, sizeof(option));
	option.type = single->type;
	memcpy((uint8_t *)&option + single->in_option, (const uint8_t *)options + single->in_options, single->len);
	pmip_mh_add_option(writer, &option);
}

void pmip_binding_options_write(struct pmip_mh_writer *writer, const struct pmip_binding_options *options)
{
	write_single(writer, options, &singles[0]);
	for (unsigned int i = 0; i < options->hnp_count; i++)
		write_prefix(writer, options, &options->hnp[i]);
	for (size_t i = 1; i < PMIP__ARRAY_SIZE(singles); i++)
		write_single(writer, options, &singles[i]);
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
