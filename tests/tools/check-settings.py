#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# Proves GEN-9, SEC-5.
"""The daemons' configuration files, without starting one.

tests/settings/ROLE-*.yaml: each is what its name says; a line "#! TEXT" names a fault that --check-config must tell, in this order, as
FILE followed by TEXT, and no other. A file without such a line must pass. The reference files pass, hold every key that --keys
lists and no other, and name for each its default or that it is required.
"""
import glob
import os
import re
import subprocess
import sys

TOP = os.environ.get('top_srcdir') or os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get('top_builddir') or os.getcwd()
PROGRAMS = {'lma': 'pmip-lma', 'mag': 'pmip-mag', 'manager': 'flowmob-manager', 'mn': 'flowmob-mn'}
FOLDERS = {'manager': 'flow-manager'}
failures = []


def check(holds, what):
    """One thing that must hold."""
    if not holds:
        failures.append(what)
        print(f'FAIL: {what}')


def run(role, *args):
    """Run a daemon; return exit status, standard output, standard error."""
    done = subprocess.run([f'{BUILD}/{PROGRAMS[role]}', *args], capture_output=True, text=True, timeout=60, check=False)
    return done.returncode, done.stdout, done.stderr


def check_file(path):
    """One file of tests/settings."""
    role = os.path.basename(path).split('-')[0]
    with open(path, encoding='utf-8') as file:
        expected = [path + line[3:].rstrip('\n') for line in file if line.startswith('#! ')]
    status, out, err = run(role, '--check-config', '-c', path)
    # Where the reference file is installed depends on configure.
    found = [re.sub(r'/\S*/pmip/(pmip-lma|pmip-mag|flowmob-manager|flowmob-mn)\.yaml\.example', 'REFERENCE', line) for line in err.splitlines()]
    check(found == expected, f'{path}: expected\n    ' + '\n    '.join(expected) + '\n  found\n    ' + '\n    '.join(found))
    check(status == (2 if expected else 0), f'{path}: exit status {status}')
    check((out == f'{path}: ok\n') == (not expected), f'{path}: standard output is {out!r}')


def keys_of(role):
    """What --keys lists: key -> its default, or None for a required one."""
    status, out, _ = run(role, '--keys')
    check(status == 0 and out, f'{PROGRAMS[role]} --keys: exit status {status}')
    rows = [line.split('\t') for line in out.splitlines()]
    check(all(len(row) == 4 and row[3] for row in rows), f'{PROGRAMS[role]} --keys: a line without four columns')
    return {row[0]: None if row[2] == 'required' else row[2].removeprefix('default ') for row in rows}


def reference_keys(path):
    """The keys of a reference file, commented out or not, each with the comment before it and the value it shows."""
    keys, parents, comment = {}, [], []
    with open(path, encoding='utf-8') as file:
        for line in file:
            match = re.match(r'^(#?)( *)(- )?([a-z0-9_]+):( .*|)$', line)
            if not match:
                comment = comment + [line.strip(' #\n')] if line.strip().startswith('#') else []
                continue
            depth = len(match[2]) + len(match[3] or '')
            parents = [parent for parent in parents if parent[0] < depth]
            name = '.'.join([parent[1] for parent in parents] + [match[4]])
            keys.setdefault(name, (' '.join(comment), match[5].strip()))
            parents.append((depth, match[4]))
            comment = []
    return keys


def check_reference(role):
    """The reference file against the table of keys."""
    path = f'{TOP}/examples/{FOLDERS.get(role, role)}/{PROGRAMS[role]}.yaml'
    status, _, err = run(role, '--check-config', '-c', path)
    check(status == 0, f'{path}: exit status {status}: {err}')
    table = {key.replace('[]', ''): value for key, value in keys_of(role).items()}
    reference = reference_keys(path)
    for key in sorted(table.keys() | reference.keys()):
        check(key in reference, f'{path}: the key {key} is missing')
        check(key in table, f'{path}: the key {key} is none that {PROGRAMS[role]} knows')
        if key not in reference or key not in table:
            continue
        wanted = r'\b[Rr]equired\b' if table[key] is None else r'\bdefault ' + re.escape(table[key]) + r'(?![\w])'
        check(re.search(wanted, reference[key][0]), f'{path}: the comment of {key} does not match "{wanted}"')


def check_defaults(role):
    """The values that are commented out in the reference file are the defaults, and taking them in changes nothing."""
    with open(f'{TOP}/examples/{FOLDERS.get(role, role)}/{PROGRAMS[role]}.yaml', encoding='utf-8') as file:
        text = re.sub(r'(?m)^#(?=[a-z0-9_]+: )', '', file.read())
    path = f'{BUILD}/check-settings-{role}.yaml'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(text)
    status, _, err = run(role, '--check-config', '-c', path)
    check(status == 0, f'the reference file of {PROGRAMS[role]} with all its keys: {err}')
    reference = reference_keys(f'{TOP}/examples/{FOLDERS.get(role, role)}/{PROGRAMS[role]}.yaml')
    for key, default in keys_of(role).items():
        if '[]' not in key and default not in (None, 'none'):
            shown = reference.get(key, ('', None))[1]
            check(shown == default, f'{PROGRAMS[role]}: the reference file does not show {key}: {default}, but {shown}')
    os.unlink(path)


def check_command_line(role):
    """Exit codes and texts of the command line."""
    for args, status in ((['--help'], 0), (['--version'], 0), (['--nonsense'], 2), (['word'], 2), (['--ready-fd', '999'], 2),
                         (['-c', '/nonexistent/x.yaml'], 2), (['-c', '/nonexistent/x.yaml', '--check-config'], 2)):
        found, out, err = run(role, *args)
        check(found == status, f'{PROGRAMS[role]} {" ".join(args)}: exit status {found}, expected {status}')
        check(bool(out) == (status == 0) and bool(err) == (status != 0), f'{PROGRAMS[role]} {" ".join(args)}: says {out!r} {err!r}')
    check('copy ' in run(role, '-c', '/nonexistent/x.yaml')[2], f'{PROGRAMS[role]}: a missing file is not told what to do')


def main():
    """All checks."""
    if not os.path.exists(f'{BUILD}/pmip-lma'):
        print('skipped: configured without the programs')
        sys.exit(77)
    files = sorted(glob.glob(f'{TOP}/tests/settings/*.yaml'))
    check(len(files) > 30, f'only {len(files)} files in {TOP}/tests/settings')
    for path in files:
        check_file(path)
    for role in PROGRAMS:
        check_reference(role)
        check_defaults(role)
        check_command_line(role)
    print(f'{len(files)} files, {len(failures)} failures')
    sys.exit(1 if failures else 0)


main()
