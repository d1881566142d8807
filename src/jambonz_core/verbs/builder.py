"""Verbs without a call: a list of them, or one alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, Self

from jambonz_core.verbs.assembling import RAW, assemble, lowered
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.verbs.profiles import V10, Profile


class VerbBuilder(VerbMethods):
    """A list of verbs, made by calling one method per verb.

    >>> VerbBuilder().say(text="Goodbye.").hangup().build()
    [{'verb': 'say', 'text': 'Goodbye.'}, {'verb': 'hangup'}]

    Each verb is validated, and fitted to the profile, by the call that adds it; one that fails is not added.
    """

    __slots__ = ("_drafts", "_lowered", "_profile")

    def __init__(self, profile: Profile = V10) -> None:
        self._profile = profile
        self._drafts: list[tuple[str, dict[str, Any]]] = []
        self._lowered: list[dict[str, Any]] = []

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Self:
        document = assemble(verb, given, fields, self._profile, lower=False)
        fitted = document if verb == RAW else lowered(document, self._profile)
        self._drafts.append((verb, document))
        self._lowered.append(fitted)
        return self

    @property
    def verbs(self) -> list[dict[str, Any]]:
        """The verbs as plain JSON dicts, as the builder's profile has them."""
        return list(self._lowered)

    def build(self, profile: Profile | None = None) -> list[dict[str, Any]]:
        """The verbs as plain JSON dicts, for the builder's profile or another; the builder keeps them."""
        if profile is None or profile is self._profile:
            return list(self._lowered)
        return [assemble(verb, document, {}, profile) for verb, document in self._drafts]

    def clear(self) -> None:
        """Remove all verbs added so far."""
        self._drafts.clear()
        self._lowered.clear()

    def __len__(self) -> int:
        return len(self._lowered)

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return iter(self.verbs)

    def __repr__(self) -> str:
        return f"<VerbBuilder {[verb['verb'] for verb in self._lowered]}>"


class Verb(dict[str, Any]):
    """One verb alone, as a dict that can be given to a method of the same verb, or nested in another one.

    Made by `make`, which has every verb's method: ``make.say(text="Hello!")``.
    """

    __slots__ = ()


class VerbMaker(VerbMethods):
    """Every verb's method, each returning that verb alone.

    >>> prompt = make.say(text="Yes?")
    >>> VerbBuilder().gather(input=["speech"], say=prompt).build()
    [{'verb': 'gather', 'input': ['speech'], 'say': {'text': 'Yes?'}}]
    """

    __slots__ = ("_profile",)

    def __init__(self, profile: Profile = V10) -> None:
        self._profile = profile

    def _add(self, verb: str, given: Mapping[str, Any] | None, fields: dict[str, Any]) -> Verb:
        return Verb(assemble(verb, given, fields, self._profile, lower=False))


make: Final = VerbMaker()
"""Makes single verbs for the default profile."""
