"""The builder: what goes in, what comes out, and that a mistake leaves nothing behind."""

from __future__ import annotations

from collections import OrderedDict
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core import V0_9, V10, Verb, VerbBuilder, make
from jambonz_core.wire.errors import InvalidVerb, UnsupportedByProfile
from jambonz_core.wire.plain import NotPlain, plain


class Mode(Enum):
    SPEECH = "speech"


class Name(str):
    __slots__ = ()


def test_methods_chain_and_the_builder_keeps_its_verbs() -> None:
    builder = VerbBuilder().say(text="Hi").pause(length=1)
    assert builder.build() == builder.verbs == list(builder)
    assert builder.build() == [{"verb": "say", "text": "Hi"}, {"verb": "pause", "length": 1}]
    assert len(builder) == 2
    assert repr(builder) == "<VerbBuilder ['say', 'pause']>"
    builder.clear()
    assert builder.build() == []
    assert not builder


def test_nothing_that_was_not_given_goes_on_the_wire() -> None:
    assert VerbBuilder().gather(input=["speech"], timeout=None).build() == [
        {"verb": "gather", "input": ["speech"]}
    ]


def test_a_verb_can_be_given_in_either_spelling() -> None:
    builder = VerbBuilder().say({"text": "a"}).say({"verb": "say", "text": "b"}).say({"say": {"text": "c"}})
    builder.verb({"say": {"text": "d"}}).verb({"verb": "say", "text": "e"}).verb("say", {"text": "f"})
    assert [verb["text"] for verb in builder] == list("abcdef")
    assert {verb["verb"] for verb in builder} == {"say"}


def test_a_single_verb_is_a_dict_for_itself_and_for_nesting() -> None:
    prompt = make.say(text="Yes?")
    assert isinstance(prompt, Verb)
    assert prompt == {"verb": "say", "text": "Yes?"}
    builder = VerbBuilder().say(prompt).gather(input=["speech"], say=prompt)
    assert builder.build()[1]["say"] == {"text": "Yes?"}
    assert prompt["verb"] == "say"


def test_a_nested_verb_of_another_kind_is_refused() -> None:
    with pytest.raises(InvalidVerb, match=r"say.verb"):
        VerbBuilder().gather(say=make.play(url="https://example.com/a.wav"))


def test_keywords_that_python_reserves() -> None:
    sms = {"verb": "message", "to": "1", "from": "2", "text": "x"}
    assert VerbBuilder().message(to="1", from_="2", text="x").build() == [sms]
    assert VerbBuilder().verb("message", to="1", from_="2", text="x").build() == [sms]
    assert (
        VerbBuilder().sip_decline(status=486).verb("sip_decline", status=486).build()
        == [{"verb": "sip:decline", "status": 486}] * 2
    )


def test_what_the_program_does_later_does_not_reach_the_verb() -> None:
    data: dict[str, Any] = {"list": [1]}
    builder = VerbBuilder().tag(data=data)
    data["list"].append(2)
    assert builder.build() == [{"verb": "tag", "data": {"list": [1]}}]


def test_python_types_that_have_a_plain_form() -> None:
    given = MappingProxyType(
        {"mode": Mode.SPEECH, "pair": (1, 2.5), "name": Name("x"), "more": OrderedDict(a=None)}
    )
    built = VerbBuilder().tag(data=given).build()[0]["data"]
    assert built == {"mode": "speech", "pair": [1, 2.5], "name": "x", "more": {"a": None}}
    assert [type(built[name]) for name in built] == [str, list, str, dict]


@pytest.mark.parametrize(
    ("data", "path", "reason"),
    [
        ({"a": float("nan")}, "data.a", "nan is not a number in JSON"),
        ({"a": [1, float("inf")]}, "data.a[1]", "inf is not a number in JSON"),
        ({"a": {"b": b"x"}}, "data.a.b", "a bytes has no form in JSON"),
        ({"a": Decimal(1)}, "data.a", "a Decimal has no form in JSON"),
        ({1: 2}, "data", "the key 1 is not a string"),
    ],
)
def test_what_json_cannot_hold_is_refused_with_its_path(data: Any, path: str, reason: str) -> None:
    for document, fields in ((None, {"data": data}), ({"data": data}, {})):
        with pytest.raises(InvalidVerb) as caught:
            VerbBuilder().tag(document, **fields)
        assert caught.value.path == path
        assert str(caught.value) == f"tag: {path}: {reason}"


def test_a_key_of_the_verb_itself_that_is_no_string() -> None:
    with pytest.raises(InvalidVerb, match="tag: the key 1 is not a string"):
        VerbBuilder().tag({1: 2})  # type: ignore[dict-item]  # the mistake under test


def test_a_value_that_contains_itself() -> None:
    data: dict[str, Any] = {}
    data["again"] = data
    with pytest.raises(InvalidVerb, match="nested too deeply"):
        VerbBuilder().tag(data=data)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_plain_values_stay_equal_and_are_copies(value: Any) -> None:
    copy = plain(value)
    assert copy == value
    if isinstance(value, (list, dict)):
        assert copy is not value


def test_plain_says_where() -> None:
    with pytest.raises(NotPlain) as caught:
        plain([{"a": [0, {1, 2}]}])
    assert caught.value.path == [0, "a", 1]


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda b: b.say("Hello"), "say: the positional argument is a dict or a verb, not a str"),
        (lambda b: b.say({"text": "a"}, text="b"), "say: give one dict or keywords, not both"),
        (lambda b: b.say(make.hangup()), "say: this is a 'hangup'"),
        (lambda b: b.verb("sya", text="x"), "there is no verb 'sya'. Did you mean say?"),
        (
            lambda b: b.verb("qqqqqq"),
            "there is no verb 'qqqqqq'. Give its schema to the profile, or send it with raw().",
        ),
        (lambda b: b.verb({"verb": 5}), "the name of a verb is a string, not a number"),
        (lambda b: b.verb({"say": "Hello"}), "say: its fields are an object, not a string"),
        (lambda b: b.verb({"a": 1, "b": 2}), 'a verb is an object with its name in "verb"'),
        (lambda b: b.verb({"nothing": 1}), 'a verb is an object with its name in "verb"'),
        (lambda b: b.raw({"a": 1, "b": 2}), 'a verb is an object with its name in "verb"'),
        (lambda b: b.raw({"verb": None}), "the name of a verb is a string, not null"),
    ],
)
def test_what_is_no_verb_is_refused_and_leaves_nothing(build: Any, message: str) -> None:
    builder = VerbBuilder()
    with pytest.raises(InvalidVerb) as caught:
        build(builder)
    assert message in str(caught.value)
    assert len(builder) == 0


def test_raw_verbs_go_out_unseen() -> None:
    odd = {"verb": "lex", "anything": [1]}
    builder = VerbBuilder().raw(odd).raw({"sing": {"song": "x"}})
    assert builder.build() == builder.build(V0_9) == [odd, {"verb": "sing", "song": "x"}]
    assert builder.build()[0] is not odd


def test_one_list_of_verbs_for_two_servers() -> None:
    builder = VerbBuilder().stream(url="wss://example.com").agent(llm={"vendor": "openai"})
    assert [verb["verb"] for verb in builder.build(V10)] == ["stream", "agent"]
    with pytest.raises(UnsupportedByProfile, match=r"agent: server 0.9 does not know this verb"):
        builder.build(V0_9)
    assert [verb["verb"] for verb in builder.build()] == ["stream", "agent"]


def test_a_builder_for_the_open_server_lowers_at_once() -> None:
    builder = VerbBuilder(V0_9).stream(url="wss://example.com")
    assert builder.build() == [{"verb": "listen", "url": "wss://example.com"}]
    assert builder.build(V10) == [{"verb": "stream", "url": "wss://example.com"}]
    with pytest.raises(UnsupportedByProfile):
        builder.dial(target=[{"type": "phone", "number": "1"}], codecs=["PCMU"])


@pytest.mark.parametrize("length", [10**400, -(10**400)])
def test_an_integer_that_no_server_can_hold_is_refused(length: int) -> None:
    with pytest.raises(InvalidVerb, match="larger than any number"):
        VerbBuilder().pause(length=length)
    assert VerbBuilder().pause(length=10**300).build() == [{"verb": "pause", "length": 10**300}]
