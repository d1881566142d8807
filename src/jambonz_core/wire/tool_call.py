"""What a model's wish for a tool looks like on the wire, made one shape of.

Every vendor has a form of its own: the arguments are called `args`, `arguments` or `parameters`, and are an
object or the text of one; one vendor asks for several tools in one message. An application sees `ToolRequest`
and nothing else.

What tells that the caller has interrupted the model differs as well, and stands here too: a tool that was
declared `on_interrupt="cancel"` is cancelled by it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct

from jambonz_core.wire.codec import decode
from jambonz_core.wire.errors import RemoteProtocolError

_ARGUMENTS = ("arguments", "args", "parameters", "input")
_SEVERAL = ("function_calls", "functionCalls")


class ToolRequest(Struct, frozen=True):
    """A model wants one tool to be run."""

    tool_call_id: str
    """Ties the output to this request. Empty when the message has none, or none that is a string."""
    name: str
    arguments: dict[str, Any]
    """What the tool is to be called with; empty where `fault` says why."""
    fault: str = ""
    """What is wrong with the arguments, for the model to read; empty when nothing is."""


def tool_calls(data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The tool calls of one message, each with `tool_call_id`, `name` and `arguments`, beside what else it
    says.

    >>> tool_calls({"tool_call_id": "t1", "name": "add", "args": {"a": 1}})[0]["arguments"]
    {'a': 1}
    """
    several = next((data[key] for key in _SEVERAL if isinstance(data.get(key), list)), None)
    if several is None:
        return [{**data, "arguments": _arguments(data)}]
    return [
        {**call, "tool_call_id": call.get("id"), "name": call.get("name"), "arguments": _arguments(call)}
        for call in several
        if isinstance(call, Mapping)
    ]


def _arguments(call: Mapping[str, Any]) -> Any:
    return next((call[key] for key in _ARGUMENTS if key in call), None)


def tool_requests(data: Mapping[str, Any]) -> list[ToolRequest]:
    """The same, read: each with arguments that are an object.

    >>> tool_requests({"tool_call_id": "t1", "name": "add", "arguments": '{"a": 1}'})
    [ToolRequest(tool_call_id='t1', name='add', arguments={'a': 1}, fault='')]
    """
    return [_request(call) for call in tool_calls(data)]


def without_requests(data: Mapping[str, Any], kept: list[ToolRequest]) -> dict[str, Any]:
    """The data of a message that asks for several tools, with only those that are `kept`."""
    ids = {request.tool_call_id for request in kept}
    return {
        key: [call for call in value if isinstance(call, Mapping) and call.get("id") in ids]
        if key in _SEVERAL and isinstance(value, list)
        else value
        for key, value in data.items()
    }


def _request(call: Mapping[str, Any]) -> ToolRequest:
    id, name, given = call.get("tool_call_id"), call.get("name"), call["arguments"]
    arguments, fault = _read_arguments(given)
    return ToolRequest(
        id if isinstance(id, str) else "", name if isinstance(name, str) else "", arguments, fault
    )


def _read_arguments(given: Any) -> tuple[dict[str, Any], str]:
    if given is None or given == "":
        return {}, ""
    if isinstance(given, str):
        try:
            return decode(given), ""
        except RemoteProtocolError as error:
            return {}, f"the arguments cannot be read: {error}"
    if isinstance(given, dict):
        return given, ""
    return {}, f"the arguments must be an object, not {type(given).__name__}"


def _of_google(data: Mapping[str, Any]) -> bool:
    content = data.get("server_content", data.get("serverContent"))
    return isinstance(content, Mapping) and content.get("interrupted") is True


def _typed(kind: str) -> Callable[[Mapping[str, Any]], bool]:
    return lambda data: data.get("type") == kind


_INTERRUPTIONS: Mapping[str, Callable[[Mapping[str, Any]], bool]] = {
    "openai": _typed("input_audio_buffer.speech_started"),
    "microsoft": _typed("input_audio_buffer.speech_started"),
    "google": _of_google,
    "elevenlabs": _typed("interruption"),
    "deepgram": _typed("UserStartedSpeaking"),
    "voiceagent": _typed("UserStartedSpeaking"),
    "ultravox": _typed("playback_clear_buffer"),
    "": _typed("user_interruption"),
}
"""By vendor of an `llm` verb, and without one for the `agent` verb: whether an event is an interruption."""


def is_interruption(vendor: str, data: Mapping[str, Any]) -> bool:
    """Whether an event of a model says that the caller has interrupted it.

    >>> is_interruption("openai", {"type": "input_audio_buffer.speech_started"})
    True
    """
    found = _INTERRUPTIONS.get(vendor)
    return found is not None and found(data)
