"""Schemas that come at run time make verbs and properties usable at once, without a release of this library."""

from __future__ import annotations

from typing import Any

import pytest

from jambonz_core import BUILTIN, V0_9, V10, VerbBuilder
from jambonz_core.verbs.builder import VerbMaker
from jambonz_core.wire.errors import InvalidSchema, InvalidVerb

SING = {
    "$id": "https://example.com/schema/verbs/sing",
    "type": "object",
    "properties": {
        "verb": {"const": "sing"},
        "song": {"type": "string"},
        "choir": {"$ref": "../components/choir"},
    },
    "required": ["song"],
}
CHOIR = {
    "$id": "https://example.com/schema/components/choir",
    "type": "object",
    "properties": {"voices": {"type": "integer", "minimum": 1}},
}


def say_with(name: str, schema: Any) -> dict[str, Any]:
    published = BUILTIN.verb("say")
    return {**published, "properties": {**published["properties"], name: schema}}


@pytest.mark.parametrize("profile", [V10, V0_9])
def test_a_new_verb_is_usable_and_validated_at_once(profile: Any) -> None:
    builder: Any = VerbBuilder(profile.with_schemas([SING, CHOIR]))
    builder.sing(song="Asleep").sing({"song": "Awake", "choir": {"voices": 4}}).verb("sing", song="Again")
    assert [verb["song"] for verb in builder] == ["Asleep", "Awake", "Again"]
    for wrong in (
        {},
        {"song": 5},
        {"song": "x", "choir": {"voices": 0}},
        {"song": "x", "choir": {"voicez": 1}},
    ):
        with pytest.raises(InvalidVerb, match="sing: "):
            builder.sing(**wrong)
    assert len(builder) == 3


def test_a_new_property_of_a_known_verb() -> None:
    profile = V10.with_schemas([say_with("whisper", {"type": "boolean"})])
    builder = VerbBuilder(profile).say(text="x", whisper=True)  # type: ignore[call-arg]  # of a later server
    assert builder.build() == [{"verb": "say", "text": "x", "whisper": True}]
    with pytest.raises(InvalidVerb, match='Did you mean "whisper"'):
        builder.say(text="x", whispr=True)  # type: ignore[call-arg]  # the mistake under test
    with pytest.raises(InvalidVerb, match="whisper is not a known property"):
        VerbBuilder().say(text="x", whisper=True)  # type: ignore[call-arg]  # of a later server


def test_giving_a_schema_says_that_the_server_knows_it() -> None:
    profile = V0_9.with_schemas([say_with("whisper", {"type": "boolean"}), BUILTIN.verb("agent")])
    builder = VerbBuilder(profile).verb("say", text="x", whisper=True).agent(llm={"vendor": "openai"})
    assert [verb["verb"] for verb in builder] == ["say", "agent"]


def test_null_is_given_only_in_a_dict_and_only_where_allowed() -> None:
    builder = VerbBuilder(V10.with_schemas([say_with("mood", {"type": ["string", "null"]})]))
    assert builder.say({"mood": None}).build() == [{"verb": "say", "mood": None}]
    with pytest.raises(InvalidVerb, match=r"text is null.*Leave the property out"):
        builder.say({"text": None})


def test_an_unknown_method_is_an_attribute_error_that_helps() -> None:
    builder: Any = VerbBuilder()
    with pytest.raises(
        AttributeError, match="'VerbBuilder' object has no attribute 'gathr'; did you mean 'gather'"
    ):
        builder.gathr(input=["speech"])
    with pytest.raises(AttributeError, match=r"has no attribute 'zzzz'$"):
        builder.zzzz()
    with pytest.raises(AttributeError, match="_private"):
        _ = builder._private
    assert not hasattr(VerbMaker(), "nothing_like_it")


@pytest.mark.parametrize(
    "schema",
    [
        {**SING, "properties": {"song": {"$ref": "../components/nowhere"}}},
        {**SING, "properties": {"song": {"type": "melody"}}},
        {**SING, "properties": {"song": {"type": "string", "pattern": "("}}},
    ],
)
def test_a_schema_that_cannot_be_used_is_refused_when_it_is_given(schema: Any) -> None:
    with pytest.raises(
        InvalidSchema, match=r"https://example.com/schema/verbs/sing cannot be used"
    ) as caught:
        V10.with_schemas([schema])
    assert caught.value.identity == SING["$id"]


@pytest.mark.parametrize("schema", [5, "x", {}, {"$id": ""}, {"$id": 5}, {"$id": "x", "const": {1}}])
def test_what_is_no_schema_at_all(schema: Any) -> None:
    with pytest.raises(InvalidSchema):
        V10.with_schemas([schema])
