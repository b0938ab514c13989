/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sub-option tables (RFC 6089 section 4.2.1, RFC 7109 section 6.2, RFC 6757 section 3.1, RFC 7563 section 3, RFC 8127 section 3,
 * RFC 7222 section 4.2) and the checks of single values.
 */
#include <pmip/error.h>

#include "wire/field.h"
#include "wire/names.h"
#include "wire/suboption.h"
#include "wire/utf8.h"

#define OWNER struct pmip_suboption
#define ROW(type_, name_, ref_, min, max, repeats_, fields_) \
	.info = {.type = (type_), .name = (name_), .ref = (ref_), .len_min = (min), .len_max = (max), .repeats = (repeats_), \
		 .fields = (fields_)}
#define ONCE false
#define REPEATS true
#define LIFETIME_UNIT 4 /* seconds (RFC 6275 section 6.1.7) */

/* BID 0 is reserved (RFC 5648 section 4.1). */
static int check_bids(const struct pmip_suboption *sub, const char **rule)
{
	for (size_t i = 0; i + 1 < sub->u.bids.len; i += 2) {
		if (sub->u.bids.data[i] == 0 && sub->u.bids.data[i + 1] == 0) {
			*rule = "BID 0 is reserved";
			return PMIP_ERR_SUBOPT_VALUE;
		}
	}
	return 0;
}

static const struct pmip__suboption_row flow_rows[] = {
	[PMIP_FLOW_PAD1] = {ROW(PMIP_FLOW_PAD1, "Pad1", "RFC 6089 4.2.1.1", 0, 0, REPEATS, NULL)},
	[PMIP_FLOW_PADN] = {ROW(PMIP_FLOW_PADN, "PadN", "RFC 6089 4.2.1.2", 0, 253, REPEATS, NULL)},
	[PMIP_FLOW_BID_REFERENCE] = {
		ROW(PMIP_FLOW_BID_REFERENCE, "BID Reference", "RFC 6089 4.2.1.3", 2, 254, ONCE,
		    FIELDS(FIELD(UINT16S, bids, "BIDs", "bids"))),
		.check = check_bids,
	},
	[PMIP_FLOW_SELECTOR] = {ROW(PMIP_FLOW_SELECTOR, "Traffic Selector", "RFC 6089 4.2.1.4", 2, 255, ONCE,
				    FIELDS(FIELD(SELECTOR, selector, "Selector", "selector")))},
	[PMIP_FLOW_ACTION] = {ROW(PMIP_FLOW_ACTION, "Flow Binding Action", "RFC 7109 6.2.1", 2, 2, ONCE,
				  FIELDS(RESERVED(1), CODE(1, action, "Action", "action", pmip__flow_action_name)))},
	[PMIP_FLOW_TARGET_COA] = {ROW(PMIP_FLOW_TARGET_COA, "Target Care-of Address", "RFC 7109 6.2.2", 6, 18, ONCE,
				      FIELDS(RESERVED(2), IP(PMIP_IP_4 | PMIP_IP_16, target_coa, "Address", "address")))},
};

/* RFC 6757 section 3.1.1: flag E says that the name is UTF-8. */
static int check_network(const struct pmip_suboption *sub, const char **rule)
{
	if (!sub->u.network.utf8 || pmip__is_utf8(sub->u.network.name.data, sub->u.network.name.len))
		return 0;
	*rule = "the network name is not UTF-8";
	return PMIP_ERR_OPT_VALUE;
}

static const struct pmip__suboption_row ani_rows[] = {
	[PMIP_ANI_NETWORK] = {
		ROW(PMIP_ANI_NETWORK, "Network-Identifier", "RFC 6757 3.1.1", 3, 255, REPEATS,
		    FIELDS(FLAG(1, 0x80, false, network.utf8, "UTF-8", "E"), FIELD(STRING, network.name, "Network name", "name"),
			   FIELD(STRING, network.ap_name, "Access point name", "ap_name"))),
		.check = check_network,
	},
	[PMIP_ANI_GEO] = {ROW(PMIP_ANI_GEO, "Geo-Location", "RFC 6757 3.1.2", 6, 6, REPEATS,
			      FIELDS(FIELD(DEGREES, geo.latitude, "Latitude", "latitude"),
				     FIELD(DEGREES, geo.longitude, "Longitude", "longitude")))},
	[PMIP_ANI_OPERATOR] = {ROW(PMIP_ANI_OPERATOR, "Operator-Identifier", "RFC 6757 3.1.3", 1, 255, REPEATS,
				   FIELDS(UINT(1, operator_id.code, "Type", "op_type"),
					  FIELD(REST, operator_id.bytes, "Identifier", "op_id")))},
	[PMIP_ANI_CIVIC] = {ROW(PMIP_ANI_CIVIC, "Civic-Location", "RFC 7563 3.1", 2, 255, REPEATS,
				FIELDS(UINT(1, civic.code, "Format", "format"), RESERVED(1),
				       FIELD(REST, civic.bytes, "Location", "civic")))},
	[PMIP_ANI_UPDATE_TIMER] = {ROW(PMIP_ANI_UPDATE_TIMER, "ANI Update-Timer", "RFC 7563 3.3", 2, 2, REPEATS,
				       FIELDS(LIFETIME(LIFETIME_UNIT, update_timer_s, "Update timer", "update_timer")))},
};

static int refuse_zero(bool zero, const char **rule)
{
	*rule = "a timer or count of zero";
	return zero ? PMIP_ERR_SUBOPT_VALUE : 0;
}

/* RFC 8127 section 5.2: with a zero the whole acknowledgement is ignored. */
static int check_reregistration(const struct pmip_suboption *sub, const char **rule)
{
	return refuse_zero(sub->u.reregistration.start_s < LIFETIME_UNIT || sub->u.reregistration.initial_s == 0 ||
			   sub->u.reregistration.max_s == 0, rule);
}

static int check_heartbeat(const struct pmip_suboption *sub, const char **rule)
{
	return refuse_zero(sub->u.heartbeat.interval_s == 0 || sub->u.heartbeat.max == 0, rule);
}

static const struct pmip__suboption_row mag_rows[] = {
	[PMIP_MAG_REREGISTRATION] = {
		ROW(PMIP_MAG_REREGISTRATION, "Binding Re-registration Control", "RFC 8127 3.1.1", 6, 6, ONCE,
		    FIELDS(LIFETIME(LIFETIME_UNIT, reregistration.start_s, "Start before expiry", "start"),
			   UINT(2, reregistration.initial_s, "First retransmission", "initial"),
			   UINT(2, reregistration.max_s, "Longest retransmission", "max"))),
		.check = check_reregistration,
	},
	[PMIP_MAG_HEARTBEAT] = {
		ROW(PMIP_MAG_HEARTBEAT, "Heartbeat Control", "RFC 8127 3.1.2", 6, 6, ONCE,
		    FIELDS(UINT(2, heartbeat.interval_s, "Interval", "interval"),
			   UINT(2, heartbeat.delay_s, "Retransmission delay", "delay"),
			   UINT(2, heartbeat.max, "Most retransmissions", "max_retransmissions"))),
		.check = check_heartbeat,
	},
};

#define RATE FIELDS(RESERVED(2), UINT(4, rate.bps, "Bits per second", "bps"))
#define SESSION_RATE FIELDS(FLAG(2, 0x8000, true, rate.service, "Service", "S"), FLAG(2, 0x4000, false, rate.exceed, "Exceed", "E"), \
			    UINT(4, rate.bps, "Bits per second", "bps"))

static const struct pmip__suboption_row qos_rows[] = {
	[PMIP_QOS_MN_MAX_DL] = {ROW(PMIP_QOS_MN_MAX_DL, "Per-MN-Agg-Max-DL-Bit-Rate", "RFC 7222 4.2.1", 6, 6, REPEATS, RATE)},
	[PMIP_QOS_MN_MAX_UL] = {ROW(PMIP_QOS_MN_MAX_UL, "Per-MN-Agg-Max-UL-Bit-Rate", "RFC 7222 4.2.2", 6, 6, REPEATS, RATE)},
	[PMIP_QOS_SESSION_MAX_DL] = {ROW(PMIP_QOS_SESSION_MAX_DL, "Per-Session-Agg-Max-DL-Bit-Rate", "RFC 7222 4.2.3", 6, 6, REPEATS,
					 SESSION_RATE)},
	[PMIP_QOS_SESSION_MAX_UL] = {ROW(PMIP_QOS_SESSION_MAX_UL, "Per-Session-Agg-Max-UL-Bit-Rate", "RFC 7222 4.2.4", 6, 6, REPEATS,
					 SESSION_RATE)},
	[PMIP_QOS_RETENTION] = {ROW(PMIP_QOS_RETENTION, "Allocation-Retention-Priority", "RFC 7222 4.2.5", 2, 2, REPEATS,
				    FIELDS(RESERVED(1), BITS(1, 0xf0, true, retention.level, "Priority level", "pl"),
					   BITS(1, 0x0c, true, retention.capability, "Preemption capability", "pc"),
					   BITS(1, 0x03, false, retention.vulnerability, "Preemption vulnerability", "pv")))},
	[PMIP_QOS_MAX_DL] = {ROW(PMIP_QOS_MAX_DL, "Aggregate-Max-DL-Bit-Rate", "RFC 7222 4.2.6", 6, 6, REPEATS, RATE)},
	[PMIP_QOS_MAX_UL] = {ROW(PMIP_QOS_MAX_UL, "Aggregate-Max-UL-Bit-Rate", "RFC 7222 4.2.7", 6, 6, REPEATS, RATE)},
	[PMIP_QOS_GUARANTEED_DL] = {ROW(PMIP_QOS_GUARANTEED_DL, "Guaranteed-DL-Bit-Rate", "RFC 7222 4.2.8", 6, 6, REPEATS, RATE)},
	[PMIP_QOS_GUARANTEED_UL] = {ROW(PMIP_QOS_GUARANTEED_UL, "Guaranteed-UL-Bit-Rate", "RFC 7222 4.2.9", 6, 6, REPEATS, RATE)},
	[PMIP_QOS_SELECTOR] = {ROW(PMIP_QOS_SELECTOR, "QoS-Traffic-Selector", "RFC 7222 4.2.10", 2, 255, REPEATS,
				   FIELDS({PMIP_FIELD_SELECTOR, .mask = 1, .at = AT(selector), .name = "Selector", .key = "selector"}))},
	[PMIP_QOS_VENDOR] = {ROW(PMIP_QOS_VENDOR, "QoS-Vendor-Specific-Attribute", "RFC 7222 4.2.11", 5, 255, REPEATS,
				 FIELDS(UINT(4, vendor.vendor, "Vendor", "vendor"), UINT(1, vendor.subtype, "Sub-type", "subtype"),
					FIELD(REST, vendor.data, "Data", "data")))},
};

const struct pmip__suboption_row *pmip__suboption_row(enum pmip_suboption_family family, uint8_t type)
{
	static const struct {
		const struct pmip__suboption_row *rows;
		size_t count;
	} families[] = {
		[PMIP_SUB_FLOW] = {flow_rows, PMIP__ARRAY_SIZE(flow_rows)},
		[PMIP_SUB_ANI] = {ani_rows, PMIP__ARRAY_SIZE(ani_rows)},
		[PMIP_SUB_MAG_PARAMETERS] = {mag_rows, PMIP__ARRAY_SIZE(mag_rows)},
		[PMIP_SUB_QOS] = {qos_rows, PMIP__ARRAY_SIZE(qos_rows)},
		[PMIP_SUB_CONTEXT] = {NULL, 0},
	};

	if ((size_t)family >= PMIP__ARRAY_SIZE(families) || type >= families[family].count ||
	    families[family].rows[type].info.name == NULL)
		return NULL;
	return &families[family].rows[type];
}
