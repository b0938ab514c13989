/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnel and prefixes (RFC 5213 sections 6.9.1.2 and 6.10). The tunnel to an LMA stands while a mobile node
 * uses it. Each installation asks for it anew: that costs nothing where it stands, and does not trust in
 * somebody else's request that may still fail. */
#include "engine/mag.h"

static uint32_t operate(struct pmip_mag *mag, const struct pmip__mag_mn *mn, enum pmip_datapath_kind kind,
			const struct pmip_opt_hnp *hnp, struct pmip__mag_mn *owner)
{
	struct pmip_action action = {.type = PMIP_ACTION_DATAPATH};
	struct pmip_datapath_op *op = &action.u.datapath;

	op->id = pmip__op_ring_open(&mag->ops, owner, 0);
	op->kind = kind;
	if (kind != PMIP_DATAPATH_BINDING_CLEAR) {
		op->local = *pmip__mag_local(mag, mn);
		op->remote = mn->lma->remote;
	}
	if (kind == PMIP_DATAPATH_BINDING_SET) {
		op->gre = mn->gre;
		op->group = mn->number;
	}
	if (hnp) {
		op->prefix = hnp->prefix;
		op->link = mn->link_number;
	}
	if (hnp && hnp->off_link && kind == PMIP_DATAPATH_BINDING_SET)
		op->via = pmip__mag_mn_lla(mn);
	pmip__action_queue_push(&mag->actions, &action);
	return op->id;
}

/* The results of earlier operations concern nobody any more. */
static void disown_ops(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	pmip__op_ring_disown(&mag->ops, mn->op_first, mn->op_end);
	mn->op_first = mn->op_end;
	mn->ops_open = 0;
}

unsigned int pmip__mag_own_prefixes(const struct pmip__mag_mn *mn, struct pmip_prefix prefix[PMIP_HNP_MAX])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < mn->hnp_count; i++) {
		if (mn->hnp[i].off_link)
			continue;
		if (prefix)
			prefix[count] = mn->hnp[i].prefix;
		count++;
	}
	return count;
}

unsigned int pmip__mag_address_count(const struct pmip__mag_mn *mn)
{
	return mn->hnp_count + (mn->ipv4.addr.len > 0);
}

void pmip__mag_forget_addresses(struct pmip__mag_mn *mn)
{
	mn->hnp_count = 0;
	mn->ipv4 = (struct pmip_ipv4_home){0};
	mn->gre = (struct pmip_gre){.in_use = false};
}

/* The prefixes and behind them the IPv4 home address. */
static struct pmip_opt_hnp address(const struct pmip__mag_mn *mn, unsigned int i)
{
	return i < mn->hnp_count ? mn->hnp[i] : (struct pmip_opt_hnp){.prefix = pmip__mag_ipv4_prefix(mn)};
}

void pmip__mag_withdraw_ipv4(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	struct pmip_opt_hnp hnp = address(mn, mn->hnp_count);

	if (mn->ipv4.addr.len && mn->forwarding != PMIP__MAG_DOWN)
		operate(mag, mn, PMIP_DATAPATH_BINDING_CLEAR, &hnp, NULL);
	mn->ipv4 = (struct pmip_ipv4_home){0};
}

/* MAG-17, MAG-20, TUN-1. */
void pmip__mag_install(struct pmip_mag *mag, struct pmip__mag_mn *mn)
{
	disown_ops(mag, mn);
	pmip__timerq_cancel(&mag->timers, &mn->ra);
	if (mn->forwarding == PMIP__MAG_DOWN) {
		mn->lma->tunnel_users++;
		mn->lma->path_users[mn->first]++;
	}
	mn->forwarding = PMIP__MAG_INSTALLING;
	mn->op_first = operate(mag, mn, PMIP_DATAPATH_TUNNEL_ENSURE, NULL, mn);
	mn->ops_open = 1 + pmip__mag_address_count(mn);
	for (unsigned int i = 0; i < pmip__mag_address_count(mn); i++) {
		struct pmip_opt_hnp hnp = address(mn, i);

		mn->op_end = operate(mag, mn, PMIP_DATAPATH_BINDING_SET, &hnp, mn) + 1;
	}
}

void pmip__mag_redirect_forwarding(struct pmip_mag *mag, struct pmip__mag_mn *mn, unsigned int old)
{
	struct pmip_action release = {.type = PMIP_ACTION_DATAPATH};

	if (mn->forwarding == PMIP__MAG_DOWN)
		return;
	mn->lma->path_users[mn->first]++;
	pmip__mag_install(mag, mn);
	if (--mn->lma->path_users[old])
		return;
	release.u.datapath = (struct pmip_datapath_op){
		.id = pmip__op_ring_open(&mag->ops, NULL, 0),
		.kind = PMIP_DATAPATH_TUNNEL_RELEASE,
		.local = mag->settings.path[old].addr,
		.remote = mn->lma->remote,
	};
	pmip__action_queue_push(&mag->actions, &release);
}

/* TUN-7, MAG-33. */
void pmip__mag_withdraw(struct pmip_mag *mag, struct pmip__mag_mn *mn, bool tell, const char *rule, const char *ref)
{
	struct pmip_event event = pmip__mag_event(mn, PMIP_EVENT_BINDING_REMOVED);

	mn->lifetime_s = 0;
	mn->expires_us = PMIP_TIME_NONE;
	if (mn->forwarding == PMIP__MAG_DOWN)
		return;
	if (tell && mn->announced)
		pmip__mag_deprecate(mag, mn);
	pmip__mag_fmi_drop(mag, mn);
	pmip__mag_forget_flows(mag, mn);
	disown_ops(mag, mn);
	for (unsigned int i = 0; i < pmip__mag_address_count(mn); i++) {
		struct pmip_opt_hnp hnp = address(mn, i);

		operate(mag, mn, PMIP_DATAPATH_BINDING_CLEAR, &hnp, NULL);
	}
	pmip__mag_paths_close(mag, mn);
	mn->lma->tunnel_users--;
	if (!--mn->lma->path_users[mn->first])
		operate(mag, mn, PMIP_DATAPATH_TUNNEL_RELEASE, NULL, NULL);
	mn->forwarding = PMIP__MAG_DOWN;
	if (!mn->announced)
		return;
	mn->announced = false;
	event.rule = rule;
	event.ref = ref;
	pmip__mag_notify(mag, &event);
}

void pmip__mag_withdraw_prefix(struct pmip_mag *mag, struct pmip__mag_mn *mn, unsigned int index, bool is_last)
{
	struct pmip_opt_hnp hnp = mn->hnp[index];

	operate(mag, mn, PMIP_DATAPATH_BINDING_CLEAR, &hnp, NULL);
	if (is_last && mn->link && mn->announced)
		pmip__mag_deprecate(mag, mn);
	else if (!hnp.off_link && mn->link && mn->announced)
		pmip__mag_deprecate_prefix(mag, mn, &hnp.prefix);
	mn->hnp[index] = mn->hnp[--mn->hnp_count];
}

/* Forwarding stands: only now may the mobile node learn its prefixes (RFC 5213 section 6.9.1.2). MAG-17, RA-1. */
static void established(struct pmip_mag *mag, struct pmip__mag_mn *mn, struct pmip_now now)
{
	struct pmip_event event;

	mn->forwarding = PMIP__MAG_UP;
	pmip__mag_advertise(mag, mn, now);
	pmip__mag_paths_begin(mag, mn, now);
	if (mn->announced)
		return;
	mn->announced = true;
	event = pmip__mag_event(mn, PMIP_EVENT_BINDING_ADDED);
	pmip__mag_notify(mag, &event);
}

void pmip__mag_completed(struct pmip_mag *mag, struct pmip__mag_mn *mn, int err, struct pmip_now now)
{
	struct pmip_event event = {.type = PMIP_EVENT_DATAPATH_FAILED};

	if (err) {
		if (mn)
			event = pmip__mag_event(mn, PMIP_EVENT_DATAPATH_FAILED);
		event.err = err;
		mag->counters[PMIP_MAG_DATAPATH_FAILED]++;
		pmip__mag_notify(mag, &event);
	}
	if (!mn || !pmip__mag_allows(mn, PMIP__MAG_ON_COMPLETE))
		return;
	if (err && pmip__mag_fmi_done(mag, mn, true))
		return;
	if (err) {
		pmip__mag_paths_deregister(mag, mn, now);
		pmip__mag_withdraw(mag, mn, true, "forwarding could not be set up", "RFC 5213 6.10");
		mn->denied_for_good = false;
		pmip__mag_deregister(mag, mn, now);
	} else if (!--mn->ops_open) {
		established(mag, mn, now);
		pmip__mag_fmi_done(mag, mn, false);
	}
}
