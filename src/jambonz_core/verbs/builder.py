"""Verbs without a call: a list of them, or one alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from jambonz_core.profiles import V10, Profile
from jambonz_core.verbs.assembling import assemble
from jambonz_core.verbs.methods import VerbMethods


class VerbBuilder(VerbMethods["VerbBuilder"]):
    """A list of verbs, made by calling one method per verb.

    >>> VerbBuilder().say(text="Goodbye.").hangup().build()
    [{'verb': 'say', 'text': 'Goodbye.'}, {'verb': 'hangup'}]
    """

    __slots__ = ("_profile", "_verbs")

    def __init__(self, profile: Profile = V10) -> None:
        self._profile = profile
        self._verbs: list[dict[str, Any]] = []

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> VerbBuilder:
        self._verbs.append(assemble(verb, given, fields, self._profile))
        return self

    def build(self) -> list[dict[str, Any]]:
        """The verbs as plain JSON dicts."""
        return list(self._verbs)

    def clear(self) -> None:
        """Drop all verbs."""
        self._verbs.clear()

    def __len__(self) -> int:
        return len(self._verbs)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self._verbs)
