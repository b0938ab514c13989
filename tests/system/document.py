# SPDX-License-Identifier: BSD-2-Clause
"""A document's commands: read from its Markdown, done in one shell, and held against what the document says comes of them.

    ```console
    # ip netns add lma               a command, as root; in a document all of one kind of prompt or the other
    $ cc -o hello hello.c \\          another one, of two lines
          -lpmip
    a line that it prints            what it prints has these lines, in this order
    one with ... anything            ... is anything, and on a line of its own any lines

A block behind <!-- file: PATH --> is what PATH is to hold. Behind <!-- run by: TEST --> commands are not done, for TEST does them; behind
<!-- not run: REASON --> they cannot be. Any other block of a shell's is a mistake.
"""
import fnmatch
import os
import re
import subprocess
import threading

SHELLS = ('console', 'sh', 'bash', 'shell')
MARK = 'pmip-document-said'


class Mistake(Exception):
    """A document that is not as it should be: text says where and what."""


class Block:
    """A fenced block: its language, its lines, what the comment before it says, and where it is."""

    def __init__(self, language, comment, number):
        self.language, self.comment, self.number, self.lines = language, comment, number, []

    def text(self):
        """All lines."""
        return ''.join(f'{line}\n' for line in self.lines)

    def commands(self):
        """(command, lines that it is to print, line number), one after the other."""
        found = []
        for at, line in enumerate(self.lines, self.number + 1):
            if line.startswith(('$ ', '# ')):
                found.append([line[2:], [], at])
            elif found and found[-1][0].endswith('\\') and not found[-1][1]:
                found[-1][0] += f'\n{line}'
            elif found:
                found[-1][1].append(line)
            else:
                raise Mistake(f'line {at}: a block of commands begins with a prompt')
        return found


def blocks(path):
    """The fenced blocks of a document."""
    found, block, comment = [], None, ''
    with open(path, encoding='utf-8') as file:
        for at, line in enumerate((line.rstrip('\n') for line in file), 1):
            if block:
                if line.strip() == '```':
                    found.append(block)
                    block = None
                else:
                    block.lines.append(line)
            elif line.startswith('```'):
                block, comment = Block(line[3:].strip(), comment, at), ''
            elif line.strip():
                match = re.fullmatch(r'<!-- (.*) -->', line.strip())
                comment = match[1] if match else ''
            # Four columns that begin with a prompt would be commands that nobody runs.
            if not block and re.match(r' {4,}(\$ |\./bootstrap|make |cd )', line):
                raise Mistake(f'{path}:{at}: a command outside a fenced block')
    return found


def fits(expected, said):
    """The first of some lines that is not among those said, in order; None when all are."""
    said = iter(said)
    for line in expected:
        if line.strip() in ('', '...'):
            continue
        pattern = re.sub(r'(\[)', r'[\1]', ' '.join(line.split())).replace('*', '[*]').replace('?', '[?]').replace('...', '*')
        if not any(fnmatch.fnmatchcase(' '.join(each.split()), pattern) for each in said):
            return line
    return None


class Shell:
    """A shell that does one command after the other."""

    def __init__(self, directory, seconds):
        self.seconds = seconds
        self.process = subprocess.Popen(['bash', '--noprofile', '--norc'], cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, errors='replace', env=dict(os.environ, HOME=os.path.dirname(directory)))

    def run(self, command):
        """Do a command; return (exit status, lines that it printed). None when it has not ended in time."""
        timer = threading.Timer(self.seconds, self.process.kill)
        timer.start()
        said, status = [], None
        self.process.stdin.write(f'{command}\nprintf "\\n{MARK} %d\\n" $?\n')
        self.process.stdin.flush()
        for line in self.process.stdout:
            if line.startswith(MARK):
                status = int(line.split()[1])
                break
            said.append(line.rstrip('\n'))
        timer.cancel()
        return status, said[:-1] if said and not said[-1] else said

    def end(self):
        """No more commands."""
        self.process.stdin.close()
        self.process.wait()


def run(path, directory, top, show=False, only=None, seconds=60):
    """Do what a document says, or only: what it says that this test runs; each command in so many seconds. Return how many commands were done; raise Mistake
    when something else comes of one."""
    shell, count = Shell(directory, seconds), 0
    try:
        for block in blocks(path):
            where = f'{path}:{block.number}'
            kind, _, what = block.comment.partition(': ')
            if only:
                if kind != 'run by' or what != only:
                    continue
                kind = ''
            if kind == 'file':
                target = os.path.join(directory, what)
                os.makedirs(os.path.dirname(target), exist_ok=True)
                with open(target, 'w', encoding='utf-8') as file:
                    file.write(block.text())
            elif kind == 'run by':
                if not os.path.exists(os.path.join(top, what)):
                    raise Mistake(f'{where}: there is no {what}')
            elif kind == 'not run':
                continue
            elif block.language in SHELLS:
                for command, expected, at in block.commands():
                    status, said = shell.run(command)
                    missing = fits(expected, said)
                    if show:
                        print(f'# {command}', *said, sep='\n', flush=True)
                    if status != 0 or missing is not None:
                        why = 'has not ended in time' if status is None else f'exit status {status}' if status else f'does not print: {missing}'
                        raise Mistake(f'{path}:{at}: {command}\n  {why}. It printed:\n    ' + '\n    '.join(said))
                    count += 1
    finally:
        shell.end()
    return count
