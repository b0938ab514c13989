/* SPDX-License-Identifier: BSD-2-Clause */
/* What comes back of a group (RFC 6602) after a kill. */
#include "lma_rig.h"
#include "shelf.h"

#include "engine/lma.h"

#define MN1 "mn1@example.com"
#define MN2 "mn2@example.com"
#define MN3 "mn3@example.com"
#define MAG1 "2001:db8:a::1"
#define GRANTED 600u

static struct rig rig;
static struct shelf shelf;
static uint16_t seq;

static struct pmip_lma_config *config_of(void)
{
	struct pmip_lma_config *config = rig_config();

	ck_assert_int_eq(pmip_lma_config_set_store(config, true), 0);
	ck_assert_int_eq(pmip_lma_config_set_bulk(config, true), 0);
	return config;
}

static void begin(void)
{
	rig_init(&rig, config_of(), NULL);
	rig.shelf = &shelf;
}

static void teardown(void)
{
	rig_fini(&rig);
	shelf_clear(&shelf);
}

static void restart(uint64_t after_us)
{
	rig_restart(&rig, config_of(), &shelf, after_us);
}

static unsigned int members(uint32_t group)
{
	struct pmip_binding_info info = {.size = sizeof(info)};
	unsigned int count = 0;
	size_t cursor = 0;

	while (pmip_lma_next_binding(rig.lma, &cursor, &info))
		count += info.group == group;
	return count;
}

/* A PBU for a place in a group, or for the group: mn NULL. timestamp: 0 = without. @return the status of its PBA; the group is in rig.options. */
static int bulk(const char *mn, uint32_t group, uint32_t lifetime_s, uint64_t timestamp)
{
	struct pmip_mh mh = {.type = PMIP_MH_BU, .u.bu = {.flags = PMIP_BU_A | PMIP_BU_P, .lifetime_s = lifetime_s, .seq = ++seq}};
	struct pmip_binding_options options = {.has = PMIP_HAS_GROUP, .group = {1, group}, .timestamp = timestamp};
	struct pmip_dgram dgram = {unit_addr(MAG1), unit_addr("2001:db8:1a::1"), NULL, 0};
	struct pmip_mh_writer writer;
	uint8_t octets[512];

	options.has |= timestamp ? PMIP_HAS_TIMESTAMP : 0;
	if (mn) {
		mh.u.bu.flags |= PMIP_BU_B;
		options.has |= PMIP_HAS_MN_ID | PMIP_HAS_HI | PMIP_HAS_ATT;
		options.mn_id = (struct pmip_mnid){1, (uint8_t)strlen(mn), (const uint8_t *)mn};
		options.hnp_count = 1;
		options.hi = PMIP_HI_NEW_INTERFACE;
		options.att = PMIP_ATT_WLAN;
	}
	pmip_mh_begin(&writer, octets, sizeof(octets), &mh);
	pmip_binding_options_write(&writer, &options);
	dgram.len = (size_t)pmip_mh_finish(&writer, &dgram.src, &dgram.dst);
	dgram.data = octets;
	rig_forget(&rig);
	ck_assert_int_eq(pmip_lma_input(rig.lma, &dgram, rig.now), 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig.pba_count, 1);
	return rig.pba.status;
}

static uint64_t stamp(void)
{
	rig.now.mono_us += 1000;
	rig.now.wall_us += 1000;
	return pmip_timestamp_from_us(rig.now.wall_us);
}

/* Two mobile nodes in a group that has been extended once. @return the group */
static uint32_t make_group(uint64_t *extended)
{
	uint32_t group;

	ck_assert_int_eq(bulk(MN1, 1, GRANTED, stamp()), 0);
	ck_assert_int_eq(bulk(MN2, 1, GRANTED, stamp()), 0);
	group = rig.options.group.id;
	ck_assert_uint_gt(group, 1);
	*extended = stamp();
	ck_assert_int_eq(bulk(NULL, group, GRANTED, *extended), 0);
	return group;
}

START_TEST(a_group_comes_back) /* BLK-2, BLK-3 */
{
	uint64_t extended, refreshed;
	uint32_t group = make_group(&extended);

	restart(10000000);
	ck_assert_uint_eq(members(group), 2);
	/* What it was extended with is known, too. */
	ck_assert_int_eq(bulk(NULL, group, GRANTED, extended), PMIP_STATUS_TIMESTAMP_MISMATCH);
	ck_assert_int_eq(bulk(NULL, group, 0, extended - 1), PMIP_STATUS_TIMESTAMP_LOWER_THAN_PREV_ACCEPTED);
	refreshed = pmip_lma_get_counter(rig.lma, PMIP_LMA_REFRESHED);
	ck_assert_int_eq(bulk(NULL, group, GRANTED, stamp()), 0);
	ck_assert_uint_eq(pmip_lma_get_counter(rig.lma, PMIP_LMA_REFRESHED), refreshed + 2);
	/* One more joins the same, and all leave it. */
	ck_assert_int_eq(bulk(MN3, 1, GRANTED, stamp()), 0);
	ck_assert_uint_eq(rig.options.group.id, group);
	ck_assert_int_eq(bulk(NULL, group, 0, stamp()), 0);
	restart(0);
	ck_assert_int_eq(bulk(NULL, group, GRANTED, stamp()), PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
}
END_TEST

/* Numbers of any size: half of them would be older than one that nobody has sent. */
START_TEST(order_in_a_group_by_sequence_numbers_comes_back) /* BLK-2 */
{
	for (unsigned int last = 10000; last < 60000; last += 30000) {
		uint32_t group;

		ck_assert_int_eq(bulk(MN1, 1, GRANTED, stamp()), 0);
		group = rig.options.group.id;
		seq = (uint16_t)(last - 1);
		ck_assert_int_eq(bulk(NULL, group, GRANTED, 0), 0);
		restart(10000000);
		for (unsigned int old = last - 1; old <= last; old++) {
			seq = (uint16_t)(old - 1);
			ck_assert_int_eq(bulk(NULL, group, 0, 0), PMIP_STATUS_SEQ_OUT_OF_WINDOW);
			ck_assert_uint_eq(rig.pba.seq, last);
		}
		ck_assert_int_eq(bulk(NULL, group, GRANTED, 0), 0);
		teardown();
		begin();
	}
}
END_TEST

/* Its MAG does not know of it any more, so nobody does after a kill. */
START_TEST(a_group_that_was_dissolved_does_not_come_back) /* BLK-2 */
{
	uint64_t extended;
	uint32_t group = make_group(&extended);
	struct pmip_addr mag = unit_addr(MAG1), lma = unit_addr("2001:db8:1a::1");

	pmip__lma_bulk_dissolve(rig.lma, pmip__binding_cache_tunnel(&rig.lma->cache, &lma, &mag));
	rig_run(&rig);
	restart(0);
	ck_assert_uint_eq(members(0), 2);
	ck_assert_int_eq(bulk(NULL, group, GRANTED, stamp()), PMIP_STATUS_INVALID_MOBILE_NODE_GROUP_IDENTIFIER);
	/* A new one has only who has asked for it. */
	ck_assert_int_eq(bulk(MN1, 1, GRANTED, stamp()), 0);
	ck_assert_uint_gt(rig.options.group.id, 1);
	ck_assert_uint_eq(members(rig.options.group.id), 1);
}
END_TEST

int main(void)
{
	const TTest *const tests[] = {
		a_group_comes_back,
		order_in_a_group_by_sequence_numbers_comes_back,
		a_group_that_was_dissolved_does_not_come_back,
		NULL,
	};

	return unit_run_fixture("bulk_store", tests, begin, teardown);
}
