/* SPDX-License-Identifier: BSD-2-Clause */
/* Runs scenarios: tests/scenario/README.md.
 *
 *     run_scenario [--update] [--list] [--trace FILE] [FILE.scn ...]     without files: all of $top_srcdir/tests/scenario
 *
 * A script is read into lines; each case runs on a world of its own, the lines before the first case first. The trace of an event must
 * be the "|" lines behind it. */
#include "world.h"

#include <ctype.h>
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#define LINES_MAX 8192

struct script {
	char *line[LINES_MAX];
	int lines;
	FILE *out; /* the script anew, with --update */
};

static struct world world; /* large, and alive across longjmp() */
static jmp_buf end_of_case;
static bool update, list;
static unsigned int files, cases, failed;

_Noreturn void fail(struct world *w, const char *format, ...)
{
	va_list args;

	printf("%s:%d: ", w->file, w->line);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	longjmp(end_of_case, 1);
}

void trace(struct world *w, const char *format, ...)
{
	char text[4096];
	va_list args;
	int len = 0;

	if (w->now_us != w->event_us)
		len = w->now_us % 1000 ? snprintf(text, sizeof(text), "@%llu.%06llu ", (unsigned long long)(w->now_us / S),
						  (unsigned long long)(w->now_us % S))
				       : snprintf(text, sizeof(text), "@%llu.%03llu ", (unsigned long long)(w->now_us / S),
						  (unsigned long long)(w->now_us % S / 1000));
	va_start(args, format);
	vsnprintf(text + len, sizeof(text) - (size_t)len, format, args);
	va_end(args);
	if (w->traced == sizeof(w->trace) / sizeof(w->trace[0]))
		fail(w, "too long a trace");
	w->trace[w->traced] = strdup(text);
	if (!w->trace[w->traced++])
		fail(w, "no memory");
	if (w->log)
		fprintf(w->log, "%s\n", text);
}

static void forget_trace(struct world *w)
{
	while (w->traced)
		free(w->trace[--w->traced]);
}

static const char *trimmed(const char *line)
{
	while (*line == ' ' || *line == '\t')
		line++;
	return line;
}

static bool is_case(const char *line)
{
	return !strncmp(line, "case ", 5);
}

/* Compare the trace of the event in line at with the "|" lines behind it. Returns the last of them. */
static int compare(struct world *w, struct script *script, int at, bool traces)
{
	unsigned int n = 0;
	const char *found, *expected;

	for (unsigned int i = 0; script->out && i < w->traced; i++)
		fprintf(script->out, "| %s\n", w->trace[i]);
	for (; at + 1 < script->lines && script->line[at + 1][0] == '|'; at++, n++) {
		expected = script->line[at + 1] + 1;
		expected += *expected == ' ';
		found = n < w->traced ? w->trace[n] : "(nothing more)";
		w->line = at + 2;
		if (!update && !traces)
			fail(w, "a trace can only stand behind an event");
		if (!update && strcmp(expected, found) != 0)
			fail(w, "expected: %s\n%s:%d:    found: %s", expected, w->file, w->line, found);
	}
	if (!update && n < w->traced)
		fail(w, "expected: nothing more\n%s:%d:    found: %s", w->file, w->line, w->trace[n]);
	forget_trace(w);
	return at;
}

/* Lines from first to before end; first is behind the case line. */
static void run_lines(struct world *w, struct script *script, int first, int end)
{
	char copy[1024];
	bool traces;

	for (int i = first; i < end; i++) {
		const char *line = trimmed(script->line[i]);

		w->line = i + 1;
		if (script->out && line[0] != '|')
			fprintf(script->out, "%s\n", script->line[i]);
		if (!*line || *line == '#')
			continue;
		if (*line == '|') {
			if (!update)
				fail(w, "a trace can only stand behind an event");
			continue;
		}
		if (strlen(line) >= sizeof(copy))
			fail(w, "too long a line");
		snprintf(copy, sizeof(copy), "%s", line);
		traces = command_run(w, copy);
		i = compare(w, script, i, traces);
	}
}

/* The comment behind a case begins with the ids of what it shows. */
static void need_ids(struct world *w, const struct script *script, int at)
{
	const char *line = at < script->lines ? script->line[at] : "";
	const char *id = strncmp(line, "# ", 2) ? "" : line + 2;
	size_t letters = strspn(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

	w->line = at + 1;
	if (!letters || id[letters] != '-' || !isalnum((unsigned char)id[letters + 1]))
		fail(w, "a case begins with a comment of requirement ids, \"# LKP-B1 LMA-30: what it shows\"");
}

static void need_name(struct world *w, const struct script *script, int at)
{
	for (int i = 0; i < at; i++)
		if (is_case(script->line[i]) && !strcmp(script->line[i], script->line[at]))
			fail(w, "there is a case of this name already, in line %d", i + 1);
}

static void run_case(const char *file, struct script *script, int prelude_end, int at, int end, FILE *log)
{
	struct world *w = &world;
	FILE *out = script->out;

	world_init(w);
	w->file = file;
	w->line = at + 1;
	w->log = log;
	cases++;
	if (out)
		fprintf(out, "%s\n", script->line[at]);
	if (setjmp(end_of_case)) {
		printf("%s:%d: in %s\n", file, at + 1, script->line[at]);
		failed++;
	} else {
		need_name(w, script, at);
		need_ids(w, script, at + 1);
		if (list)
			printf("%s:%d\t%s\t%s\n", file, at + 1, script->line[at] + 5, script->line[at + 1] + 2);
		if (log)
			fprintf(log, "%s: %s\n", file, script->line[at] + 5);
		script->out = NULL;
		run_lines(w, script, 0, prelude_end);
		script->out = out;
		run_lines(w, script, at + 1, end);
	}
	script->out = out;
	world_fini(w);
}

static void script_read(struct script *script, const char *file)
{
	FILE *f = fopen(file, "r");
	char line[4096];

	memset(script, 0, sizeof(*script));
	if (!f) {
		printf("%s:1: cannot be opened\n", file);
		exit(1);
	}
	while (fgets(line, sizeof(line), f) && script->lines < LINES_MAX) {
		line[strcspn(line, "\n")] = '\0';
		script->line[script->lines++] = strdup(line);
	}
	fclose(f);
}

static char *read_back(FILE *f, size_t *len)
{
	char *text = malloc(1 << 20);

	*len = 0;
	rewind(f);
	if (text)
		*len = fread(text, 1, 1 << 20, f);
	return text;
}

/* Only a script whose cases all ran is written anew. */
static void script_write(const char *file, FILE *out)
{
	size_t len;
	char *text = read_back(out, &len);
	FILE *f = text ? fopen(file, "w") : NULL;

	if (!f || fwrite(text, 1, len, f) != len)
		printf("%s:1: cannot be written\n", file), failed++;
	if (f)
		fclose(f);
	free(text);
}

/* Its name in the source tree, by which the conformance report knows it. */
static const char *in_tree(const char *file)
{
	const char *top = getenv("top_srcdir");
	size_t len = top ? strlen(top) : 0;

	return len && !strncmp(file, top, len) && file[len] == '/' ? file + len + 1 : file;
}

static void run_script(const char *file, FILE *log)
{
	static struct script script;
	unsigned int failed_before = failed;
	int first = 0, end;

	script_read(&script, file);
	while (first < script.lines && !is_case(script.line[first]))
		first++;
	script.out = update ? tmpfile() : NULL;
	for (int i = 0; script.out && i < first; i++)
		fprintf(script.out, "%s\n", script.line[i]);
	if (first == script.lines)
		printf("%s:1: no case in this file\n", file), failed++;
	for (int at = first; at < script.lines; at = end) {
		for (end = at + 1; end < script.lines && !is_case(script.line[end]);)
			end++;
		run_case(file, &script, first, at, end, log);
	}
	if (!list)
		printf("%sok %u - %s\n", failed == failed_before ? "" : "not ", ++files, in_tree(file));
	if (script.out && failed == failed_before)
		script_write(file, script.out);
	if (script.out)
		fclose(script.out);
	for (int i = 0; i < script.lines; i++)
		free(script.line[i]);
}

static void run_all(FILE *log)
{
	const char *top = getenv("top_srcdir");
	char pattern[512];
	glob_t found;

	snprintf(pattern, sizeof(pattern), "%s/tests/scenario/*.scn", top ? top : ".");
	if (glob(pattern, 0, NULL, &found)) {
		printf("%s: no scenarios; set top_srcdir to the source tree\n", pattern);
		failed++;
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		run_script(found.gl_pathv[i], log);
	globfree(&found);
}

int main(int argc, char **argv)
{
	FILE *log = NULL;
	int at = 1;

	for (; at < argc && argv[at][0] == '-'; at++) {
		if (!strcmp(argv[at], "--update")) {
			update = true;
		} else if (!strcmp(argv[at], "--list")) {
			list = true;
		} else if (!strcmp(argv[at], "--trace") && at + 1 < argc && (log = fopen(argv[at + 1], "w"))) {
			at++;
		} else {
			printf("usage: run_scenario [--update] [--list] [--trace FILE] [FILE.scn ...]\n");
			return 1;
		}
	}
	if (at == argc)
		run_all(log);
	for (; at < argc; at++)
		run_script(argv[at], log);
	if (log && fclose(log))
		failed++;
	if (!list)
		printf("%u cases, %u failed\n", cases, failed);
	return failed ? 1 : 0;
}
