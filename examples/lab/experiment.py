#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""The experiments: runs them, judges their claims, and makes the page of it all. ./bootstrap.sh experiments builds and runs it.

An experiment is a module of experiments/: TITLE; PARAMETERS, and in QUICK those that are others in a shortened run; run(out_dir, params), which
returns a summary; CLAIMS, a list of (what is claimed, test over the summary). A test returns a Verdict.
"""
import argparse
import importlib.util
import json
import os
import shutil
import sys
import time
import traceback

LAB = os.path.dirname(os.path.abspath(__file__))
EXPERIMENTS = os.path.join(LAB, 'experiments')
sys.path[:0] = [path for path in (LAB, EXPERIMENTS) if path not in sys.path]

import page  # noqa: E402  pylint: disable=wrong-import-position
from netns import LabError, end_by_signals  # noqa: E402  pylint: disable=wrong-import-position
from verdict import FAILS, Verdict  # noqa: E402  pylint: disable=wrong-import-position

# In the order of the page.
NAMES = ('fig2', 'fig4', 'fig5', 'fig4_fig5', 'fig6', 'fig7', 'fig8', 'table1', 'interruptions', 'crowd', 'datapaths')


def shipped():
    """Names of those that come with the laboratory."""
    return sorted(file[:-3] for file in os.listdir(EXPERIMENTS) if file.endswith('.py'))


def load(name):
    """The module of an experiment: a name, or a file's path."""
    path = name if name.endswith('.py') else os.path.join(EXPERIMENTS, f'{name}.py')
    if not os.path.exists(path):
        raise LabError(f'{name}: no such experiment; there are {", ".join(shipped())}, or say the path of a .py file')
    if os.path.dirname(os.path.abspath(path)) not in sys.path:
        sys.path.insert(1, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location(os.path.basename(path)[:-3], path)
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
        return module
    except ModuleNotFoundError as error:
        raise LabError(f'{path}: {error}; ./bootstrap.sh packages installs what is needed') from None


def parameters(module, quick):
    """Its parameters."""
    return {**module.PARAMETERS, **(getattr(module, 'QUICK', {}) if quick else {})}


def judged(module, summary):
    """What is said of its claims, as a summary has it."""
    result = []
    for text, test in module.CLAIMS:
        try:
            verdict = test(summary)
        except Exception as error:  # pylint: disable=broad-except
            traceback.print_exc()
            verdict = Verdict(False, f'no verdict: {type(error).__name__}: {error}')
        result.append({'claim': text, 'status': verdict.status, 'measured': verdict.measured, 'why': verdict.why})
    return result


def perform(name, out_dir, quick=False, overrides=None, module=None, run=None):
    """Run one experiment into OUT/NAME, by its own run() or another one; return its summary. One that fails leaves a summary with its error."""
    module, target = module or load(name), os.path.join(out_dir, name)
    shutil.rmtree(target, ignore_errors=True)
    os.makedirs(target)
    params = {**parameters(module, quick), **(overrides or {})}
    summary = {'name': name, 'title': module.TITLE, 'quick': quick, 'parameters': params}
    start = time.monotonic()
    try:
        summary.update((run or module.run)(target, params))
        summary['claims'] = judged(module, summary)
        json.dumps(summary, default=list)
    except Exception as error:  # whatever it is, it is this experiment's, and the others go on; pylint: disable=broad-except
        traceback.print_exc()
        summary = {key: summary[key] for key in ('name', 'title', 'quick', 'parameters')}
        summary['error'] = f'{type(error).__name__}: {error}'
        summary['claims'] = [{'claim': text, 'status': FAILS, 'measured': f'the run failed: {summary["error"]}', 'why': ''} for text, _ in module.CLAIMS]
    summary['took_s'] = round(time.monotonic() - start, 1)
    with open(os.path.join(target, 'summary.json'), 'w', encoding='utf-8') as file:
        json.dump(summary, file, indent=1, default=list)
        file.write('\n')
    return summary


def told(summary):
    """Print what came of an experiment; return whether nothing failed."""
    print(f'{summary["name"]}: {summary["title"]} ({summary["took_s"]:.0f} s)')
    for claim in summary['claims']:
        print(f'   {claim["status"]:<8}{claim["claim"]}\n           {claim["measured"]}' + (f'. {claim["why"]}' if claim['why'] else ''))
    sys.stdout.flush()
    return all(claim['status'] != FAILS for claim in summary['claims'])


def main():
    """Run what is asked for; exit status 0 when no claim fails."""
    parser = argparse.ArgumentParser(prog='experiments', description=__doc__.split('\n', maxsplit=1)[0])
    parser.add_argument('names', nargs='*', metavar='NAME', help=f'which: {", ".join(NAMES)} (default: all)')
    parser.add_argument('--quick', action='store_true', help='shortened runs')
    parser.add_argument('--out', default='results', metavar='DIR', help='where to put the results (default %(default)s)')
    options = parser.parse_args()
    unknown = [name for name in options.names if name not in NAMES]
    if unknown:
        parser.error(f'no such experiment: {", ".join(unknown)}')
    end_by_signals()
    good = [told(perform(name, options.out, options.quick)) for name in options.names or NAMES]
    print(f'The page is {page.write(options.out, [(name, load(name)) for name in NAMES])}')
    return 0 if all(good) else 1


if __name__ == '__main__':
    sys.exit(main())
