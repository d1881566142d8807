"""Tool calls as the vendors send them, made one shape of."""

from __future__ import annotations

import doctest
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_core.wire import tool_call
from jambonz_core.wire.tool_call import (
    ToolRequest,
    is_interruption,
    tool_calls,
    tool_requests,
    without_requests,
)


@pytest.mark.parametrize(
    ("data", "requests"),
    [
        ({"tool_call_id": "t", "name": "a", "args": {"x": 1}}, [ToolRequest("t", "a", {"x": 1})]),
        ({"tool_call_id": "t", "name": "a", "arguments": {"x": 1}}, [ToolRequest("t", "a", {"x": 1})]),
        ({"tool_call_id": "t", "name": "a", "parameters": {"x": 1}}, [ToolRequest("t", "a", {"x": 1})]),
        ({"tool_call_id": "t", "name": "a", "arguments": '{"x": 1}'}, [ToolRequest("t", "a", {"x": 1})]),
        ({"tool_call_id": "t", "name": "a", "arguments": ""}, [ToolRequest("t", "a", {})]),
        ({"tool_call_id": "t", "name": "a"}, [ToolRequest("t", "a", {})]),
        (
            {"tool_call_id": "t", "name": "a", "arguments": [1]},
            [ToolRequest("t", "a", {}, "the arguments must be an object, not list")],
        ),
        ({"tool_call_id": 3, "name": None}, [ToolRequest("", "", {})]),
        (
            {
                "tool_call_id": "function_call_id",
                "type": "toolCall",
                "function_calls": [{"id": "g1", "name": "a", "args": {"x": 1}}, 7, {"id": "g2", "name": "b"}],
            },
            [ToolRequest("g1", "a", {"x": 1}), ToolRequest("g2", "b", {})],
        ),
        ({"functionCalls": [{"id": "g1", "name": "a", "args": {}}]}, [ToolRequest("g1", "a", {})]),
        ({"function_calls": []}, []),
    ],
)
def test_one_shape_for_all(data: dict[str, Any], requests: list[ToolRequest]) -> None:
    assert tool_requests(data) == requests


def test_arguments_that_are_no_json() -> None:
    [request] = tool_requests({"tool_call_id": "t", "name": "a", "arguments": "{x"})
    assert request.arguments == {}
    assert request.fault.startswith("the arguments cannot be read: ")


def test_of_several_some_may_be_kept() -> None:
    data = {"tool_call_id": "f", "function_calls": [{"id": "1", "name": "a"}, {"id": "2", "name": "b"}, 3]}
    kept = [request for request in tool_requests(data) if request.name == "b"]
    assert without_requests(data, kept) == {"tool_call_id": "f", "function_calls": [{"id": "2", "name": "b"}]}
    assert without_requests({"name": "a"}, []) == {"name": "a"}


def test_other_fields_stay() -> None:
    assert tool_calls({"name": "a", "extra": 1})[0] == {"name": "a", "extra": 1, "arguments": None}


def test_a_vendor_that_is_not_known_interrupts_nothing() -> None:
    assert not is_interruption("unheard", {"type": "interruption"})
    assert not is_interruption("google", {"server_content": "odd"})
    assert is_interruption("google", {"serverContent": {"interrupted": True}})


@given(
    st.dictionaries(st.text(), st.recursive(st.none() | st.integers() | st.text(), st.lists, max_leaves=5))
)
def test_nothing_that_a_peer_sends_raises(data: dict[str, Any]) -> None:
    for request in tool_requests(data):
        assert isinstance(request.arguments, dict)


def test_the_examples() -> None:
    assert doctest.testmod(tool_call).failed == 0
