/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pmip-encode: JSON as pmip-decode prints it to messages in hexadecimal.
 */
#include <config.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "codec/json.h"

static const char usage[] =
	"Usage: pmip-encode [--src ADDR --dst ADDR | --udp4] [FILE]\n"
	"Build Mobility Header messages from JSON objects as pmip-decode --json prints them; without FILE, or with -, from standard input.\n"
	"  -s, --src ADDR   source, and\n"
	"  -d, --dst ADDR   destination that the checksum is over; an object's own \"src\" and \"dst\" come first. The output is then\n"
	"                   lines \"SRC DST HEX\"\n"
	"  -u, --udp4       the messages are carried in IPv4 and UDP: the checksum is 0\n"
	"  -h, --help       this text\n"
	"      --version    the version\n"
	"Without addresses the checksum is the object's own and the output lines \"HEX\".\n"
	"Exit status: 0, 1 when an object is no message, 2 for wrong usage.\n";

struct settings {
	const char *src, *dst;
	bool udp;
};

static int encode(json_t *object, const struct settings *settings)
{
	static struct arena arena;
	const char *src = json_string_value(json_object_get(object, "src")), *dst = json_string_value(json_object_get(object, "dst"));
	struct pmip_addr from, to;
	uint8_t buf[PMIP_MH_MAX];
	bool addressed;
	int len;

	src = src == NULL ? settings->src : src;
	dst = dst == NULL ? settings->dst : dst;
	addressed = src != NULL && dst != NULL;
	arena.used = 0;
	arena.error[0] = '\0';
	if (addressed && (address_read(src, &from) < 0 || address_read(dst, &to) < 0)) {
		fprintf(stderr, "pmip-encode: %s, %s: not two addresses\n", src, dst);
		return -1;
	}
	if (settings->udp)
		json_object_del(object, "checksum");
	len = message_from_json(object, addressed && !settings->udp ? &from : NULL, &to, buf, &arena);
	if (len < 0) {
		fprintf(stderr, "pmip-encode: %s\n", arena.error);
		return -1;
	}
	if (addressed)
		printf("%s %s ", src, dst);
	for (int i = 0; i < len; i++)
		printf("%02x", buf[i]);
	putchar('\n');
	fflush(stdout);
	return 0;
}

/* Objects, or arrays of them, one behind the other. */
static int encode_all(FILE *in, const struct settings *settings)
{
	int status = 0;
	json_error_t error;
	json_t *value, *element;
	size_t i;

	for (;;) {
		int c = getc(in);

		while (c == ' ' || c == '\t' || c == '\r' || c == '\n')
			c = getc(in);
		if (c == EOF)
			return status;
		ungetc(c, in);
		value = json_loadf(in, JSON_DISABLE_EOF_CHECK | JSON_ALLOW_NUL, &error);
		if (value == NULL) {
			fprintf(stderr, "pmip-encode: line %d: %s\n", error.line, error.text);
			return 1;
		}
		if (json_is_object(value)) {
			status |= encode(value, settings) < 0;
		} else {
			json_array_foreach(value, i, element)
				status |= encode(element, settings) < 0;
		}
		json_decref(value);
	}
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{"src", required_argument, NULL, 's'}, {"dst", required_argument, NULL, 'd'}, {"udp4", no_argument, NULL, 'u'},
		{"help", no_argument, NULL, 'h'}, {"version", no_argument, NULL, 'V'}, {NULL, 0, NULL, 0},
	};
	struct settings settings = {NULL, NULL, false};
	FILE *in = stdin;
	int c, status;

	while ((c = getopt_long(argc, argv, "s:d:uh", options, NULL)) != -1) {
		if (c == 's') {
			settings.src = optarg;
		} else if (c == 'd') {
			settings.dst = optarg;
		} else if (c == 'u') {
			settings.udp = true;
		} else if (c == 'V') {
			puts("pmip-encode " PACKAGE_VERSION);
			return 0;
		} else {
			fputs(usage, c == 'h' ? stdout : stderr);
			return c == 'h' ? 0 : 2;
		}
	}
	if (optind + 1 < argc || (settings.src == NULL) != (settings.dst == NULL)) {
		fputs(usage, stderr);
		return 2;
	}
	if (optind < argc && strcmp(argv[optind], "-") != 0)
		in = fopen(argv[optind], "r");
	if (in == NULL) {
		perror(argv[optind]);
		return 1;
	}
	status = encode_all(in, &settings);
	if (in != stdin)
		fclose(in);
	return status;
}
