"""The base of enums that tables are made of."""

from __future__ import annotations

from enum import Enum


class TableEnum(Enum):
    """An `Enum` whose members are quick to look up.

    `Enum` computes the hash of a member in Python, from its name, each time it is asked for. Tables are read
    for every message of every call, and each member is one object, so its identity serves as well and costs a
    third.
    """

    __hash__ = object.__hash__
