#!/usr/bin/env bash
# What a reviewer need not look for: banned functions, sizes, white space, licence line, loose ends, paths of one machine.
set -euo pipefail
# shellcheck source=tests/tools/lib.sh
. "$(dirname "$0")/lib.sh"

banned='strcpy|strcat|sprintf|vsprintf|gets|atoi|atol|alloca|system|rand|popen'
file_lines=700
function_lines=80
function_lines_wanted=60

# told TREE FILE TEXT: grep's "line:text" from standard input, as problems of FILE.
told()
{
	local line text
	while IFS=: read -r line text; do
		problem "$1:$line: $2: $text"
	done
}

# A function runs from a brace in the first column to the next closing one; its name stands in the last line before that has a
# parenthesis.
functions_of()
{
	awk -v name="$2" -v most="$function_lines" -v wanted="$function_lines_wanted" '
		/^[A-Za-z].*\(/ {title = $0; sub(/\(.*/, "", title); sub(/.*[ *]/, "", title)}
		/^START_TEST\(/ {title = $0}
		/^\{/ {start = NR}
		/^\}/ && start {
			if (NR - start - 1 > most)
				print "problem " name ":" start ": " title " has " NR - start - 1 " lines, at most " most
			else if (NR - start - 1 > wanted)
				print "warning " name ":" start ": " title " has " NR - start - 1 " lines, better at most " wanted
			start = 0
		}' "$1"
}

check_tree()
{
	local file lines text n=0
	while read -r file; do
		n=$((n + 1))
		told "$file" "trailing white space" < <(grep -nE '[[:space:]]+$' "$1/$file" || true)
		told "$file" "loose end without an issue number" < <(grep -nwE 'TOD[O]|FIXM[E]|XX[X]' "$1/$file" | grep -vE '#[0-9]+|TODO-RELEASE' || true)
		told "$file" "path of one machine" < <(grep -nE '(^|[^A-Za-z0-9_.])/wor[k]/|/tmp/w[t]\b|\.\./share[d]/|/home/[a-z]' "$1/$file" || true)
		case $file in *.c | *.h)
			told "$file" "banned function" < <(grep -nE "(^|[^A-Za-z0-9_.>])($banned)\\(" "$1/$file" || true)
			told "$file" "indented by spaces" < <(grep -nE '^ +[^ *]' "$1/$file" || true)
			told "$file" "no space behind the keyword" < <(grep -nE '^[[:space:]]*(\} else )?(if|for|while|switch)\(' "$1/$file" || true)
			head -n 1 "$1/$file" | grep -q 'SPDX-License-Identifier: ' || problem "$file:1: first line has no SPDX-License-Identifier"
			lines=$(wc -l <"$1/$file")
			[ "$lines" -le "$file_lines" ] || problem "$file:1: $lines lines, at most $file_lines"
			while read -r text; do
				case $text in
				problem*) problem "${text#problem }" ;;
				*) printf '%s\n' "$text" ;;
				esac
			done < <(functions_of "$1/$file" "$file")
			;;
		esac
	done < <(sources "$1" '*.c' '*.h' '*.sh' '*.py' '*.mk' '*.md' '*.am' '*.ac' '*.in' '*.map' '*.yaml' '*.pc.in' | grep -v '^Makefile\.in$\|^config\.h\.in$')
	[ "$n" -gt 0 ] || problem "$1: no sources found; wrong directory?"
}

bad=$scratch/bad
mkdir -p "$bad"
{
	echo 'int x; '
	echo '// TOD''O: later'
	echo 'static void f(char *a) { sprintf(a, "x"); }'
	printf 'static int long_one(int a)\n{\n'
	echo '    if(a)'
	printf '\ta++;\n%.0s' {1..80}
	printf '}\nstatic int longish(int a)\n{\n'
	printf '\ta++;\n%.0s' {1..61}
	printf '}\n'
	printf '\n%.0s' {1..700}
} >"$bad/a.c"
printf 'see /wor''k/main\n' >"$bad/b.md"
self_check "$(check_tree "$bad")" 'a.c:1: trailing white space' 'a.c:2: loose end' 'a.c:3: banned function' 'a.c:6: indented' 'a.c:6: no space' 'a.c:1: first line has no SPDX' \
	'a.c:5: long_one has 81 lines, at most' 'warning a.c:89: longish has 61' 'a.c:1: 8[0-9][0-9] lines, at most' 'b.md:1: path of one machine'

check_tree "$top_srcdir"
finish
