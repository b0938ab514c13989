# SPDX-License-Identifier: BSD-2-Clause
"""PMIPv6 with flow mobility: messages, the engines of LMA and MAG, and in pmip.flow the flow manager, policies, classifiers and reflector.

    pmip.decode(octets, src, dst)            a message; Message('BU', ...).encode(src, dst) is the way back
    lma = pmip.Lma(pmip.LmaConfig(...))      an engine: messages and time go in,
    for action in lma.actions(): ...         and what it wants done comes out
    pmip.client.Client(path)                 a running daemon, by its control socket

Times are microseconds. Addresses are those of ipaddress or their text. Errors of the library are pmip.Error."""
import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from . import client as client
    from .generated import *  # noqa: F403
    from .library import *  # noqa: F403
else:
    def __getattr__(name):
        """What is the C libraries' is loaded when it is first asked for, for pmip.client does without."""
        if not name.startswith('__'):
            try:
                return importlib.import_module(f'.{name}', __name__)
            except ModuleNotFoundError as error:
                if error.name != f'{__name__}.{name}':
                    raise
        elif name != '__all__':
            raise AttributeError(f'module {__name__!r} has no attribute {name!r}')
        library = importlib.import_module('.library', __name__)
        globals().update({known: getattr(library, known) for known in library.__all__}, __all__=library.__all__)
        try:
            return globals()[name]
        except KeyError:
            raise AttributeError(f'module {__name__!r} has no attribute {name!r}') from None

    def __dir__():
        return sorted({*__getattr__('__all__'), 'client', *globals()})
