/* SPDX-License-Identifier: BSD-2-Clause */
/* The commands of the language; README.md says what each does. A row of the table has a command's least number of words that are no
 * fields, and whether a trace may follow. */
#include "../unit/vector.h"
#include "command.h"
#include "expect.h"
#include "world.h"

#include <string.h>

static void take_apart(struct world *w, char *text, struct line *line)
{
	char *save = NULL, *word, *equals;

	memset(line, 0, sizeof(*line));
	for (word = strtok_r(text, " \t", &save); word; word = strtok_r(NULL, " \t", &save)) {
		equals = strchr(word, '=');
		if (line->words == WORDS_MAX || line->fields.count == FIELDS_MAX)
			fail(w, "too many words");
		if (!equals || equals == word) {
			line->word[line->words++] = word;
			continue;
		}
		*equals = '\0';
		line->fields.key[line->fields.count] = word;
		line->fields.value[line->fields.count++] = equals + 1;
	}
}

/* ---- messages ---- */

/* At once, or when the script says so. */
void submit(struct world *w, struct message *message, struct fields *fields)
{
	if (field(fields, "hold")) {
		message->pending = true;
		message->at_us = PMIP_TIME_NONE;
		trace(w, "held #%u", w->messages);
	} else {
		message_deliver(w, message);
	}
}

static void cmd_pbu(struct world *w, struct line *line)
{
	struct node *from = node_find(w, line->word[1]);
	struct mn *mn = mn_find(w, line->word[2]);

	submit(w, make_pbu(w, from, node_find(w, "lma"), mn, &line->fields), &line->fields);
}

static void cmd_pba(struct world *w, struct line *line)
{
	submit(w, make_pba(w, node_find(w, "lma"), node_find(w, line->word[1]), &line->fields), &line->fields);
}

static struct message *message_numbered(struct world *w, const char *text)
{
	unsigned int number = read_number(w, *text == '#' ? text + 1 : text, UINT16_MAX);

	if (!number || number > w->messages)
		fail(w, "there is no message %s", text);
	return w->message[number - 1];
}

static void cmd_deliver(struct world *w, struct line *line)
{
	for (unsigned int i = 1; i < line->words; i++)
		message_deliver(w, message_numbered(w, line->word[i]));
}

static void cmd_drop(struct world *w, struct line *line)
{
	for (unsigned int i = 1; i < line->words; i++) {
		struct message *message = message_numbered(w, line->word[i]);

		if (!message->pending)
			fail(w, "message %s is not under way", line->word[i]);
		message->pending = false;
	}
}

static void cmd_delay(struct world *w, struct line *line)
{
	struct message *message = message_numbered(w, line->word[1]);

	message->pending = true;
	message->at_us = w->now_us + read_time(w, line->word[2]);
}

static void cmd_corrupt(struct world *w, struct line *line)
{
	struct message *message = message_numbered(w, line->word[1]);

	message->octets[read_number(w, line->word[2], (uint32_t)message->dgram.len - 1)] ^= 0xff;
}

/* inject FROM TO HEX... [checksum=right] */
static void cmd_inject(struct world *w, struct line *line)
{
	uint8_t octets[PMIP_MH_MAX];
	struct pmip_dgram dgram = {.src = read_addr(w, line->word[1]), .dst = read_addr(w, line->word[2]), .data = octets};

	for (unsigned int i = 3; i < line->words; i++)
		dgram.len += read_octets(w, line->word[i], octets + dgram.len, sizeof(octets) - dgram.len);
	if (field(&line->fields, "checksum") && dgram.len >= 8) {
		uint16_t sum = pmip_mh_checksum(&dgram);

		octets[4] = (uint8_t)(sum >> 8);
		octets[5] = (uint8_t)sum;
	}
	message_deliver(w, message_add(w, &dgram));
}

/* vector FILE: one of tests/vectors, with its own addresses. */
static void cmd_vector(struct world *w, struct line *line)
{
	const char *top = getenv("top_srcdir");
	struct vector v = {.len = 0};
	struct pmip_dgram dgram;
	char path[512];
	FILE *f;

	snprintf(v.file, sizeof(v.file), "%s", line->word[1]);
	snprintf(path, sizeof(path), "%s/tests/vectors/%s", top ? top : ".", v.file);
	f = fopen(path, "r");
	if (!f)
		fail(w, "%s cannot be opened", path);
	fclose(f);
	vector_load(&v);
	dgram = vector_dgram(&v);
	message_add(w, &dgram);
	free(v.data);
	message_deliver(w, w->message[w->messages - 1]);
}

/* ---- events ---- */

#define ATTACH_OCTETS 256

static struct pmip_attach attach_of(struct world *w, struct line *line, uint8_t octets[ATTACH_OCTETS])
{
	struct mn *mn = mn_find(w, line->word[2]);
	struct pmip_attach attach = {.size = sizeof(attach), .link = 1, .ll_id = mn->ll_id, .mn_id = mn->mn_id, .att = mn->att};
	const char *text;

	text = field(&line->fields, "link");
	if (text)
		attach.link = read_number(w, text, UINT32_MAX);
	text = field(&line->fields, "att");
	if (text)
		attach.att = (uint8_t)read_number(w, text, 255);
	text = field(&line->fields, "hi");
	if (text)
		attach.hi = (uint8_t)read_number(w, text, 255);
	text = field(&line->fields, "mtu");
	if (text)
		attach.link_mtu = read_number(w, text, UINT32_MAX);
	text = field(&line->fields, "ani");
	if (text)
		attach.access_network = (struct pmip_bytes){octets, read_octets(w, text, octets, ATTACH_OCTETS)};
	text = field(&line->fields, "mnid");
	if (text && !strcmp(text, "none"))
		attach.mn_id = (struct pmip_mnid){0};
	text = field(&line->fields, "llid");
	if (text && !strcmp(text, "none"))
		attach.ll_id = (struct pmip_llid){0};
	else if (text && pmip_llid_parse(&attach.ll_id, text))
		fail(w, "\"%s\" is no link-layer identifier; write 02:00:00:00:00:01", text);
	return attach;
}

static struct node *live_mag(struct world *w, const char *name)
{
	struct node *node = node_find(w, name);

	if (!node->mag)
		fail(w, "%s is not a MAG of this scenario", name);
	return node;
}

static void cmd_attach(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	uint8_t octets[ATTACH_OCTETS];
	struct pmip_attach attach = attach_of(w, line, octets);
	bool solicit = !strcmp(line->word[0], "rs");

	world_turn(w, node, line->word[0], solicit ? pmip_mag_router_solicit(node->mag, &attach, node_now(w, node))
						   : pmip_mag_attach(node->mag, &attach, node_now(w, node)));
}

static void cmd_clock_ok(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	int count = pmip_mag_clock_synchronised(node->mag, node_now(w, node));

	trace(w, "%s clock-ok: %d waited", node->name, count);
	world_turn(w, node, "clock-ok", count);
}

static void cmd_lla_in_use(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	struct pmip_addr addr = read_addr(w, line->word[2]);
	const char *text = field(&line->fields, "link");
	int count = pmip_mag_link_local_in_use(node->mag, text ? read_number(w, text, UINT32_MAX) : 1, &addr, node_now(w, node));

	if (!count)
		trace(w, "%s lla-in-use: nobody's", node->name);
	world_turn(w, node, "lla-in-use", count);
}

static void cmd_detach(struct world *w, struct line *line)
{
	struct node *node = live_mag(w, line->word[1]);
	bool all = !strcmp(line->word[2], "all");
	const char *text = field(&line->fields, "link");
	uint32_t link = text ? read_number(w, text, UINT32_MAX) : 1;
	int count = pmip_mag_detach(node->mag, link, all ? NULL : &mn_find(w, line->word[2])->ll_id, node_now(w, node));

	if (!count)
		trace(w, "%s detach: nobody", node->name);
	world_turn(w, node, "detach", count);
}

static void cmd_advance(struct world *w, struct line *line)
{
	world_advance(w, read_time(w, line->word[1]));
}

static void cmd_complete(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);
	const char *text = field(&line->fields, "error");
	int err = text ? read_err(w, text) : 0;

	for (unsigned int i = 2; i < line->words; i++)
		op_complete(w, node, read_number(w, line->word[i] + 2 * !strncmp(line->word[i], "op", 2), 1000), err);
}

static void cmd_shutdown(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);

	if (node->role == ROLE_PEER)
		fail(w, "%s has no engine to shut down", node->name);
	world_turn(w, node, "shutdown", node->lma ? pmip_lma_shutdown(node->lma, node_now(w, node))
						  : pmip_mag_shutdown(node->mag, node_now(w, node)));
}

static void cmd_reconfigure(struct world *w, struct line *line)
{
	node_reconfigure(w, node_find(w, line->word[1]));
}

/* Its engine starts anew, all state lost. */
static void cmd_restart(struct world *w, struct line *line)
{
	struct node *node = node_find(w, line->word[1]);

	pmip_lma_free(node->lma);
	pmip_mag_free(node->mag);
	node->lma = NULL;
	node->mag = NULL;
	node->tunnels = node->forwardings = 0;
	world_start(w);
}

static void cmd_expect(struct world *w, struct line *line)
{
	expect(w, line->word + 1, line->words - 1, &line->fields);
}

static const struct command commands[] = {
	{"attach", 3, false, true, cmd_attach},
	{"advance", 2, false, true, cmd_advance},
	{"clock-ok", 2, false, true, cmd_clock_ok},
	{"complete", 3, false, true, cmd_complete},
	{"corrupt", 3, false, false, cmd_corrupt},
	{"delay", 3, false, false, cmd_delay},
	{"deliver", 2, false, true, cmd_deliver},
	{"detach", 3, false, true, cmd_detach},
	{"drop", 2, false, false, cmd_drop},
	{"expect", 2, false, false, cmd_expect},
	{"flow", 3, false, true, cmd_flow},
	{"inject", 4, false, true, cmd_inject},
	{"lla-in-use", 3, false, true, cmd_lla_in_use},
	{"pba", 2, false, true, cmd_pba},
	{"pbu", 3, false, true, cmd_pbu},
	{"reconfigure", 2, false, true, cmd_reconfigure},
	{"restart", 2, false, true, cmd_restart},
	{"rs", 3, false, true, cmd_attach},
	{"shutdown", 2, false, true, cmd_shutdown},
	{"vector", 2, false, true, cmd_vector},
	{NULL, 0, false, false, NULL},
};

static const struct command *find(const char *name)
{
	const struct command *const tables[] = {commands, declare_commands, signal_commands};

	for (size_t i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		for (const struct command *command = tables[i]; command->name; command++)
			if (!strcmp(command->name, name))
				return command;
	return NULL;
}

bool command_run(struct world *w, char *text)
{
	const struct command *command;
	struct line line;

	take_apart(w, text, &line);
	w->event_us = w->now_us;
	command = line.words ? find(line.word[0]) : NULL;
	if (!command)
		fail(w, "unknown command \"%s\"; see README.md", line.words ? line.word[0] : "");
	if (line.words < command->words)
		fail(w, "%s wants more words; see README.md", command->name);
	if (!command->configures)
		world_start(w);
	command->run(w, &line);
	for (unsigned int k = 0; k < line.fields.count; k++)
		if (!line.fields.used[k])
			fail(w, "%s has no field \"%s\"", command->name, line.fields.key[k]);
	return command->traces;
}
