"""What programs import from ``jambonz_sdk.verb_registry``: which methods there are for which verbs.

The list is read off the declarations of the library, so it has the verbs that the library has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.methods import wire_name
from jambonz_core.verbs.profiles import V10

_SAME: Final = {"stream": "listen", "room": "conference", "s2s": "llm", "pipeline": "agent"}
"""Verbs that are another one by a second name."""

__all__ = ["VERB_DEFS", "VerbDef"]


@dataclass
class VerbDef:
    """One verb: the method that says it, and what it is on the wire."""

    spec_name: str
    """The verb whose properties it has; for a synonym that of which it is one."""
    method_name: str
    json_verb: str = ""
    """Its name on the wire; the method's name when it is left out."""
    doc: str = ""
    inject: dict[str, Any] = field(default_factory=dict)
    """Properties that its name stands for."""

    def __post_init__(self) -> None:
        self.json_verb = self.json_verb or self.method_name


def _declared() -> Iterator[VerbDef]:
    for method, declared in vars(VerbMethods).items():
        if method.startswith("_"):
            continue
        wire = wire_name(method, V10.schemas.verbs)
        vendor, _, kind = method.rpartition("_")
        of_vendor = kind == "s2s" and bool(vendor)
        yield VerbDef(
            spec_name="llm" if of_vendor else _SAME.get(method, wire),
            method_name=method,
            json_verb=wire,
            doc=(declared.__doc__ or "").partition("\n")[0],
            inject={"vendor": vendor} if of_vendor else {},
        )


VERB_DEFS: Final[list[VerbDef]] = list(_declared())
