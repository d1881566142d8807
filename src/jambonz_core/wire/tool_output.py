"""How each vendor of the open-source server's `llm` verb wants the output of a tool.

That server hands `data` of the command `llm:tool-output` to the vendor as it is, and drops a message that is
not of the vendor's own shape without a word, so the caller would wait for ever for an answer. Where the
vendor is not known, the only right thing is to refuse.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jambonz_core.wire.codec import encode
from jambonz_core.wire.errors import LocalProtocolError

Shape = Callable[[str, Any, str, bool], dict[str, Any]]


def vendor_message(
    vendor: str, tool_call_id: str, result: Any, function: str, is_error: bool
) -> dict[str, Any]:
    """Build `data` in the shape of a vendor.

    >>> vendor_message("ultravox", "t1", {"celsius": 21}, "", False)
    {'type': 'client_tool_result', 'invocation_id': 't1', 'result': '{"celsius":21}'}
    """
    fault = unknown_vendor(vendor)
    if fault:
        raise LocalProtocolError(fault)
    return _SHAPES[vendor](tool_call_id, result, function, is_error)


def unknown_vendor(vendor: str) -> str:
    """Why there is no shape for a vendor; empty when there is one."""
    if vendor in _SHAPES:
        return ""
    return (
        f"the open-source server wants tool output in the shape of the vendor, and {vendor!r} is "
        f"not one of {', '.join(sorted(_SHAPES))}; name the vendor, or give the whole message verbatim"
    )


def _as_text(result: Any) -> str:
    """These vendors take a string; anything else goes as JSON in one."""
    return result if isinstance(result, str) else encode(result)


def _as_marked_text(result: Any, is_error: bool) -> str:
    """The same for a vendor that has no flag for errors: the model reads in the text that it is one."""
    return _as_text({"error": result} if is_error and isinstance(result, str) else result)


def _openai(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    output = _as_marked_text(result, is_error)
    item = {"type": "function_call_output", "call_id": tool_call_id, "output": output}
    return {"type": "conversation.item.create", "item": item}


def _google(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    response = {"error" if is_error else "output": result}
    return {"toolResponse": {"functionResponses": [{"id": tool_call_id, "response": response}]}}


def _ultravox(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    text = _as_text(result)
    message = {"type": "client_tool_result", "invocation_id": tool_call_id, "result": text}
    if is_error:
        message |= {"error_type": "implementation-error", "error_message": text}
    return message


def _elevenlabs(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    inner = {"type": "client_tool_result", "tool_call_id": tool_call_id, "result": _as_text(result)}
    return {"data": {**inner, "is_error": is_error}}


def _deepgram(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    inner = {"type": "FunctionCallResponse", "id": tool_call_id, "name": function}
    return {"data": {**inner, "content": _as_marked_text(result, is_error)}}


_SHAPES: dict[str, Shape] = {
    "openai": _openai,
    "microsoft": _openai,
    "google": _google,
    "ultravox": _ultravox,
    "elevenlabs": _elevenlabs,
    "deepgram": _deepgram,
    "voiceagent": _deepgram,
}
