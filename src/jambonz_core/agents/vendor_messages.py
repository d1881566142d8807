"""A conversation in the forms that the vendors of language models accept.

What they demand, and what is therefore held after any sequence of events:

1. Every call of a tool is followed, before anything else, by the outputs of all calls of its answer. OpenAI
   and Anthropic refuse a whole request over one that is missing.
2. Anthropic: the roles alternate, the first is the user's, and so is the last, because newer models continue
   no answer; outputs of tools stand in front of other content of their message; no text is empty.
3. Names of tools are letters, digits, ``_`` and ``-``, at most 64; ids of calls are the same, at most 40, and
   each comes once. What a model, or a server with other rules, has made up instead is put right.
4. Nothing is sent that is no Unicode: half a surrogate pair, as a transcript that was cut can have, is not.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from jambonz_core.wire.codec import encode

from .conversation_items import AgentSaid, CallerSaid, Item, Note, ToolExchange, ToolsCalled

INTERRUPTED = "The caller interrupted you here."
"""What the model is told behind an answer that was cut off."""

UNANSWERED = "Interrupted: nobody knows what this has done."
"""The output of a tool that gave none."""

CALL_BEGINS = "The call begins."
CALLER_SILENT = "The caller says nothing."
"""What a user says where a vendor wants that one says something."""

Message = dict[str, Any]


_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9_-]")
_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def openai_chat(instructions: str, items: Sequence[Item]) -> list[Message]:
    """Messages of OpenAI's chat completions."""
    messages: list[Message] = []
    if text := clean(instructions):
        messages.append({"role": "system", "content": text})
    ids = _Ids()
    for item in items:
        match item:
            case CallerSaid() if text := clean(item.text):
                messages.append({"role": "user", "content": text})
            case Note() if text := clean(item.text):
                messages.append({"role": "system", "content": text})
            case AgentSaid():
                if text := clean(item.known):
                    messages.append({"role": "assistant", "content": text})
                if item.interrupted:
                    messages.append({"role": "system", "content": INTERRUPTED})
            case ToolsCalled() if item.calls:
                called = [(ids.next(call), call) for call in item.calls]
                if messages and messages[-1]["role"] == "assistant":
                    message = messages[-1]  # the words in front of the calls, in the same answer
                else:
                    message = {"role": "assistant", "content": None}
                    messages.append(message)
                message["tool_calls"] = [
                    {
                        "id": id,
                        "type": "function",
                        "function": {"name": name_of(call), "arguments": encode(call.arguments)},
                    }
                    for id, call in called
                ]
                messages += [
                    {"role": "tool", "tool_call_id": id, "content": _failed_text(call)} for id, call in called
                ]
    return messages


def openai_responses(items: Sequence[Item]) -> list[Message]:
    """Items of the input of OpenAI's responses."""
    given: list[Message] = []
    ids = _Ids()
    for item in items:
        match item:
            case CallerSaid() if text := clean(item.text):
                given.append({"role": "user", "content": text})
            case Note() if text := clean(item.text):
                given.append({"role": "developer", "content": text})
            case AgentSaid():
                if text := clean(item.known):
                    given.append({"role": "assistant", "content": text})
                if item.interrupted:
                    given.append({"role": "developer", "content": INTERRUPTED})
            case ToolsCalled():
                called = [(ids.next(call), call) for call in item.calls]
                given += [
                    {
                        "type": "function_call",
                        "call_id": id,
                        "name": name_of(call),
                        "arguments": encode(call.arguments),
                    }
                    for id, call in called
                ]
                given += [
                    {"type": "function_call_output", "call_id": id, "output": _failed_text(call)}
                    for id, call in called
                ]
    return given


def anthropic(items: Sequence[Item]) -> list[Message]:
    """Messages of Anthropic's API."""
    messages: list[Message] = []
    ids = _Ids()

    def say(role: str, *blocks: Message) -> None:
        if not messages and role == "assistant":
            say("user", _block(CALL_BEGINS))
        if messages and messages[-1]["role"] == role:
            messages[-1]["content"] += blocks
        else:
            messages.append({"role": role, "content": list(blocks)})

    for item in items:
        match item:
            case CallerSaid() if text := clean(item.text):
                say("user", _block(text))
            case Note() if text := clean(item.text):
                say("user", _block(f"({text})"))
            case AgentSaid():
                if text := clean(item.known):
                    say("assistant", _block(text))
                if item.interrupted:
                    say("user", _block(f"({INTERRUPTED})"))
            case ToolsCalled() if item.calls:
                called = [(ids.next(call), call) for call in item.calls]
                say("assistant", *[_tool_use(id, call) for id, call in called])
                say("user", *[_tool_result(id, call) for id, call in called])
    if not messages:
        say("user", _block(CALL_BEGINS))
    elif messages[-1]["role"] == "assistant":
        say("user", _block(f"({CALLER_SILENT})"))
    return messages


def clean(text: str) -> str:
    """The text as every server takes it: without half surrogate pairs, and without space around it."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()


def name_of(call: ToolExchange) -> str:
    """The name of a tool as vendors take it. A model may have called one that there is not."""
    return _NOT_IN_NAMES.sub("_", call.name)[:64] or "unknown"


def output_text(call: ToolExchange) -> str:
    """The output of a tool as text."""
    if not call.answered:
        return UNANSWERED
    return clean(call.output if isinstance(call.output, str) else encode(call.output))


def _failed_text(call: ToolExchange) -> str:
    """The same for OpenAI, where nothing but the text says that it is an error."""
    text = output_text(call)
    return f"Error: {text}" if call.is_error else text


def _block(text: str) -> Message:
    return {"type": "text", "text": text}


def _tool_use(id: str, call: ToolExchange) -> Message:
    return {"type": "tool_use", "id": id, "name": name_of(call), "input": call.arguments}


def _tool_result(id: str, call: ToolExchange) -> Message:
    result: Message = {"type": "tool_result", "tool_use_id": id}
    if text := output_text(call):
        result["content"] = text
    if call.is_error or not call.answered:
        result["is_error"] = True
    return result


class _Ids:
    """Ids of tool calls: the model's own where they can be used, each once."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    def next(self, call: ToolExchange) -> str:
        """The id of the next call."""
        id, number = call.id, len(self._used)
        while not _ID.fullmatch(id) or id in self._used:
            number += 1
            id = f"call_{number}"
        self._used.add(id)
        return id
