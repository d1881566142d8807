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
    shape = _SHAPES.get(vendor)
    if shape is None:
        raise LocalProtocolError(
            f"the open-source server wants tool output in the shape of the vendor, and {vendor!r} is "
            f"not one of {', '.join(sorted(_SHAPES))}; name the vendor, or give the whole message verbatim"
        )
    return shape(tool_call_id, result, function, is_error)


def _as_text(result: Any) -> str:
    """These vendors take a string; anything else goes as JSON in one."""
    return result if isinstance(result, str) else encode(result)


def _openai(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    item = {"type": "function_call_output", "call_id": tool_call_id, "output": _as_text(result)}
    return {"type": "conversation.item.create", "item": item}


def _google(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    return {"toolResponse": {"functionResponses": [{"id": tool_call_id, "response": {"output": result}}]}}


def _ultravox(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    return {"type": "client_tool_result", "invocation_id": tool_call_id, "result": _as_text(result)}


def _elevenlabs(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    inner = {"type": "client_tool_result", "tool_call_id": tool_call_id, "result": _as_text(result)}
    return {"data": {**inner, "is_error": is_error}}


def _deepgram(tool_call_id: str, result: Any, function: str, is_error: bool) -> dict[str, Any]:
    inner = {"type": "FunctionCallResponse", "id": tool_call_id, "name": function}
    return {"data": {**inner, "content": _as_text(result)}}


_SHAPES: dict[str, Shape] = {
    "openai": _openai,
    "microsoft": _openai,
    "google": _google,
    "ultravox": _ultravox,
    "elevenlabs": _elevenlabs,
    "deepgram": _deepgram,
    "voiceagent": _deepgram,
}
