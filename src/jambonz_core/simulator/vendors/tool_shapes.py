"""Judgement of what applications send to speech-to-speech vendors.

The open server hands the data of `llm:tool-output` and `llm:update` to the vendor, and drops what is not of
that vendor's own shape without a word; the caller then waits for ever. So this module says what is wrong,
in a sentence.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...wire.codec import decode, encode
from ...wire.errors import RemoteProtocolError


def _dig(data: Any, *path: str | int) -> Any:
    """A value deep inside; None when the way is not there."""
    for step in path:
        if isinstance(step, int):
            if not isinstance(data, list) or len(data) <= step:
                return None
            data = data[step]
        elif isinstance(data, Mapping):
            data = data.get(step)
        else:
            return None
    return data


def _openai(data: Any, id: str) -> str:
    if (
        _dig(data, "type") != "conversation.item.create"
        or _dig(data, "item", "type") != "function_call_output"
    ):
        return "{type: 'conversation.item.create', item: {type: 'function_call_output', call_id, output}}"
    return "" if _dig(data, "item", "call_id") == id else f"item.call_id to be {id!r}"


def _google(data: Any, id: str) -> str:
    if _dig(data, "toolResponse", "functionResponses", 0, "response") is None:
        return "{toolResponse: {functionResponses: [{id, response: {output}}]}}"
    return ""


def _ultravox(data: Any, id: str) -> str:
    if _dig(data, "type") != "client_tool_result" or "result" not in data:
        return "{type: 'client_tool_result', invocation_id, result}"
    return "" if data.get("invocation_id") == id else f"invocation_id to be {id!r}"


def _elevenlabs(data: Any, id: str) -> str:
    if _dig(data, "data", "type") != "client_tool_result":
        return "{data: {type: 'client_tool_result', tool_call_id, result, is_error}}, nested so"
    return "" if _dig(data, "data", "tool_call_id") == id else f"data.tool_call_id to be {id!r}"


def _deepgram(data: Any, id: str) -> str:
    if _dig(data, "data", "type") != "FunctionCallResponse":
        return "{data: {type: 'FunctionCallResponse', id, name, content}}, nested so"
    return "" if _dig(data, "data", "id") == id else f"data.id to be {id!r}"


OUTPUTS: Mapping[str, Callable[[Any, str], str]] = {
    "openai": _openai,
    "microsoft": _openai,
    "google": _google,
    "ultravox": _ultravox,
    "elevenlabs": _elevenlabs,
    "deepgram": _deepgram,
    "voiceagent": _deepgram,
}
"""By vendor: what the output of a tool must look like; empty when it does."""


def tool_events(vendor: str, calls: Mapping[str, tuple[str, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """The events in which a vendor's model asks for tools, by id with name and arguments.

    Event hooks get them beside the tool calls themselves. Two vendors have one event for several calls.
    """
    match vendor:
        case "google":
            asked = [{"name": name, "args": dict(args), "id": id} for id, (name, args) in calls.items()]
            return [{"toolCall": {"functionCalls": asked}}]
        case "deepgram" | "voiceagent":
            functions = [
                {"id": id, "name": name, "arguments": encode(dict(args)), "client_side": True}
                for id, (name, args) in calls.items()
            ]
            return [{"type": "FunctionCallRequest", "functions": functions}]
        case _:
            return [_tool_event(vendor, id, name, args) for id, (name, args) in calls.items()]


def _tool_event(vendor: str, id: str, name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    match vendor:
        case "elevenlabs":
            asked = {"tool_name": name, "tool_call_id": id, "parameters": dict(args)}
            return {"type": "client_tool_call", "client_tool_call": asked}
        case "ultravox":
            asked = {"toolName": name, "invocationId": id, "parameters": dict(args)}
            return {"type": "client_tool_invocation", **asked}
        case _:
            item = {"type": "function_call", "name": name, "call_id": id, "arguments": encode(dict(args))}
            return {"type": "response.output_item.done", "item": item}


def outputs_of(vendor: str, data: Any) -> list[tuple[str, Any]]:
    """The outputs in one `llm:tool-output`, each with the id that it names itself, if it does.

    Google's message may hold several. Those of all other vendors are one output each.

    >>> outputs_of("openai", {"result": 1})
    [('', {'result': 1})]
    """
    several = _dig(data, "toolResponse", "functionResponses") if vendor == "google" else None
    if not isinstance(several, list) or not several:
        return [("", data)]
    return [
        (str(_dig(one, "id") or ""), {**data, "toolResponse": {"functionResponses": [one]}})
        for one in several
    ]


def output_content(data: Any) -> tuple[Any, bool]:
    """What an output says, whichever vendor's shape it has, and whether it says that the tool failed.

    >>> output_content({"data": {"type": "client_tool_result", "result": "cold", "is_error": True}})
    ('cold', True)
    >>> output_content({"result": 7}), output_content({"celsius": -3})
    ((7, False), ({'celsius': -3}, False))
    """
    inner = _dig(data, "data") if isinstance(_dig(data, "data"), Mapping) else data
    failed = _dig(inner, "is_error") is True or _dig(inner, "error_type") is not None
    for path in _CONTENTS:
        content = _dig(inner, *path)
        if content is not None:
            error = _error_in(content)
            return (content, failed) if error is None else (error, True)
    if isinstance(data, Mapping):
        return {name: value for name, value in data.items() if name != "is_error"}, failed
    return data, failed


def _error_in(content: Any) -> Any:
    """The error that an output consists of, where its vendor has no flag for one."""
    if isinstance(content, str) and content.startswith('{"error"'):
        try:
            content = decode(content)
        except RemoteProtocolError:
            return None
    return content["error"] if isinstance(content, Mapping) and set(content) == {"error"} else None


_CONTENTS: Sequence[tuple[str | int, ...]] = (
    ("item", "output"),
    ("toolResponse", "functionResponses", 0, "response", "output"),
    ("toolResponse", "functionResponses", 0, "response"),
    ("content",),
    ("result",),
)
"""Where the vendors and version 10 have the output itself."""


UPDATES: Mapping[str, frozenset[str]] = {
    "openai": frozenset(
        {"session.update", "conversation.item.create", "conversation.item.delete", "response.cancel"}
    ),
    "microsoft": frozenset(
        {"session.update", "conversation.item.create", "conversation.item.delete", "response.cancel"}
    ),
    "deepgram": frozenset({"UpdateInstructions", "UpdateSpeak", "InjectAgentMessage"}),
    "voiceagent": frozenset({"UpdateInstructions", "UpdateSpeak", "InjectAgentMessage"}),
    "ultravox": frozenset({"input_text_message"}),
    "elevenlabs": frozenset(),
}
"""By vendor: the types of `llm:update` that have an effect. Google takes anything."""

AGENT_UPDATES: Mapping[str, str] = {
    "update_instructions": "instructions",
    "inject_context": "messages",
    "update_tools": "tools",
    "generate_reply": "user_input",
}
"""By type of `agent:update`: the field that it needs."""


def output_fault(vendor: str, data: Any, id: str, *, strict: bool) -> str:
    """What is wrong with the output of a tool; empty when nothing is.

    Version 10 takes any object, for every vendor, and puts it into the vendor's message itself.
    """
    if not strict:
        return any_object_fault(data)
    shape = OUTPUTS.get(vendor)
    return "" if shape is None else shape(data, id)


def any_object_fault(data: Any) -> str:
    """What version 10 finds wrong with the output of a tool, whichever verb has called it.

    `{result: …}` is the documented carrier, and any other object is taken as well; a bare value is not.
    """
    return "" if isinstance(data, Mapping) else "an object, {result: …} for a bare value"


def update_fault(vendor: str, data: Any) -> str:
    """What is wrong with an `llm:update`; empty when nothing is."""
    types = UPDATES.get(vendor)
    kind = _dig(data, "type")
    if types is None or kind in types:
        return ""
    return f"{vendor} takes {', '.join(sorted(types)) or 'no updates'}, not {kind!r}"


def agent_update_fault(data: Any) -> str:
    """What is wrong with an `agent:update`; empty when nothing is."""
    kind = _dig(data, "type")
    field = AGENT_UPDATES.get(str(kind))
    if field is None:
        return f"there is no type {kind!r}"
    return "" if _dig(data, field) is not None else f"{kind} needs {field}"
