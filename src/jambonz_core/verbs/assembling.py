"""From what a program hands to a verb method to the dict that goes on the wire.

Two steps, because a builder may be asked for another profile later than its verbs were given: what was given
becomes a plain, valid verb, and `lowered` fits that to a server. `assemble` is both, unless it is told to
leave out the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jambonz_core.schemas._index import NESTED
from jambonz_core.validation.checking import check_of, refused, unknown_verb
from jambonz_core.verbs.lowering import fit_of
from jambonz_core.verbs.profiles import Assembly, Profile
from jambonz_core.wire.errors import InvalidVerb
from jambonz_core.wire.plain import SCALARS, NotPlain, json_kind, plain

RAW = "*"
"""In place of a verb's name: the verb is what was given, and nobody looks inside."""


def assemble(
    verb: str,
    given: Mapping[str, Any] | None,
    fields: Mapping[str, Any],
    profile: Profile,
    lower: bool = True,
) -> dict[str, Any]:
    """One verb as a plain dict, valid and lowered to the profile; `InvalidVerb` says what is wrong with it.

    `given` is the positional argument of a verb method, `fields` its keywords; one of the two is in use. A
    keyword that is None was not given. In a dict, null is null: the schema says whether it may stand there.

    >>> assemble("say", None, {"text": "Hello!", "loop": None}, Profile("v10"))
    {'verb': 'say', 'text': 'Hello!'}
    """
    document: dict[str, Any] = {"verb": verb}
    name = ""
    try:
        if given is None:
            for name, value in fields.items():
                if value is not None:
                    document[name] = value if type(value) in SCALARS else plain(value)
        else:
            document = _from_given(verb, given, fields)
            if verb == RAW:
                return document
    except NotPlain as error:
        raise _not_plain(verb, [name, *error.path] if given is None else error.path, error.reason) from None
    except RecursionError:
        raise InvalidVerb(f"{verb}: this is nested too deeply, or contains itself", verb=verb) from None
    named = document["verb"]
    is_valid, nested, fit = profile._assembly.get(named) or _first_of(named, profile)
    if nested is not None and not nested.keys().isdisjoint(document):
        _unname_nested(document, nested)
    if not is_valid(document):
        raise refused(document, profile)
    return document if fit is None or not lower else fit(document)


def _first_of(name: Any, profile: Profile) -> Assembly:
    """What it takes to assemble verbs of this name, put together for the first of them."""
    parts = profile._assembly[name] = check_of(name, profile), NESTED.get(name), fit_of(name, profile)
    return parts


def lowered(document: dict[str, Any], profile: Profile) -> dict[str, Any]:
    """A verb that was assembled with this profile, in the form that its server knows;
    `UnsupportedByProfile` if it has none.
    """
    _, _, fit = profile._assembly[document["verb"]]
    return document if fit is None else fit(document)


def spelled(document: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    """A verb in the form ``{"verb": "say", …}``, from that form or from ``{"say": {…}}``, on its top level
    only.
    """
    if "verb" in document:
        if not isinstance(document["verb"], str):
            raise unknown_verb(document["verb"], known)
        return dict(document)
    if len(document) == 1:
        [(name, fields)] = document.items()
        if isinstance(fields, Mapping):
            return {"verb": name, **fields}
        if name in known:
            raise InvalidVerb(f"{name}: its fields are an object, not {json_kind(fields)}", verb=name)
    raise InvalidVerb(
        'a verb is an object with its name in "verb", or one with a single key that is its name',
        hint='Write {"verb": "say", "text": "…"} or {"say": {"text": "…"}}.',
    )


def _from_given(verb: str, given: Any, fields: Mapping[str, Any]) -> dict[str, Any]:
    """The plain form of a positional argument."""
    if not isinstance(given, Mapping):
        kind = type(given).__name__
        raise InvalidVerb(
            f"{verb}: the positional argument is a dict or a verb, not a {kind}. Give fields by their names.",
            verb=verb,
            found=kind,
            allowed="a dict or a verb",
            hint="Give fields by their names.",
        )
    if any(value is not None for value in fields.values()):
        raise InvalidVerb(f"{verb}: give one dict or keywords, not both", verb=verb)
    document: dict[str, Any] = plain(given)
    if verb == RAW:
        return spelled(document, {})
    if "verb" not in document and isinstance(document.get(verb), dict) and len(document) == 1:
        document = document[verb]
    named = document.get("verb", verb)
    if named != verb:
        raise InvalidVerb(
            f"{verb}: this is a {named!r}", verb=verb, path="verb", found=repr(named), allowed=verb
        )
    return {"verb": verb, **document}


def _not_plain(verb: str, place: list[str | int], reason: str) -> InvalidVerb:
    from jambonz_core.validation.explain import path_of

    path = path_of(place)
    return InvalidVerb(f"{verb}: {path}: {reason}" if path else f"{verb}: {reason}", verb=verb, path=path)


def _unname_nested(document: dict[str, Any], nested: Mapping[str, str]) -> None:
    """Take the name off verbs that stand where a name is neither needed nor known to the open server."""
    for place, verb in nested.items():
        inner = document.get(place)
        if type(inner) is dict and inner.get("verb") in (verb, place):
            del inner["verb"]
