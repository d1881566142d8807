"""The set that ships, and sets made from it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from jambonz_core.schemas import BUILTIN, SchemaSet
from jambonz_core.schemas.schema_set import SERVER_0_9, SERVER_0_9_BASE, verb_of
from jambonz_core.wire.errors import InvalidSchema

SING: dict[str, Any] = {
    "$id": "https://example.com/schema/verbs/sing",
    "properties": {"song": {"type": "string"}},
}
SAY = "https://jambonz.org/schema/verbs/say"


def test_the_shipped_set_is_what_the_files_say(schemas: dict[str, Any]) -> None:
    assert {identity: dict(BUILTIN[identity]) for identity in BUILTIN} == {
        schema["$id"]: schema for schema in schemas.values()
    }
    assert len(BUILTIN) == len(schemas)
    assert SAY in BUILTIN
    assert "https://jambonz.org/schema/verbs/sing" not in BUILTIN
    with pytest.raises(KeyError):
        BUILTIN["nothing"]


def test_verbs_by_name() -> None:
    assert BUILTIN.verb("say") is BUILTIN[SAY]
    assert BUILTIN.verbs["sip:decline"] == "https://jambonz.org/schema/verbs/sip:decline"
    with pytest.raises(KeyError):
        BUILTIN.verb("sing")


def test_the_open_server_s_table(schema_directory: Path) -> None:
    table = json.loads((schema_directory / "servers" / "verb-table-0.9.json").read_text(encoding="utf-8"))[
        "table"
    ]
    assert [identity.removeprefix(SERVER_0_9_BASE) for identity in SERVER_0_9] == list(table)
    for name, entry in table.items():
        schema = SERVER_0_9[SERVER_0_9_BASE + name]
        assert set(schema["properties"]) == {*entry["properties"], "_"}
        assert schema["required"] == entry.get("required", [])
    assert not SERVER_0_9.verbs
    assert not SERVER_0_9.given(SERVER_0_9_BASE + "say")


def test_an_extended_set_leaves_the_first_alone() -> None:
    more = BUILTIN.extended([SING, {**BUILTIN.verb("say"), "title": "Sing"}])
    assert more.verb("sing") == SING
    assert more.verb("say")["title"] == "Sing"
    assert BUILTIN.verb("say")["title"] != "Sing"
    assert len(more) == len(BUILTIN) + 1
    assert set(more) == {*BUILTIN, SING["$id"]}
    assert more.given(SING["$id"])
    assert more.given(SAY)
    assert not more.given(BUILTIN.verbs["play"])
    assert not BUILTIN.given(SAY)
    most = more.extended([{"$id": "https://example.com/other"}])
    assert most.given(SAY)
    assert most.verb("sing") == SING


def test_a_set_from_nothing() -> None:
    alone = SchemaSet([SING])
    assert list(alone) == [SING["$id"]]
    assert not alone.given(SAY)
    with pytest.raises(KeyError):
        alone[SAY]


def test_a_set_keeps_a_copy_of_what_it_was_given() -> None:
    schema = json.loads(json.dumps(SING))
    kept = SchemaSet([schema])
    schema["properties"]["song"]["type"] = "integer"
    assert kept.verb("sing") == SING


def test_references_are_found_by_id() -> None:
    assert BUILTIN.lookup("../components/auth", SAY)[1] == "https://jambonz.org/schema/components/auth"
    found, document = BUILTIN.lookup("#/$defs/llmMessage", BUILTIN.verbs["agent"])
    assert found["required"] == ["role", "content"]
    assert document == BUILTIN.verbs["agent"]
    odd = SchemaSet([{"$id": "https://example.com/x", "$defs": {"a/b~c": {"type": "null"}}}])
    assert odd.lookup("#/$defs/a~1b~0c", "https://example.com/x")[0] == {"type": "null"}


@pytest.mark.parametrize("schema", [5, [], {}, {"$id": 5}, {"$id": ""}, {"$id": "x", "const": {1}}])
def test_what_is_no_schema(schema: Any) -> None:
    with pytest.raises(InvalidSchema):
        SchemaSet([schema])


@pytest.mark.parametrize(
    ("identity", "verb"),
    [
        ("https://a/verbs/say", "say"),
        ("https://a/verbs/sip:decline", "sip:decline"),
        ("https://a/callbacks/say", None),
        ("say", None),
    ],
)
def test_the_verb_of_a_schema(identity: str, verb: str | None) -> None:
    assert verb_of(identity) == verb
