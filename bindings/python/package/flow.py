# SPDX-License-Identifier: BSD-2-Clause
"""libflowmob: which flow of a mobile node goes over which of its access networks.

    packet = decode(octets)                       what a packet says of itself
    Classifier(), Policy(), Applications()        what is to become of it
    Manager(config)                               the flow manager's engine: packets, messages of the LMA and time go in, actions come out
    Reflector()                                   a mobile node's: packets leave by the interface by which their flow comes in"""
from typing import Any, Iterator, NamedTuple, Optional, Union

from . import generated_flow, lib
from .base import Config, Octets, filled, fresh_key
from .generated import Selector
from .generated_flow import *  # noqa: F401,F403
from .generated_flow import (ActionType, ApplicationsBase, ClassifierBase, ClassifierKind, Direction, FlowEvent, FmpStatus, FragmentTableBase, ManagerBase, ManagerConfigBase,
                             Packet, PolicyBase, Reflected, ReflectorBase, ReflectorMode, SlaveSelectorBase)


def decode(data: Octets) -> Packet:
    """Look at an IP packet. See flowmob_packet_decode()."""
    packet: Packet = filled(lib.flowmob_packet_decode(data))
    return packet


def decode_cause(error: Packet, data: Octets) -> Packet:
    """Look at the packet that an ICMP error is about. See flowmob_packet_decode_cause()."""
    packet: Packet = filled(lib.flowmob_packet_decode_cause(error, data))
    return packet


def selector(**fields: Any) -> Selector:
    """A traffic selector: a Selector whose flags say that the fields are there that are given, if they are not 0."""
    made = Selector(**fields)
    lib.fields_selector_complete(made)
    return made


def matches(wanted: Selector, packet: Packet, direction: Direction = Direction.DOWNLINK) -> bool:
    """Whether a packet is one of those that a selector means. See flowmob_selector_match()."""
    return bool(lib.flowmob_selector_match(wanted, direction, packet))


class Applications(ApplicationsBase):
    __doc__ = ApplicationsBase.__doc__

    def __init__(self) -> None:
        self._make()


class Policy(PolicyBase):
    __doc__ = PolicyBase.__doc__

    def __init__(self) -> None:
        self._make()


class Classifier(ClassifierBase):
    __doc__ = ClassifierBase.__doc__

    def __init__(self, kind: ClassifierKind = ClassifierKind.TUPLE, direction: Direction = Direction.DOWNLINK, *, max_selectors: int = 65536,
                 hash_key: Optional[bytes] = None) -> None:
        self._make(kind, direction, max_selectors, fresh_key(hash_key))


class FragmentTable(FragmentTableBase):
    __doc__ = FragmentTableBase.__doc__

    def __init__(self, max: int = 1024, timeout_ms: int = 60000, *, hash_key: Optional[bytes] = None) -> None:
        self._make(max, timeout_ms, fresh_key(hash_key))


class SlaveSelector(SlaveSelectorBase):
    __doc__ = SlaveSelectorBase.__doc__

    def __init__(self) -> None:
        self._make()


class Reflector(ReflectorBase):
    __doc__ = ReflectorBase.__doc__

    def __init__(self, mode: ReflectorMode = ReflectorMode.CONFIRMED, *, max_flows: int = 65536, idle_timeout_ms: int = 60000,
                 hash_key: Optional[bytes] = None) -> None:
        self._make(mode, max_flows, idle_timeout_ms, fresh_key(hash_key))

    def __iter__(self) -> Iterator[Reflected]:
        before = None
        while True:
            more, reflected = lib.flowmob_reflector_next(self._c, before)
            if more == 0:
                return
            yield reflected
            before = reflected.flow

    def __len__(self) -> int:
        return self.count()


class Connect(NamedTuple):
    """Connect the flow socket, then call set_socket_up()."""


class Disconnect(NamedTuple):
    """Close it."""


class Send(NamedTuple):
    """A message to the LMA."""
    data: bytes


class PassPacket(NamedTuple):
    """Let a packet pass."""
    handle: int
    tunnel: int  #: mark it for this one; 0 = no mark


class FlowChanged(NamedTuple):
    """A flow is there, elsewhere, or gone."""
    event: FlowEvent


class ForgetAll(NamedTuple):
    """All flows are gone."""


class Poll(NamedTuple):
    """Give counters, then call evaluate()."""


class Result(NamedTuple):
    """What has come of an operator's command."""
    command: int
    err: int
    status: int
    flow_id: int
    tunnel: int


Action = Union[Connect, Disconnect, Send, PassPacket, FlowChanged, ForgetAll, Poll, Result]
_ACTIONS: Any = {
    ActionType.CONNECT: Connect, ActionType.DISCONNECT: Disconnect, ActionType.SEND: Send, ActionType.VERDICT: PassPacket, ActionType.FLOW: FlowChanged,
    ActionType.FORGET_ALL: ForgetAll, ActionType.POLL: Poll, ActionType.RESULT: Result,
}


class FmpMessage:
    """A message of the flow socket between LMA and flow manager: FmpMessage(FmpOp.DEL, request=3, flow_id=7). See flowmob/fmp.h for what each has."""
    __slots__ = ('op', 'request', 'status', 'body')

    def __init__(self, op: int, request: int = 0, status: int = 0, **body: Any) -> None:
        self.op, self.request, self.status, self.body = op, request, status, body

    @classmethod
    def decode(cls, data: Octets) -> 'FmpMessage':
        """Read one packet of the socket."""
        op, request, status, body = lib.fmp_decode(data)
        return cls(op, request, status, **body)

    def encode(self) -> bytes:
        """One packet of the socket."""
        return bytes(lib.fmp_encode(self.op, self.request, self.status, self.body))

    def answer(self, status: int = FmpStatus.OK, **body: Any) -> 'FmpMessage':
        """The answer to this request."""
        return FmpMessage(self.op | int(lib.FLOWMOB_FMP_ANSWER), self.request, status, **body)

    def __getattr__(self, name: str) -> Any:
        if name not in self.body:
            raise AttributeError(f'{self!r} has no {name!r}')
        return self.body[name]

    def __repr__(self) -> str:
        name = lib.flowmob_fmp_op_name(self.op)
        return f'<FmpMessage {name} {self.request} {lib.flowmob_fmp_status_name(self.status)} {self.body}>'


class ManagerConfig(ManagerConfigBase, Config):
    __doc__ = ManagerConfigBase.__doc__


class Manager(ManagerBase):
    __doc__ = ManagerBase.__doc__

    def __init__(self, config: Optional[ManagerConfig] = None, *, policy: Optional[Policy] = None, applications: Optional[Applications] = None,
                 hash_key: Optional[bytes] = None) -> None:
        with config or ManagerConfig() as used:
            self._make(used._c, fresh_key(hash_key))
        self.set_policy(policy or Policy(), applications or Applications())

    def set_policy(self, policy: PolicyBase, applications: ApplicationsBase) -> None:
        """What decides from now on. Both may be changed later, and stay as long as the manager."""
        super().set_policy(policy, applications)
        self._borrowed = policy._c, applications._c

    def next_action(self) -> Optional[Action]:
        """Take the next action; None when there is none."""
        taken = lib.flowmob_manager_next_action(self._c)
        action: Optional[Action] = None if taken is None else _ACTIONS[taken[0]](*taken[1])
        return action

    def actions(self) -> Iterator[Action]:
        """Take actions until there are none."""
        return iter(self.next_action, None)


__all__ = ['Applications', 'Classifier', 'Connect', 'Disconnect', 'FlowChanged', 'FmpMessage', 'ForgetAll', 'FragmentTable', 'Manager', 'ManagerConfig',
           'PassPacket', 'Policy', 'Poll', 'Reflector', 'Result', 'Send', 'SlaveSelector', 'decode', 'matches', 'decode_cause', 'selector']
__all__ += generated_flow.__all__
