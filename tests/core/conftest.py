"""Documents made from schemas: mostly valid ones, and the same ones broken in one place."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from math import ceil, floor
from typing import Any

import pytest
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from jambonz_core.schemas import BUILTIN

Json = Any
Maker = Callable[[str], st.SearchStrategy[Json]]

DEEP = 4
"""Below this, only what is required is generated."""

words = st.sampled_from(["", "x", "/hook", "https://example.com/a.wav", "en-US", "default", "🙂"])
numbers = st.one_of(st.integers(-3, 3000), st.floats(-2, 200, allow_nan=False).map(lambda x: round(x, 3)))
scalars = st.one_of(words, numbers, st.booleans(), st.none())
anything = st.one_of(scalars, st.lists(scalars, max_size=2), st.dictionaries(words, scalars, max_size=2))


class InstanceMaker:
    """Strategies for documents that a set of schemas describes. They aim at valid ones, and may miss."""

    def __init__(self, schemas: Mapping[str, Any], lookup: Callable[[str, str], tuple[Any, str]]) -> None:
        self._schemas = schemas
        self._lookup = lookup
        self._made: dict[str, st.SearchStrategy[Json]] = {}

    def valid(self, identity: str) -> st.SearchStrategy[Json]:
        if identity not in self._made:
            self._made[identity] = self._value(self._schemas[identity], identity, 0)
        return self._made[identity]

    def broken(self, identity: str) -> st.SearchStrategy[Json]:
        """A document with one thing replaced, removed, added or misspelt."""
        return st.builds(break_one, self.valid(identity), st.randoms(use_true_random=False), anything)

    def either(self, identity: str) -> st.SearchStrategy[Json]:
        return st.one_of(self.valid(identity), self.broken(identity), self.broken(identity))

    def _value(self, schema: Any, base: str, depth: int) -> st.SearchStrategy[Json]:
        if schema is True or schema == {}:
            return anything
        if schema is False:
            return st.nothing()
        if "const" in schema:
            return st.just(schema["const"])
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        own = {key: value for key, value in schema.items() if key not in ("$ref", "oneOf", "anyOf", "allOf")}
        elsewhere = set(own.get("required", ())) - set(own.get("properties", ()))
        inherited = {name: found for name in elsewhere if (found := self._find(schema, base, name))}
        parts = []
        if "$ref" in schema:
            target, document = self._lookup(schema["$ref"], base)
            parts.append(st.deferred(lambda: self._value(target, document, depth)))
        parts += [self._value(part, base, depth) for part in schema.get("allOf", ()) if "if" not in part]
        for keyword in ("oneOf", "anyOf"):
            if keyword in schema:
                branches = [self._value({**own, **part}, base, depth) for part in schema[keyword]]
                parts.append(st.one_of(branches))
                own.pop("properties", None)
        if not parts or "properties" in own:
            parts.append(self._typed(own, base, depth))
        if inherited:
            made = {
                name: self._value(below, document, depth + 1) for name, (below, document) in inherited.items()
            }
            parts.append(st.fixed_dictionaries(made))
        return parts[0] if len(parts) == 1 else st.tuples(*parts).map(merge)

    def _find(self, schema: Any, base: str, name: str) -> tuple[Any, str] | None:
        """Where a required property is declared that the schema takes over from another."""
        for part in (*schema.get("allOf", ()), *([{"$ref": schema["$ref"]}] if "$ref" in schema else ())):
            target, document = self._lookup(part["$ref"], base) if "$ref" in part else (part, base)
            if name in target.get("properties", {}):
                return target["properties"][name], document
        return None

    def _typed(self, schema: Mapping[str, Any], base: str, depth: int) -> st.SearchStrategy[Json]:
        kind = schema.get("type", "object" if "properties" in schema or "required" in schema else None)
        if isinstance(kind, list):
            return st.one_of([self._typed({**schema, "type": each}, base, depth) for each in kind])
        match kind:
            case "object":
                return self._object(schema, base, depth)
            case "array":
                items = self._value(schema.get("items", True), base, depth + 1)
                return st.lists(items, min_size=schema.get("minItems", 0), max_size=2)
            case "string" if "pattern" in schema:
                return st.from_regex(schema["pattern"], fullmatch=True)
            case "string":
                return words.filter(lambda text: len(text) >= schema.get("minLength", 0))
            case "integer":
                low = schema.get("minimum", schema.get("exclusiveMinimum", -5) + 1)
                return st.integers(low, schema.get("maximum", low + 400))
            case "number":
                low = schema.get("minimum", -5)
                high = schema.get("maximum", low + 400)
                whole = [each for each in (ceil(low), floor(high)) if low <= each <= high]
                return st.one_of(st.floats(low, high), *map(st.just, whole))
            case "boolean":
                return st.booleans()
            case "null":
                return st.none()
        return anything

    def _object(self, schema: Mapping[str, Any], base: str, depth: int) -> st.SearchStrategy[Json]:
        properties: dict[str, Any] = schema.get("properties", {})
        required = [*schema.get("required", ())]
        if "verb" in properties:
            required.append("verb")
        must = {name: self._value(properties.get(name, True), base, depth + 1) for name in required}
        may: dict[str, st.SearchStrategy[Json]] = {}
        if depth < DEEP:
            may = {
                name: self._value(below, base, depth + 1)
                for name, below in properties.items()
                if name not in required and below is not False and below != {"not": {}}
            }
        made = few_of(must, may)
        if isinstance(extra := schema.get("additionalProperties"), dict):
            more = st.dictionaries(words, self._value(extra, base, depth + 1), max_size=2)
            return st.tuples(more, made).map(merge)
        return made


def few_of(
    must: dict[str, st.SearchStrategy[Json]], may: dict[str, st.SearchStrategy[Json]]
) -> st.SearchStrategy[dict[str, Json]]:
    """An object with all of `must` and at most four of `may`."""
    few = st.lists(st.sampled_from(sorted(may)), max_size=4, unique=True) if may else st.just([])

    @st.composite
    def chosen(draw: st.DrawFn) -> dict[str, Json]:
        names = draw(few)
        return {name: draw(strategy) for name, strategy in {**{n: may[n] for n in names}, **must}.items()}

    return chosen()


def merge(parts: tuple[Json, ...]) -> Json:
    """What several schemas describe together; objects become one."""
    if all(isinstance(part, dict) for part in parts):
        return {name: value for part in parts for name, value in part.items()}
    return parts[0]


def break_one(document: Json, random: Any, value: Json) -> Json:
    """One place of the document changed; a scalar document is replaced."""
    document = copy.deepcopy(document)
    places: list[tuple[Any, Any]] = []
    collect(document, places)
    if not places:
        return value
    container, key = random.choice(places)
    match random.randrange(4):
        case 0:
            container[key] = value
        case 1:
            del container[key]
        case 2 if isinstance(container, dict):
            container[f"{key}s"] = container.pop(key)
        case 2 | 3 if isinstance(container, dict):
            container["unknown"] = value
        case _:
            container[key] = value
    return document


def collect(value: Json, places: list[tuple[Any, Any]]) -> None:
    if isinstance(value, dict):
        for name, below in value.items():
            places.append((value, name))
            collect(below, places)
    elif isinstance(value, list):
        for index, below in enumerate(value):
            places.append((value, index))
            collect(below, places)


@pytest.fixture(scope="session")
def maker() -> InstanceMaker:
    return InstanceMaker(BUILTIN, BUILTIN.lookup)


@pytest.fixture(scope="session")
def make_reference() -> Callable[[Mapping[str, Any]], Callable[[Any], Draft202012Validator]]:
    """For a set of schemas: schema → the validator of the reference implementation."""

    def prepare(schemas: Mapping[str, Any]) -> Callable[[Any], Draft202012Validator]:
        registry: Registry[Any] = Registry().with_resources(
            (identity, Resource.from_contents(dict(schemas[identity]))) for identity in schemas
        )
        return lambda schema: Draft202012Validator(schema, registry=registry)

    return prepare
