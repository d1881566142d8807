"""Whole documents: the verb array of an application, a single verb, and what the server sends.

An application may come as parsed JSON or as text, and each verb in either spelling, ``{"verb": "say", "text":
"…"}`` or ``{"say": {"text": "…"}}``. Out comes one form: plain dicts of the first spelling, lowered to the
profile.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from jambonz_core.schemas import BUILTIN, SchemaSet
from jambonz_core.validation.verdict import verdict
from jambonz_core.verbs.profiles import V10, Profile
from jambonz_core.wire.errors import InvalidVerb
from jambonz_core.wire.plain import json_kind

if TYPE_CHECKING:
    from jambonz_core.validation.explain import Finding


def normalize(document: Any, profile: Profile = V10) -> list[dict[str, Any]]:
    """The verbs of an application in one spelling, not yet validated; a single verb counts as an array of
    one.

    >>> normalize('[{"say": {"text": "Hi"}}, {"verb": "hangup"}]')
    [{'verb': 'say', 'text': 'Hi'}, {'verb': 'hangup'}]
    """
    from jambonz_core.verbs.assembling import spelled

    known = profile.schemas.verbs
    return [spelled(_as_verb(item, position), known) for position, item in enumerate(_items(document))]


def validate_app(document: Any, profile: Profile = V10) -> list[dict[str, Any]]:
    """The verbs of an application, valid and lowered to the profile; `InvalidVerb` for the first fault.

    >>> validate_app([{"play": {"url": "https://example.com/a.wav"}}])
    [{'verb': 'play', 'url': 'https://example.com/a.wav'}]
    """
    items = _items(document)
    if not items:
        raise InvalidVerb("an application needs at least one verb", found="an empty array", allowed="verbs")
    verbs = []
    for position, item in enumerate(items):
        try:
            verbs.append(validate_verb(_as_verb(item, position), profile))
        except InvalidVerb as error:
            if len(items) > 1:
                error.add_note(f"in verb {position + 1} of {len(items)}")
            raise
    return verbs


def validate_verb(document: Mapping[str, Any], profile: Profile = V10) -> dict[str, Any]:
    """One verb in either spelling, valid and lowered to the profile; `InvalidVerb` says what is wrong."""
    from jambonz_core.verbs.assembling import assemble, spelled

    named = spelled(_as_verb(document, 0), profile.schemas.verbs)
    return assemble(named["verb"], named, {}, profile)


def find_problems(document: Any, profile: Profile = V10) -> list[InvalidVerb]:
    """Every verb's first fault, for tools that show all at once; empty when the application is valid."""
    problems = []
    try:
        items = _items(document)
    except InvalidVerb as error:
        return [error]
    if not items:
        problems.append(InvalidVerb("an application needs at least one verb"))
    for position, item in enumerate(items):
        try:
            validate_verb(_as_verb(item, position), profile)
        except InvalidVerb as error:
            error.add_note(f"in verb {position + 1} of {len(items)}")
            problems.append(error)
    return problems


def is_valid(identity: str, value: Any, schemas: SchemaSet = BUILTIN) -> bool:
    """Whether a value is valid by the schema with this `$id`: a callback, a command, a message."""
    return verdict(schemas, identity)(value)


def check(identity: str, value: Any, schemas: SchemaSet = BUILTIN) -> list[Finding]:
    """What the schema with this `$id` finds wrong, the most telling fault first; empty when valid."""
    if is_valid(identity, value, schemas):
        return []
    from jambonz_core.validation.explain import explain
    from jambonz_core.validation.verdict import strict

    return explain(value, schemas[identity], schemas, strict(schemas).names)


def check_callback(name: str, payload: Any, schemas: SchemaSet = BUILTIN) -> list[Finding]:
    """What is wrong with the payload of a hook by its callback schema, such as ``gather`` or ``session-new``.

    The server is never refused anything for it: this is for tests, simulators and curious people.
    """
    for identity in schemas:
        if identity.endswith(f"/callbacks/{name}"):
            return check(identity, payload, schemas)
    raise KeyError(f"there is no callback schema {name!r}")


def _items(document: Any) -> list[Any]:
    """The array that an application is, out of text, an array or a single verb."""
    if isinstance(document, (str, bytes, bytearray)):
        import msgspec  # slow to import, and most applications come as verbs

        try:
            document = msgspec.json.decode(document)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise InvalidVerb(f"an application is JSON, and this text is not: {error}") from None
    if isinstance(document, Mapping):
        return [document]
    if not isinstance(document, (list, tuple)):
        raise InvalidVerb(
            f"an application is an array of verbs, not {json_kind(document)}",
            found=json_kind(document),
            allowed="an array of verbs",
        )
    return list(document)


def _as_verb(item: Any, position: int) -> Mapping[str, Any]:
    if not isinstance(item, Mapping):
        raise InvalidVerb(
            f"verb {position + 1} is {json_kind(item)}, and a verb is an object",
            path=f"[{position}]",
            found=json_kind(item),
            allowed="an object",
        )
    return item
