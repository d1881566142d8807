"""Why a document is invalid, for a person: where, what was found, what is allowed, what was probably meant.

Only reached after the compiled verdict said no, so nothing here is in a hurry: `jsonschema` is imported at
the first failure. Its errors are a tree, because of ``oneOf``; what a person wants is one leaf of it. The
branch that is followed is the one whose type fits the value: for a hook given as ``{"method": "PUT"}`` it is
the object, not the URL.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jambonz_core.validation.spelling import nearest
from jambonz_core.wire.plain import json_kind

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

SHOWN = 60
"""Longest piece of a value that is quoted."""

SECRET = re.compile(r"key|secret|password|token|credential|auth", re.IGNORECASE)
"""A value whose path has one of these is named by its kind only: messages end up in logs."""

_TYPES = {
    "string": "a string",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}

NamesAt = Callable[[Any], list[str]]
"""The property names that a schema declares for the value at hand."""

NamesBelow = Callable[[Any], Mapping[str, list[str]]]
"""The same for what stands inside of each of its properties."""

MOST_PLACES = 3
"""So many places are named in which a property may stand."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault that was found in a document."""

    path: str
    """``say.text``, ``target[0].type``; empty for the document itself."""
    found: str
    allowed: str
    hint: str
    rank: int = 1
    """Which of several findings to tell first: a misspelt name is the cause of what is missing."""

    def __str__(self) -> str:
        parts = [f"{self.path} is {self.found}" if self.found else f"in {self.path}"]
        if self.allowed:
            parts.append(f"; allowed: {self.allowed}")
        return "".join(parts) + (f". {self.hint}" if self.hint else "")


def explain(
    document: Any,
    schema: Any,
    schemas: Mapping[str, Any],
    names_at: NamesAt,
    *,
    names_below: NamesBelow | None = None,
    unknown_hint: str = "",
) -> list[Finding]:
    """Every fault that the schema finds in the document, the most telling one first.

    `names_below` tells where else a property may stand that was put into the wrong place. `unknown_hint` is
    said of a property that the schema does not know, in place of the nearest spelling.
    """
    from jsonschema import Draft202012Validator
    from referencing import Registry, Resource
    from referencing.jsonschema import DRAFT202012

    def retrieve(uri: str) -> Resource[Any]:
        return DRAFT202012.create_resource(schemas[uri])

    registry: Registry[Any] = Registry(retrieve=retrieve)  # type: ignore[call-arg]  # mypy misses attrs' alias
    validator = Draft202012Validator(schema, registry=registry)
    found: dict[tuple[str, str], Finding] = {}
    leaves = [leaf for error in validator.iter_errors(document) for leaf in _leaves(error)]
    for leaf in sorted(leaves, key=_in_an_open_object):
        for finding in _findings(leaf, names_at, names_below, unknown_hint):
            found.setdefault((finding.path, finding.found), finding)
    return sorted(found.values(), key=lambda finding: finding.rank)


def _in_an_open_object(error: ValidationError) -> str:
    """Puts errors into one order where the validator goes through a set: the names of an open object."""
    return path_of(error.absolute_path) if "additionalProperties" in error.absolute_schema_path else ""


def _leaves(error: ValidationError) -> Iterator[ValidationError]:
    """The errors of the branch that was meant, or the error itself where there are no branches."""
    branches: dict[Any, list[ValidationError]] = {}
    for below in error.context or ():
        branches.setdefault(below.schema_path[0], []).append(below)
    meant = [errors for errors in branches.values() if not any(_is_about_kind(each) for each in errors)]
    if not meant:
        yield error
        return
    for below in min(meant, key=len):
        yield from _leaves(below)


def _is_about_kind(error: ValidationError) -> bool:
    """Whether a branch was refused for the kind of the value itself, so that it cannot have been meant."""
    return error.validator == "type" and not error.path


def _findings(
    error: ValidationError, names_at: NamesAt, names_below: NamesBelow | None, unknown_hint: str
) -> Iterator[Finding]:
    path = path_of(error.absolute_path)
    value: Any = error.instance
    shown = show(value, path)
    rule: Any = error.validator_value
    match error.validator:
        case "additionalProperties" | "unevaluatedProperties":
            known = names_at(error.schema)
            for name in value:
                if name not in known:
                    place = f"{path}.{name}" if path else name
                    hint = unknown_hint or _where_it_belongs(name, error.schema, names_below)
                    yield unknown_property(place, name, known, value, hint)
        case "required":
            for name in rule:
                if name not in value:
                    yield Finding(f"{path}.{name}" if path else name, "missing", "", "", rank=2)
        case "type":
            allowed = " or ".join(_TYPES[kind] for kind in ([rule] if isinstance(rule, str) else rule))
            yield Finding(path, shown, allowed, _type_hint(value, rule))
        case "enum" | "const":
            options = rule if error.validator == "enum" else [rule]
            meant = nearest(value, filter(_is_text, options)) if _is_text(value) else None
            hint = f"Did you mean {quote(meant)}?" if meant else _type_hint(value, "")
            yield Finding(path, shown, ", ".join(map(quote, options)), hint)
        case "minimum" | "exclusiveMinimum":
            yield Finding(
                path, shown, f"{'at least' if error.validator == 'minimum' else 'more than'} {rule}", ""
            )
        case "maximum" | "exclusiveMaximum":
            yield Finding(
                path, shown, f"{'at most' if error.validator == 'maximum' else 'less than'} {rule}", ""
            )
        case "minItems" | "minLength" | "minProperties":
            yield Finding(path, "empty" if rule == 1 else shown, f"a length of at least {rule}", "")
        case "maxItems" | "maxLength" | "maxProperties":
            yield Finding(path, f"{len(value)} long", f"a length of at most {rule}", "")
        case "pattern":
            yield Finding(path, shown, f"what matches {rule}", "")
        case "not":
            yield Finding(path, shown, "", "It must not be given here.")
        case "oneOf" | "anyOf":
            yield Finding(path, shown, _alternatives(error), _type_hint(value, ""))
        case _:
            yield Finding(path, shown, "", f"{error.validator}: {error.message[:200]}", rank=3)


def unknown_property(
    path: str, name: str, known: Iterable[str], value: Mapping[str, Any], hint: str = ""
) -> Finding:
    """The finding for a property that nothing declares; a name that is used already was not meant."""
    if hint:
        return Finding(path, "not a known property", "", hint, rank=0)
    free = [each for each in known if each not in value]
    meant = nearest(name, free)
    if meant is not None:
        return Finding(path, "not a known property", "", f"Did you mean {quote(meant)}?", rank=0)
    allowed = ", ".join(each for each in known if each != "verb")
    return Finding(path, "not a known property", allowed, "", rank=0)


def _where_it_belongs(name: str, schema: Any, names_below: NamesBelow | None) -> str:
    """The properties of the same value inside of which this name is known, told as a hint."""
    if names_below is None:
        return ""
    places = [place for place, names in names_below(schema).items() if name in names]
    if not places:
        return ""
    names = [place.removesuffix("[]") for place in places[:MOST_PLACES]]
    inside = f"{{{quote(name)}: …}}"
    if places[0].endswith("[]"):
        inside = f"[{inside}]"
    return f"It belongs into {' or '.join(names)}: {names[0]}={inside}."


def path_of(parts: Iterable[str | int]) -> str:
    """``["target", 0, "type"]`` as ``target[0].type``."""
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.removeprefix(".")


def quote(value: Any) -> str:
    """A value as it would be written in JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=repr)
    return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"


def show(value: Any, path: str) -> str:
    """A value for a message; one that may be a secret is told by its kind."""
    kind = json_kind(value)
    if value is None or isinstance(value, bool):
        return quote(value)
    if SECRET.search(path) or isinstance(value, (list, dict)):
        return kind
    return f"{quote(value)} ({kind})"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _alternatives(error: ValidationError) -> str:
    """What the branches of a choice allow: values where they list them, else the type that each wanted."""
    kinds: dict[str, None] = {}
    branches: Any = error.validator_value
    for index, branch in enumerate(branches):
        if "const" in branch or "enum" in branch:
            kinds.update(dict.fromkeys(map(quote, branch.get("enum", [branch.get("const")]))))
            continue
        for below in error.context or ():
            if below.schema_path[0] == index and isinstance(below.validator_value, str):
                kinds[_TYPES.get(below.validator_value, below.validator_value)] = None
    return " or ".join(kinds)


def _type_hint(value: Any, wanted: Any) -> str:
    if value is None:
        return "Leave the property out instead."
    if isinstance(value, str):
        if wanted in ("number", "integer") and re.fullmatch(r"-?\d+(\.\d+)?", value):
            return "Write the number without quotes."
        if wanted == "boolean" and value.casefold() in ("true", "false"):
            return "Write it without quotes."
        if wanted == "array":
            return "Put it in brackets."
    return ""
