"""Environment variables: the portal's rules on declaring them, and reading values back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.webhooks import Env, Environment
from jambonz_core.wire.errors import InvalidEnvironment

TEXT = {"type": "string", "description": "A text"}
NUMBER = {"type": "number", "description": "A number"}
FLAG = {"type": "boolean", "description": "A flag"}


def test_the_answer_is_the_bare_object() -> None:
    declared: dict[str, dict[str, Any]] = {
        "API_KEY": {**TEXT, "required": True, "obscure": True, "uiHint": "input"},
        "CARRIER": {**TEXT, "jambonzResource": "carriers"},
        "VOLUME": {**NUMBER, "default": 5, "enum": [1, 5, 9], "comment": "passed on"},
    }
    body = Environment(declared).body
    assert body is not None
    assert json.loads(body) == declared


def test_without_variables_there_is_no_answer() -> None:
    for empty in (Environment(), Environment({})):
        assert empty.body is None
        assert not empty
        assert empty.read({"LEFT": "over"}).undeclared == {"LEFT": "over"}
    assert Environment({"A": TEXT})


@pytest.mark.parametrize(
    ("name", "declaration", "said"),
    [
        ("with space", TEXT, "letters, digits and underscores"),
        ("dash-ed", TEXT, "letters, digits and underscores"),
        ("", TEXT, "letters, digits and underscores"),
        ("A\n", TEXT, "letters, digits and underscores"),
        (7, TEXT, "letters, digits and underscores"),
        ("A", "string", "an object"),
        ("A", {"description": "x"}, "type must be one of"),
        ("A", {"type": "text", "description": "x"}, "type must be one of"),
        ("A", {"type": "string"}, "description is missing"),
        ("A", {"type": "string", "description": 7}, "description is missing"),
        ("A", {**TEXT, "required": "yes"}, "required must be True or False"),
        ("A", {**TEXT, "obscure": 1}, "obscure must be True or False"),
        ("A", {**TEXT, "uiHint": "slider"}, "uiHint must be one of"),
        ("A", {**TEXT, "jambonzResource": 1}, "jambonzResource must be a text"),
        ("A", {**TEXT, "default": None}, "default is not a string"),
        ("A", {**TEXT, "default": ["x"]}, "default is not a string"),
        ("A", {**NUMBER, "default": "many"}, "default is not a number"),
        ("A", {**FLAG, "default": "maybe"}, "default is not a boolean"),
        ("A", {**TEXT, "enum": "a,b"}, "enum must be a list"),
        ("A", {**TEXT, "enum": []}, "enum must list values"),
        ("A", {**NUMBER, "enum": [1, "two"]}, "enum must list values"),
        ("A", {**TEXT, "enum": ["a", "b"], "default": "c"}, "default is none of enum"),
    ],
)
def test_declarations_are_checked_when_they_are_made(name: Any, declaration: Any, said: str) -> None:
    with pytest.raises(InvalidEnvironment, match=said):
        Environment({name: declaration})


def test_values_come_back_typed_with_defaults() -> None:
    env = Environment(
        {
            "GREETING": {**TEXT, "default": "Hello!"},
            "VOLUME": {**NUMBER, "default": 5},
            "RATE": NUMBER,
            "LOUD": {**FLAG, "default": False},
            "OPTIONAL": TEXT,
        }
    ).read({"RATE": "0.5", "LOUD": "true", "VOLUME": None, "OLD": "kept"})
    assert dict(env) == {"GREETING": "Hello!", "VOLUME": 5, "RATE": 0.5, "LOUD": True}
    assert (env.text("GREETING"), env.number("RATE"), env.flag("LOUD")) == ("Hello!", 0.5, True)
    assert env.undeclared == {"OLD": "kept"}
    assert len(env) == 4
    assert env.get("OPTIONAL") is None
    with pytest.raises(KeyError, match="OPTIONAL is not set, or not declared"):
        _ = env["OPTIONAL"]


@pytest.mark.parametrize(
    ("kind", "value", "read"),
    [
        ("string", "text", "text"),
        ("string", 7, "7"),
        ("string", True, "true"),
        ("number", 7, 7),
        ("number", " 7 ", 7),
        ("number", "-7.50", -7.5),
        ("number", "1e3", 1000.0),
        ("number", ".5", 0.5),
        ("boolean", True, True),
        ("boolean", 1, True),
        ("boolean", 0, False),
        ("boolean", " FALSE", False),
    ],
)
def test_values_stored_as_text_are_read_as_their_type(kind: str, value: Any, read: Any) -> None:
    env = Environment({"A": {"type": kind, "description": "x"}}).read({"A": value})
    assert env["A"] == read
    assert type(env["A"]) is type(read)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("string", {"secret": "hush"}),
        ("string", ["hush"]),
        ("number", "hush"),
        ("number", True),
        ("number", "1" * 200),
        ("number", "1e999"),
        ("number", "0x10"),
        ("number", ["hush"]),
        ("boolean", "hush"),
        ("boolean", 2),
        ("boolean", 1.0),
        ("boolean", ["hush"]),
    ],
)
def test_a_value_of_another_type_is_told_by_name_only(kind: str, value: Any) -> None:
    with pytest.raises(InvalidEnvironment, match=f"A is not a {kind}") as caught:
        Environment({"A": {"type": kind, "description": "x"}}).read({"A": value})
    assert "hush" not in str(caught.value)


def test_all_faults_are_told_at_once() -> None:
    environment = Environment(
        {
            "KEY": {**TEXT, "required": True},
            "COUNT": NUMBER,
            "COLOUR": {**TEXT, "enum": ["red", "blue"]},
            "FINE": TEXT,
        }
    )
    with pytest.raises(InvalidEnvironment) as caught:
        environment.read({"COUNT": "many", "COLOUR": "green", "FINE": "yes"})
    assert str(caught.value) == (
        "environment variables: KEY is required and missing; COUNT is not a number; "
        "COLOUR is none of the values to choose from"
    )
    with pytest.raises(InvalidEnvironment, match="KEY is required"):
        environment.read(None)


def test_a_choice_may_be_stored_as_text() -> None:
    environment = Environment({"N": {**NUMBER, "enum": [1, "2"], "default": "2"}})
    assert environment.read({})["N"] == 2
    assert environment.read({"N": "1"})["N"] == 1


def test_asking_for_another_type_than_declared_is_an_error() -> None:
    env = Env({"TEXT": "x", "FLAG": True, "NUMBER": 1})
    for ask in (lambda: env.number("TEXT"), lambda: env.number("FLAG"), lambda: env.flag("NUMBER")):
        with pytest.raises(InvalidEnvironment, match="declared as another type"):
            ask()


def test_no_value_is_shown() -> None:
    environment = Environment({"API_KEY": {**TEXT, "default": "hush"}})
    env = environment.read({})
    assert repr(env) == "<Env API_KEY>"
    assert "hush" not in repr(environment)
    assert repr(Env({})) == "<Env empty>"
    assert repr(Environment()) == "<Environment without variables>"


@given(
    st.dictionaries(
        st.sampled_from(["A", "B", "C"]),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.none()),
    )
)
def test_whatever_is_stored_reading_gives_declared_types_or_a_named_fault(values: dict[str, Any]) -> None:
    environment = Environment({"A": TEXT, "B": NUMBER, "C": FLAG})
    kinds: dict[str, Any] = {"A": str, "B": (int, float), "C": bool}
    try:
        env = environment.read(values)
    except InvalidEnvironment as error:
        told = str(error)
    else:
        told = ""
        assert all(isinstance(value, kinds[name]) for name, value in env.items())
    assert not told or any(f"{name} is not a" in told for name in kinds)
