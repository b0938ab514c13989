# SPDX-License-Identifier: BSD-2-Clause
"""What all structures and contexts have in common, and the types that values have."""
import ipaddress
import os
from typing import Any, Callable, ClassVar, Dict, Iterator, NamedTuple, Optional, Tuple, TypeVar, Union

from . import lib

Octets = Union[bytes, bytearray, memoryview]
Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]
AddressLike = Union[Address, str, Octets, None]
Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network, ipaddress.IPv6Interface]
NetworkLike = Union[Network, str, None]
LinkLayerLike = Union[str, Octets]
Identifier = Union[str, Tuple[int, bytes]]
IdentifierLike = Union[str, Octets, Tuple[int, Octets]]

TIME_NONE: int = lib.PMIP_TIME_NONE


class Now(NamedTuple):
    """The time of an event. A number alone, of microseconds, stands for both clocks."""
    mono_us: int
    wall_us: int


Time = Union[int, Now, Tuple[int, int]]
Self = TypeVar('Self', bound='Context')


class Structure:
    """A structure of the library: made by keywords, compared and printed by its fields. What stands in another structure is a copy."""
    _enums: ClassVar[Dict[str, Any]] = {}
    _fields: ClassVar[Tuple[str, ...]] = ()
    _format: ClassVar[Optional[Callable[..., str]]] = None  # the library's own text

    def __init_subclass__(cls) -> None:
        plain = cls.__mro__[2]
        cls._fields = tuple(name for name, value in vars(plain).items() if isinstance(value, property) and name != 'thisown')
        cls._format = getattr(lib, f'{plain.__name__}_format', None)
        for name, enum in cls._enums.items():
            setattr(cls, name, _enum_property(getattr(plain, name), enum))

    def __init__(self, **fields: Any) -> None:
        super().__init__()
        for name, value in fields.items():
            if name not in self._fields:
                raise TypeError(f'{type(self).__name__} has no field {name!r}; there are {", ".join(self._fields)}')
            setattr(self, name, value)

    def __repr__(self) -> str:
        shown = ((name, getattr(self, name)) for name in self._fields)
        return f'{type(self).__name__}({", ".join(f"{name}={value!r}" for name, value in shown if not _is_nothing(value))})'

    def __str__(self) -> str:
        return repr(self) if self._format is None else str(self._format())

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._fields)

    __hash__ = None  # type: ignore[assignment]


def _is_nothing(value: Any) -> bool:
    if isinstance(value, (ipaddress.IPv4Address, ipaddress.IPv6Address)):
        return int(value) == 0
    if isinstance(value, Structure):
        return all(_is_nothing(getattr(value, name)) for name in value._fields)
    return not value


def _enum_property(plain: property, enum: Callable[[int], int]) -> property:
    getter: Callable[[Any], int] = plain.fget  # type: ignore[assignment]

    def get(self: Any) -> int:
        value = getter(self)
        try:
            return enum(value)
        except ValueError:
            return value

    return property(get, plain.fset, doc=plain.__doc__)


class Context:
    """An object of the library. It goes when nobody has it any more, or by close(), or at the end of a with statement."""
    _name: ClassVar[str] = ''
    _counters: ClassVar[Any] = ()
    _c: Any

    def _make(self, *arguments: Any) -> None:
        self._c = getattr(lib, f'{self._name}_new')(*arguments)

    def close(self) -> None:
        """Free it. Any other call is a TypeError from now on."""
        self._c = None

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    @property
    def counters(self) -> Dict[str, int]:
        """All that it has counted, by name."""
        name, get = (getattr(lib, f'{self._name}_{what}') for what in ('counter_name', 'get_counter'))
        return {name(counter): get(self._c, counter) for counter in self._counters if name(counter) is not None}

    def __repr__(self) -> str:
        return f'<{type(self).__name__}{" closed" if self._c is None else ""}>'


class Config(Context):
    """A configuration: keywords are given to the methods set_... of their names, several arguments as a tuple."""

    def __init__(self, **settings: Any) -> None:
        self._make()
        for name, value in settings.items():
            setter = getattr(self, f'set_{name}', None)
            if setter is None:
                names = [known[4:] for known in dir(self) if known.startswith('set_')]
                raise TypeError(f'{type(self).__name__} has no setting {name!r}; there are {", ".join(names)}')
            setter(*value if isinstance(value, tuple) else (value,))


def fresh_key(key: Optional[bytes]) -> bytes:
    """What a context hashes with what peers may choose: random unless the caller wants it the same every time."""
    return os.urandom(16) if key is None else key


def native(argument: Any) -> Any:
    """The library's own object of a Python one."""
    return argument._c if isinstance(argument, Context) else argument


def walk(call: Callable[..., Any], context: Any, *arguments: Any) -> Iterator[Any]:
    """Items of a walk. The library's walks begin anew, or miss some, when the context changes meanwhile."""
    cursor = 0
    while True:
        result = call(context, cursor, *arguments)
        if not isinstance(result, list) or result[0] == 0:
            return
        if isinstance(result[0], int):
            cursor, values = result[1], result[2:]
        else:
            cursor, values = result[1], result[:1]
        yield values[0] if len(values) == 1 else tuple(values)


def filled(result: Any) -> Any:
    """What a call has filled in, without its number."""
    values = result[1:] if isinstance(result, list) else [result]
    return values[0] if len(values) == 1 else tuple(values)
