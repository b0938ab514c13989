#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""doc/rfc-coverage.md is what the codec's tables say, and every row of theirs stands in a vector or a random message.

check-coverage.py --write writes the page.
"""
import os
import re
import subprocess
import sys

sys.dont_write_bytecode = True  # the tree may be read-only
import codec_random

TOP = os.environ.get("top_srcdir", ".")
PROGRAM = os.path.join(os.environ.get("top_builddir", "."), "tests/tools/rfc_coverage")
PAGE = os.path.join(TOP, "doc/rfc-coverage.md")
NOT_RANDOM = {0, 1, 5}  # padding is in every message; option 5 must be the last, vectors have it


def main():
    text = subprocess.run([PROGRAM], check=True, stdout=subprocess.PIPE, text=True).stdout
    if sys.argv[1:] == ["--write"]:
        with open(PAGE, "w", encoding="utf-8") as page:
            page.write(text)
        return 0
    problems = 0
    with open(PAGE, encoding="utf-8") as page:
        if page.read() != text:
            print("doc/rfc-coverage.md is not what the tables say: run tests/tools/check-coverage.py --write and look at the difference")
            problems += 1
    options = text.split("## Options")[1].split("##")[0]
    rows = {int(n) for n in re.findall(r"^\| (\d+) \|", options, re.MULTILINE)}
    untested = rows - NOT_RANDOM - codec_random.OPTIONS.keys()
    if untested or len(rows) < 60:
        print(f"{len(rows)} options; not in tests/tools/codec_random.py: {sorted(untested)}")
        problems += 1
    print(f"{len(rows)} options, {problems} problems")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
