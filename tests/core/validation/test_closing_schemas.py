"""Which objects are closed and which stay open, rule by rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import pytest

from jambonz_core.schemas import BUILTIN, Schema, SchemaSet
from jambonz_core.schemas._index import NESTED
from jambonz_core.validation.strict import StrictSchemas
from jambonz_core.validation.verdict import strict_verdict, verdict

BASE = "https://example.com/schema/"


def closed(verb_schema: dict[str, Any], *others: dict[str, Any]) -> Any:
    """The strict verdict on a made-up verb `v`, for fields without their verb."""
    schema = {"$id": f"{BASE}verbs/v", "type": "object", **verb_schema}
    schemas = SchemaSet([schema, *others], base=BUILTIN)
    judge, as_is = strict_verdict(schemas, "v"), verdict(schemas, f"{BASE}verbs/v")

    def accepts(fields: dict[str, Any]) -> bool:
        assert as_is(fields), "valid by the schema as it is"
        return judge(fields)

    return accepts


def test_a_verb_is_closed_where_it_stands() -> None:
    accepts = closed({"properties": {"a": {"properties": {"b": {}}}}})
    assert accepts({"a": {"b": 1}})
    assert not accepts({"x": 1})
    assert not accepts({"a": {"x": 1}})


def test_items_and_values_are_places_too() -> None:
    inner = {"type": "object", "properties": {"b": {}}}
    accepts = closed({"properties": {"list": {"items": inner}, "map": {"additionalProperties": inner}}})
    assert accepts({"list": [{"b": 1}], "map": {"any": {"b": 1}}})
    assert not accepts({"list": [{"x": 1}]})
    assert not accepts({"map": {"any": {"x": 1}}})


def test_what_describes_one_object_together_is_closed_together() -> None:
    part = {"$id": f"{BASE}components/part", "type": "object", "properties": {"b": {}}}
    accepts = closed({"allOf": [{"$ref": "../components/part"}], "properties": {"a": {}}}, part)
    assert accepts({"a": 1, "b": 2})
    assert not accepts({"c": 1})


def test_a_reference_is_closed_at_the_place_that_refers() -> None:
    part = {"$id": f"{BASE}components/part", "type": "object", "properties": {"b": {}}}
    accepts = closed({"properties": {"a": {"$ref": "../components/part"}}}, part)
    assert accepts({"a": {"b": 1}})
    assert not accepts({"a": {"x": 1}})


def test_the_branch_that_fits_decides() -> None:
    hook = {"oneOf": [{"type": "string"}, {"type": "object", "properties": {"url": {}}}]}
    accepts = closed({"properties": {"hook": hook}})
    assert accepts({"hook": "/x"})
    assert accepts({"hook": {"url": "/x"}})
    assert not accepts({"hook": {"uri": "/x"}})


@pytest.mark.parametrize("values", [True, {"type": "integer"}])
def test_what_is_open_on_purpose_stays_open(values: Any) -> None:
    part = {
        "$id": f"{BASE}components/open",
        "type": "object",
        "properties": {"b": {}},
        "additionalProperties": values,
    }
    schema = {
        "properties": {
            "here": {"properties": {"b": {}}, "additionalProperties": values},
            "there": {"allOf": [{"$ref": "../components/open"}], "properties": {"c": {}}},
            "anything": {"type": "object"},
            "untyped": {},
            "always": True,
        }
    }
    accepts = closed(schema, part)
    assert accepts(
        {"here": {"x": 1}, "there": {"x": 1}, "anything": {"x": 1}, "untyped": {"x": 1}, "always": {"x": 1}}
    )


def test_conditions_are_left_alone() -> None:
    then = {"properties": {"options": {"properties": {"url": {"type": "string"}}, "required": ["url"]}}}
    options = {"type": "object", "properties": {"url": {}, "loop": {}}}
    accepts = closed(
        {
            "properties": {"mode": {}, "options": options},
            "allOf": [{"if": {"properties": {"mode": {"const": "play"}}}, "then": then}, True],
        }
    )
    assert accepts({"mode": "play", "options": {"url": "x", "loop": 1}})
    assert not accepts({"mode": "play", "options": {"url": "x", "lop": 1}})


def test_definitions_inside_a_schema() -> None:
    accepts = closed(
        {
            "properties": {"a": {"$ref": "#/$defs/d"}},
            "$defs": {"d": {"properties": {"e": {"properties": {"f": {}}}}}},
        }
    )
    assert accepts({"a": {"e": {"f": 1}}})
    assert not accepts({"a": {"e": {"x": 1}}})
    assert not accepts({"a": {"x": 1}})


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("listen", {"url": "u", "auth": {"username": "a", "password": "b"}}),
        ("config", {"bargeIn": {"enable": True, "dtmfBargein": True, "numDigits": 1}}),
        ("gather", {"partialResultHook": {"url": "/x", "username": "a", "password": "b"}}),
        (
            "dial",
            {"target": [{"type": "phone", "confirmHook": {"url": "/x", "username": "a", "password": "b"}}]},
        ),
        ("gather", {"recognizer": {"vendor": "nuance", "nuanceOptions": {"topic": "x"}}}),
        ("gather", {"say": {"text": "x"}, "play": {"loop": 2}}),
        (
            "dial",
            {
                "target": [{"type": "phone"}],
                "listen": {"url": "u"},
                "transcribe": {"transcriptionHook": "/t"},
            },
        ),
        ("config", {"listen": {"enable": True, "url": "u"}, "transcribe": {"enable": False}}),
        ("room", {"name": "r", "stream": {"url": "u"}}),
    ],
)
def test_names_that_a_server_knows_and_the_published_schema_does_not(
    verb: str, fields: dict[str, Any]
) -> None:
    assert strict_verdict(BUILTIN, verb)({"verb": verb, **fields})


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("gather", {"say": {"text": 5}}),
        ("gather", {"say": {"url": "x"}}),
        ("gather", {"recognizer": {"vendor": "nuance", "nuanceOptions": {"topik": "x"}}}),
        ("dial", {"target": [{"type": "phone"}], "listen": {"uri": "u"}}),
        ("config", {"transcribe": {"enable": True, "hook": "/t"}}),
    ],
)
def test_nested_verbs_are_judged_like_verbs(verb: str, fields: dict[str, Any]) -> None:
    assert verdict(BUILTIN, BUILTIN.verbs[verb])({"verb": verb, **fields})
    assert not strict_verdict(BUILTIN, verb)({"verb": verb, **fields})


def test_a_set_without_the_nested_verb() -> None:
    schemas = SchemaSet(
        [BUILTIN.verb("config"), *(BUILTIN[each] for each in BUILTIN if "/components/" in each)]
    )
    assert strict_verdict(schemas, "config")({"verb": "config", "listen": {"anything": 1}})


def test_the_closed_set_is_a_mapping_like_the_open_one() -> None:
    strict = StrictSchemas(BUILTIN)
    assert set(strict) == set(BUILTIN)
    assert len(strict) == len(BUILTIN)
    identity = BUILTIN.verbs["say"]
    assert strict[identity] is strict[identity]


def test_names_for_messages_come_from_everywhere() -> None:
    strict = StrictSchemas(BUILTIN)
    assert strict.names(strict.verb("openai_s2s"))[:3] == ["id", "vendor", "model"]
    assert strict.names({"$ref": "https://jambonz.org/schema/verbs/agent#/$defs/llmMessage"}) == [
        "role",
        "content",
    ]
    assert strict.names(True) == []


ANNOTATIONS = {"$id", "$schema", "title", "description", "examples", "default", "minVersion", "discriminator"}
HOLDING = {"properties", "items", "additionalProperties", "allOf", "anyOf", "oneOf", "$defs", "$ref"}
"""Keywords under which parts stand that are closed."""
LEFT_ALONE = {"if", "then", "not"}
OF_THE_VALUE = {
    *("type", "const", "enum", "required", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
    *("minLength", "maxLength", "minItems", "maxItems", "format", "pattern", "contentEncoding"),
}
"""Keywords that the closed form has from the schema as they are."""


def described(identity: str, schema: Any, seen: set[str]) -> Iterator[tuple[str, Schema]]:
    """A schema with all that describes a value below it, each with the `$id` of its document."""
    if isinstance(schema, bool):
        return
    yield identity, schema
    below = [*schema.get("properties", {}).values(), *schema.get("$defs", {}).values()]
    below += [part for keyword in ("allOf", "anyOf", "oneOf") for part in schema.get(keyword, ())]
    below += [schema[keyword] for keyword in ("items", "additionalProperties") if keyword in schema]
    for part in below:
        yield from described(identity, part, seen)
    reference = urljoin(identity, schema.get("$ref", ""))
    if "$ref" in schema and reference not in seen:
        seen.add(reference)
        found, where = BUILTIN.lookup(schema["$ref"], identity)
        yield from described(where, found, seen)


def kind(identity: str, schema: Schema) -> str:
    """The one type that a schema allows."""
    if "$ref" in schema:
        found, where = BUILTIN.lookup(schema["$ref"], identity)
        return kind(where, found)
    assert isinstance(schema["type"], str)
    return "number" if schema["type"] == "integer" else schema["type"]


@pytest.mark.parametrize("verb", BUILTIN.verbs)
def test_what_is_valid_when_closed_is_valid_as_it_is(verb: str) -> None:
    """So the closed form of one of the library's schemas is asked alone.

    Closing makes parts of a schema stricter, and a whole is only as strict as its parts where none of them
    stands under a keyword that turns the answer round. Where several parts exclude each other, they have to do
    so by the type of the value, which closing does not change.
    """
    identity = BUILTIN.verbs[verb]
    for where, schema in described(identity, BUILTIN[identity], set()):
        assert schema.keys() <= ANNOTATIONS | HOLDING | LEFT_ALONE | OF_THE_VALUE, where
        # A reference would lead from there to what is closed.
        assert all("$ref" not in json.dumps(schema[keyword]) for keyword in LEFT_ALONE & schema.keys()), where
        kinds = [kind(where, part) for part in schema.get("oneOf", ())]
        assert len(kinds) == len(set(kinds)), where
        if schema.get("$id") == where:
            properties = schema.get("properties", {})
            for place in NESTED.get(where.rpartition("/")[2], {}).keys() & properties.keys():
                # In its place stands what is known of the verb that it means.
                anything = properties[place]
                assert anything.keys() <= {"type", "description", "additionalProperties"}, place
                assert (anything["type"], anything["additionalProperties"]) == ("object", True), place
