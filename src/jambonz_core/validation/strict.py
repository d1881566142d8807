"""The schemas once more, closed: a property that nothing declares is refused.

The published schemas leave nearly every object open, so that a misspelt property is valid by them. The open
server is not so kind: one unknown property, and it rejects the whole array, which ends the call. This module
derives, from any set of schemas, a second set that closes what the first leaves open by accident and keeps
open what it leaves open on purpose. The rules:

1. An object is closed by ``unevaluatedProperties: false`` at the place where a value stands (a property, an
   array item, a verb itself), never inside ``allOf`` or behind a ``$ref``, where several schemas describe one
   object together.
2. It is closed only when something declares properties for it, and nothing says ``additionalProperties``.
3. What stands below ``if``, ``then``, ``else`` and ``not`` is left alone: those test a value, they do not
   describe it.
4. Names that the open server's own table has, and the published schemas have not, are known too
   (`listen.auth`, `bargeIn.finishOnKey`). Version 10 grew out of that server.
5. Where a schema says "any object" and means a verb (a prompt inside `gather`), the verb's properties apply,
   and none of them is required there.

A document valid here is valid by the original as well, where the original is one of the library's own: a
test looks through all of them for what it would take to break that, and others hold it against generated
documents. A schema that was given at run time may be anything, so it is asked as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urljoin

from jambonz_core.schemas import Schema, SchemaSet
from jambonz_core.schemas._index import NESTED
from jambonz_core.schemas.schema_set import SERVER_0_9, SERVER_0_9_BASE

BACKGROUND_EXTRAS = ("enable",)
"""`config` starts and stops what it nests, and says so in a property that is not the nested verb's."""

HOOK_EXTRAS = frozenset({"username", "password"})
"""The open server reads a hook's credentials from these; the published schema has `basicAuth` instead."""

_SYNONYMS = {"stream": "listen", "room": "conference", "s2s": "llm"}
"""Verbs that the open server's table has under another name."""

RECOGNIZER = "https://jambonz.org/schema/components/recognizer-"


class StrictSchemas(Mapping[str, Schema]):
    """The closed form of a set of schemas, derived one by one as they are asked for.

    A document keeps its `$id`. As other documents may refer to it from inside an ``allOf``, its own top level
    stays open; `verb` gives the schema that closes a verb.
    """

    def __init__(self, schemas: SchemaSet) -> None:
        self._schemas = schemas
        self._documents: dict[str, Schema] = {}

    def verb(self, name: str) -> Schema:
        """The closed schema of a verb."""
        identity = self._schemas.verbs[name]
        legacy = _legacy(identity)
        names = self._declared(self._schemas[identity], identity) or {}
        extras = self._extras(_names(legacy) - names.keys())
        return {"$ref": identity, "properties": extras, "unevaluatedProperties": False}

    def component(self, identity: str) -> Schema:
        """The closed schema of what stands inside a verb, such as a recognizer."""
        return self._place({"$ref": identity}, identity, _legacy(identity))  # type: ignore[no-any-return]

    def names(self, schema: Any) -> list[str]:
        """The names that one of these schemas knows for a value, in the order of their declaration."""
        return list(self.properties(schema))

    def properties(self, schema: Any) -> dict[str, Any]:
        """The properties that one of these schemas knows for a value, with what it says of each."""
        found: dict[str, list[Any]] = {}
        for part in self._parts(schema):
            for name, below in part.get("properties", {}).items():
                found.setdefault(name, []).append(below)
        # One that several of them describe is known for what each says of it.
        return {name: each[0] if len(each) == 1 else {"anyOf": each} for name, each in found.items()}

    def items_of(self, schema: Any) -> Schema:
        """What one of these schemas says of the items of an array."""
        return {"anyOf": [part["items"] for part in self._parts(schema) if "items" in part]}

    def names_below(self, schema: Any) -> dict[str, list[str]]:
        """Under each property of a value, the names that are known inside of it; under ``target[]`` those
        that are known inside of the items of an array.
        """
        below: dict[str, list[str]] = {}
        for name, inner in self.properties(schema).items():
            below[name] = self.names(inner)
            below[f"{name}[]"] = self.names(self.items_of(inner))
        return below

    def _parts(self, schema: Any) -> Iterator[Mapping[str, Any]]:
        """All schemas that describe one value together, or as alternatives."""
        if isinstance(schema, Mapping):
            if "$ref" in schema:
                yield from self._parts(self._lookup(schema["$ref"]))
            for keyword in ("allOf", "anyOf", "oneOf"):
                for part in schema.get(keyword, ()):
                    yield from self._parts(part)
            yield schema

    def _lookup(self, reference: str) -> Any:
        """What an absolute reference means, in closed form."""
        document, _, fragment = reference.partition("#")
        found: Any = self[document]
        for part in fragment.split("/")[1:]:
            found = found[part]
        return found

    def __getitem__(self, identity: str) -> Schema:
        found = self._documents.get(identity)
        if found is None:
            found = self._inside(self._schemas[identity], identity, _legacy(identity))
            self._documents[identity] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._schemas)

    def __len__(self) -> int:
        return len(self._schemas)

    def _place(self, schema: Any, base: str, legacy: Schema | None) -> Any:
        """A schema where a value stands: closed if rule 2 says so."""
        if not isinstance(schema, Mapping):
            return schema
        closed = self._inside(schema, base, legacy)
        names = self._declared(schema, base)
        if names and "additionalProperties" not in schema:
            extras = _names(legacy) - names.keys()
            if any(
                _last(part.get("$ref", "")) == "actionHook" for part in (schema, *schema.get("oneOf", ()))
            ):
                extras |= HOOK_EXTRAS
            closed["properties"] = {**self._extras(extras), **closed.get("properties", {})}
            closed["unevaluatedProperties"] = False
        return closed

    def _inside(self, schema: Any, base: str, legacy: Schema | None) -> Any:
        """A schema among others that describe the same value: only what is below it is closed."""
        if not isinstance(schema, Mapping):
            return schema
        closed = dict(schema)
        if "$ref" in schema:
            closed["$ref"] = urljoin(base, schema["$ref"])
        if "properties" in schema:
            nested = NESTED.get(_last(base), {}) if schema.get("$id") == base else {}
            closed["properties"] = {
                name: self._nested(name, nested[name], base)
                if name in nested and nested[name] in self._schemas.verbs
                else self._place(below, base, _below(legacy, name))
                for name, below in schema["properties"].items()
            }
        for keyword in ("allOf", "anyOf", "oneOf"):
            if keyword in schema:
                closed[keyword] = [self._inside(part, base, legacy) for part in schema[keyword]]
        if "items" in schema:
            closed["items"] = self._place(schema["items"], base, _below(legacy, None))
        if "additionalProperties" in schema:
            closed["additionalProperties"] = self._place(schema["additionalProperties"], base, None)
        if "$defs" in schema:
            closed["$defs"] = {
                name: self._inside(below, base, None) for name, below in schema["$defs"].items()
            }
        return closed

    def _nested(self, name: str, verb: str, base: str) -> Schema:
        """Rule 5: the properties of a verb, for an object that stands inside another verb."""
        identity = self._schemas.verbs[verb]
        names = self._declared(self._schemas[identity], identity) or {}
        # What is published for a verb is flat or comes from one component; either way these pointers resolve.
        pointers = {each: {"$ref": f"{identity}#/properties/{each}"} for each in names if each != "verb"}
        legacy = _below(_legacy(base), name)
        extras = _names(legacy) - pointers.keys()
        return {
            "type": "object",
            "properties": {**self._extras(extras), **dict.fromkeys(BACKGROUND_EXTRAS, True), **pointers},
            "unevaluatedProperties": False,
        }

    def _extras(self, names: set[str]) -> dict[str, Any]:
        """Schemas for names of the open server's table. A recognizer's options have one, others have none."""
        return {
            name: {"$ref": f"{RECOGNIZER}{name}"} if f"{RECOGNIZER}{name}" in self._schemas else True
            for name in sorted(names)
        }

    def _declared(self, schema: Any, base: str) -> dict[str, None] | None:
        """The names that are declared for one value, in their order; None when it is open on purpose."""
        if not isinstance(schema, Mapping):
            return {}
        if schema.get("additionalProperties", False) is not False:
            return None
        names: dict[str, None] = dict.fromkeys(schema.get("properties", ()))
        parts = [(part, base) for key in ("allOf", "anyOf", "oneOf") for part in schema.get(key, ())]
        if "$ref" in schema:
            parts.append(self._schemas.lookup(schema["$ref"], base))
        for part, where in parts:
            more = self._declared(part, where)
            if more is None:
                return None
            names |= more
        return names


def _last(identity: str) -> str:
    return identity.rsplit("/", 1)[-1]


def _legacy(identity: str) -> Schema | None:
    """The open server's table entry for a verb or a component."""
    name = _last(identity).removeprefix("recognizer-")
    return SERVER_0_9.get(SERVER_0_9_BASE + _SYNONYMS.get(name, name))


def _below(legacy: Schema | None, name: str | None) -> Schema | None:
    """The table's entry for a property of what `legacy` describes, or for its items."""
    if legacy is None:
        return None
    found = legacy.get("items") if name is None else legacy.get("properties", {}).get(name)
    if isinstance(found, Mapping) and "$ref" in found:
        return SERVER_0_9[SERVER_0_9_BASE + found["$ref"]]
    return found if isinstance(found, Mapping) else None


def _names(legacy: Schema | None) -> set[str]:
    """The property names of a table entry; `_` is the server's own way to carry things along."""
    return set(legacy.get("properties", ())) - {"_"} if legacy is not None else set()
