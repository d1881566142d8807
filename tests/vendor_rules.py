"""What vendors of language models refuse, as checks of the messages that they are sent."""

from __future__ import annotations

import json
import re
from typing import Any

NAME = re.compile(r"[A-Za-z0-9_-]{1,64}")
ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def sendable(value: Any) -> None:
    """It can be written as JSON in UTF-8."""
    json.dumps(value, ensure_ascii=False, allow_nan=False).encode()


def check_chat(messages: list[dict[str, Any]]) -> None:
    sendable(messages)
    open_ids: list[str] = []
    seen: set[str] = set()
    for message in messages:
        role, content = message["role"], message["content"]
        if open_ids:
            assert role == "tool", "all outputs follow the calls at once"
        match role:
            case "tool":
                assert message["tool_call_id"] == open_ids.pop(0)
                assert isinstance(content, str)
            case "assistant":
                calls = message.get("tool_calls", [])
                assert content or calls, "an assistant's message has content or calls"
                assert calls or "tool_calls" not in message, "an empty array of calls is refused"
                for call in calls:
                    assert call["type"] == "function"
                    assert NAME.fullmatch(call["function"]["name"])
                    assert isinstance(json.loads(call["function"]["arguments"]), dict)
                    assert ID.fullmatch(call["id"])
                    assert call["id"] not in seen
                    seen.add(call["id"])
                    open_ids.append(call["id"])
            case "user" | "system":
                assert isinstance(content, str)
                assert content
            case _:
                raise AssertionError(f"there is no role {role}")
    assert not open_ids


def check_responses(items: list[dict[str, Any]]) -> None:
    sendable(items)
    called: list[str] = []
    answered: list[str] = []
    for item in items:
        match item.get("type", "message"):
            case "function_call":
                assert NAME.fullmatch(item["name"])
                assert isinstance(json.loads(item["arguments"]), dict)
                assert item["call_id"] not in called
                called.append(item["call_id"])
            case "function_call_output":
                assert item["call_id"] in called, "an output follows its call"
                assert isinstance(item["output"], str)
                answered.append(item["call_id"])
            case _:
                assert item["role"] in ("user", "assistant", "developer")
                assert item["content"]
                assert called == answered, "a call has its output before anything else is said"
    assert called == answered


def check_anthropic(messages: list[dict[str, Any]]) -> None:
    sendable(messages)
    roles = [message["role"] for message in messages]
    assert roles == ["user", "assistant"] * (len(roles) // 2) + ["user"], (
        "roles alternate, and the user's are outside"
    )
    wanted: list[str] = []
    seen: set[str] = set()
    for message in messages:
        blocks = message["content"]
        assert blocks
        results = [block["tool_use_id"] for block in blocks if block["type"] == "tool_result"]
        assert results == wanted, "each use of a tool has its result in the next message"
        assert all(block["type"] == "tool_result" for block in blocks[: len(results)]), (
            "results stand in front"
        )
        wanted = [block["id"] for block in blocks if block["type"] == "tool_use"]
        assert not wanted or message["role"] == "assistant"
        for block in blocks:
            match block["type"]:
                case "text":
                    assert block["text"].strip()
                case "tool_use":
                    assert NAME.fullmatch(block["name"])
                    assert ID.fullmatch(block["id"])
                    assert block["id"] not in seen
                    assert isinstance(block["input"], dict)
                    seen.add(block["id"])
                case "tool_result":
                    assert message["role"] == "user"
                    assert block.get("content") != ""
    assert not wanted
