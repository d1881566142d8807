"""Whole applications, single verbs, and what the server sends."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core import V0_9, V10
from jambonz_core.validation import (
    check,
    check_callback,
    find_problems,
    is_valid,
    normalize,
    validate_app,
    validate_verb,
)
from jambonz_core.wire.errors import InvalidVerb, UnsupportedByProfile

SAY = {"verb": "say", "text": "Hi"}
HANGUP = {"verb": "hangup"}


@pytest.mark.parametrize(
    "document",
    [
        [SAY, HANGUP],
        (SAY, HANGUP),
        [{"say": {"text": "Hi"}}, {"hangup": {}}],
        [SAY, {"hangup": {}}],
        '[{"say": {"text": "Hi"}}, {"verb": "hangup"}]',
        b'[{"say": {"text": "Hi"}}, {"verb": "hangup"}]',
    ],
)
def test_every_form_of_an_application_becomes_one(document: Any) -> None:
    assert validate_app(document) == normalize(document) == [SAY, HANGUP]
    assert find_problems(document) == []


def test_a_single_verb_is_an_application_of_one() -> None:
    assert validate_app(SAY) == normalize({"say": {"text": "Hi"}}) == [SAY]
    assert validate_verb({"say": {"text": "Hi"}}) == SAY


def test_a_verb_named_like_one_of_its_properties() -> None:
    assert validate_app([{"dtmf": {"dtmf": "1"}}]) == [{"verb": "dtmf", "dtmf": "1"}]
    assert validate_verb({"verb": "dtmf", "dtmf": "1"}) == {"verb": "dtmf", "dtmf": "1"}


def test_the_profile_decides() -> None:
    app = [{"stream": {"url": "wss://x"}}]
    assert validate_app(app, V0_9) == [{"verb": "listen", "url": "wss://x"}]
    assert validate_app(app, V10) == [{"verb": "stream", "url": "wss://x"}]
    with pytest.raises(UnsupportedByProfile):
        validate_verb({"agent": {}}, V0_9)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("[", "an application is JSON, and this text is not"),
        (b"\xff", "an application is JSON, and this text is not"),
        ("[" * 100_000, "an application is JSON, and this text is not"),
        ("5", "an application is an array of verbs, not a number"),
        (None, "an application is an array of verbs, not null"),
        ([5], "verb 1 is a number, and a verb is an object"),
        ([SAY, "say"], "verb 2 is a string, and a verb is an object"),
        ([{}], 'a verb is an object with its name in "verb"'),
        ([{"verb": "say", "txt": "x"}], "say: txt is not a known property"),
    ],
)
def test_what_is_no_application(document: Any, message: str) -> None:
    with pytest.raises(InvalidVerb, match=message.replace("[", r"\[")):
        validate_app(document)
    [problem] = find_problems(document)
    assert message in str(problem)


def test_an_empty_application() -> None:
    with pytest.raises(InvalidVerb, match="at least one verb"):
        validate_app([])
    [problem] = find_problems("[]")
    assert "at least one verb" in str(problem)
    assert normalize([]) == []


def test_every_fault_at_once_with_its_place() -> None:
    problems = find_problems([{"say": {"txt": "x"}}, SAY, {"verb": "play"}, 5])
    assert [problem.verb for problem in problems] == ["say", "play", ""]
    assert [problem.__notes__ for problem in problems] == [
        ["in verb 1 of 4"],
        ["in verb 3 of 4"],
        ["in verb 4 of 4"],
    ]


def test_the_error_of_an_application_says_which_verb() -> None:
    with pytest.raises(InvalidVerb) as caught:
        validate_app([SAY, {"verb": "play"}])
    assert caught.value.__notes__ == ["in verb 2 of 2"]
    with pytest.raises(InvalidVerb) as caught:
        validate_app([{"verb": "play"}])
    assert not hasattr(caught.value, "__notes__")


@given(
    st.recursive(st.none() | st.integers() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x))
)
def test_only_one_kind_of_error_comes_out(document: Any) -> None:
    try:
        verbs = validate_app(document)
    except InvalidVerb:
        assert find_problems(document)
    else:
        assert all("verb" in verb for verb in verbs)


def test_payloads_of_hooks() -> None:
    assert check_callback("gather", {"reason": "timeout"}) == []
    [finding] = check_callback("gather", {"reason": "timedout"})
    assert finding.path == "reason"
    assert finding.hint == 'Did you mean "timeout"?'
    with pytest.raises(KeyError, match="there is no callback schema 'nothing'"):
        check_callback("nothing", {})


def test_any_schema_by_its_id() -> None:
    identity = "https://jambonz.org/schema/commands/llm:tool-output"
    good = {"type": "command", "command": "llm:tool-output", "tool_call_id": "1", "data": {}}
    assert is_valid(identity, good)
    assert check(identity, good) == []
    assert [finding.path for finding in check(identity, {**good, "dta": 1})] == ["dta"]
