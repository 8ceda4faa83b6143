"""Frozen dataclasses as JSON and back, by their type hints alone. No Django.

What is written and read: dataclasses, tuples, Decimals (as strings, so that what is stored is what was printed),
optional values, and runs of text and dataclasses. How a type is read is worked out once: a document has fifty thousand
parts of forty types.
"""

import dataclasses
import types
import typing
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from typing import Any

type Reader = Callable[[Any], Any]


def encode(value: Any) -> Any:
    """What `json.dumps` takes for this dataclass, tuple, Decimal, string, number or None."""
    kind: Any = type(value)
    if kind is str or value is None:
        return value
    if kind is Decimal:
        return str(value)
    if kind is tuple:
        return [encode(item) for item in value]
    names = _field_names(kind)
    return {name: encode(getattr(value, name)) for name in names} if names else value


def decode[T](kind: type[T], stored: Any) -> T:
    """The dataclass that was encoded. Names it doesn't have are passed over; its defaults fill those not stored.

    Raises TypeError where a field without a default is not stored.
    """
    shape: Any = kind
    found = _reader(shape)(stored)
    assert isinstance(found, kind)
    return found


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(one.name for one in dataclasses.fields(kind)) if dataclasses.is_dataclass(kind) else ()


@cache
def _reader(kind: Any) -> Reader:
    """What makes a value of this type from JSON; None stays None whatever the type."""
    if isinstance(kind, typing.TypeAliasType):
        return _reader(kind.__value__)
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is tuple:
        return _tuple_reader(arguments)
    if origin in (types.UnionType, typing.Union):
        return _union_reader([one for one in arguments if one is not types.NoneType])
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind is Decimal:
        return lambda value: None if value is None else Decimal(value)
    return _as_it_is


def _as_it_is(value: Any) -> Any:
    return value


def _tuple_reader(arguments: tuple[Any, ...]) -> Reader:
    if len(arguments) == 2 and arguments[1] is Ellipsis:
        each = _reader(arguments[0])
        return lambda value: None if value is None else tuple([each(item) for item in value])
    places = [_reader(one) for one in arguments]
    return lambda value: (
        None if value is None else tuple([read(item) for read, item in zip(places, value, strict=True)])
    )


def _union_reader(options: list[Any]) -> Reader:
    """Of several types at most one is a dataclass: it is what objects are read as."""
    readers = [_reader(one) for one in options]
    objects = next(
        (read for one, read in zip(options, readers, strict=True) if dataclasses.is_dataclass(one)), _as_it_is
    )
    others = _as_it_is if str in options else readers[0]
    return lambda value: objects(value) if isinstance(value, dict) else others(value)


def _dataclass_reader(kind: Any) -> Reader:
    readers = {name: _reader(hint) for name, hint in typing.get_type_hints(kind).items()}

    def read(value: Any) -> Any:
        if value is None:
            return None
        return kind(**{name: readers[name](item) for name, item in value.items() if name in readers})

    return read
