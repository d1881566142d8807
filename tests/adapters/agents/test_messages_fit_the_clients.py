"""The messages of a conversation, held against the types that the vendors' own clients declare for them."""

from __future__ import annotations

import importlib
from typing import Any

import pydantic
import pytest

from jambonz_anyio.agents import CalledTool, Conversation
from jambonz_anyio.tools import tool
from jambonz_core.tools import declared_for


@tool
def opening_hours(day: str, weeks: int = 1) -> str:
    """Tell the opening hours."""
    return f"{day}, {weeks}"


def conversation() -> Conversation:
    """One with everything in it."""
    made = Conversation("Be kind.")
    made.note("The caller is Ada.")
    made.agent("Hello!")
    made.caller("Are you open?")
    made.agent("One moment.")
    made.tools([CalledTool("a", "opening_hours", {"day": "Sunday"}), CalledTool("", "no.such", {})])
    made.tool_output("a", {"from": [2, None]})
    cut = made.agent("From two to six. And on Sundays")
    cut.interrupted, cut.outcome, cut.heard = True, "cut", "From two"
    made.caller("Thank you.")
    made.tools([CalledTool("a", "opening_hours", {})])
    made.tool_output("a", "bad arguments", is_error=True)
    return made


@pytest.mark.parametrize(
    ("module", "declared", "given"),
    [
        ("openai.types.chat", "ChatCompletionMessageParam", conversation().openai_chat()),
        ("openai.types.responses", "ResponseInputItemParam", conversation().openai_responses()),
        ("anthropic.types", "MessageParam", conversation().anthropic()),
        ("openai.types.chat", "ChatCompletionToolUnionParam", declared_for("openai-chat", [opening_hours])),
        ("anthropic.types", "ToolParam", declared_for("anthropic", [opening_hours])),
    ],
    ids=["chat", "responses", "messages", "chat tools", "messages tools"],
)
def test_they_are_what_the_client_takes(module: str, declared: str, given: list[Any]) -> None:
    assert given
    # Imported by who runs this: each worker of a run collects all tests, and the clients take long to import.
    adapter = pydantic.TypeAdapter(getattr(importlib.import_module(module), declared))
    for item in given:
        made = adapter.validate_python(item)
        _all_of(made, item)


def _all_of(made: Any, item: Any) -> None:
    """What comes in turn is looked at, too: pydantic looks at an iterable only when somebody does."""
    if isinstance(item, dict):
        assert item.keys() <= made.keys(), "each field is one that the client knows"
        for name, value in item.items():
            _all_of(made[name], value)
    elif isinstance(item, list):
        parts = list(made)
        assert len(parts) == len(item)
        for part, value in zip(parts, item, strict=True):
            _all_of(part, value)
    else:
        assert made == item
