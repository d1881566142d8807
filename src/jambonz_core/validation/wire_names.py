"""Python's spelling of names, turned into the wire's: ``action_hook`` into ``actionHook``.

jambonz names its properties in camelCase, and so does this library; programs for the official Python SDK may
write them in snake_case, too. Only the names that a schema declares for the place where they stand are
turned, so what is the user's own (headers, tags, options of a vendor) stays as it is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from jambonz_core.schemas import Schema
from jambonz_core.validation.strict import StrictSchemas
from jambonz_core.validation.verdict import strict
from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire.errors import InvalidVerb

FieldsT = TypeVar("FieldsT")


def verb_in_wire_names(verb: str, fields: FieldsT, profile: Profile) -> FieldsT:
    """The fields of a verb under the names that the wire has for them, at every depth.

    What is no dict of names, or contains itself, is given back: whoever checks the verb says so.

    >>> from jambonz_core.verbs.profiles import V10
    >>> verb_in_wire_names("gather", {"num_digits": 1, "say": {"text": "One?"}}, V10)
    {'numDigits': 1, 'say': {'text': 'One?'}}
    """
    if verb not in profile.schemas.verbs:
        return fields
    try:
        if not isinstance(fields, Mapping) or not _has_snakes(fields):
            return fields
        closed = strict(profile.schemas)
        turned: FieldsT = _turned(fields, closed.verb(verb), closed, verb)
    except RecursionError:
        return fields
    return turned


def component_in_wire_names(identity: str, fields: Mapping[str, Any], profile: Profile) -> dict[str, Any]:
    """The same for what stands inside a verb, such as a recognizer; `identity` is the `$id` of its schema."""
    closed = strict(profile.schemas)
    turned: dict[str, Any] = _turned(fields, {"$ref": identity}, closed, identity.rsplit("/", 1)[-1])
    return turned


def _has_snakes(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any("_" in name or _has_snakes(value[name]) for name in value if isinstance(name, str))
    return isinstance(value, (list, tuple)) and any(map(_has_snakes, value))


def _turned(value: Any, schema: Schema, closed: StrictSchemas, place: str) -> Any:
    if isinstance(value, Mapping):
        known = closed.properties(schema)
        turned: dict[Any, Any] = {}
        for given in value:
            name = _wire_name(given, known)
            if name in turned:
                raise InvalidVerb(f"{place}: {name} is given twice, in two spellings", path=str(name))
            below = known.get(name)
            turned[name] = (
                _turned(value[given], below, closed, f"{place}.{name}")
                if isinstance(below, Mapping)
                else value[given]
            )
        return turned
    if isinstance(value, (list, tuple)):
        items = closed.items_of(schema)
        return [_turned(item, items, closed, place) for item in value]
    return value


def _wire_name(given: Any, known: Mapping[str, Any]) -> Any:
    if not isinstance(given, str) or given in known or "_" not in given:
        return given
    bare = given.replace("_", "").lower()
    return next((name for name in known if name.lower() == bare), given)
