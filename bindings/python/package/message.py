# SPDX-License-Identifier: BSD-2-Clause
"""Mobility Header messages: decode(octets, src, dst) and Message('BU', seq=1, ...).encode(src, dst).

Messages and options, and their fields, are those of the library's own tables: MESSAGES and OPTIONS list them."""
from typing import Any, Dict, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, Union

from . import lib
from .base import AddressLike, Octets
from .generated import DecodeFlag, Role

PADDING = (lib.PMIP_OPT_PAD1, lib.PMIP_OPT_PADN)


class Field(NamedTuple):
    """A field of a message or an option."""
    key: str                #: what the attribute is called
    name: str               #: for people
    letters: Optional[str]  #: of flags: one for each bit, from the highest down


class Row(NamedTuple):
    """What the library knows about a message or an option."""
    type: int
    subtype: int
    id: str                    #: short name: "BU", "HNP"
    name: str                  #: as the RFC prints it
    ref: str                   #: RFC and section
    fields: Tuple[Field, ...]


def _rows(table: Iterable[Tuple[Any, ...]]) -> List[Row]:
    return [Row(kind, subtype, ident, name, ref, tuple(Field(*field) for field in fields)) for kind, subtype, ident, name, ref, fields in table]


_MESSAGES = _rows(lib.fields_message_table())
_OPTIONS = _rows(lib.fields_option_table())
#: all messages by their ids
MESSAGES: Mapping[str, Row] = {row.id: row for row in _MESSAGES}
#: all options by their ids
OPTIONS: Mapping[str, Row] = {row.id: row for row in _OPTIONS}
_MESSAGE_NUMBERS = {row.id: number for number, row in enumerate(_MESSAGES)}
_OPTION_TYPES = {row.type: row for row in _OPTIONS}


def _find(table: Mapping[str, Row], name: str, what: str) -> Row:
    if name not in table:
        raise ValueError(f'no {what} is called {name!r}; there are {", ".join(table)}')
    return table[name]


def _check(row: Row, fields: Iterable[str]) -> None:
    known = [field.key for field in row.fields]
    for name in fields:
        if name not in known:
            raise TypeError(f'{row.name} has no field {name!r}; there are {", ".join(known) or "none"}')


class Option:
    """A mobility option: Option('HNP', prefix='2001:db8::/64'), or Option(99, data=b'...') of a type that the library does not know."""
    __slots__ = ('type', 'data', 'offset', '_values')

    def __init__(self, name: Union[str, int], *, data: Octets = b'', **fields: Any) -> None:
        row = _find(OPTIONS, name, 'option') if isinstance(name, str) else _OPTION_TYPES.get(name)
        self.type: int = int(name) if not isinstance(name, str) else OPTIONS[name].type
        self.data, self.offset = bytes(data), None
        self._values: Optional[Dict[str, Any]] = None
        if row is not None and (row.fields or fields) and not data:
            _check(row, fields)
            self._values = fields
        elif fields:
            raise TypeError(f'option {name} is known by its data only')

    @classmethod
    def _decoded(cls, parts: Tuple[int, int, bytes, Optional[Dict[str, Any]]]) -> 'Option':
        option = cls.__new__(cls)
        option.type, option.offset, option.data, option._values = parts  # type: ignore[assignment]
        return option

    @property
    def id(self) -> str:
        """Short name, "unknown" of a type that the library does not know."""
        row = _OPTION_TYPES.get(self.type)
        return 'unknown' if row is None else row.id

    @property
    def values(self) -> Dict[str, Any]:
        """All fields by their names."""
        return dict(self._values or {})

    def __getattr__(self, name: str) -> Any:
        values = self._values
        if values is None or name not in values:
            raise AttributeError(f'option {self.id} ({self.type}) has no field {name!r}')
        return values[name]

    def _parts(self) -> Tuple[int, Optional[int], bytes, Optional[Dict[str, Any]]]:
        return self.type, self.offset, self.data, self._values

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Option):
            return NotImplemented
        return (self.type, self._values) == (other.type, other._values) and (self._values is not None or self.data == other.data)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        if self._values is None:
            return f'Option({self.type}, data={self.data!r})'
        return f'Option({", ".join([repr(self.id), *(f"{key}={value!r}" for key, value in self._values.items())])})'


class Message:
    """A message. Fields are attributes and can be read only; replace() makes another message."""
    __slots__ = ('_mh', '_row', '_values', '_options')

    def __init__(self, name: str, options: Iterable[Option] = (), **fields: Any) -> None:
        row = _find(MESSAGES, name, 'message')
        _check(row, fields)
        self._mh: Any = None
        self._row: Optional[int] = _MESSAGE_NUMBERS[row.id]
        self._values: Optional[Dict[str, Any]] = fields
        self._options: Optional[Tuple[Option, ...]] = tuple(options)

    @classmethod
    def _decoded(cls, mh: Any) -> 'Message':
        message = cls.__new__(cls)
        message._mh, message._row, message._values, message._options = mh, None, None, None
        return message

    def _load(self) -> Dict[str, Any]:
        if self._values is None:
            self._row, self._values = lib.fields_of_message(self._mh)
        return self._values or {}

    def _all_options(self) -> Tuple[Option, ...]:
        if self._options is None:
            self._options = tuple(Option._decoded(parts) for parts in lib.fields_of_options(self._mh))
        return self._options

    @property
    def row(self) -> Row:
        """What the library knows about such messages."""
        self._load()
        return _MESSAGES[self._row]  # type: ignore[index]

    @property
    def id(self) -> str:
        """Short name, such as "BU"."""
        return self.row.id

    @property
    def type(self) -> int:
        """Mobility Header type, enum pmip_mh_type."""
        return self.row.type

    @property
    def values(self) -> Dict[str, Any]:
        """All fields of the fixed part by their names."""
        return dict(self._load())

    @property
    def options(self) -> Tuple[Option, ...]:
        """All options in their order, without padding."""
        return tuple(option for option in self._all_options() if option.type not in PADDING)

    def option(self, name: Union[str, int]) -> Optional[Option]:
        """The first option of a type."""
        wanted = _find(OPTIONS, name, 'option').type if isinstance(name, str) else int(name)
        return next((option for option in self._all_options() if option.type == wanted), None)

    def __getattr__(self, name: str) -> Any:
        values = self._load()
        if name not in values:
            raise AttributeError(f'{self.row.name} has no field {name!r}; there are {", ".join(values) or "none"}')
        return values[name]

    def replace(self, options: Optional[Iterable[Option]] = None, **fields: Any) -> 'Message':
        """The same message but for what is given."""
        return Message(self.id, self.options if options is None else options, **{**self._load(), **fields})

    def encode(self, src: AddressLike = None, dst: AddressLike = None) -> bytes:
        """The octets. The checksum is over the addresses of the packet; without them it is 0, as it is in UDP (RFC 5844 section 4.1.3.1)."""
        options: Sequence[Any] = [option._parts() for option in self._all_options()]
        values = self._load()
        return bytes(lib.fields_encode(self._row, values, options, src, dst))

    def validate(self, role: Role = Role.ANY) -> None:
        """Say by an Error what the receiver of the message objects to, if it does, without looking at its sessions."""
        if self._mh is None:
            octets = self.encode('::1', '::1')
            decode(octets, '::1', '::1').validate(role)
        else:
            lib.mh_validate(self._mh, role)

    def __bytes__(self) -> bytes:
        return self.encode() if self._mh is None else bytes(lib.mh_octets(self._mh))

    def __str__(self) -> str:
        """For people, a line for each field."""
        mh = lib.mh_decode(self.encode(), '::', '::', DecodeFlag.NO_CHECKSUM) if self._mh is None else self._mh
        return str(lib.mh_text(mh))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Message):
            return NotImplemented
        return (self.id, self._load(), self.options) == (other.id, other._load(), other.options)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        fields = ''.join(f', {key}={value!r}' for key, value in self._load().items())
        return f'Message({self.id!r}, {list(self.options)!r}{fields})'


def decode(data: Octets, src: AddressLike = None, dst: AddressLike = None, flags: int = 0) -> Message:
    """Decode and check a message. @see pmip_mh_decode(): without addresses nothing is known of its checksum, which is then not looked at.

    Raises WireError, whose diag says where and why it is refused."""
    if src is None and dst is None:
        flags |= DecodeFlag.NO_CHECKSUM
    return Message._decoded(lib.mh_decode(data, src, dst, flags))
