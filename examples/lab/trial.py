# SPDX-License-Identifier: BSD-2-Clause
"""One experiment (experiment.py says what that is) by the command line, in one laboratory.

With TOPOLOGY, the one that it wants, an experiment is run(lab, out_dir, params) in a laboratory that is up or in one of its own. Without, it makes
what it needs by itself.
"""
import functools
import json
import os

import experiment
from laboratory import Laboratory
from netns import LabError


def overrides(module, words):
    """Parameters that are to be others: words are KEY=VALUE, a VALUE of the kind that the default is of."""
    result = {}
    for word in words:
        key, equals, text = word.partition('=')
        if not equals or key not in module.PARAMETERS:
            raise LabError(f'{word}: expected KEY=VALUE with a KEY of {", ".join(module.PARAMETERS)}')
        default = module.PARAMETERS[key]
        try:
            result[key] = text if isinstance(default, str) else type(default)(json.loads(text))
        except (ValueError, TypeError):
            raise LabError(f'{word}: expected {key} to be like {default}') from None
    return result


def _in(lab, module, target, params):
    """Run it in a laboratory."""
    result = module.run(lab, target, params)
    return {**result, 'topology': lab.topology.name, 'datapath': {node.name: node.daemon.ask('status')['datapath'] for node in lab.of_kind('lma')}}


def _in_its_own(topology, module, target, params):
    with Laboratory(topology, f'run{os.getpid()}') as lab:
        return _in(lab, module, target, params)


def perform(module, name, out_dir, quick, changed, lab=None, topology=None):
    """Run it, in a laboratory that is up or in one of its own; return its summary, which is written too."""
    wanted = topology or getattr(module, 'TOPOLOGY', None)
    if (lab or topology) and not hasattr(module, 'TOPOLOGY'):
        raise LabError(f'{name} makes a domain of its own: without --lab and --topology')
    run = functools.partial(_in, lab, module) if lab else functools.partial(_in_its_own, wanted, module) if wanted else None
    return experiment.perform(name, out_dir, quick, changed, module, run)
