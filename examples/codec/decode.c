/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pmip-decode: Mobility Header messages, in hexadecimal or captured, as text or JSON.
 */
#include <config.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/decode.h"
#include "codec/json.h"

static const char usage[] =
	"Usage: pmip-decode [--json] [--role lma|mag] [--udp4] [FILE]...\n"
	"Print Mobility Header messages: lines \"SRC DST HEX\", or the packets of a pcap file. Without FILE, or with -, standard input.\n"
	"  -j, --json       one JSON object a message\n"
	"  -r, --role ROLE  what an LMA or a MAG refuses without looking at its sessions\n"
	"  -u, --udp4       the messages of lines were carried in IPv4 and UDP: no checksum, HEX alone is enough\n"
	"  -h, --help       this text\n"
	"      --version    the version\n"
	"Exit status: 0, 1 when input could not be read, 2 for wrong usage. A message that is refused is no error.\n";

struct settings {
	bool json;
	bool udp;
	enum pmip_role role;
};

/* The names that errors have in JSON, where they are not those of the library. */
static const char *error_class(int err, const struct pmip_dgram *dgram)
{
	static char text[48];

	if (err == PMIP_ERR_SHORT)
		return dgram->len < 8 ? "E_SHORT" : "E_HDRLEN_OVERRUN";
	if (err == PMIP_ERR_CHECKSUM)
		return "E_CKSUM";
	if (err == PMIP_ERR_PAYLOAD_PROTO)
		return "E_PROTO";
	if (err == PMIP_ERR_HDR_LEN)
		return "E_HDRLEN_MIN";
	if (err == PMIP_ERR_SELECTOR_FORMAT)
		return "E_TS_FORMAT";
	snprintf(text, sizeof(text), "E%s", pmip_err_name(err) + strlen("PMIP_ERR"));
	return text;
}

static const char *action_name(enum pmip_reaction reaction)
{
	switch (reaction) {
	case PMIP_REACT_ICMP:
		return "icmp-pp";
	case PMIP_REACT_BINDING_ERROR:
		return "be";
	case PMIP_REACT_REPLY:
		return "reply";
	case PMIP_REACT_FLOW_REJECT:
		return "flow-reject";
	case PMIP_REACT_IGNORE:
		return "ignore-pba";
	case PMIP_REACT_DROP:
	default:
		return "drop";
	}
}

/* What goes with the reaction: the octet that a Parameter Problem points to, counted from the Mobility Header, or the status of what is sent, called
 * by the message that carries it. */
static void set_reaction(json_t *object, const struct pmip_diag *diag, const struct pmip_dgram *dgram)
{
	const char *key = NULL;

	if (diag->reaction == PMIP_REACT_ICMP)
		json_object_set_new(object, "pointer_mh_offset", json_integer((json_int_t)diag->offset));
	else if (diag->reaction == PMIP_REACT_BINDING_ERROR)
		key = "be_status";
	else if (diag->reaction == PMIP_REACT_FLOW_REJECT)
		key = "status";
	else if (diag->reaction == PMIP_REACT_REPLY && dgram->data[2] == PMIP_MH_REVOCATION)
		key = "bra_status";
	else if (diag->reaction == PMIP_REACT_REPLY && dgram->data[2] == PMIP_MH_UPN)
		key = "upa_status";
	else if (diag->reaction == PMIP_REACT_REPLY)
		key = (dgram->data[8] << 8 | dgram->data[9]) & PMIP_BU_P ? "pba_status" : "ba_status";
	if (key != NULL)
		json_object_set_new(object, key, json_integer(diag->status));
}

static void put_json(json_t *object)
{
	json_dumpf(object, stdout, JSON_COMPACT);
	putchar('\n');
	json_decref(object);
}

/* What a peer would have to be let pass so that the message can be decoded; NULL = nothing helps. */
static const char *tolerance_name(const struct settings *settings, const struct pmip_dgram *dgram)
{
	struct pmip_mh mh;
	uint32_t used;

	if (settings->udp || pmip_mh_decode_tolerant(&mh, &used, NULL, dgram, 0, PMIP_TOLERATE_UNALIGNED_OPTIONS | PMIP_TOLERATE_SHORT_HEADER_LEN))
		return NULL;
	return pmip_tolerance_name((enum pmip_tolerance)used);
}

static void show_refused(const struct settings *settings, int err, const struct pmip_diag *diag, const struct pmip_dgram *dgram)
{
	const char *tolerance = tolerance_name(settings, dgram);
	bool in_option = diag->option != 0; /* nothing can be wrong with a Pad1 */
	json_t *object;

	if (settings->json) {
		object = json_pack("{s:s,s:s,s:i,s:o,s:s*}", "error", error_class(err, dgram), "action", action_name(diag->reaction), "offset",
				   (int)diag->offset, "option", in_option ? json_integer(diag->option) : json_null(), "tolerance", tolerance);
		set_reaction(object, diag, dgram);
		put_json(object);
		return;
	}
	printf("Refused: %s at octet %zu", diag->rule, diag->offset);
	if (in_option)
		printf(", option %u", diag->option);
	printf(" (%s): %s, %s", diag->ref, error_class(err, dgram), action_name(diag->reaction));
	if (diag->reaction == PMIP_REACT_REPLY || diag->reaction == PMIP_REACT_FLOW_REJECT || diag->reaction == PMIP_REACT_BINDING_ERROR)
		printf(" with status %u", diag->status);
	if (tolerance != NULL)
		printf("; tolerance %s lets it pass", tolerance);
	putchar('\n');
}

static void show_text(const struct pmip_mh *mh)
{
	size_t len = pmip_mh_print(mh, NULL, 0);
	char *text = malloc(len + 1);

	if (text == NULL) {
		fputs("pmip-decode: out of memory\n", stderr);
		exit(1);
	}
	pmip_mh_print(mh, text, len + 1);
	fputs(text, stdout);
	free(text);
}

static void show(const struct pmip_dgram *dgram, bool udp, void *user)
{
	const struct settings *settings = user;
	struct pmip_diag diag = {.offset = 0};
	struct pmip_mh mh;
	int err = pmip_mh_decode(&mh, &diag, dgram, udp ? PMIP_DECODE_NO_CHECKSUM : 0);
	bool decoded = err == 0;

	if (decoded)
		err = pmip_mh_validate(&mh, &diag, settings->role);
	if (decoded && !settings->json)
		show_text(&mh);
	if (err < 0)
		show_refused(settings, err, &diag, dgram);
	else if (settings->json)
		put_json(message_to_json(&mh));
	fflush(stdout);
}

static unsigned int read_file(const char *name, struct settings *settings)
{
	bool standard = strcmp(name, "-") == 0;
	FILE *in = standard ? stdin : fopen(name, "r");
	unsigned int bad;

	if (in == NULL) {
		perror(name);
		return 1;
	}
	if (standard)
		name = "standard input";
	if (is_capture(in))
		return read_capture(in, name, show, settings);
	bad = read_lines(in, name, settings->udp, show, settings);
	if (!standard)
		fclose(in);
	return bad;
}

static int read_role(const char *text, enum pmip_role *role)
{
	*role = strcmp(text, "lma") == 0 ? PMIP_ROLE_LMA : PMIP_ROLE_MAG;
	if (*role == PMIP_ROLE_LMA || strcmp(text, "mag") == 0)
		return 0;
	fprintf(stderr, "pmip-decode: --role %s: give lma or mag\n", text);
	return -1;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"json", no_argument, NULL, 'j'}, {"role", required_argument, NULL, 'r'}, {"udp4", no_argument, NULL, 'u'},
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0},
	};
	struct settings settings = {.role = PMIP_ROLE_ANY};
	unsigned int bad = 0;
	int c;

	while ((c = getopt_long(argc, argv, "jr:uh", options, NULL)) != -1) {
		if (c == 'j') {
			settings.json = true;
		} else if (c == 'u') {
			settings.udp = true;
		} else if (c == 'h') {
			fputs(usage, stdout);
			return 0;
		} else if (c == 'V') {
			puts("pmip-decode " PACKAGE_VERSION);
			return 0;
		} else if (c != 'r' || read_role(optarg, &settings.role) < 0) {
			fputs(usage, stderr);
			return 2;
		}
	}
	if (optind == argc)
		bad += read_file("-", &settings);
	for (; optind < argc; optind++)
		bad += read_file(argv[optind], &settings);
	return bad != 0;
}
