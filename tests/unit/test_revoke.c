/* SPDX-License-Identifier: BSD-2-Clause */
/* Binding Revocation (RFC 5846): the vectors and what hostile peers send to LMA and MAG, and the two engines together. */
#include "revoke_rig.h"

/* Vectors: what their INDEX says is answered, or they revoke what they name. */
static int answer_of_mag(const struct vector *v)
{
	struct pmip_addr src = v->src, dst = v->dst;
	int status;

	h_init(&mag);
	ok(pmip_mag_config_set_proxy_coa(mag.config, &dst));
	ok(pmip_mag_config_set_lma(mag.config, &src));
	h_start(&mag);
	ok(h_input(&mag, v->data, v->len, &src, &dst));
	status = mag.other.len ? read_message(&mag.other.dgram).fixed.status : -1;
	h_fini(&mag);
	return status;
}

static int answer_of_lma(const struct vector *v)
{
	struct pmip_dgram dgram = vector_dgram(v);
	int status;

	lma_setup();
	ok(pmip_lma_input(rig.lma, &dgram, rig.now));
	rig_run(&rig);
	status = rig.pba_dgram.len ? last_of_lma().fixed.status : -1;
	lma_teardown();
	return status;
}

START_TEST(vectors)
{
	/* Of the good ones none names a binding that is there; the global one needs none, the realm one is not supported. */
	static const struct {
		const char *file;
		int status;
	} good[] = {{"good/bri-single.hex", 128}, {"good/bri-unknown-ho.hex", 128}, {"good/bri-global-lma.hex", 0}, {"good/bri-realm.hex", 128},
		    {"good/bri-v4.hex", 128}, {"good/bra-ok.hex", -1}, {"good/bra-partial.hex", -1}, {"good/bra-132.hex", -1}};
	static struct vector all[VECTOR_MAX];
	size_t count = vector_index(all), seen = 0;

	for (size_t i = 0; i < count; i++) {
		struct vector *v = &all[i];
		int expected = -2;

		for (size_t k = 0; k < sizeof(good) / sizeof(good[0]); k++)
			if (!strcmp(v->file, good[k].file))
				expected = good[k].status;
		if (!strncmp(v->file, "bad/bri-", 8))
			expected = (int)strtol(v->status, NULL, 10);
		if (expected == -2)
			continue;
		seen++;
		vector_load(v);
		if (v->role == PMIP_ROLE_LMA)
			ck_assert_msg(answer_of_lma(v) == expected, "%s", v->file);
		else
			ck_assert_msg(answer_of_mag(v) == expected, "%s", v->file);
		free(v->data);
	}
	ck_assert_uint_eq(seen, 14);
}
END_TEST

/* Messages with octets changed at random, the checksum put right: neither engine comes to harm, and what is left makes sense. */
START_TEST(hostile_messages)
{
	struct message message = bri_for_mag(PMIP_TRIGGER_ADMINISTRATIVE);
	uint64_t random = 88172645463325252u;

	mag_setup();
	h_activate(&mag);
	lma_setup();
	message.hnp[0] = "2001:db8:dead::/64";
	message.hnp[1] = "2001:db8:beef::/64";
	message.alt_coa = H_COA;
	for (int i = 0; i < 20000 / (int)unit_one_of(); i++) {
		uint8_t octets[1024];
		struct pmip_dgram dgram;
		uint16_t sum;

		message.group = i % 3 ? 0 : 7;
		message.fixed.type = i % 5 ? PMIP_REVOCATION_INDICATION : PMIP_REVOCATION_ACK;
		dgram = encode(&message, octets);
		for (int k = 0; k < 1 + i % 3; k++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			octets[6 + (random >> 8) % (dgram.len - 6)] = (uint8_t)(random >> 40);
		}
		octets[4] = octets[5] = 0;
		sum = pmip_mh_checksum(&dgram);
		octets[4] = (uint8_t)(sum >> 8);
		octets[5] = (uint8_t)sum;
		ok(h_input(&mag, octets, dgram.len, &dgram.src, &dgram.dst));
		ok(pmip_lma_input(rig.lma, &dgram, rig.now));
		rig_run(&rig);
		rig_forget(&rig);
		h_clear_log(&mag);
	}
	ck_assert_uint_gt(h_counter(&mag, BRI), 1000 / unit_one_of());
	ck_assert_uint_gt(lma_counter(PMIP_LMA_BRI), 1000 / unit_one_of());
	lma_teardown();
	mag_teardown();
}
END_TEST

/* Both engines. What the MAG sends goes to the LMA, and its answer back. */
static void lma_to_mag(void)
{
	ok(h_input(&mag, rig.octets, rig.pba_dgram.len, &rig.pba_dgram.src, &rig.pba_dgram.dst));
}

static void mag_to_lma(const struct sent *sent)
{
	struct pmip_dgram dgram = sent->dgram;

	dgram.data = sent->octets;
	ok(pmip_lma_input(rig.lma, &dgram, rig.now));
	rig_run(&rig);
}

static void register_between(void)
{
	ok(h_attach_mn(&mag));
	mag_to_lma(h_last(&mag));
	lma_to_mag();
	ck_assert_int_eq(h_state(&mag), PMIP_BINDING_ACTIVE);
	ck_assert_uint_eq(bindings(), 1);
	h_clear_log(&mag);
}

START_TEST(both_engines)
{
	struct pmip_lma_config *config = rig_config();
	struct pmip_profile profile = {.size = sizeof(profile), .mn_id = h_mnid(MN)};
	struct pmip_addr at = unit_addr(H_COA);

	mag_setup();
	ok(pmip_lma_config_add_peer(config, &(struct pmip_peer){.size = sizeof(struct pmip_peer), .addr = at}));
	ok(pmip_lma_config_add_profile(config, &profile));
	rig_init(&rig, config, NULL);
	rig.now = mag.now;
	register_between();
	ok(revoke(MN, NULL, PMIP_TRIGGER_ADMINISTRATIVE));
	lma_to_mag();
	mag_to_lma(&mag.other);
	ck_assert_uint_eq(bindings(), 0);
	assert_revoked();
	rig.now = mag.now;
	register_between();
	ok(revoke_at_mag());
	mag_to_lma(&mag.other);
	ck_assert_uint_eq(bindings(), 0);
	lma_to_mag();
	assert_revoked();
	rig.now = mag.now;
	register_between();
	ok(pmip_lma_revoke_mag(rig.lma, &at, rig.now));
	rig_run(&rig);
	lma_to_mag();
	mag_to_lma(&mag.other);
	ck_assert_uint_eq(bindings(), 0);
	assert_revoked();
	lma_teardown();
	mag_teardown();
}
END_TEST

int main(void)
{
	Suite *suite = suite_create("revoke");
	TCase *both = tcase_create("both");

	tcase_add_test(both, vectors);
	tcase_add_test(both, hostile_messages);
	tcase_add_test(both, both_engines);
	suite_add_tcase(suite, both);
	return unit_run_suite(suite);
}
