#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""report.py on a small tree of its own: what is right passes, each thing that is wrong is told."""
import os
import subprocess
import sys
import tempfile

REPORT = os.path.join(os.path.dirname(os.path.abspath(__file__)), 'report.py')
TABLE = 'tests/conformance/requirements.tsv'
GOOD = {
    TABLE: '# comment\n'
           'LMA-1\tmust\t5213 5.3.1\tone\n'
           'LMA-2\tshould\t5213 5.3.1\ttwo\tlater: not now\n'
           'LMA-3\tD\t-\tthree | four\tpartly: not all\n'
           'LMA-4\tmust\t5213 5.3.1\tfive\n',
    'tests/local.mk': 'system_tests = \\\n\t%D%/system/a.sh \\\n\t$(NULL)\n',
    'tests/unit/test_a.c': '/* Preamble. */\n/* LMA-1: why. */\nSTART_TEST(first)\n{\n}\nEND_TEST\n\n'
                           'START_TEST(second) /* LMA-3 */\n{\n\t/* LMA-1 */\n}\nEND_TEST\n',
    'tests/system/a.sh': '# Proves LMA-4.\n',
    'tests/scenario/b.scn': '# LMA-1\n',
    'libflowmob/f.c': '/* Preamble. LMA-4. */\nint f;\n',
    'libpmip/a.c': '/* Preamble:\n * LMA-4. */\n#include <a.h>\n\nstatic const int table[] = {\n\t1, /* LMA-3 */\n};\n\n'
                   '/* DEVIATES: a reason. LMA-1. */\nint one(int a,\n\tint b)\n{\n\treturn 2; /* LMA-2 */\n}\n',
}
UNIT_LOG = 'ok 1 - ../tests/unit/rig.c:a:first: Passed\nok 2 - ../tests/unit/test_a.c:a:second: Passed\n'
SCENARIO_LOG = 'ok 1 - tests/scenario/b.scn\n'
RUN = {'tests/unit/test_scenario': ('PASS', SCENARIO_LOG), 'tests/unit/test_a': ('PASS', UNIT_LOG), 'tests/system/a': ('PASS', '')}
problems = []


def write(top, path, text):
    """A file of the tree."""
    os.makedirs(os.path.dirname(os.path.join(top, path)), exist_ok=True)
    with open(os.path.join(top, path), 'w', encoding='utf-8') as f:
        f.write(text)


def report(top, logs, *args):
    """Exit status and output."""
    env = dict(os.environ, top_srcdir=top, top_builddir=top + '/build', test_logs=' '.join(logs), PYTHONDONTWRITEBYTECODE='1')
    done = subprocess.run([sys.executable, REPORT, *args], env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def case(what, status, said, changes=(), run=(), listed=None, args=(), page=None):
    """The good tree and run with changes: exit status and words of the report."""
    with tempfile.TemporaryDirectory(prefix='pmip-conf') as top:
        for path, text in {**GOOD, **dict(changes)}.items():
            write(top, path, text)
        os.makedirs(top + '/doc')
        results = {**RUN, **dict(run)}
        for name, result in results.items():
            if result:
                write(top, f'build/{name}.trs', f':test-result: {result[0]}\n:global-test-result: {result[0]}\n')
                write(top, f'build/{name}.log', result[1])
        report(top, (), '--write')
        if page:
            write(top, 'doc/conformance.md', page)
        got, text = report(top, [name + '.log' for name in (results if listed is None else listed)], *args)
        if got != status or said not in text:
            problems.append(f'{what}: exit status {got}, expected {status} and "{said}":\n{text}')
        with open(top + '/doc/conformance.md', encoding='utf-8') as f:
            return f.read()


def change(path, old, new):
    """A file of the good tree with a change."""
    assert old in GOOD[path]
    return {path: GOOD[path].replace(old, new)}


def main():
    """All cases."""
    page = case('all is well', 0, '4 requirements, 2 proved by 4 tests')
    for row in ('| LMA-1 | must | RFC 5213 5.3.1 | one | a.c `one` | test_a `first`, test_a `second`, scenario/b.scn | proved |',
                '| LMA-2 | should | RFC 5213 5.3.1 | two | a.c `one` | - | later: not now |',
                '| LMA-3 | D | - | three \\| four | a.c `table` | test_a `second` | proved in part: not all |',
                '| LMA-4 | must | RFC 5213 5.3.1 | five | a.c, libflowmob/f.c | system/a.sh | proved |', '- libpmip/a.c: a reason. LMA-1.'):
        if row not in page:
            problems.append(f'the page lacks: {row}\n{page}')
    case('all is well, strictly', 0, 'proved', args=['--strict'])
    case('no such id', 1, 'libpmip/a.c:13: LMA-99 is not in', change('libpmip/a.c', 'LMA-2', 'LMA-99'))
    case('no test', 1, 'LMA-4: no test proves it', change('tests/system/a.sh', 'LMA-4', 'nothing'))
    case('a note too many', 1, 'LMA-2: second proves it', change('tests/unit/test_a.c', 'LMA-3', 'LMA-3, LMA-2'))
    case('a tag outside', 1, 'test_a.c:2: LMA-1 belongs to no test', change('tests/unit/test_a.c', 'why. */\n', 'why. */\nint a;\n'))
    case('no list', 1, 'helper.py:1: LMA-1 in a file that is no test', {'tests/system/helper.py': '# LMA-1\n'})
    case('in the tarball alone', 1, 'a.sh:1: LMA-4 in a file that is no test', change('tests/local.mk', 'system_tests', 'EXTRA_DIST'))
    case('a bad strength', 1, 'strength shall', change(TABLE, 'should', 'shall'))
    case('a bad note', 1, 'does not begin with', change(TABLE, 'later: ', 'soon '))
    case('an empty note', 1, 'an empty note; leave its tab out', change(TABLE, 'five\n', 'five\t\n'))
    case('an id twice', 1, 'is there twice', change(TABLE, 'LMA-2', 'LMA-1'))
    case('another page', 1, 'report.py --write', page='# Conformance\n')
    case('a failed test', 1, 'test_a.c second: FAIL',
         run={'tests/unit/test_a': ('FAIL', UNIT_LOG.replace('ok 2', 'not ok 2'))})
    case('one pass of a loop failed', 1, 'test_a.c second: FAIL',
         run={'tests/unit/test_a': ('FAIL', UNIT_LOG + 'not ok 4 - ../tests/unit/test_a.c:a:second: x\n')})
    case('a test not in its list', 1, 'second did not run',
         run={'tests/unit/test_a': ('PASS', 'ok 1 - ../tests/unit/test_a.c:a:first: Passed\n')})
    case('a scenario that did not run', 1, 'b.scn did not run', run={'tests/unit/test_scenario': ('PASS', '')})
    case('a failed scenario', 1, 'b.scn: FAIL', run={'tests/unit/test_scenario': ('FAIL', 'not ' + SCENARIO_LOG)})
    case('no scenarios in this run', 0, 'not part of this run: tests/scenario/b.scn', listed=['tests/unit/test_a', 'tests/system/a'])
    case('a failed script', 1, 'tests/system/a.sh: FAIL', run={'tests/system/a': ('FAIL', '')})
    case('no result', 1, 'a.sh did not run', run={'tests/system/a': None})
    case('skipped', 77, 'skipped: 1 tests', run={'tests/system/a': ('SKIP', '')})
    case('skipped, strictly', 1, 'a.sh: SKIP', run={'tests/system/a': ('SKIP', '')}, args=['--strict'])
    case('not in this run', 0, 'not part of this run: tests/system/a.sh', run={'tests/system/a': None},
         listed=['tests/unit/test_a', 'tests/unit/test_scenario'])
    case('left out, strictly', 1, 'a.sh did not run', run={'tests/system/a': None}, args=['--strict'])
    for text in problems:
        print(text)
    return 1 if problems else 0


if __name__ == '__main__':
    sys.exit(main())
