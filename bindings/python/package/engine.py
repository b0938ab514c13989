# SPDX-License-Identifier: BSD-2-Clause
"""What LMA and MAG have in common."""
from typing import Any, Iterator, Optional, Union

from . import lib
from .base import Config, Context, fresh_key
from .generated import DatapathOp, Dgram, Event, ParamProblem, Probe, Ra, StoreOp

Action = Union[DatapathOp, Dgram, Ra, ParamProblem, Event, Probe, StoreOp]


class Engine(Context):
    """An engine: messages and time go in, actions are pulled."""

    def __init__(self, config: Config, *, hash_key: Optional[bytes] = None) -> None:
        self._make(config._c, fresh_key(hash_key))

    def next_action(self) -> Optional[Action]:
        """Take the next action; None when there is none. Its class says what it is: a DatapathOp to do and complete(), a Dgram to send, a Ra, a
        ParamProblem, an Event that nothing need be done about, a Probe, a StoreOp to store and complete()."""
        action: Optional[Action] = getattr(lib, f'{self._name}_next_action')(self._c)
        return action

    def actions(self) -> Iterator[Action]:
        """Take actions until there are none, those included that come of what is done meanwhile."""
        return iter(self.next_action, None)

    def run(self, now: Any) -> Iterator[Action]:
        """The same, for a world in which every datapath operation succeeds at once: they are completed, and the rest comes out."""
        for action in self.actions():
            if isinstance(action, (DatapathOp, StoreOp)) and action.id != 0:
                getattr(lib, f'{self._name}_complete')(self._c, action.id, 0, now)
            yield action
