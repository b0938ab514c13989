/* SPDX-License-Identifier: BSD-2-Clause */
/* Commands of the language, in three tables: declare.c for what stands before the events, command.c for these, and signal.c for what goes on
 * between LMA and MAGs beside PBUs. */
#ifndef TESTS_SCENARIO_COMMAND_H
#define TESTS_SCENARIO_COMMAND_H

#include "world.h"

#define WORDS_MAX 64

/* One line taken apart: words, and fields behind them. */
struct line {
	char *word[WORDS_MAX];
	unsigned int words;
	struct fields fields;
};

struct command {
	const char *name;   /* NULL behind the last */
	unsigned int words; /* at least, the command included */
	bool configures;    /* engines need not run yet */
	bool traces;
	void (*run)(struct world *w, struct line *line);
};

extern const struct command declare_commands[], signal_commands[];
/* flow.c */
void cmd_flow(struct world *w, struct line *line);

/* Deliver a hand-made message at once, or with hold=yes when the script says so. */
void submit(struct world *w, struct message *message, struct fields *fields);

#endif
