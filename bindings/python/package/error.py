# SPDX-License-Identifier: BSD-2-Clause
"""Errors of the library as exceptions."""
from typing import Dict, Optional, Type

from . import lib
from .generated import Diag, Err


class Error(Exception):
    """A call failed. Nothing has changed, unless its documentation says so."""

    def __init__(self, code: int, diag: Optional[Diag] = None) -> None:
        text = f'{lib.pmip_err_name(code)}: {lib.pmip_strerror(code)}'
        if diag is not None:
            text += f' ({diag.rule} at octet {diag.offset}, {diag.ref})'
        super().__init__(text)
        #: enum pmip_err
        self.code = Err(code)
        #: where and why a message was refused, and what its receiver is to do
        self.diag = diag

    @property
    def name(self) -> str:
        """The library's name of the error, such as PMIP_ERR_NOENT."""
        return str(lib.pmip_err_name(self.code))


class WireError(Error):
    """What a peer sent, or what cannot be written."""


class StateError(Error):
    """What the object is, and what was asked of it, do not go together."""


class PolicyError(Error):
    """Policy or configuration forbids it."""


class BackendError(Error):
    """It cannot be done now, or here."""


class NoMemory(Error, MemoryError):
    """No memory; the object is as it was before the call."""


_CLASSES: Dict[int, Type[Error]] = {1: WireError, 2: StateError, 3: PolicyError, 4: BackendError}


def make(code: int, diag: Optional[Diag]) -> Error:
    """The exception for a code."""
    if code == Err.NOMEM:
        return NoMemory(code)
    return _CLASSES.get(-code // 1000, Error)(code, diag)
