"""The base of enums that tables are made of."""

from __future__ import annotations

from enum import Enum
from operator import attrgetter
from typing import TYPE_CHECKING


class TableEnum(Enum):
    """An `Enum` whose members are quick to look up.

    `Enum` computes the hash of a member in Python, from its name, each time it is asked for. Tables are read
    for every message of every call, and each member is one object, so its identity serves as well and costs a
    third. For its value, which is asked for as often, `Enum` takes two calls in Python.
    """

    if TYPE_CHECKING:

        def __hash__(self) -> int: ...
    else:
        __hash__ = object.__hash__
        value = property(attrgetter("_value_"))
