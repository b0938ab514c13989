# SPDX-License-Identifier: BSD-2-Clause
"""Laboratories by name: which are up, what of others is left, and taking it away."""
import contextlib
import json
import os

from laboratory import STATE, Laboratory
from netns import STATE_DIR, Lab, LabError, held
from network import STEM, prefix_of
from topology import read


def names():
    """Names of all laboratories of which there is something: its lock is what comes first and goes last."""
    files = os.listdir(STATE_DIR) if os.path.isdir(STATE_DIR) else ()
    return sorted(file[len(STEM):-len('.lock')] for file in files if file.startswith(STEM) and file.endswith('.lock'))


def _directory(name):
    return Lab(prefix_of(name)).dir


def is_up(name):
    """Whether it came up and was left so."""
    return os.path.exists(f'{_directory(name)}/{STATE}')


def in_use(name):
    """Whether a process holds it: one that makes it, or runs an experiment in it."""
    return held(f'{_directory(name)}.lock')


def up():
    """Names of those that are up."""
    return [name for name in names() if is_up(name)]


def choose(name=None):
    """The laboratory that is meant: the one of this name, or the only one."""
    if name:
        if not is_up(name):
            raise LabError(f'{name} is not up; up are: {", ".join(up()) or "none"}')
        return name
    there = up()
    if len(there) != 1:
        raise LabError(f'several are up: {", ".join(there)}; say which by --lab' if there else 'none is up: pmip-lab up TOPOLOGY')
    return there[0]


def joined(name=None):
    """A laboratory that is up, to work with in a with block."""
    name = choose(name)
    directory = _directory(name)
    with open(f'{directory}/{STATE}', encoding='utf-8') as file:
        topology = json.load(file)['topology']
    with open(f'{directory}/topology.yaml', encoding='utf-8') as file:
        return Laboratory(read(file.read(), f'{topology}.yaml'), name, join=True)


def take_down(name):
    """Take away all that there is of a laboratory; return a line about it."""
    if prefix_of(name) and name not in names():
        raise LabError(f'there is nothing of {name}; there are {", ".join(names()) or "none"}')
    if in_use(name):
        raise LabError(f'{name}: a process is making it or runs an experiment in it: wait for its end, or end it')
    lab = Lab(prefix_of(name))
    processes, namespaces = lab.sweep()
    with contextlib.suppress(FileNotFoundError):
        os.unlink(f'{lab.dir}.lock')
    return f'{name}: {processes} processes, {namespaces} namespaces with their links, {lab.dir}'
