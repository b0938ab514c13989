#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
# May run beside others.
"""A new user with nothing but the documents, on a fresh Debian: what they say to type is typed, and what they say comes of it has to come.

The root is made by debootstrap, with the few packages that the documents' commands need, and kept as an archive in the
build directory. It lives on a tmpfs in namespaces of its own, so that nothing of it is left whatever happens. The project is there as its tarball
has it, and installed.

documents.py [--show] [FILE...]   only these documents; show what each command prints, for who writes them
documents.py --install            what the quickstart says of installing, where there is nothing but the tarball: takes minutes, so CI does it by itself
"""
import glob
import os
import re
import shutil
import subprocess
import sys

import document
import system
from netns import CLONE_NEWNET, LIBC

BUILD = os.environ.get('top_builddir') or os.getcwd()
ROOT = f'{os.path.abspath(BUILD)}/documents-root'
HOME = '/root'
SOURCE = f'{HOME}/pmip'
QUICKSTART, INSTALLS = 'doc/quickstart.md', 'tests/system/documents.py'
INSTALL_S = 1200
MAKE_OWN = ('MAKEFLAGS', 'MFLAGS', 'MAKELEVEL', 'MAKEOVERRIDES')
# Its commands measure for a quarter of an hour; bench_quick.py runs them.
MEASURED = 'doc/performance.md'
# Of what ./bootstrap.sh packages installs, what the documents' commands use; and libraries, for ours are built outside the root.
PACKAGES = ('gcc', 'iproute2', 'iputils-ping', 'libbpf-dev', 'libc6-dev', 'libevent-core-2.1-7', 'libjansson4', 'liblmdb-dev',
            'libnetfilter-queue1', 'libnl-3-dev', 'libnl-route-3-dev', 'libpcap-dev', 'libyaml-0-2', 'make', 'pkg-config', 'procps', 'python3',
            'python3-pyroute2', 'python3-yaml', 'tcpdump')


def do(*words, **keys):
    """Run a program; when it fails, say what it said."""
    done = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, **keys)
    if done.returncode:
        sys.exit(f'{done.stdout[-3000:]}\nFAIL: {" ".join(words)}: exit status {done.returncode}')
    return done.stdout


def mirror():
    """Where this machine's own packages come from, and its release."""
    with open('/etc/os-release', encoding='utf-8') as file:
        release = re.search(r'^VERSION_CODENAME=(\S+)', file.read(), re.M)[1]
    for line in do('apt-get', 'indextargets', '--format', '$(CODENAME) $(SITE) $(REPO_URI)', 'Created-By: Packages').splitlines():
        if line.split()[0] == release:
            return release, line.split()[-1]
    sys.exit(f'FAIL: apt knows no source of {release}: run apt-get update')


def bootstrap(*options):
    """A fresh system at ROOT."""
    release, uri = mirror()
    do('mount', '-t', 'tmpfs', '-o', 'mode=755', 'none', ROOT)
    os.makedirs(f'{ROOT}/etc/dpkg/dpkg.cfg.d')
    with open(f'{ROOT}/etc/dpkg/dpkg.cfg.d/quick', 'w', encoding='utf-8') as file:
        file.write('force-unsafe-io\npath-exclude=/usr/share/doc/*\npath-exclude=/usr/share/locale/*\n')
    do('debootstrap', '--variant=minbase', *options, release, ROOT, uri)


def archive():
    """The fresh system as a tar file, made when there is none with these packages."""
    path, names = f'{BUILD}/documents-root.tar', ','.join(PACKAGES)
    if os.path.exists(path) and os.path.exists(f'{path}.packages') and open(f'{path}.packages', encoding='utf-8').read() == names:
        return path
    bootstrap(f'--include={names}')
    do('tar', '-C', ROOT, '--exclude=./var/cache/apt/archives/*.deb', '-cf', f'{path}.new', '.')
    do('umount', ROOT)
    os.rename(f'{path}.new', path)
    with open(f'{path}.packages', 'w', encoding='utf-8') as file:
        file.write(names)
    return path


def put_source():
    """The source as the tarball has it, in ROOT."""
    environment = {key: value for key, value in os.environ.items() if key not in MAKE_OWN}
    do('make', '-s', '-C', BUILD, 'distdir', f'distdir={ROOT}{SOURCE}', env=environment)


def enter():
    """Go into ROOT, with nothing of the build that tests it."""
    for what, where in (('proc', 'proc'), ('sysfs', 'sys'), ('tmpfs', 'run'), ('tmpfs', 'tmp')):
        do('mount', '-t', what, what, f'{ROOT}/{where}')
    do('mount', '--rbind', '/dev', f'{ROOT}/dev')
    os.chroot(ROOT)
    os.chdir('/')
    for name in ('CC', *MAKE_OWN):
        os.environ.pop(name, None)
    os.environ['PATH'] = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


def install(checks):
    """See the head of this file."""
    os.makedirs(ROOT, exist_ok=True)
    bootstrap()
    # The machine's own ways to Debian's packages.
    do('cp', '-aT', '/etc/apt', f'{ROOT}/etc/apt')
    do('cp', '/etc/resolv.conf', f'{ROOT}/etc/resolv.conf')
    put_source()
    enter()
    try:
        count = document.run(f'{SOURCE}/{QUICKSTART}', SOURCE, SOURCE, only=INSTALLS, seconds=INSTALL_S)
        checks.check(count, f'{QUICKSTART}: {count} commands install it')
    except document.Mistake as mistake:
        checks.check(False, QUICKSTART, mistake)
        return
    do('cp', '-r', '/usr/local/share/doc/pmip/examples/minimal', '/tmp')
    do('pmip-lma', '--version')
    do('pmip-lab', '--help')
    do('python3', '-c', 'import pmip.flow, pmip.client')
    do('make', '-C', '/tmp/minimal')
    do('make', '-C', f'{SOURCE}/build', 'uninstall')
    checks.check(not shutil.which('pmip-lma'), 'daemon, laboratory, bindings and the minimal programs work, and it can be uninstalled')


def furnish():
    """The fresh system at ROOT, with the project in it."""
    os.makedirs(ROOT, exist_ok=True)
    made = archive()
    if LIBC.unshare(CLONE_NEWNET) != 0:
        sys.exit('FAIL: no network namespace')
    do('mount', '-t', 'tmpfs', '-o', 'mode=755', 'none', ROOT)
    do('tar', '-C', ROOT, '-xf', made)
    put_source()
    do('cp', '-aT', f'{BUILD}/tests/installed', ROOT)
    do('ip', 'link', 'set', 'lo', 'up')
    enter()
    do('ldconfig')


def left():
    """What a document has left running or lying about."""
    found = [open(f'/proc/{pid}/cmdline', encoding='utf-8').read().replace('\0', ' ') for pid in os.listdir('/proc')
             if pid.isdigit() and int(pid) != os.getpid() and os.path.exists(f'/proc/{pid}/exe')]
    return found + glob.glob('/run/netns/*') + glob.glob('/run/pmip*/*')


def self_check(checks):
    """A document that is wrong is found to be."""
    for text in ('```console\n# echo one\ntwo\n```', '```console\n# false\n```', '```sh\nls\n```', '    make all', '<!-- run by: none.py -->\n```console\n# ls\n```'):
        with open('/tmp/wrong.md', 'w', encoding='utf-8') as file:
            file.write(f'{text}\n')
        try:
            document.run('/tmp/wrong.md', '/tmp', SOURCE)
            checks.check(False, 'a wrong document is not noticed', text)
        except document.Mistake:
            pass


def documents(checks, names, show):
    """Run the documents."""
    furnish()
    self_check(checks)
    for name in names:
        home = f'{HOME}/{os.path.basename(name).removesuffix(".md")}'
        os.makedirs(home)
        try:
            count = document.run(f'{SOURCE}/{name}', home, SOURCE, show)
            checks.check(not left(), f'{name}: {count} commands do what it says, and nothing is left', left() or '')
        except document.Mistake as mistake:
            checks.check(False, name, mistake)
            break  # what it has left the next one would stumble over


def main():
    """Run the documents, all or those that are named, or --install."""
    if os.geteuid() != 0:
        system.skip('needs root')
    if not shutil.which('debootstrap'):
        system.skip('there is no debootstrap: install the package, or run ./bootstrap.sh packages')
    if not os.path.exists(f'{BUILD}/bindings/python/pmip/_lib.la'):
        system.skip('configured without the Python bindings: install swig and python3-dev, or run ./bootstrap.sh packages')
    if 'DOCUMENTS_INSIDE' not in os.environ:
        os.environ['DOCUMENTS_INSIDE'] = '1'
        # Killed in whatever way, its processes end, and with them the namespaces, and all that is in them.
        os.execvp('unshare', ['unshare', '--mount', '--pid', '--fork', '--kill-child', sys.executable, '-B', *sys.argv])
    checks = system.Checks()
    names = [name for name in sys.argv[1:] if not name.startswith('--')] or ['README.md'] + sorted(
        {os.path.relpath(path, system.TOP) for path in glob.glob(f'{system.TOP}/doc/*.md')} - {MEASURED})
    if '--install' in sys.argv:
        install(checks)
    else:
        documents(checks, names, '--show' in sys.argv)
    print(f'{checks.passed} passed, {checks.failed} failed')
    sys.exit(1 if checks.failed else 0)


main()
