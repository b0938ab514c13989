/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A main() for a fuzz target: every file named, .hex files of tests/vectors as messages, others as they are.
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INPUT_MAX (1 << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The octets of a .hex file behind a first one of 0, which is the target's own. */
static size_t read_hex(FILE *in, uint8_t *out)
{
	char line[256];
	unsigned int octet;
	size_t n = 0;

	out[n++] = 0;
	while (fgets(line, sizeof(line), in) != NULL) {
		for (const char *p = line; line[0] != '#' && sscanf(p, "%2x", &octet) == 1; p += 2)
			out[n++] = (uint8_t)octet;
	}
	return n;
}

static void replay(const char *name)
{
	static uint8_t buf[INPUT_MAX];
	const char *dot = strrchr(name, '.');
	bool hex = dot != NULL && strcmp(dot, ".hex") == 0;
	FILE *in = fopen(name, "rb");
	uint8_t *copy;
	size_t n;

	if (in == NULL) {
		perror(name);
		exit(1);
	}
	n = hex ? read_hex(in, buf) : fread(buf, 1, sizeof(buf), in);
	fclose(in);
	copy = malloc(n == 0 ? 1 : n);
	if (copy == NULL)
		exit(1);
	memcpy(copy, buf, n);
	/* Every role once; target by target the first octet means something else. Others have one of their own. */
	for (uint8_t first = 0; first < (hex ? 3 : 1); first++) {
		if (hex)
			copy[0] = first;
		LLVMFuzzerTestOneInput(copy, n);
	}
	free(copy);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return argc < 2;
}
