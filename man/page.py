#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Man pages from what is written down elsewhere already, so that nothing is said twice.

page.py HEADER                  a section 3 page: every macro, type and function of a public header, as its comments explain them
page.py TEMPLATE YAML MINIMAL   a section 5 page: TEMPLATE with @DESCRIPTION@ replaced by what holds for all of them and every key of a
                                commented reference file, and @FILES@ by where it is and a file that is as short as can be
"""
import os
import re
import sys
import textwrap

# When the form of the section 3 pages last changed.
DATE = 'November 26, 2026'
LIBRARIES = {'pmip': 'libpmip', 'flowmob': 'libflowmob'}
LINUX = {'pmip': {'access', 'datapath', 'io', 'log', 'runner', 'store'}, 'flowmob': {'first_packets', 'logical', 'nfqueue', 'weak_host'}}
# What all section 5 pages say.
CONFIG_DESCRIPTION = """\
.Sh DESCRIPTION
The file is what
.Xr @PROGRAM@ 8
does.
It is YAML: a mapping of the keys below, each once, without anchors, aliases and tags.
Text needs no quotes where YAML needs none.
.Bl -bullet -compact
.It
Durations carry a unit
.Pq ms, s, min, h ;
a plain number is seconds.
.It
A key that says
.Dq (restart)
may not be changed by a reload, which then is refused as a whole.
.It
A file with a mistake is refused as a whole, and every mistake is told with file, line, key, what was found and what was expected:
.Dl @PROGRAM@ --check-config -c FILE
.It
A changed file is in force after
.Dl pmipctl --@SHORT@ reload
.El
.Sh KEYS
Below a key with [] there is a list, and each element of it has the keys that follow.
The values are those of the example file.
@KEYS@"""
CONFIG_FILES = """\
.Sh FILES
.Bl -tag -width Ds
.It Pa /etc/pmip/@PROGRAM@.yaml
What
.Xr @PROGRAM@ 8
reads by default; the directory is that of
.Fl -sysconfdir
when it was built.
.It Pa /etc/pmip/@PROGRAM@.yaml.example
Every key with its comment, to begin with.
.El
.Sh EXAMPLES
As short as can be:
@MINIMAL@"""
DOC = r'/\*\*(?!<)(?P<doc>.*?)\*/'


def escape(line):
    """A line of text that mdoc takes for nothing else."""
    line = line.replace('\\', '\\e')
    return '\\&' + line if line[:1] in ('.', "'") else line


def quoted(words):
    """One argument of a macro."""
    return '"' + words.replace('\\', '\\e').replace('"', '\\(dq') + '"'


def literal(lines):
    """Lines as they are."""
    return ['.Bd -literal -offset indent', *(escape(line) for line in textwrap.dedent('\n'.join(lines)).split('\n')), '.Ed']


def paragraphs(text):
    """Text with blank lines between paragraphs; what is indented by four is literal."""
    out = []
    for block in re.split(r'\n\s*\n', text.strip('\n')):
        lines = block.split('\n')
        if all(line.startswith('    ') for line in lines):
            out += literal(lines)
        elif block.strip():
            out += (['.Pp'] if out else []) + [escape(line) for line in sentences(' '.join(block.split()))]
    return out


def sentences(text):
    """A line for each, as mdoc wants it, and none too long."""
    for sentence in re.split(r'(?<=[^. ]{2}[.?!]) (?=[A-Z0-9])', text):
        yield from textwrap.wrap(sentence, 140, break_long_words=False, break_on_hyphens=False)


def comment(raw):
    """The text of a comment without its frame."""
    return '\n'.join(re.sub(r'^\s*\* ?', '', line) for line in raw.strip(' \n').split('\n')).replace('\\\\', '\\').rstrip()


def explained(raw):
    """A comment with its tags, as mdoc: text, then what is passed in, what comes back, where to look further."""
    text = comment(raw).replace('Since: 0.1.', '')
    head, *tags = re.split(r'@(?=param|retval|return|see)', text)
    fields, values, rest = [], [], []
    for tag in tags:
        kind, body = re.match(r'(\w+)(?:\[[\w,]+\])?\s*(.*)', tag, re.S).groups()
        body = ' '.join(body.split())
        if kind == 'param':
            name, body = re.match(r'(\w+(?:, \w+)*) ?(.*)', body).groups()
            fields += [f'.It Fa {name.replace(", ", " , ")}', *(escape(line) for line in sentences(body))]
        elif kind == 'retval':
            name, body = re.match(r'([-<]?\w+(?:, [A-Z_0-9]+)*),?:?\.? ?(.*)', body).groups()
            values += [f'.It Dv {name.replace(", ", " , ")}', *(escape(line) for line in sentences(body.rstrip('. ')))]
        elif body:
            rest += ['.Pp', *(escape(line) for line in sentences(('Returns ' if kind == 'return' else 'See ') + body.rstrip('. ') + '.'))]
    out = paragraphs(head)
    for rows in (fields, values):
        if rows:
            out += ['.Pp', '.Bl -tag -width Ds -compact', *rows, '.El']
    out += rest
    return out[1:] if out[:1] == ['.Pp'] else out


def members(body, is_enum):
    """Rows (name, comment) of a struct or an enum, those of nested ones with a prefix."""
    item = r'(?P<name>\w+)\s*(?P<value>=[^,/]+)?,?' if is_enum else \
        r'(?P<open>(?:struct|union)\s*\{)|\}\s*(?P<close>\w+)\s*;|(?P<name>[^;{}/]+);'
    rows, stack, before, last = [], [], '', None
    for match in re.finditer(r'/\*\*<(?P<after>.*?)\*/|' + DOC + r'|/\*.*?\*/|' + item, body, re.S):
        found = match.groupdict()
        if found['after'] is not None:
            if last:
                last[1] = found['after']
        elif found['doc'] is not None:
            before = found['doc']
        elif found['name']:
            name = ' '.join(found['name'].split()) + (' ' + ' '.join(found['value'].split()) if found.get('value') else '')
            last = [name, before]
            rows.append(last)
            before = ''
        elif found.get('open'):
            stack.append(len(rows))
        elif found.get('close'):
            first, last = stack.pop(), None
            for row in rows[first:]:
                row[0] = re.sub(r'(\(?\**)([\w.]+)(?=(\[[^]]*\])?$|\)\()', rf'\1{found["close"]}.\2', row[0], count=1)
    return rows


def listed(rows):
    """Rows as a list."""
    out = ['.Bl -tag -width Ds -offset indent -compact']
    for name, raw in rows:
        out += [f'.It Li {quoted(name)}', *explained(raw)]
    return out + ['.El'] if rows else []


def header_page(path):
    """The page of a header."""
    with open(path, encoding='utf-8') as file:
        text = file.read()
    family, stem = path.split('/')[-2], os.path.basename(path).removesuffix('.h')
    library = LIBRARIES[family] + ('-linux' if stem in LINUX[family] else '')
    about = comment(re.search(r'/\*\* @file(.*?)\*/', text, re.S)[1])
    first = re.match(r'\s*(.*?)[.:](\s|$)', about, re.S)
    code = text[text.index('#include') if '#include' in text else 0:]
    synopsis, constants, types, functions, names = [], [], [], [], [f'{family}_{stem}']
    for match in re.finditer(DOC + r'\s*(?:#define\s+(?P<macro>\w+)[ \t]*(?P<text>[^\n]*)|(?P<kind>struct|enum)\s+(?P<type>\w+)\s*\{(?P<body>.*?)\n\};'
                             r'|(?:PMIP|FLOWMOB)_API\s+(?P<function>[^;]*);)', code, re.S):
        found = match.groupdict()
        if found['macro']:
            if found['text']:
                constants += [f'.It Dv {found["macro"]} No = {quoted(found["text"])}', *explained(found['doc'])]
        elif found['type']:
            types += [f'.Ss {found["kind"]} {found["type"]}', *explained(found['doc']), *listed(members(found['body'], found['kind'] == 'enum'))]
        else:
            result, name, arguments = re.match(r'(.*?)(\w+)\((.*)\)$', ' '.join(found['function'].split()), re.S).groups()
            arguments = [] if arguments == 'void' else arguments.split(', ')
            names.append(name)
            synopsis += [f'.Ft {quoted(result.strip())}', f'.Fo {name}', *(f'.Fa {quoted(argument)}' for argument in arguments), '.Fc']
            functions += [f'.It Fn {name} ' + ' '.join(re.search(r'(\w+)(\[[^]]*\])?$', argument)[1] for argument in arguments),
                          *explained(found['doc'])]
    return [f'.\\" Made by man/page.py from {family}/{stem}.h.', f'.Dd {DATE}', f'.Dt {names[0].upper()} 3', '.Os', '.Sh NAME',
            *(f'.Nm {name} ,' for name in names[:-1]), f'.Nm {names[-1]}', f'.Nd {" ".join(first[1].split())}',
            '.Sh LIBRARY', f'.Xr {library} 3 ,', f'.Li "pkg-config --cflags --libs {library}"',
            '.Sh SYNOPSIS', f'.In {family}/{stem}.h', *synopsis,
            '.Sh DESCRIPTION', *paragraphs(about),
            *(['.Ss Constants', '.Bl -tag -width Ds -compact', *constants, '.El'] if constants else []), *types,
            *(['.Sh FUNCTIONS', '.Bl -tag -width Ds', *functions, '.El'] if functions else []),
            *(['.Sh RETURN VALUES', 'Functions that return', '.Vt int', 'return 0 or what is told above when they have succeeded, and else a negative',
               f'.Vt enum pmip_err{chr(10)}.Pq Xr pmip_error 3 .', 'A setter whose value is outside the range that is told returns',
               '.Dv PMIP_ERR_INVALID', 'and changes nothing.', 'Pointers that are passed in are borrowed for the call, unless something else is told.']
              if any(row.startswith('.Ft "int') for row in synopsis) else []),
            '.Sh SEE ALSO', f'.Xr {library} 3', '.Sh HISTORY', 'Everything here is there since version 0.1.']


def keys(path):
    """Every key of a reference file: name with those of its parents, of which lists have [], the value that it shows, and its comment."""
    rows, parents, words = [], [], []
    with open(path, encoding='utf-8') as file:
        lines = file.read().split('\n')
    for line in lines[lines.index('') + 1:]:
        match = re.match(r'^(#?)( *)(- )?([a-z0-9_]+):( .*|)$', line)
        if not match:
            words = words + [line.strip(' #')] if line.strip().startswith('#') else []
            continue
        depth = len(match[2]) + len(match[3] or '')
        parents = [parent for parent in parents if parent[0] < depth]
        if match[3]:
            parents[-1] = (parents[-1][0], parents[-1][1].removesuffix('[]') + '[]')
        parents.append((depth, match[4]))
        name = '.'.join(parent[1] for parent in parents)
        if name not in (row[0] for row in rows):
            rows.append((name, match[5].strip(), ' '.join(words)))
        words = []
    return rows


def config_page(template, reference, minimal):
    """The page of a configuration file."""
    out = ['.Bl -tag -width Ds']
    for name, value, words in keys(reference):
        out += [f'.It Li {quoted(name + ":" + (" " + value if value else ""))}', *(escape(line) for line in sentences(words))]
    with open(template, encoding='utf-8') as file, open(minimal, encoding='utf-8') as example:
        text = file.read()
        shown = literal([line for line in example.read().rstrip('\n').split('\n') if not line.startswith('#')])
    program = os.path.basename(template).removesuffix('.yaml.5.in')
    for mark, what in (('DESCRIPTION', CONFIG_DESCRIPTION), ('FILES', CONFIG_FILES), ('PROGRAM', program), ('SHORT', program.split('-')[1]),
                       ('KEYS', '\n'.join(out + ['.El'])), ('MINIMAL', '\n'.join(shown))):
        text = text.replace(f'@{mark}@', what)
    return [f'.\\" Made by man/page.py from {os.path.basename(template)} and {os.path.basename(reference)}.', text.rstrip('\n')]


print('\n'.join(header_page(*sys.argv[1:]) if len(sys.argv) == 2 else config_page(*sys.argv[1:])))
