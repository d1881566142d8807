"""What programs import from ``jambonz_sdk.validator``: faults as texts, in place of an exception."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from jambonz_core.validation.documents import validate_app, validate_verb
from jambonz_core.verbs.profiles import V10, Profile
from jambonz_core.wire.errors import InvalidVerb


class JambonzValidator:
    """Validates verbs, for the server of a profile.

    >>> JambonzValidator().validate_verb({"verb": "say", "text": "Hello"})
    []
    """

    def __init__(self, profile: Profile = V10) -> None:
        self._profile = profile

    def validate_app(self, verbs: Sequence[Mapping[str, Any]]) -> list[str]:
        """What is wrong with the verbs of an application: the first fault, or nothing."""
        return _faults(lambda: validate_app(verbs, self._profile))

    def validate_verb(self, verb: Mapping[str, Any]) -> list[str]:
        """What is wrong with one verb: the first fault, or nothing."""
        return _faults(lambda: validate_verb(verb, self._profile))


def _faults(validate: Callable[[], object]) -> list[str]:
    try:
        validate()
    except InvalidVerb as invalid:
        return [str(invalid)]
    return []
