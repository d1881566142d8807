"""One verb against the schemas: silence, or an `InvalidVerb` that says everything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from jambonz_core.schemas import BUILTIN
from jambonz_core.validation.spelling import nearest
from jambonz_core.validation.verdict import Verdict, strict, strict_verdict, verdict
from jambonz_core.wire.errors import InvalidVerb
from jambonz_core.wire.plain import json_kind

if TYPE_CHECKING:
    from jambonz_core.schemas import SchemaSet
    from jambonz_core.validation.explain import Finding
    from jambonz_core.verbs.profiles import Profile

STRICT_REASON = "Servers end a call over a property that they do not know."


def checker(schemas: SchemaSet, verb: str, strictly: bool) -> Verdict:
    """The verdict on one verb, put together once: by the schema as it is, or by its closed form."""
    if not strictly:
        return verdict(schemas, schemas.verbs[verb])
    closed = strict_verdict(schemas, verb)
    if schemas is BUILTIN:
        # What is valid by the closed form of one of these is valid by the schema as it is: a test proves it.
        return closed
    as_is = verdict(schemas, schemas.verbs[verb])
    return lambda document: closed(document) and as_is(document)


def check_of(name: Any, profile: Profile) -> Verdict:
    """The verdict of the profile's schemas on verbs of this name; `InvalidVerb`: they do not have it."""
    check = profile.checks.get(name)
    if check is None:
        if name not in profile.schemas.verbs:
            raise unknown_verb(name, profile.schemas.verbs)
        check = profile.checks[name] = checker(profile.schemas, name, profile.strict)
    return check


def check_verb(document: Mapping[str, Any], profile: Profile) -> None:
    """Refuse a verb in plain form, `{"verb": …}`, that the profile's schemas refuse."""
    if not check_of(document["verb"], profile)(document):
        raise refused(document, profile)


def refused(document: Mapping[str, Any], profile: Profile) -> InvalidVerb:
    """The error for a verb in plain form that the profile's schemas refuse."""
    return invalid(document["verb"], findings(document, profile))


def findings(document: Mapping[str, Any], profile: Profile) -> list[Finding]:
    """Everything that is wrong with a verb, the most telling fault first."""
    from jambonz_core.validation.explain import explain

    name = document["verb"]
    schemas = profile.schemas
    closed = strict(schemas)
    found = []
    if profile.strict:
        found = explain(document, closed.verb(name), closed, closed.names, names_below=closed.names_below)
    return found or explain(document, schemas.verb(name), schemas, closed.names)


def check_component(identity: str, document: Mapping[str, Any], profile: Profile) -> None:
    """Refuse what is to stand inside a verb, such as a recognizer; `identity` is the `$id` of its schema."""
    from jambonz_core.validation.explain import explain

    closed = strict(profile.schemas)
    schema = closed.component(identity)
    found = explain(document, schema, closed, closed.names, names_below=closed.names_below)
    if found:
        raise invalid(identity.rsplit("/", 1)[-1], found)


def invalid(
    verb: str, found: list[Finding], kind: type[InvalidVerb] = InvalidVerb, reason: str = ""
) -> InvalidVerb:
    """The error for a verb in which something was found."""
    first = found[0]
    parts = [f"{verb}: {first}"]
    if len(found) > 1:
        parts.append(f"({len(found) - 1} more)")
    if not reason and first.rank == 0:
        reason = STRICT_REASON
    if reason:
        parts.append(reason)
    return kind(
        " ".join(part if part.endswith((".", ")", "?")) else f"{part}." for part in parts),
        verb=verb,
        path=first.path,
        found=first.found,
        allowed=first.allowed,
        hint=first.hint,
    )


def unknown_verb(name: Any, known: Iterable[str]) -> InvalidVerb:
    """The error for a verb that no schema describes."""
    if not isinstance(name, str):
        return InvalidVerb(f"the name of a verb is a string, not {json_kind(name)}", path="verb")
    meant = nearest(name, known)
    hint = f"Did you mean {meant}?" if meant else "Give its schema to the profile, or send it with raw()."
    return InvalidVerb(
        f"there is no verb {name!r}. {hint}",
        verb=name,
        path="verb",
        found=name,
        allowed=", ".join(known),
        hint=hint,
    )
