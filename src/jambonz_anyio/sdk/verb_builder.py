"""What programs import from ``jambonz_sdk.verb_builder``: a list of verbs, in either spelling."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self

from jambonz_core.validation.wire_names import verb_in_wire_names
from jambonz_core.verbs import builder

from .verb_registry import VERB_DEFS, VerbDef

__all__ = ["VERB_DEFS", "VerbBuilder", "VerbDef"]


class VerbBuilder(builder.VerbBuilder):
    """The `VerbBuilder` of the library, which takes names in Python's spelling as well.

    >>> builder = VerbBuilder().gather(input=["digits"], num_digits=1)
    >>> builder.to_list()
    [{'verb': 'gather', 'input': ['digits'], 'numDigits': 1}]
    >>> builder.to_list()
    []
    """

    __slots__ = ()

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        given = verb_in_wire_names(verb, given, self._profile)
        return super()._add(verb, given, verb_in_wire_names(verb, fields, self._profile))

    def to_list(self) -> list[dict[str, Any]]:
        """Hand over the verbs as plain dicts, and begin anew."""
        verbs = self.build()
        self.clear()
        return verbs
