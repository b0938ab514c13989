/* SPDX-License-Identifier: BSD-2-Clause */
/* Text of a scenario: values that scripts give, and the lines of the trace. Addresses and mobile nodes appear by the names that the
 * script gives them, Timestamps as seconds since the start of the case. */
#include "world.h"

#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* Text that grows. */
struct text {
	char s[2048];
	size_t len;
};

static void put(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(struct text *text, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text->len += (size_t)vsnprintf(text->s + text->len, sizeof(text->s) - text->len, format, args);
	va_end(args);
	if (text->len >= sizeof(text->s))
		text->len = sizeof(text->s) - 1;
}

uint64_t read_time(struct world *w, const char *text)
{
	char *end;
	double value = strtod(text, &end);
	double unit = !strcmp(end, "s") ? 1e6 : !strcmp(end, "ms") ? 1e3 : !strcmp(end, "us") ? 1 : 0;

	if (end == text || value < 0 || unit == 0)
		fail(w, "\"%s\" is no time; write 3s, 1.5s, 300ms or 10us", text);
	return (uint64_t)(value * unit + 0.5);
}

uint32_t read_number(struct world *w, const char *text, uint32_t max)
{
	char *end;
	unsigned long value = strtoul(text, &end, 0);

	if (end == text || *end || *text == '-' || value > max)
		fail(w, "\"%s\" is no number from 0 to %u", text, (unsigned int)max);
	return (uint32_t)value;
}

/* now, now+300ms, now-1u (1/65536 s), @2.5s, max, or the number itself */
uint64_t read_timestamp(struct world *w, const char *text, const struct node *node)
{
	uint64_t now_us = node_now(w, node).wall_us, by;
	char sign, *end;

	if (!strcmp(text, "max"))
		return UINT64_MAX;
	if (*text == '@')
		return pmip_timestamp_from_us(WALL_US + read_time(w, text + 1));
	if (strncmp(text, "now", 3) != 0)
		return read_number(w, text, UINT32_MAX);
	sign = text[3];
	if (!sign)
		return pmip_timestamp_from_us(now_us);
	if (sign != '+' && sign != '-')
		fail(w, "\"%s\" is no Timestamp; write now, now+300ms, now-1u, @2.5s or max", text);
	by = strtoul(text + 4, &end, 10);
	if (!strcmp(end, "u"))
		return pmip_timestamp_from_us(now_us) + (sign == '+' ? by : -by);
	by = read_time(w, text + 4);
	return pmip_timestamp_from_us(now_us + (sign == '+' ? by : -by));
}

struct pmip_addr read_addr(struct world *w, const char *text)
{
	struct pmip_addr addr;

	for (unsigned int i = 0; i < w->nodes; i++) {
		const struct node *node = &w->node[i];
		size_t len = strlen(node->name);

		if (!strcmp(node->name, text))
			return node->addr;
		if (!strncmp(node->name, text, len) && text[len] == '/' && text[len + 1] - '1' < (int)node->owns)
			return node->own[text[len + 1] - '1'];
	}
	if (pmip_addr_parse(&addr, text))
		fail(w, "\"%s\" is neither a node nor an IPv6 address", text);
	return addr;
}

struct pmip_prefix read_prefix(struct world *w, const char *text)
{
	struct pmip_prefix prefix = {0};

	if (strcmp(text, "::") != 0 && pmip_prefix_parse(&prefix, text))
		fail(w, "\"%s\" is no prefix; write 2001:db8:1::/64, or :: for ALL_ZERO", text);
	return prefix;
}

struct pmip_ip read_ipv4(struct world *w, const char *text)
{
	struct pmip_ip ip;

	if (pmip_ip_parse(&ip, text) || ip.len != 4)
		fail(w, "\"%s\" is no IPv4 address", text);
	return ip;
}

struct pmip_ipv4_home read_ipv4_subnet(struct world *w, const char *text, uint8_t otherwise)
{
	struct pmip_ipv4_home home = {.plen = otherwise};
	char addr[64], *slash;

	snprintf(addr, sizeof(addr), "%s", text);
	slash = strchr(addr, '/');
	if (slash) {
		*slash = '\0';
		home.plen = (uint8_t)read_number(w, slash + 1, 63);
	}
	home.addr = read_ipv4(w, addr);
	return home;
}

const char *ipv4_text(const struct pmip_ip *addr, uint8_t plen)
{
	static char text[PMIP_ADDR_STRLEN + 8];
	char s[PMIP_ADDR_STRLEN];

	if (!addr->len)
		return "none";
	snprintf(text, sizeof(text), "%s/%u", pmip_ip_format(addr, s), plen);
	return text;
}

static const char *key_text(const struct pmip_key *key)
{
	static char text[4][16];
	static unsigned int next;

	if (!key->present)
		return "nokey";
	snprintf(text[++next % 4], sizeof(text[0]), "0x%x", (unsigned int)key->value);
	return text[next % 4];
}

const char *gre_text(const struct pmip_gre *gre)
{
	static char text[32];

	if (!gre->in_use)
		return "none";
	snprintf(text, sizeof(text), "%s/%s", key_text(&gre->send), key_text(&gre->recv));
	return text;
}

int read_err(struct world *w, const char *text)
{
	static const int errors[] = {PMIP_ERR_OS, PMIP_ERR_NOENT, PMIP_ERR_UNSUPPORTED, PMIP_ERR_AGAIN, PMIP_ERR_FULL, PMIP_ERR_NOMEM};

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		if (!strcmp(pmip_err_name(errors[i]) + strlen("PMIP_ERR_"), text))
			return errors[i];
	fail(w, "\"%s\" is no error of a datapath; write OS, NOENT, UNSUPPORTED, AGAIN, FULL or NOMEM", text);
}

size_t read_octets(struct world *w, const char *text, uint8_t *octets, size_t cap)
{
	size_t len = 0;

	for (const char *at = text; *at; at += 2) {
		if (!isxdigit((unsigned char)at[0]) || !isxdigit((unsigned char)at[1]))
			fail(w, "\"%s\" is no hexadecimal text of whole octets", text);
		if (len == cap)
			fail(w, "\"%s\" is more than %zu octets", text, cap);
		sscanf(at, "%2hhx", &octets[len++]);
	}
	return len;
}

const char *addr_text(struct world *w, const struct pmip_addr *addr)
{
	static char text[4][PMIP_ADDR_STRLEN];
	static unsigned int next;
	const struct node *node = node_at(w, addr);

	if (node && !pmip_addr_equal(&node->addr, addr)) {
		snprintf(text[++next % 4], sizeof(text[0]), "%s/%u", node->name, node_own(node, addr));
		return text[next % 4];
	}
	return node ? node->name : pmip_addr_format(addr, text[next++ % 4]);
}

const char *mnid_text(struct world *w, const struct pmip_mnid *mn_id)
{
	static char text[PMIP_MNID_STRLEN];

	for (unsigned int i = 0; i < w->mns; i++)
		if (pmip_mnid_equal(&w->mn[i].mn_id, mn_id))
			return w->mn[i].name;
	return mn_id->len ? pmip_mnid_format(mn_id, text) : "(empty)";
}

/* Seconds since the start of the case, and the rest in the option's own unit. */
static void put_timestamp(struct text *text, uint64_t timestamp)
{
	uint64_t us = pmip_timestamp_to_us(timestamp), at;
	int64_t ms = ((int64_t)(us - WALL_US) + (us < WALL_US ? -500 : 500)) / 1000;

	if (us < WALL_US - 3600 * S || us > WALL_US + 100000 * S) {
		put(text, " ts=0x%016llx", (unsigned long long)timestamp);
		return;
	}
	at = pmip_timestamp_from_us(WALL_US + (uint64_t)(ms * 1000));
	put(text, " ts=@%s%lld.%03llds", ms < 0 ? "-" : "", (long long)(ms < 0 ? -ms : ms) / 1000,
	    (long long)(ms < 0 ? -ms : ms) % 1000);
	if (timestamp != at)
		put(text, "%+lldu", (long long)(timestamp - at));
}

static void put_prefixes(struct text *text, const char *key, unsigned int count, const struct pmip_prefix *prefix)
{
	char s[PMIP_PREFIX_STRLEN];

	for (unsigned int i = 0; i < count; i++)
		put(text, "%s%s", i ? "," : key, pmip_prefix_format(&prefix[i], s));
}

static void put_other_option(struct text *text, const struct pmip_option *option)
{
	char s[PMIP_ADDR_STRLEN], id[PMIP_MNID_STRLEN];

	switch (option->type) {
	case PMIP_OPT_IPV4_HOA_REQUEST:
		put(text, " v4=%s", ipv4_text(&option->u.ipv4.addr, option->u.ipv4.plen));
		break;
	case PMIP_OPT_IPV4_HOA_REPLY:
		put(text, " v4=%s", ipv4_text(&option->u.ipv4.addr, option->u.ipv4.plen));
		if (option->u.ipv4.status)
			put(text, " v4status=%u", option->u.ipv4.status);
		break;
	case PMIP_OPT_IPV4_ROUTER:
		put(text, " router=%s", pmip_ip_format(&option->u.ip, s));
		break;
	case PMIP_OPT_IPV4_DHCP_MODE:
		put(text, " dhcp=%s", option->u.dhcp_server ? "server" : "relay");
		break;
	case PMIP_OPT_MAG_MULTIPATH:
		put(text, " path=%u/%u/%u%s%s", option->u.multipath.bid, option->u.multipath.label, option->u.multipath.att,
		    option->u.multipath.bulk ? "/B" : "", option->u.multipath.overwrite ? "/O" : "");
		break;
	case PMIP_OPT_MAG_ID:
		put(text, " magid=%s", pmip_mnid_format(&option->u.mag_id, id));
		break;
	case PMIP_OPT_FLOW_ID:
		put(text, " flow=%u", option->u.flow_id.fid);
		break;
	default:
		put(text, " option=%u:%u", option->type, option->len);
		break;
	}
}

static void put_option(struct world *w, struct text *text, const struct pmip_option *option)
{
	char s[PMIP_LLID_STRLEN];
	struct pmip_addr addr;

	switch (option->type) {
	case PMIP_OPT_PAD1:
	case PMIP_OPT_PADN:
		break;
	case PMIP_OPT_MN_ID:
		put(text, " mnid=%s", mnid_text(w, &option->u.mn_id));
		break;
	case PMIP_OPT_HNP:
		if (pmip_addr_is_unspecified(&option->u.hnp.prefix.addr))
			put(text, " hnp=::");
		else
			put_prefixes(text, option->u.hnp.off_link ? " hnp=offlink:" : " hnp=", 1, &option->u.hnp.prefix);
		break;
	case PMIP_OPT_HI:
		put(text, " hi=%u", option->u.hi);
		break;
	case PMIP_OPT_ATT:
		put(text, " att=%u", option->u.att);
		break;
	case PMIP_OPT_TIMESTAMP:
		put_timestamp(text, option->u.timestamp);
		break;
	case PMIP_OPT_LL_ID:
		put(text, " llid=%s", option->u.ll_id.len ? pmip_llid_format(&option->u.ll_id, s) : "zero");
		break;
	case PMIP_OPT_LLA:
		put(text, " lla=%s", addr_text(w, &option->u.lla));
		break;
	case PMIP_OPT_ALT_COA:
		put(text, " coa=%s", addr_text(w, &option->u.alt_coa));
		break;
	case PMIP_OPT_REDIRECT_CAPABILITY:
		put(text, " redirectable");
		break;
	case PMIP_OPT_REDIRECT:
		memcpy(addr.b, option->u.redirect.addr.b, sizeof(addr.b));
		put(text, " redirect=%s", addr_text(w, &addr));
		break;
	case PMIP_OPT_LOAD_INFORMATION:
		put(text, " load=%u/%u", option->u.load.sessions, option->u.load.max_sessions);
		break;
	case PMIP_OPT_MN_GROUP_ID:
		put(text, " group=%u", (unsigned int)option->u.group.id);
		break;
	case PMIP_OPT_GRE_KEY:
		put(text, " gre=%s", key_text(&option->u.gre_key));
		break;
	default:
		put_other_option(text, option);
		break;
	}
}

static void put_revocation(struct world *w, struct text *text, const struct pmip_dgram *dgram, const struct pmip_revocation *fixed)
{
	bool indication = fixed->type == PMIP_REVOCATION_INDICATION;

	put(text, " %s to %s", indication ? "BRI" : "BRA", addr_text(w, &dgram->dst));
	put(text, " %s=%u seq=%u", indication ? "trigger" : "status", indication ? fixed->trigger : fixed->status, fixed->seq);
	if (fixed->flags != PMIP_REVOCATION_P)
		put(text, " flags=0x%04x", fixed->flags);
}

static void put_update(struct world *w, struct text *text, const struct pmip_dgram *dgram, const struct pmip_mh *mh)
{
	if (mh->type == PMIP_MH_UPN)
		put(text, " UPN to %s reason=%u seq=%u flags=%s%s", addr_text(w, &dgram->dst), mh->u.upn.reason, mh->u.upn.seq,
		    mh->u.upn.flags & PMIP_UPN_A ? "A" : "", mh->u.upn.flags & PMIP_UPN_D ? "D" : "");
	else
		put(text, " UPA to %s status=%u seq=%u", addr_text(w, &dgram->dst), mh->u.upa.status, mh->u.upa.seq);
}

/* What must be the same every time stands in the trace, and what hardly ever differs does not. */
static void put_message(struct world *w, struct text *text, const struct pmip_dgram *dgram)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct pmip_mh mh;
	int err = pmip_mh_decode(&mh, NULL, dgram, 0);

	if (err) {
		put(text, " %s", pmip_err_name(err));
		return;
	}
	if (mh.type == PMIP_MH_BU) {
		put(text, " PBU to %s", addr_text(w, &dgram->dst));
		put(text, " seq=%u lifetime=%u", mh.u.bu.seq, (unsigned int)mh.u.bu.lifetime_s);
		if (mh.u.bu.flags != (PMIP_BU_A | PMIP_BU_P))
			put(text, " flags=0x%04x", mh.u.bu.flags);
	} else if (mh.type == PMIP_MH_BA) {
		put(text, " PBA to %s", addr_text(w, &dgram->dst));
		put(text, " status=%u seq=%u lifetime=%u", mh.u.ba.status, mh.u.ba.seq, (unsigned int)mh.u.ba.lifetime_s);
		if (mh.u.ba.flags != PMIP_BA_P)
			put(text, " flags=0x%02x", mh.u.ba.flags);
	} else if (mh.type == PMIP_MH_BE) {
		put(text, " BE to %s", addr_text(w, &dgram->dst));
		put(text, " status=%u", mh.u.be.status);
	} else if (mh.type == PMIP_MH_REVOCATION) {
		put_revocation(w, text, dgram, &mh.u.revocation);
	} else if (mh.type == PMIP_MH_UPN || mh.type == PMIP_MH_UPA) {
		put_update(w, text, dgram, &mh);
	} else {
		put(text, " MH %u to %s", mh.type, addr_text(w, &dgram->dst));
	}
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option))
		put_option(w, text, &option);
}

/* Our end, when it is not the address that we are called by. */
static void put_local(struct world *w, struct text *text, const struct pmip_addr *local)
{
	const struct node *node = node_at(w, local);

	if (node && !pmip_addr_equal(&node->addr, local))
		put(text, " by %s", addr_text(w, local));
}

static void put_operation(struct world *w, struct text *text, const struct pmip_datapath_op *op)
{
	char flow[PMIP_FLOW_STRLEN];

	switch (op->kind) {
	case PMIP_DATAPATH_TUNNEL_ENSURE:
		put(text, "tunnel ensure %s", addr_text(w, &op->remote));
		put_local(w, text, &op->local);
		return;
	case PMIP_DATAPATH_TUNNEL_RELEASE:
		put(text, "tunnel release %s", addr_text(w, &op->remote));
		put_local(w, text, &op->local);
		return;
	case PMIP_DATAPATH_TUNNEL_MOVE:
		put(text, "tunnel move %s", addr_text(w, &op->old_remote));
		put(text, " to %s", addr_text(w, &op->remote));
		put_local(w, text, &op->local);
		return;
	case PMIP_DATAPATH_BINDING_SET:
		put_prefixes(text, "route set ", 1, &op->prefix);
		put(text, " to %s", addr_text(w, &op->remote));
		put_local(w, text, &op->local);
		if (op->gre.in_use)
			put(text, " gre=%s", gre_text(&op->gre));
		break;
	case PMIP_DATAPATH_BINDING_CLEAR:
		put_prefixes(text, "route clear ", 1, &op->prefix);
		break;
	case PMIP_DATAPATH_PATH_SET:
	case PMIP_DATAPATH_PATH_CLEAR:
		put(text, "path %s %u", op->kind == PMIP_DATAPATH_PATH_SET ? "set" : "clear", (unsigned int)op->group);
		put(text, " %s", addr_text(w, &op->remote));
		put_local(w, text, &op->local);
		return;
	case PMIP_DATAPATH_FLOW_SET:
		put(text, "flow set %s to ", pmip_flow_format(&op->flow, flow));
		put(text, "%s", pmip_addr_is_unspecified(&op->remote) ? "default" : addr_text(w, &op->remote));
		if (op->gre.in_use)
			put(text, " gre=%s", gre_text(&op->gre));
		return;
	case PMIP_DATAPATH_FLOW_CLEAR:
		put(text, "flow clear %s", pmip_flow_format(&op->flow, flow));
		return;
	}
	if (op->link)
		put(text, " link=%u", (unsigned int)op->link);
	if (!pmip_addr_is_unspecified(&op->via))
		put(text, " via %s", addr_text(w, &op->via));
}

static void put_ra(struct world *w, struct text *text, const struct pmip_ra *ra)
{
	char s[PMIP_LLID_STRLEN];

	put(text, "ra to %s link=%u", ra->ll_id.len ? pmip_llid_format(&ra->ll_id, s) : "all", (unsigned int)ra->link);
	put(text, " from %s router=%u", addr_text(w, &ra->src), (unsigned int)ra->router_lifetime_s);
	put(text, " lifetime=%u mtu=%u", (unsigned int)ra->lifetime_s, (unsigned int)ra->mtu);
	put_prefixes(text, " hnp=", ra->prefix_count, ra->prefix);
}

static void put_event(struct world *w, struct text *text, const struct pmip_event *event)
{
	put(text, "notify %s", pmip_event_name(event->type));
	if (event->mn_id.len)
		put(text, " %s", mnid_text(w, &event->mn_id));
	if (!pmip_addr_is_unspecified(&event->peer))
		put(text, " peer=%s", addr_text(w, &event->peer));
	if (!pmip_addr_is_unspecified(&event->old_peer))
		put(text, " was=%s", addr_text(w, &event->old_peer));
	if (event->flow_id)
		put(text, " flow=%u", event->flow.dst_port - 50000U);
	if (event->link)
		put(text, " link=%u", (unsigned int)event->link);
	if (event->status)
		put(text, " status=%u", event->status);
	if (event->lifetime_s)
		put(text, " lifetime=%u", (unsigned int)event->lifetime_s);
	put_prefixes(text, " hnp=", event->prefix_count, event->prefix);
	if (event->ipv4.addr.len)
		put(text, " v4=%s", ipv4_text(&event->ipv4.addr, event->ipv4.plen));
	if (event->group)
		put(text, " group=%u", (unsigned int)event->group);
	if (event->count)
		put(text, " count=%zu", event->count);
	if (event->vendor)
		put(text, " vendor=%u:%u", (unsigned int)event->vendor, event->vendor_subtype);
	if (event->data.len)
		put(text, " octets=%zu", event->data.len);
	if (event->err)
		put(text, " %s", pmip_err_name(event->err));
	if (event->tolerance)
		put(text, " tolerance=%s", pmip_tolerance_name(event->tolerance));
	if (event->ref)
		put(text, " [%s]", event->ref);
}

void trace_action(struct world *w, struct node *node, const struct pmip_action *action, unsigned int number, const char *result)
{
	struct text text = {.len = 0};
	char llid[PMIP_LLID_STRLEN];

	switch (action->type) {
	case PMIP_ACTION_DATAPATH:
		put_operation(w, &text, &action->u.datapath);
		break;
	case PMIP_ACTION_SEND:
		put(&text, "send #%u", number);
		put_message(w, &text, &action->u.send);
		put_local(w, &text, &action->u.send.src);
		break;
	case PMIP_ACTION_RA:
		put_ra(w, &text, &action->u.ra);
		break;
	case PMIP_ACTION_PARAM_PROBLEM:
		put(&text, "parameter problem to %s pointer=%u", addr_text(w, &action->u.param_problem.dgram.src),
		    (unsigned int)action->u.param_problem.pointer);
		break;
	case PMIP_ACTION_NOTIFY:
		put_event(w, &text, &action->u.event);
		break;
	case PMIP_ACTION_PROBE:
		put(&text, "probe %s link=%u", action->u.probe.ll_id.len ? pmip_llid_format(&action->u.probe.ll_id, llid) : "all",
		    action->u.probe.link);
		break;
	case PMIP_ACTION_STORE:
	default:
		put(&text, "action %d", (int)action->type);
		break;
	}
	trace(w, "%s %s%s%s", node->name, text.s, result && *result ? " " : "", result ? result : "");
}
