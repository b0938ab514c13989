/* SPDX-License-Identifier: BSD-2-Clause */
/* The LMA that each of these programs puts into its event loop: messages by a raw socket, forwarding only written down.
 * Command line: ADDRESS POOL MAG, e.g. 2001:db8::1 2001:db8:100::/48 2001:db8::2 */
#ifndef EXAMPLES_ANCHOR_H
#define EXAMPLES_ANCHOR_H

#include <pmip/pmip.h>
#include <pmip/runner.h>

#include <stdio.h>
#include <sys/random.h>

struct anchor {
	struct pmip_lma *lma;
	struct pmip_io io;
	struct pmip_datapath datapath;
	struct pmip_runner *runner;
};

static void anchor_log(void *user, enum pmip_log_level level, const char *area, const char *message)
{
	(void)user;
	if (level <= PMIP_LOG_WARN)
		fprintf(stderr, "%s: %s\n", area, message);
}

static void anchor_notify(void *user, const struct pmip_event *event, struct pmip_now now)
{
	(void)user;
	(void)now;
	printf("event %s\n", pmip_event_name(event->type));
	fflush(stdout);
}

static int anchor_engine(struct pmip_lma **lma, char **argv, const struct pmip_addr *own)
{
	struct pmip_profile anybody = {.size = sizeof(anybody), .mn_id = {1, 1, (const uint8_t *)"*"}};
	struct pmip_peer mag = {.size = sizeof(mag)};
	struct pmip_lma_config *config = NULL;
	struct pmip_prefix pool;
	uint8_t key[16];
	int err = PMIP_ERR_SYNTAX;

	if (!pmip_prefix_parse(&pool, argv[2]) && !pmip_addr_parse(&mag.addr, argv[3]) && getrandom(key, sizeof(key), 0) == sizeof(key))
		err = pmip_lma_config_new(&config, NULL);
	if (!err)
		err = pmip_lma_config_set_address(config, own);
	if (!err)
		err = pmip_lma_config_add_pool(config, &pool, 64);
	if (!err)
		err = pmip_lma_config_add_peer(config, &mag);
	if (!err)
		err = pmip_lma_config_add_profile(config, &anybody);
	if (!err)
		err = pmip_lma_new(lma, config, NULL, key);
	pmip_lma_config_free(config);
	return err;
}

/* Free what there is of it. */
static void anchor_close(struct anchor *anchor)
{
	pmip_runner_free(anchor->runner);
	pmip_lma_free(anchor->lma);
	if (anchor->datapath.ops)
		anchor->datapath.ops->free(anchor->datapath.ctx, false);
	if (anchor->io.ops)
		anchor->io.ops->free(anchor->io.ctx);
}

/* 0, or -1 with the reason told. */
static int anchor_open(struct anchor *anchor, int argc, char **argv)
{
	const struct pmip_log log = {sizeof(log), NULL, anchor_log};
	struct pmip_runner_config config = {.size = sizeof(config), .notify = anchor_notify, .log = &log};
	struct pmip_addr own;
	int err = argc == 4 ? pmip_addr_parse(&own, argv[1]) : PMIP_ERR_SYNTAX;

	*anchor = (struct anchor){0};
	if (!err)
		err = anchor_engine(&anchor->lma, argv, &own);
	if (!err)
		err = pmip_io_raw_new(&anchor->io, &own, &log);
	if (!err)
		err = pmip_datapath_record_new(&anchor->datapath, SIZE_MAX);
	config.io = anchor->io;
	config.datapath = anchor->datapath;
	if (!err)
		err = pmip_runner_new_lma(&anchor->runner, anchor->lma, &config);
	if (!err) {
		puts("ready");
		fflush(stdout);
		return 0;
	}
	fprintf(stderr, "usage: %s ADDRESS POOL MAG, as root: %s\n", argv[0], pmip_strerror(err));
	anchor_close(anchor);
	return -1;
}

#endif
