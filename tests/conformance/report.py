#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
"""Which requirement is met where, which test proves it, and whether that test ran and passed.

    report.py            in make check: tags, doc/conformance.md and this run's results agree; 77 when a proof was skipped
    report.py --strict   after a whole make check: a proof that was skipped or left out is a failure too
    report.py --write    write doc/conformance.md

requirements.tsv names the requirements. A tag is a requirement's id, like LMA-4, in a comment; nothing else ties them together:

- tests/unit/*.c: in a START_TEST, on its line, or in the comment directly above it. The proof is that test, and it has run when its
  program's log has a line "ok N - FILE:CASE:TEST: Passed" for it (TAP, which Check writes; each pass of a loop test has one; FILE is
  where the last assertion stands, which may be elsewhere).
- tests/system, tests/tools, tests/scenario: anywhere in the file. The proof is the file: its own result, or, for what one program
  runs many of (its name has "scenario" in it), a line "ok N - FILE" in its log.
- libpmip, libflowmob, examples: in a function, above one, or in the file's preamble. That is the place that does it.

A requirement that no test proves needs a note that says why; one that is proved must not have it.
"""
import collections
import difflib
import os
import re
import sys

TOP = os.environ.get('top_srcdir') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('top_builddir') or os.getcwd()
TABLE = 'tests/conformance/requirements.tsv'
PAGE = 'doc/conformance.md'
STRENGTHS = ('must', 'should', 'may', 'D')
NOTES = ('later', 'missing', 'not applicable', 'partly')
AREAS = {
    'GEN': 'Common', 'SEC': 'Security', 'LMA': 'LMA: Proxy Binding Updates', 'DER': 'LMA: de-registration',
    'PBA': 'LMA: Proxy Binding Acknowledgements', 'LKP': 'LMA: which session does a PBU mean', 'ORD': 'Message ordering',
    'TUN': 'Tunnels and forwarding', 'MAG': 'MAG', 'RA': 'MAG: access link', 'FWD': 'MAG: forwarding',
    'V4F': 'Forwarding of IPv4 home addresses', 'GREF': 'Forwarding in GRE', 'HBT': 'Heartbeat',
    'RED': 'Runtime LMA assignment', 'REV': 'Binding revocation', 'UPN': 'Update notifications', 'BLK': 'Bulk registration', 'FLO': 'Flow mobility',
    'FMC': 'Flow matching', 'LIF': 'Logical interface', 'MPB': 'Multipath', 'LCM': 'Controlled parameters',
    'LRT': 'Localized routing', 'PAP': "The paper's extensions", 'FMP': 'Flow manager', 'RFL': 'Packet reflector',
    'BND': 'Bonding model', 'V4': 'IPv4 home addresses', 'GRE': 'GRE keys', 'TOL': 'Peers that are not perfect',
}
TAG = re.compile(r'\b(?:' + '|'.join(AREAS) + r')-[A-Z]?[0-9]+\b')
HEADING = """# Conformance

Made by `tests/conformance/report.py --write`; do not edit. The requirements are `tests/conformance/requirements.tsv`: what the RFCs ask,
in words of our own, and decisions of this project (D) where they are silent or leave a choice. *proved*: the tests named pass in every
run of `make check`, which fails otherwise; *missing*: not there, or nothing proves it; *later*: not built yet.
"""

Requirement = collections.namedtuple('Requirement', 'id strength source text note')
Proof = collections.namedtuple('Proof', 'path test')  # test: '' when the file is the test


class Tree:
    """What a source tree says: requirements, places and proofs by id, and what is wrong with it."""

    def __init__(self, top):
        self.top = top
        self.problems = []
        self.requirements = {}
        self.places = collections.defaultdict(list)
        self.proofs = collections.defaultdict(list)
        self.deviations = []
        self.read_table()
        self.tests = {name for path in self.files('tests', r'local\.mk$') for name in self.listed(self.text(path))}
        for path in [p for room in ('libpmip', 'libflowmob', 'examples') for p in self.files(room, r'\.[ch]$')]:
            self.read_source(path)
        for path in self.files('tests/unit', r'\.[ch]$'):
            self.read_unit(path)
        for path in self.files('tests/system', r'') + self.files('tests/tools', r'') + self.files('tests/scenario', r'\.scn$'):
            self.read_script(path)
        self.judge()

    def problem(self, text):
        self.problems.append(text)

    def text(self, path):
        with open(os.path.join(self.top, path), encoding='utf-8') as f:
            return f.read()

    def files(self, folder, pattern):
        """Files of a folder and those below it, by name, without what a build leaves there."""
        found = []
        for where, folders, names in os.walk(os.path.join(self.top, folder)):
            folders[:] = [name for name in folders if not name.startswith('.') and name != '__pycache__']
            found += [os.path.relpath(os.path.join(where, name), self.top) for name in names
                      if re.search(pattern, name) and not re.search(r'^\.|\.(o|lo|log|trs|skel\.h)$', name)]
        return sorted(found)

    def read_table(self):
        for number, line in enumerate(self.text(TABLE).splitlines(), 1):
            if line.startswith('#'):
                continue
            fields = line.split('\t')
            where = f'{TABLE}:{number}'
            if len(fields) not in (4, 5):
                self.problem(f'{where}: {len(fields)} columns; id, strength, source, text and perhaps a note are expected')
                continue
            row = Requirement(*fields, *[''] * (5 - len(fields)))
            if len(fields) == 5 and not row.note:
                self.problem(f'{where}: an empty note; leave its tab out')
            if not TAG.fullmatch(row.id) or row.id in self.requirements:
                self.problem(f'{where}: {row.id} is no id, or is there twice')
            if row.strength not in STRENGTHS:
                self.problem(f'{where}: strength {row.strength}; one of {", ".join(STRENGTHS)} is expected')
            if row.note and not re.match('(' + '|'.join(NOTES) + '): .', row.note):
                self.problem(f'{where}: the note {row.note!r} does not begin with one of {", ".join(NOTES)}, a colon and a reason')
            self.requirements[row.id] = row

    def tags(self, path, number, line):
        """Ids in a line, those that are known."""
        ids = []
        for tag in TAG.findall(line):
            if tag in self.requirements:
                ids.append(tag)
            else:
                self.problem(f'{path}:{number}: {tag} is not in {TABLE}')
        return ids

    def add(self, table, ids, what):
        for tag in ids:
            if what not in table[tag]:
                table[tag].append(what)

    def blocks(self, path):
        """Each line of a C file: number, text, whether it is comment or blank as a whole."""
        inside = False
        for number, line in enumerate(self.text(path).splitlines(), 1):
            bare = line.strip()
            comment = inside or bare.startswith('/*') or bare.startswith('//')
            if comment or '/*' in line:
                inside = '*/' not in line[line.rfind('/*') if '/*' in line else 0:]
            yield number, line, comment and (inside or bare.endswith('*/') or bare.startswith('//')), not bare

    def read_source(self, path):
        """Tags of a source file, by function: a name that stays when lines move."""
        function, pending, title = '', [], ''
        for number, line, comment, blank in self.blocks(path):
            tags = self.tags(path, number, line)
            if 'DEVIATES:' in line:
                self.deviations.append((path, number))
            if not comment and not blank and not function and re.match(r'[A-Za-z]', line):
                names = re.search(r'(\w+)\(', line) or re.search(r'(\w+)(?:\[\w*\])? = \{$', line)
                title = names[1] if names else ''
            if not function and (comment or blank):
                pending += tags
                continue
            if line.startswith('{') or re.match(r'[A-Za-z].* = \{$', line):
                function = title
            if not function and re.match(r'[A-Za-z]', line) and line.endswith((',', ')')):
                pending += tags
                continue
            self.add(self.places, pending + tags, (path, function or title))
            pending = []
            if line.startswith('}'):
                function = title = ''
        self.add(self.places, pending, (path, ''))

    def read_unit(self, path):
        """Tags of a unit test's file; each belongs to a START_TEST."""
        test, pending = '', []
        for number, line, comment, _ in self.blocks(path):
            start = re.match(r'START_TEST\((\w+)\)', line)
            tags = [(tag, number) for tag in self.tags(path, number, line)]
            if start:
                test = start[1]
                tags = pending + tags
                pending = []
            if test:
                self.add(self.proofs, [tag for tag, _ in tags], Proof(path, test))
            elif comment:
                pending += tags
            if (not comment or test) and (pending or (tags and not test)):
                for tag, at in pending + tags:
                    self.problem(f'{path}:{at}: {tag} belongs to no test; put it directly above a START_TEST, or into it')
                pending = []
            if line.startswith('END_TEST'):
                test = ''

    @staticmethod
    def listed(makefile):
        """What the lists of tests name: variables whose names end in "tests". To be in the tarball, EXTRA_DIST, is not to run."""
        lists = re.findall(r'^\w*(?:tests|TESTS) \+?= (.*)$', makefile.replace('\\\n', ' '), re.M)
        return {name.replace('%D%', 'tests') for names in lists for name in names.split()}

    def read_script(self, path):
        """Tags of a test that is a file."""
        try:
            lines = self.text(path).splitlines()
        except UnicodeDecodeError:
            return
        for number, line in enumerate(lines, 1):
            tags = self.tags(path, number, line)
            if tags and not path.endswith('.scn') and path not in self.tests:
                self.problem(f'{path}:{number}: {tags[0]} in a file that is no test: no list of tests in tests/**/local.mk names it')
                return
            self.add(self.proofs, tags, Proof(path, ''))

    def judge(self):
        for row in self.requirements.values():
            proved, kind = self.proofs[row.id], row.note.split(':')[0]
            if not proved and kind in ('', 'partly'):
                self.problem(f'{row.id}: no test proves it; write one with the tag {row.id}, or say in {TABLE} why there is none')
            elif proved and kind not in ('', 'partly'):
                self.problem(f'{row.id}: {proved[0].test or proved[0].path} proves it; take the note "{kind}" out of {TABLE}')

    def state(self, row):
        if not row.note:
            return 'proved' if self.proofs[row.id] else 'missing: no test'
        kind, _, reason = row.note.partition(': ')
        if kind == 'partly':
            return 'proved in part: ' + reason
        if kind == 'missing' and self.places[row.id]:
            return 'implemented, no test: ' + reason
        return f'{kind}: {reason}'

    def page(self):
        """doc/conformance.md."""
        out = [HEADING]
        rows = list(self.requirements.values())
        kinds = ('proved', 'proved in part', 'implemented, no test', 'missing', 'later', 'not applicable')
        out.append('| strength | requirements | ' + ' | '.join(kinds) + ' |\n' + '| --- ' * (len(kinds) + 2) + '|')
        for strength in STRENGTHS:
            states = collections.Counter(self.state(r).split(':')[0] for r in rows if r.strength == strength)
            out.append(f'| {strength} | {sum(states.values())} | ' + ' | '.join(str(states[k]) for k in kinds) + ' |')
        for area, title in AREAS.items():
            out.append(f'\n## {title} ({area})\n\n| id | strength | source | requirement | done in | proved by | state |\n' + '| --- ' * 7 + '|')
            for row in rows:
                if not row.id.startswith(area + '-'):
                    continue
                source = re.sub(r'\b(\d{4})\b', r'RFC \1', row.source)
                places = ', '.join(f'{os.path.relpath(p, "libpmip") if p.startswith("libpmip") else p}' + (f' `{f}`' if f else '')
                                   for p, f in self.places[row.id])
                proofs = ', '.join((f'{os.path.basename(p)[:-2]} `{t}`' if t else os.path.relpath(p, 'tests')) for p, t in self.proofs[row.id])
                cells = (row.id, row.strength, source, row.text, places, proofs, self.state(row))
                out.append('| ' + ' | '.join(cell.replace('|', '\\|') or '-' for cell in cells) + ' |')
        out.append('\n## Deviations\n')
        out += [f'- {path}: {self.deviation(path, number)}' for path, number in self.deviations] or ['None.']
        return '\n'.join(out) + '\n'

    def deviation(self, path, number):
        """The rest of the comment, in one line."""
        said = ' '.join(line.strip(' \t*') for line in self.text(path).splitlines()[number - 1:number + 5])
        return said.split('DEVIATES:')[1].split('*/')[0].strip(' /')


class Results:
    """What the logs under a build directory say."""

    def __init__(self, build, logs):
        self.build, self.logs, self.lines = build, logs, collections.defaultdict(list)
        self.result = {}
        for log in logs:
            try:
                with open(os.path.join(build, log[:-len('.log')] + '.trs'), encoding='utf-8') as f:
                    self.result[log[:-len('.log')]] = re.search(r'^:global-test-result: (\w+)', f.read(), re.M)[1]
                with open(os.path.join(build, log), encoding='utf-8', errors='replace') as f:
                    self.read_tap(log[:-len('.log')], f)
            except FileNotFoundError:
                continue

    def read_tap(self, base, lines):
        for line in lines:
            said = re.match(r'(not )?ok \d+ - ([^:\s]+)(?::[^:]*:(\w+))?', line)
            if said:
                self.lines[base if said[3] else os.path.basename(said[2]), said[3] or ''].append(not said[1])

    def of(self, proof):
        """PASS, FAIL, SKIP; None = it did not run."""
        base = os.path.splitext(proof.path)[0]
        lines = self.lines.get((base if proof.test else os.path.basename(proof.path), proof.test))
        if lines:
            return 'PASS' if all(lines) else 'FAIL'
        if proof.test and self.result.get(base) in ('PASS', 'XFAIL'):
            return None  # its program is well, and has never come to it
        return self.result.get(base)

    def in_run(self, proof):
        if proof.path.endswith('.scn'):
            return any('scenario' in log for log in self.logs)
        return os.path.splitext(proof.path)[0] + '.log' in self.logs


def every_log(build):
    """All tests' logs that there are."""
    return [os.path.relpath(os.path.join(where, name), build) for where, _, names in os.walk(os.path.join(build, 'tests'))
            for name in names if name.endswith('.log')]


def look_at_run(tree, results, strict):
    """What is wrong with the run, what was skipped, what was left out."""
    problems, skipped, left_out = [], [], []
    proofs = sorted({(proof, tag) for tag, proofs in tree.proofs.items() for proof in proofs})
    for proof, tag in proofs:
        result, name = results.of(proof), f'{proof.path} {proof.test}'.strip()
        if result in ('PASS', 'XFAIL'):
            continue
        if not strict and not results.in_run(proof):
            left_out.append(proof.path)
        elif result == 'SKIP' and not strict:
            skipped.append(name)
        elif result is None:
            problems.append(f'{tag}: {name} did not run; is it in its list of tests?')
        else:
            problems.append(f'{tag}: {name}: {result}')
    return problems, sorted(set(skipped)), sorted(set(left_out))


def main():
    """Exit status: 0, 1, or 77 when nothing is wrong but a proof was skipped."""
    tree = Tree(TOP)
    page = tree.page()
    if sys.argv[1:] == ['--write']:
        with open(os.path.join(TOP, PAGE), 'w', encoding='utf-8') as f:
            f.write(page)
        print('\n'.join(tree.problems) or f'{PAGE} written')
        return 1 if tree.problems else 0
    if sys.argv[1:] not in ([], ['--strict']):
        print(__doc__)
        return 2
    strict = bool(sys.argv[1:])
    logs = os.environ.get('test_logs', '').split() if not strict else every_log(BUILD)
    old = tree.text(PAGE) if os.path.exists(os.path.join(TOP, PAGE)) else ''
    if old != page:
        tree.problem(f'{PAGE} is not what the tags say; run tests/conformance/report.py --write and commit it')
        tree.problems += list(difflib.unified_diff(old.splitlines(), page.splitlines(), PAGE, 'made now', lineterm='', n=0))[:20]
    failed, skipped, left_out = look_at_run(tree, Results(BUILD, logs), strict)
    for text in tree.problems + failed:
        print(text)
    proved = sum(not row.note for row in tree.requirements.values())
    print(f'{len(tree.requirements)} requirements, {proved} proved by {len({p for ps in tree.proofs.values() for p in ps})} tests')
    if left_out:
        print(f'not part of this run: {", ".join(left_out)}')
    if tree.problems or failed:
        return 1
    if skipped:
        print(f'skipped: {len(skipped)} tests that prove something were skipped: {", ".join(skipped)}')
    return 77 if skipped else 0


if __name__ == '__main__':
    sys.exit(main())
