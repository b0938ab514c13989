/* SPDX-License-Identifier: BSD-2-Clause */
#include "revoke_rig.h"

struct rig rig;
struct harness mag;
char prefix[PMIP_PREFIX_STRLEN];

static void add_options(struct pmip_mh_writer *writer, const struct message *message)
{
	struct pmip_option mn = {.type = PMIP_OPT_MN_ID}, hnp = {.type = PMIP_OPT_HNP}, alt_coa = {.type = PMIP_OPT_ALT_COA},
			   ipv4 = {.type = PMIP_OPT_IPV4_HOA_REQUEST, .u.ipv4.plen = 24},
			   group = {.type = PMIP_OPT_MN_GROUP_ID, .u.group = {1, message->group}};

	if (message->mn) {
		mn.u.mn_id = h_mnid(message->mn);
		pmip_mh_add_option(writer, &mn);
	}
	for (int i = 0; i < 3 && message->hnp[i]; i++) {
		hnp.u.hnp.prefix = unit_prefix(message->hnp[i]);
		pmip_mh_add_option(writer, &hnp);
	}
	if (message->ipv4) {
		ipv4.u.ipv4.addr = unit_ip(message->ipv4);
		pmip_mh_add_option(writer, &ipv4);
	}
	if (message->alt_coa) {
		alt_coa.u.alt_coa = unit_addr(message->alt_coa);
		pmip_mh_add_option(writer, &alt_coa);
	}
	if (message->group)
		pmip_mh_add_option(writer, &group);
}

struct pmip_dgram encode(const struct message *message, uint8_t octets[1024])
{
	struct pmip_dgram dgram = {unit_addr(message->src), unit_addr(message->dst), octets, 0};
	struct pmip_mh mh = {.type = PMIP_MH_REVOCATION, .u.revocation = message->fixed};
	struct pmip_mh_writer writer;
	int len;

	pmip_mh_begin(&writer, octets, 1024, &mh);
	add_options(&writer, message);
	len = pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	ck_assert_int_gt(len, 0);
	dgram.len = (size_t)len;
	return dgram;
}

struct said read_message(const struct pmip_dgram *dgram)
{
	struct pmip_option_iter iter;
	struct pmip_option option;
	struct said said = {0};
	struct pmip_mh mh;

	ok(pmip_mh_decode(&mh, NULL, dgram, 0));
	ck_assert_int_eq(mh.type, PMIP_MH_REVOCATION);
	said.fixed = mh.u.revocation;
	pmip_option_iter_init(&iter, &mh);
	while (pmip_option_next(&iter, &option)) {
		if (option.type == PMIP_OPT_MN_ID)
			said.mn_id = option.u.mn_id;
		if (option.type == PMIP_OPT_MN_GROUP_ID)
			said.group = option.u.group.id;
		if (option.type == PMIP_OPT_IPV4_HOA_REQUEST)
			said.ipv4 = option.u.ipv4;
		if (option.type != PMIP_OPT_HNP)
			continue;
		said.prefixes++;
		said.prefix = option.u.hnp.prefix;
	}
	return said;
}

bool names(const struct pmip_mnid *mn_id, const char *text)
{
	struct pmip_mnid other = h_mnid(text);

	return pmip_mnid_equal(mn_id, &other);
}

void lma_setup(void)
{
	rig_init(&rig, rig_config(), NULL);
}

void lma_teardown(void)
{
	rig_fini(&rig);
}

int register_mn(const char *mn, const char *at, const char *ll_id, uint32_t lifetime_s)
{
	struct pbu pbu = {.mn = mn, .mag = at, .hnp = {"0"}, .ll_id = ll_id, .lifetime_s = lifetime_s};

	return rig_pbu(&rig, &pbu);
}

void attach_mn1(void)
{
	ck_assert_int_eq(register_mn(MN1, MAG1, "02:00:00:00:00:01", 600), 0);
	pmip_prefix_format(&rig.options.hnp[0].prefix, prefix);
	rig_forget(&rig);
}

int revoke(const char *mn, const char *only, enum pmip_revocation_trigger trigger)
{
	struct pmip_mnid mn_id = h_mnid(mn);
	struct pmip_prefix p;
	int err;

	if (only)
		p = unit_prefix(only);
	err = unit_again(rig_failed(&rig), pmip_lma_revoke(rig.lma, &mn_id, only ? &p : NULL, trigger, rig.now));
	rig_run(&rig);
	return err;
}

struct said last_of_lma(void)
{
	return read_message(&rig.pba_dgram);
}

void to_lma(const struct message *message)
{
	uint8_t octets[1024], *exact;
	struct pmip_dgram dgram = encode(message, octets);

	exact = vector_copy(octets, dgram.len);
	dgram.data = exact;
	ok(unit_again(rig_failed(&rig), pmip_lma_input(rig.lma, &dgram, rig.now)));
	free(exact);
	rig_run(&rig);
}

void answer_lma(uint8_t status)
{
	struct message message = {.src = MAG1, .dst = LMAA, .fixed = {PMIP_REVOCATION_ACK, 0, status, last_of_lma().fixed.seq, P}};

	to_lma(&message);
}

uint64_t lma_counter(enum pmip_lma_counter counter)
{
	return pmip_lma_get_counter(rig.lma, counter);
}

size_t bindings(void)
{
	return pmip_lma_count_bindings(rig.lma);
}

uint8_t ask_lma(const struct message *message)
{
	struct said said;

	to_lma(message);
	said = last_of_lma();
	ck_assert_int_eq(said.fixed.type, PMIP_REVOCATION_ACK);
	ck_assert_uint_eq(said.fixed.seq, message->fixed.seq);
	ck_assert_uint_eq(said.fixed.flags, message->fixed.flags);
	ck_assert_uint_eq(said.group, message->group);
	return said.fixed.status;
}

void mag_setup(void)
{
	h_init(&mag);
	h_start(&mag);
}

void mag_teardown(void)
{
	h_fini(&mag);
}

void to_mag(const struct message *message)
{
	uint8_t octets[1024];
	struct pmip_dgram dgram = encode(message, octets);

	mag.other.len = 0;
	ok(h_input(&mag, octets, dgram.len, &dgram.src, &dgram.dst));
}

struct message bri_for_mag(uint8_t trigger)
{
	return (struct message){.src = H_LMA, .dst = H_COA, .mn = MN,
				.fixed = {PMIP_REVOCATION_INDICATION, trigger, 0, 4711, P}};
}

uint8_t ask_mag(const struct message *message)
{
	struct said said;

	to_mag(message);
	ck_assert_uint_gt(mag.other.len, 0);
	said = read_message(&mag.other.dgram);
	ck_assert_int_eq(said.fixed.type, PMIP_REVOCATION_ACK);
	ck_assert_uint_eq(said.fixed.seq, message->fixed.seq);
	ck_assert_uint_eq(said.fixed.flags, message->fixed.flags);
	ck_assert_uint_eq(said.group, message->group);
	return said.fixed.status;
}

void assert_revoked(void)
{
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_DENIED);
	ck_assert_uint_eq(h_info(&mag).prefix_count, 0);
	ck_assert_uint_eq(mag.sents, 0);
	ck_assert_uint_eq(mag.ras, 1);
	ck_assert_uint_eq(mag.ra[0].router_lifetime_s + mag.ra[0].lifetime_s, 0);
	ck_assert_uint_eq(mag.ra[0].prefix_count, 1);
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_BINDING_CLEAR), 1);
	ck_assert_uint_eq(h_count_ops(&mag, PMIP_DATAPATH_TUNNEL_RELEASE), 1);
	ck_assert_uint_eq(h_count_events(&mag, PMIP_EVENT_REVOKED), 1);
	h_pass(&mag, 2000 * S);
	ck_assert_uint_eq(mag.sents, 0);
	ck_assert_uint_eq(mag.ras, 1);
}

int revoke_at_mag(void)
{
	struct pmip_mnid mn_id = h_mnid(MN);
	int err = unit_again(mag.failed, pmip_mag_revoke(mag.mag, &mn_id, PMIP_TRIGGER_USER_TERMINATION, mag.now));

	h_pull(&mag);
	return err;
}

void answer_mag(uint8_t status)
{
	struct message bra = {.src = H_LMA, .dst = H_COA, .fixed = {PMIP_REVOCATION_ACK, 0, status, 0, P}};

	bra.fixed.seq = read_message(&mag.other.dgram).fixed.seq;
	to_mag(&bra);
}
