#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Each example of bindings/python runs and says what it is to say; the domain is forty lines, as promised. So does what README.md has to begin with, which
names all of them."""
import ast
import json
import os
import re
import subprocess

import lib
from fake_daemon import FakeDaemon

FOLDER = os.path.join(lib.TOP, 'bindings', 'python', 'examples')
# What each has to say, in this order.
SAID = {
    'captured.py': ('BU {', 'BA {', 'refused, PMIP_ERR_CHECKSUM'),
    'classify.py': ('2480 octets by WLAN    rule 1', '480 octets by EUTRAN  rule 2', 'default: tcp'),
    'clock.py': ('UNANSWERED', '6 hours: 1 binding'),
    'decode.py': ('3b09', 'Binding Update, 80 octets', 'whose: mn1@example.com for 3600 seconds', 'refused: PMIP_ERR_CHECKSUM'),
    'domain.py': ('BINDING_ADDED', 'FLOW_MOVED', 'It went through 2001:db8:1a::1, it goes through 2001:db8:1b::1'),
    'manager.py': ('asks TUNNELS', 'packet 1 passes, marked for tunnel 1', 'asks MOVE', 'on tunnel 2 because of POLICY'),
    'phone.py': ('ADDED  answer leaves by WLAN', 'MOVED  answer leaves by LTE', 'moved=1'),
    'policy.py': ('voice at 12 h: tunnel 2, by voice-on-lte', 'web at 23 h: tunnel 1', 'rule gold-on-lte: no, another time of day'),
    'watch.py': ('pmip-lma is there', 'binding-added mn1@example.org: 1 bindings; serving_mag=2001:db8:2:1::2', 'the daemon has closed the connection'),
}


def lma(requests, sock):
    """What an LMA says to watch.py: a mobile node comes, and the LMA ends."""
    told = b'{"ok":true}\n{"t_mono_us":1,"t_wall_us":2,"t_told_us":1,"event":"binding-added","mn_id":"mn1@example.org","serving_mag":"2001:db8:2:1::2"}\n'
    for command, said in (('status', b'{"ok":true,"program":"pmip-lma"}\n'), ('events', told), ('bindings', b'{"ok":true,"total":1,"bindings":[]}\n')):
        assert json.loads(requests.readline())['cmd'] == command
        sock.sendall(said)


def code_lines(path):
    """Lines with code on them, without comments, blank lines and what documents."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    tree, lines = ast.parse(text), text.split('\n')
    words = {line for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
             for line in range(node.lineno, node.end_lineno + 1)}
    return sum(bool(line.strip()) and not line.strip().startswith('#') and number not in words for number, line in enumerate(lines, start=1))


def run(*arguments):
    """What a program says."""
    done = subprocess.run(['/usr/bin/python3', '-B', *arguments], env={**os.environ, 'PYTHONPATH': lib.PACKAGE}, capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, (arguments, done.stderr)
    return done.stdout


def main():
    """Run all."""
    found = sorted(name for name in os.listdir(FOLDER) if name.endswith('.py'))
    assert found == sorted(SAID) and len(found) >= 6, found
    for name in found:
        with FakeDaemon(lma) as daemon:
            said, at = run(os.path.join(FOLDER, name), *([daemon.path] if name == 'watch.py' else [])), 0
        for words in SAID[name]:
            at = said.find(words, at)
            assert at >= 0, f'{name} does not say {words!r}:\n{said}'
    with open(os.path.join(lib.TOP, 'bindings', 'README.md'), encoding='utf-8') as file:
        readme = file.read()
    code, = re.findall(r'```python\n(.*?)```', readme, re.DOTALL)
    said = run('-c', code)
    assert said.startswith('mn1@example.com\n') and 'Event(type=<EventType.REFUSED' in said, said
    assert all(f'`{name}`' in readme for name in found), 'README.md does not name all examples'
    lines = code_lines(os.path.join(FOLDER, 'domain.py'))
    assert lines <= 40, f'domain.py has {lines} lines of code'
    print(f'{len(found)} examples; the domain is {lines} lines of code')


main()
