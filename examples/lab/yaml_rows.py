# SPDX-License-Identifier: BSD-2-Clause
"""YAML by a table: what a mapping may hold, and everything that is wrong with it, each with file, line, key, what was found and expected."""
import dataclasses
import difflib
from typing import Any, Callable

import yaml

from netns import LabError


ROOT = 'the file'


class TopologyError(LabError):
    """A topology that cannot be; the text has a line for everything that is wrong."""


@dataclasses.dataclass(frozen=True)
class Kind:
    """What a scalar may be: parse() raises ValueError for what it may not."""

    expect: str
    parse: Callable[[str], Any]


@dataclasses.dataclass(frozen=True)
class Row:
    """A key of a mapping: its kind is a Kind, a table of rows (a mapping), Each (a mapping of names), or ListOf."""

    kind: Any
    default: Any = None
    required: bool = False


@dataclasses.dataclass(frozen=True)
class Each:
    """A mapping whose keys are names of the user's, every value by one table."""

    name: Kind
    rows: dict
    least: int = 1


@dataclasses.dataclass(frozen=True)
class ListOf:
    """A list of scalars."""

    kind: Kind


class Mapping(dict):
    """What was read by a table: values by key, and where each key stands."""

    def __init__(self, line):
        super().__init__()
        self.line = line
        self.lines: dict[str, int] = {}

    def line_of(self, key):
        """Where a key stands, or the mapping when it has no such key."""
        return self.lines.get(key, self.line)


class Reader:
    """One file being read."""

    def __init__(self, path):
        self.path = path
        self.problems: list[tuple[int, str]] = []

    def wrong(self, line, key, found, expected):
        """Note a problem."""
        self.problems.append((line, f'{self.path}:{line}: {key}: found {found}, expected {expected}'))

    def end(self):
        """Raise when there were problems."""
        if self.problems:
            raise TopologyError('\n'.join(text for _, text in sorted(self.problems)))

    def read(self, text, rows):
        """The document as a Mapping."""
        try:
            node = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            raise TopologyError(f'{self.path}:{mark.line + 1 if mark else 1}: this is not YAML: {error.problem}') from None
        if node is None:
            raise TopologyError(f'{self.path}:1: found an empty file, expected a mapping of {", ".join(rows)}')
        result = self._mapping(node, rows, ROOT)
        self.end()
        return result

    @staticmethod
    def _line(node):
        return node.start_mark.line + 1

    @staticmethod
    def _found(node):
        if isinstance(node, yaml.ScalarNode):
            return f'"{node.value}"' if node.value else 'nothing'
        return 'a list' if isinstance(node, yaml.SequenceNode) else 'a mapping'

    def _pairs(self, node, key, expected):
        """(key, its line, value) of a mapping, each key once."""
        if isinstance(node, yaml.ScalarNode) and not node.value:
            return []
        if not isinstance(node, yaml.MappingNode):
            self.wrong(self._line(node), key, self._found(node), expected)
            return []
        seen, pairs = set(), []
        for name, value in node.value:
            if not isinstance(name, yaml.ScalarNode):
                self.wrong(self._line(name), key, self._found(name), 'a name as key')
            elif name.value in seen:
                self.wrong(self._line(name), _path(key, name.value), 'the key again', 'each key once')
            else:
                seen.add(name.value)
                pairs.append((name.value, self._line(name), value))
        return pairs

    def _mapping(self, node, rows, key):
        result = Mapping(self._line(node))
        for name, line, value in self._pairs(node, key, f'a mapping of {", ".join(rows)}'):
            path = _path(key, name)
            if name not in rows:
                near = difflib.get_close_matches(name, rows, 1)
                self.wrong(line, path, 'an unknown key', f'perhaps {near[0]}' if near else f'one of {", ".join(rows)}')
                continue
            result.lines[name] = line
            result[name] = self._value(value, rows[name].kind, path)
        for name, row in rows.items():
            if row.required and name not in result.lines:
                self.wrong(result.line, _path(key, name), 'no such key', f'{self._expect(row.kind)}; it is required')
            if name not in result.lines:
                result[name] = row.default() if callable(row.default) else row.default
        return result

    @staticmethod
    def _expect(kind):
        if isinstance(kind, Kind):
            return kind.expect
        if isinstance(kind, Each):
            return f'a mapping, each key {kind.name.expect}'
        return f'a list, each {kind.kind.expect}' if isinstance(kind, ListOf) else f'a mapping of {", ".join(kind)}'

    def _value(self, node, kind, path):
        if isinstance(kind, dict):
            return self._mapping(node, kind, path)
        if isinstance(kind, Each):
            return self._each(node, kind, path)
        if isinstance(kind, ListOf):
            items = node.value if isinstance(node, yaml.SequenceNode) else [node]
            return [self._scalar(item, kind.kind, path) for item in items]
        return self._scalar(node, kind, path)

    def _each(self, node, kind, path):
        result = Mapping(self._line(node))
        for name, line, value in self._pairs(node, path, self._expect(kind)):
            result.lines[name] = line
            try:
                kind.name.parse(name)
            except ValueError:
                self.wrong(line, f'{path}.{name}', f'"{name}"', kind.name.expect)
            result[name] = self._value(value, kind.rows, f'{path}.{name}')
        if len(result) < kind.least:
            self.wrong(result.line, path, 'none', self._expect(kind))
        return result

    def _scalar(self, node, kind, path):
        if isinstance(node, yaml.ScalarNode):
            try:
                return kind.parse(node.value)
            except ValueError:
                pass
        self.wrong(self._line(node), path, self._found(node), kind.expect)
        return None


def _path(key, name):
    return name if key == ROOT else f'{key}.{name}'
