# SPDX-License-Identifier: BSD-2-Clause
"""pmip-lab: builds PMIPv6 domains on one machine, and works with them. See pmip-lab(1)."""
import argparse
import json
import os
import signal
import subprocess
import sys
import time

import experiment
import impair
import inspection
import kernel
import labs
import page
import picture
import topology as topologies
import trial
from capture import watching
from domain import find_program
from laboratory import Laboratory
from netns import LabError, end_by_signals

PROGRAM = 'pmip-lab'
HELP = '''\
Usage: pmip-lab [OPTION]... COMMAND [ARGUMENT]... [OPTION]...
Builds PMIPv6 domains on one machine from namespaces, cables, daemons and real traffic, and works with them.

  -l, --lab NAME        which laboratory, when several are up; (up) the name that it gets, in place of the topology's
  -k, --kernel KERNEL   host, the running kernel (default); uml: (up, run) user-mode Linux, which has netem, bonding, ip6tnl and sit
  -s, --shell NODE      (up) a shell in this node, and when it ends all is taken down
  -a, --all             (clean) and all that are up
  -j, --json            (inspect) for programs
  -w, --write FILE      (capture) into a file, with times in ns
  -f, --filter EXPR     (capture) what of it, as tcpdump has it
  -p, --parameter K=V   (run) another value for a parameter of the experiment
  -t, --topology FILE   (run) another topology than the experiment's
  -q, --quick           (run) a shortened run
  -o, --output PATH     (run, plot) the results are in PATH/EXPERIMENT, else results/EXPERIMENT; (graph) the SVG file
  -h, --help            print this and exit
      --version         print the version, which is that of its daemons, and exit

Commands:
  up TOPOLOGY                 make what a topology says, a file or one of those that come along, and leave it up
  down [NAME]                 take it down
  clean [NAME...]             take away what a crash has left, and tell what it was; those named in any case
  check TOPOLOGY              say everything that is wrong with it
  status                      what is up, and how it does
  inspect                     everything about it
  shell NODE                  a shell in a node
  exec NODE -- COMMAND...     run a program in a node
  capture NODE INTERFACE      tcpdump there
  impair LINK KEY=VALUE...    change a link in use: rate, delay, loss, queue
  attach MN RADIO MAG         bring a radio of a mobile node to a MAG
  detach MN RADIO             take it out of its MAG
  graph [TOPOLOGY]            a picture, of a topology or of what is up
  run EXPERIMENT              run an experiment, in a laboratory of its own or, with --lab, in one that is up
  plot                        the page of all results that are there
'''


def command_up(options):
    """Make a laboratory and leave it up."""
    topology = topologies.load(options.topology)
    kernel.suits(topology)
    name = options.lab or topology.name
    if name in labs.up():
        raise LabError(f'{name} is up; pmip-lab down {name} takes it down, --lab NAME gives another one a name of its own')
    start = time.monotonic()
    with Laboratory(topology, name) as lab:
        print(f'{name}: {len(lab.nodes)} nodes are up, in {time.monotonic() - start:.1f} s')
        if options.shell:
            return _inside(lab.node(options.shell).netns, _shell(), name)
        lab.keep = True
    return 0


def command_down(options):
    """Take a laboratory down."""
    print(f'removed {labs.take_down(labs.choose(options.name or options.lab))}')
    return 0


def command_clean(options):
    """Take away what is broken, or all of those named, or everything."""
    wanted = options.names or [name for name in labs.names() if not labs.in_use(name) and (options.all or not labs.is_up(name))]
    for name in wanted:
        print(f'removed {labs.take_down(name)}')
    if not wanted:
        print('nothing to remove' + (f'; there are: {", ".join(labs.names())}' if labs.names() else ''))
    return 0


def command_status(options):
    """What is up, and how it does."""
    for name in [labs.choose(options.lab)] if options.lab else labs.names():
        if labs.is_up(name):
            with labs.joined(name) as lab:
                print(inspection.as_text(inspection.facts(lab)))
        else:
            print(f'{name}: {"a process is working with it" if labs.in_use(name) else "broken; pmip-lab clean removes what is left"}')
    if not labs.names():
        print('none is up')
    return 0


def command_inspect(options):
    """Everything about a laboratory."""
    with labs.joined(options.lab) as lab:
        facts = inspection.facts(lab)
    print(json.dumps(facts, indent=1) if options.json else inspection.as_text(facts))
    return 0


def _inside(netns, argv, name):
    """Run a program in a namespace with this terminal; what ends us ends it first. Return its exit status."""
    environment = {**os.environ, 'PMIP_LAB': name, 'PMIP_NODE': netns.name, 'PS1': f'{name}:{netns.name}# '}
    with netns.entered():
        pid = os.spawnvpe(os.P_NOWAIT, argv[0], argv, environment)
    handlers = {signum: signal.signal(signum, lambda received, _: os.kill(pid, received)) for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    for signum, handler in handlers.items():
        signal.signal(signum, handler)
    return 128 - status if status < 0 else status


def _shell():
    """The user's shell, with our prompt."""
    shell = os.environ.get('SHELL', '/bin/bash')
    return [shell, '--norc'] if shell.endswith('/bash') else [shell]


def command_shell(options):
    """A shell in a node."""
    with labs.joined(options.lab) as lab:
        return _inside(lab.node(options.node).netns, _shell(), lab.name)


def command_exec(options):
    """A program in a node."""
    command = options.command[1:] if options.command[:1] == ['--'] else options.command
    if not command:
        raise LabError('exec: what? pmip-lab exec NODE -- COMMAND [ARGUMENT...]')
    with labs.joined(options.lab) as lab:
        return _inside(lab.node(options.node).netns, command, lab.name)


def command_capture(options):
    """tcpdump on an interface, until Ctrl-C."""
    with labs.joined(options.lab) as lab:
        netns = lab.node(options.node).netns
        if not netns.has(options.interface):
            raise LabError(f'{options.node} has no interface {options.interface}; it has {", ".join(inspection.interfaces(netns))}')
        return _inside(netns, watching(options.interface, options.filter, options.write), lab.name)


def command_impair(options):
    """Change a link."""
    values = {}
    for word in options.values:
        key, equals, value = word.partition('=')
        if not equals:
            raise LabError(f'impair: {word}: expected KEY=VALUE with a key of {", ".join(impair.PARSERS)}')
        values[key] = value
    with labs.joined(options.lab) as lab:
        lab.impair(options.link, **values)
        now = lab.link(options.link).impairment.as_text()
        print(f'{options.link}: ' + (' '.join(f'{key}={value}' for key, value in now.items()) or 'as it is made'))
    return 0


def command_attach(options):
    """Bring a radio to a MAG."""
    with labs.joined(options.lab) as lab:
        start = lab.attach(options.mn, options.radio, options.mag)
        took = (time.time_ns() - start) / 1e6
        print(f'{options.mn} is at {options.mag} by {options.radio}, bound {took:.1f} ms after its link came up, '
              f'address {lab.address(options.mn, options.radio)}')
    return 0


def command_detach(options):
    """Take a radio out of its MAG."""
    with labs.joined(options.lab) as lab:
        lab.detach(options.mn, options.radio)
        print(f'{options.mn} has no link by {options.radio}')
    return 0


def command_run(options):
    """Run an experiment; exit status 0 when all that it claims holds."""
    module = experiment.load(options.experiment)
    name = os.path.basename(options.experiment).removesuffix('.py')
    changed = trial.overrides(module, options.parameters)
    if options.topology or hasattr(module, 'TOPOLOGY'):
        kernel.suits(topologies.load(options.topology or module.TOPOLOGY))
    if options.lab:
        with labs.joined(options.lab) as lab, lab.lab.held():
            summary = trial.perform(module, name, options.output, options.quick, changed, lab=lab)
    else:
        summary = trial.perform(module, name, options.output, options.quick, changed, topology=options.topology)
    good = experiment.told(summary)
    print(f'   all of it is in {os.path.join(options.output, name)}')
    return 0 if good else 1


def command_plot(options):
    """The page of all results that are there."""
    found = [name for name in experiment.shipped() if os.path.exists(os.path.join(options.output, name, 'summary.json'))]
    if not found:
        raise LabError(f'no results in {options.output}: pmip-lab run EXPERIMENT')
    print(page.write(options.output, [(name, experiment.load(name)) for name in found]))
    return 0


def command_graph(options):
    """A picture of a topology, or of a laboratory that is up."""
    if options.topology:
        topology, at, links = topologies.load(options.topology), None, None
    else:
        with labs.joined(options.lab) as lab:
            topology, links = lab.topology, {name: link.impairment for name, link in lab.links.items()}
            at = {(node.name, name): radio.at.name if radio.at else None for node in lab.of_kind('mn') for name, radio in node.radios.items()}
    path = options.output or f'{topology.name}.svg'
    with open(path, 'w', encoding='utf-8') as file:
        file.write(picture.of(topology, at, links))
    print(path)
    return 0


def command_check(options):
    """Say what is wrong with a topology."""
    topology = topologies.load(options.topology)
    print(f'{options.topology}: good: {len(topology.lmas)} LMAs, {len(topology.mags)} MAGs, {len(topology.mns)} mobile nodes, {len(topology.cns)} CNs')
    return 0


class Version(argparse.Action):
    """--version: the laboratory comes with its daemons."""

    def __call__(self, parser, *_):
        said = subprocess.run([find_program('pmip-lma'), '--version'], stdout=subprocess.PIPE, text=True, check=True).stdout
        print(PROGRAM, said.split()[-1])
        parser.exit()


class Parser(argparse.ArgumentParser):
    """One whose help is written by hand."""

    def format_help(self):
        return HELP


def arguments(argv):
    """The command line."""
    general = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    general.add_argument('-l', '--lab')
    general.add_argument('-k', '--kernel', choices=('host', 'uml'))
    parser = Parser(prog=PROGRAM, allow_abbrev=False, parents=[general])
    parser.add_argument('--version', action=Version, nargs=0)
    commands = parser.add_subparsers(dest='name_of_command', metavar='COMMAND', required=True, parser_class=Parser)

    def add(name, function, *positional):
        command = commands.add_parser(name, allow_abbrev=False, parents=[general])
        command.set_defaults(function=function)
        for word in positional:
            command.add_argument(word)
        return command

    add('up', command_up, 'topology').add_argument('-s', '--shell')
    add('down', command_down).add_argument('name', nargs='?')
    clean = add('clean', command_clean)
    clean.add_argument('names', nargs='*', metavar='name')
    clean.add_argument('-a', '--all', action='store_true')
    add('check', command_check, 'topology')
    add('status', command_status)
    add('inspect', command_inspect).add_argument('-j', '--json', action='store_true')
    add('shell', command_shell, 'node')
    add('exec', command_exec, 'node').add_argument('command', nargs=argparse.REMAINDER)
    capture = add('capture', command_capture, 'node', 'interface')
    capture.add_argument('-w', '--write')
    capture.add_argument('-f', '--filter', default='')
    add('impair', command_impair, 'link').add_argument('values', nargs='+', metavar='key=value')
    add('attach', command_attach, 'mn', 'radio', 'mag')
    add('detach', command_detach, 'mn', 'radio')
    run = add('run', command_run, 'experiment')
    run.add_argument('-p', '--parameter', dest='parameters', action='append', default=[])
    run.add_argument('-t', '--topology')
    run.add_argument('-o', '--output')
    run.add_argument('-q', '--quick', action='store_true')
    add('plot', command_plot).add_argument('-o', '--output', default='results')
    graph = add('graph', command_graph)
    graph.add_argument('topology', nargs='?')
    graph.add_argument('-o', '--output')
    options = parser.parse_args(argv, argparse.Namespace(lab=None, kernel='host'))
    if options.function is command_run:
        options.output = options.output or 'results'
    return options


def elsewhere(options, argv):
    """Do a command in another kernel or as another user than we are; return its exit status, or None when it is to be done here."""
    if kernel.inside() or options.function in (command_check, command_plot) or (options.function is command_graph and options.topology):
        return None
    if options.kernel == 'uml':
        if not (options.function is command_run or (options.function is command_up and options.shell)):
            raise LabError('--kernel uml: a laboratory in there lives no longer than its command: up --shell NODE, or run')
        kernel.become_uml(argv, options.function is command_up, os.path.abspath(options.output) if options.function is command_run else None)
    if os.geteuid() != 0:
        return kernel.become_user(argv)
    return None


def main(argv=None):
    """Do one command; exit status 0, 1 when it failed, 2 for a wrong command line."""
    argv = sys.argv[1:] if argv is None else argv
    try:
        options = arguments(argv)
        status = elsewhere(options, argv)
        if status is not None:
            return status
        end_by_signals()
        kernel.prepare()
        return options.function(options)
    except (LabError, OSError) as error:
        print(f'{PROGRAM}: {error}', file=sys.stderr)
        return 1
