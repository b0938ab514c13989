# SPDX-License-Identifier: BSD-2-Clause
"""dp_drive in a namespace: a datapath by hand."""
import subprocess

import system
from domain import find_program
from netns import LabError

AT_ONCE = 100  # lines that wait for their answers


class Drive:
    """One datapath; say() gives it a command and returns the rest of its answer."""

    def __init__(self, netns, role, *options):
        self.process = subprocess.Popen(netns.argv(find_program('tests/system/dp_drive'), '--role', role, '--backend', system.DATAPATH, *options),
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1)
        netns.lab.cleanups.append(self.process.kill)
        self.hear('start')

    def hear(self, what):
        """One answer."""
        answer = self.process.stdout.readline().strip()
        if not answer.startswith('ok'):
            raise LabError(f'{what}: {answer or "no answer"}')
        return answer[3:]

    def try_(self, *words):
        """A command; the whole answer, also when it is an error."""
        self.process.stdin.write(' '.join(map(str, words)) + '\n')
        return self.process.stdout.readline().strip()

    def say(self, *words):
        """A command that must succeed."""
        self.process.stdin.write(' '.join(map(str, words)) + '\n')
        return self.hear(' '.join(map(str, words)))

    def say_many(self, commands, together):
        """Many operations, so many to a line, that must succeed."""
        lines = [';'.join(commands[at:at + together]) for at in range(0, len(commands), together)]
        for at in range(0, len(lines), AT_ONCE):
            self.process.stdin.writelines(f'{line}\n' for line in lines[at:at + AT_ONCE])
            self.process.stdin.flush()
            for line in lines[at:at + AT_ONCE]:
                self.hear(line)

    def number(self, name, *words):
        """A number in the answer to a command."""
        return int(self.say(*words).split(f'{name}=')[1].split()[0].rstrip('}'))

    def quit(self):
        """End it."""
        self.say('quit')
        self.process.wait()
