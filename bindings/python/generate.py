#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The typed Python classes of the enumerations, structures and contexts that SWIG has read in the public headers: generate.py XML FOLDER

XML is SWIG's parse tree. Into FOLDER go generated.py, of libpmip, generated_flow.py, of libflowmob, and a stub of SWIG's own module. Names, comments and types come from the headers; what a C
type is in Python follows from the two tables below."""
import os
import re
import sys
import xml.etree.ElementTree as ET

NUMBERS = {f'{sign}int{bits}_t' for sign in ('u', '') for bits in (8, 16, 32, 64)} | {'int', 'unsigned int', 'size_t'}
# C type, without const and pointer, to what Python takes and what it gives.
TYPES = {
    'struct pmip_addr': ('AddressLike', 'Address'),
    'struct pmip_ip': ('Optional[AddressLike]', 'Optional[Address]'),
    'struct pmip_prefix': ('NetworkLike', 'Network'),
    'struct pmip_llid': ('Optional[LinkLayerLike]', 'Optional[str]'),
    'struct pmip_mnid': ('Optional[IdentifierLike]', 'Optional[Identifier]'),
    'struct pmip_bytes': ('Octets', 'bytes'),
    'struct pmip_key': ('Optional[int]', 'Optional[int]'),
    'struct pmip_now': ('Time', 'Now'),
    'struct pmip_gre': ('None', 'Optional[Tuple[Optional[int], Optional[int]]]'),
    'struct pmip_ipv4_home': ('None', 'Optional[Tuple[Address, int, Optional[Address]]]'),
    'char': ('str', 'str'),
    'bool': ('bool', 'bool'),
    'void': ('None', 'None'),
}
# Arrays that stand for lists, by their members' names.
LISTS = {'prefix', 'off_link', 'alias', 'path', 'prefer', 'selectors', 'ways', 'prefixes'}
# Arguments where None is NULL.
OPTIONAL = {'prefix', 'other', 'll_id', 'proxy_coa'}
IGNORED_METHODS = {'new', 'get_counter', 'next_action'}


def attributes(node):
    """The attributes that SWIG has noted of a node."""
    listed = node.find('attributelist')
    return {} if listed is None else {item.get('name'): item.get('value') for item in listed.findall('attribute')}


def text(comment, indent, fallback):
    """A docstring of a comment of the headers, or of what stands for one that is missing."""
    comment = re.sub(r'\n\s*\*', '\n', comment or fallback).strip()
    comment = re.sub(r'\s*Since: 0\.\d+\.', '', comment)
    comment = re.sub(r'\s*@param(?:\[[a-z,]*\])?\s+(\w+(?:, \w+)*)\s+', r'\n\n\1: ', comment)
    comment = re.sub(r'\s*@return\s+', r'\n\nReturns ', comment)
    comment = re.sub(r'\s*@retval\s+((?:PMIP_\w+(?:, )?)+|\S+)[.]?\s*', r'\n\1: ', comment)
    comment = re.sub(r': *(\n|$)', r'\1', comment)
    comment = re.sub(r'\s*@see\s+', r'\n\nSee ', comment)
    lines = [line.strip() for line in comment.replace('\\', '\\\\').replace('"""', "'''").split('\n')]
    whole = ('\n' + indent).join(lines).replace('\n' + indent + '\n', '\n\n')
    return f'"""{whole[:-1]}\\""""' if whole.endswith('"') else f'"""{whole}"""'


def camel(name):
    """pmip_mh_type: MhType."""
    return ''.join(word.capitalize() for word in name.split('_')[1:])


def pure(ctype):
    """A type without pointers and const, in SWIG's notation."""
    return re.sub(r'(p\.|q\(const\)\.|a\([^)]*\)\.)', '', ctype)


def said_enum(comment, enums):
    """The one enumeration that a comment names, for numbers that are of it."""
    found = set(re.findall(r'enum ((?:pmip|flowmob)_\w+)', comment or '')) & set(enums)
    return found.pop() if len(found) == 1 else None


class Tree:
    """What SWIG has read."""

    def __init__(self, path):
        self.enums, self.classes, self.functions = {}, {}, {}
        for node in ET.parse(path).getroot().iter():
            known = attributes(node) if node.tag in ('enum', 'class', 'cdecl') else {}
            name = known.get('name', '')
            if not name.startswith(('pmip_', 'flowmob_')) or known.get('feature_ignore'):
                continue
            if node.tag == 'enum':
                self.enums[name] = (known, [attributes(item) for item in node.findall('enumitem')])
            elif node.tag == 'class':
                members = [attributes(member) for member in node.findall('cdecl')]
                if members or name not in self.classes:
                    self.classes[name] = (known, [m for m in members if m.get('kind') == 'variable' and not m.get('feature_ignore')])
            elif known.get('kind') == 'function' and known.get('view') == 'globalfunctionHandler':
                self.functions[name] = (known, [attributes(parm) for parm in node.findall('attributelist/parmlist/parm')])
        self.contexts = [name for name in self.classes if f'{name}_new' in self.functions]

    def python(self, ctype, taken, comment=''):
        """What a C type is in Python, where it is taken, or given."""
        name = pure(ctype)
        if name in NUMBERS:
            enum = said_enum(comment, self.enums)
            return 'int' if enum is None or taken else f'Union[{self.name(enum)}, int]'
        if name.startswith('enum '):
            return 'int' if taken else self.name(name[5:])
        if name in TYPES:
            return TYPES[name][0 if taken else 1]
        name = name.replace('struct ', '')
        return self.name(name) if name in self.classes else 'Any'

    def name(self, name):
        """The Python class of an enumeration, structure or context."""
        return f"'{camel(name)}{'Base' if name in self.contexts else ''}'"


def emit_enum(tree, name, out):
    """An enumeration."""
    known, items = tree.enums[name]
    names = [item['name'] for item in items]
    prefix = os.path.commonprefix(names if len(names) > 1 else [*names, name.upper()])
    prefix = prefix[:prefix.rfind('_') + 1]
    if any(item[len(prefix):][:1].isdigit() for item in names):
        prefix = prefix[:prefix.rstrip('_').rfind('_') + 1]
    flags = name.endswith(('_flag', '_bit', '_tolerance'))
    out.append(f'\n\nclass {camel(name)}(enum.{"IntFlag" if flags else "IntEnum"}):\n    {text(known.get("doxygen"), "    ", "See the members.")}')
    for item in items:
        out.append(f'    {item["name"][len(prefix):]} = lib.{item["name"]}')
        if item.get('doxygen', '').strip(' <'):
            out.append(f'    {text(item["doxygen"], "    ", "")}')


def listed(member):
    """Whether a member is a list."""
    return member['name'] in LISTS and ('a(' in member['type'] + member.get('decl', '') or 'p.' in member.get('decl', ''))


def member_enum(tree, member):
    """The enumeration that a member's values are of, or None."""
    if listed(member):
        return None
    if member['type'].startswith('enum '):
        return member['type'][5:]
    return said_enum(member.get('doxygen'), tree.enums) if member['type'] in NUMBERS and not member.get('decl') else None


def emit_structure(tree, name, out):
    """A structure: SWIG makes its objects of this class."""
    known, members = tree.classes[name]
    out.append(f'\n\nclass {camel(name)}(Structure, lib.{name}):\n    {text(known.get("doxygen"), "    ", "See its fields.")}\n')
    takes, enums = [], {}
    for member in members:
        given, taken = (tree.python(member['type'], direction, member.get('doxygen')) for direction in (False, True))
        if listed(member):
            given, taken = f'List[{given.replace("Optional[str]", "str")}]', f'Sequence[{taken}]'
        if pure(member['type']) == 'uint8_t' and 'p.' in member.get('decl', ''):
            given, taken = 'bytes', 'Octets'
        enum = member_enum(tree, member)
        if enum is not None:
            enums[member['name']] = enum
            given = f'Union[{tree.name(enum)}, int]'
        out.append(f'    {member["name"]}: {given}')
        out.append(f'    {text(member.get("doxygen"), "    ", member["name"])}')
        takes.append(f'{member["name"]}: {taken} = ...')
    pairs = ', '.join(f'{member!r}: {camel(enum)}' for member, enum in enums.items())
    out.append(f'    _enums = {{{pairs}}}')
    if takes:
        out.append('    if TYPE_CHECKING:\n        def __init__(self, *, ' + ', '.join(takes) + ') -> None: ...')
    out.append(f'\n\nlib._lib.{name}_swigregister({camel(name)})')


def method_name(short):
    """What a function is called as a method, and whether it walks."""
    walked = re.fullmatch(r'next_(\w+?)(_of_\w+)?', short)
    if walked and walked.group(1) != 'deadline':
        return f'{walked.group(1)}s{walked.group(2) or ""}', True
    return {'next': ('__iter__', True), 'del': ('remove', False)}.get(short, (short, False))


def emit_method(tree, name, short, out):
    """A function of a context as its method."""
    known, parameters = tree.functions[name]
    comment = known.get('doxygen', '')
    python_name, walks = method_name(short)
    inputs = [p for p in parameters[1:] if p.get('tmap_in_numinputs') == '1' and p['name'] not in ('cursor', 'before')]
    results = [p for p in parameters[1:] if p.get('tmap_in_numinputs') == '0' and p.get('name') not in ('mem', 'buf')]
    signature = ['self']
    for parameter in inputs:
        kind = tree.python(parameter['type'], True)
        if parameter['name'] in ('data', 'key', 'value') and 'struct' not in parameter['type']:
            kind = 'Octets' if 'p.' in parameter['type'] else kind
        if parameter['name'] == 'paths':
            kind = 'Sequence[int]'
        if parameter['name'] in OPTIONAL and 'p.q(const)' in parameter['type'] and not kind.startswith('Optional'):
            kind = f'Optional[{kind}]'
        signature.append(f'{parameter["name"]}: {kind}')
    names = [f'native({p["name"]})' if pure(p['type'])[7:] in tree.contexts else p['name'] for p in inputs]
    arguments = ', '.join(['self._c'] + names)
    given = [tree.python(p['type'], False) for p in results] or [tree.python(known['type'], False)]
    value = given[0] if len(given) == 1 else f'Tuple[{", ".join(given)}]'
    if walks:
        call, kind = f'walk(lib.{name}, {arguments})', f'Iterator[{value}]'
    elif results:
        call, kind = f'filled(lib.{name}({arguments}))', value
    elif any(p.get('name') == 'buf' for p in parameters):
        call, kind = f'lib.{name}({arguments})', 'str'
    elif known['type'] == 'void' or (known['type'] == 'int' and '@return' not in comment):
        call, kind = f'lib.{name}({arguments})', 'None'
    else:
        enum = said_enum(comment, tree.enums) if known['type'] == 'int' else None
        call, kind = f'lib.{name}({arguments})', value
        if enum:
            call, kind = f'{camel(enum)}({call})', camel(enum)
        if '@return NULL' in comment or 'NULL = n' in comment:
            kind = f'Optional[{kind}]'
    out.append(f'\n    def {python_name}({", ".join(signature)}) -> {kind}:\n        {text(comment, "        ", "See " + name + ".")}')
    out.append(f'        {call}' if kind == 'None' else f'        return {call}')


def emit_context(tree, name, out):
    """A context: an object with the functions of its name as methods."""
    known, _ = tree.functions[f'{name}_new']
    out.append(f'\n\nclass {camel(name)}Base(Context):\n    {text(known.get("doxygen"), "    ", "See " + name + ".")}\n    _name = {name!r}')
    if f'{name}_counter' in tree.enums:
        out.append(f'    _counters = {camel(name + "_counter")}')
    for function, (_, parameters) in tree.functions.items():
        short = function[len(name) + 1:]
        if function.startswith(name + '_') and parameters and pure(parameters[0]['type']) == f'struct {name}' and short not in IGNORED_METHODS:
            emit_method(tree, function, short, out)


HEAD = '''# SPDX-License-Identifier: BSD-2-Clause
"""{what}: made of the public headers by generate.py. What stands here may be used; change it there."""
# pylint: disable=all
import enum
from typing import TYPE_CHECKING, Any, Iterator, List, Optional, Sequence, Tuple, Union

from . import lib
from .base import (Address, AddressLike, Context, Identifier, IdentifierLike, LinkLayerLike, Network, NetworkLike, Now, Octets, Structure, Time, filled,
                   native, walk)
{more}'''


STUB = '''# SPDX-License-Identifier: BSD-2-Clause
# What SWIG makes has no types of its own; generated.py gives each name its own.
from typing import Any

def __getattr__(name: str) -> Any: ...
'''


def emit(tree, prefix, what, more):
    """One file: what begins with a prefix."""
    out = [HEAD.format(what=what, more=more)]
    for name in tree.enums:
        if name.startswith(prefix):
            emit_enum(tree, name, out)
    for name in tree.classes:
        if name.startswith(prefix) and name not in tree.contexts and name != 'pmip_mh':
            emit_structure(tree, name, out)
    for name in tree.contexts:
        if name.startswith(prefix):
            emit_context(tree, name, out)
    public = re.findall(r'^class (\w+)\((?!Context)', '\n'.join(out), re.MULTILINE)
    out.append(f'\n\n__all__ = [{", ".join(map(repr, public))}]')
    return '\n'.join(out) + '\n'


def main(xml, folder):
    """Write all files."""
    tree = Tree(xml)
    core = emit(tree, 'pmip_', 'Enumerations, structures and contexts of libpmip', '')
    flow = emit(tree, 'flowmob_', 'Enumerations, structures and contexts of libflowmob', 'from .generated import Att, Flow, Selector\n')
    stub = STUB + ''.join(f'class {name}: ...\n' for name in tree.classes)
    for name, content in (('generated.py', core), ('generated_flow.py', flow), ('lib.pyi', stub)):
        with open(os.path.join(folder, name), 'w', encoding='utf-8') as file:
            file.write(content)


main(*sys.argv[1:])
