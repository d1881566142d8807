"""How each message of the wire becomes its event.

Nothing here raises for what a server sends: a field that is missing, or of another type than documented,
reads as empty, and the message as it came is in the event's `raw`. Each function is named like the type of
its message. A message that wants an ack is read by `envelope`, because what kind of answer it wants is for
the machine to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jambonz_core.wire.errors import RemoteProtocolError
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import (
    AgentEvent,
    AgentToolCall,
    BadMessage,
    CallStatus,
    LlmEvent,
    LlmToolCall,
    ServerError,
    StreamingEvent,
    TokensResult,
    VerbStatus,
)

_SHOWN = 200
"""How much of a message that cannot be read its event shows."""


def unreadable(text: str | bytes, error: RemoteProtocolError) -> BadMessage:
    """A message that cannot be parsed. Its beginning is enough to recognise it by."""
    shown = text[:_SHOWN]
    return BadMessage(error.as_value(), shown if isinstance(shown, str) else shown.decode("utf-8", "replace"))


def bad_message(message: dict[str, Any], what: str) -> list[Event]:
    """A message that was parsed, and that makes no sense."""
    return [BadMessage(RemoteProtocolError(what), "", raw=message)]


def hook_path(hook: Any) -> str:
    """The path or URL of a hook, which may be given as an object.

    >>> hook_path({"url": "/heard", "method": "POST"})
    '/heard'
    """
    if isinstance(hook, str):
        return hook
    if isinstance(hook, dict):
        url = hook.get("url")
        if isinstance(url, str):
            return url
    return ""


def data_of(message: dict[str, Any]) -> dict[str, Any]:
    """The `data` of a message, or nothing where it is not an object."""
    data = message.get("data")
    return data if type(data) is dict else {}


def text_of(data: Mapping[str, Any], key: str) -> str:
    """A field that should be a string."""
    value = data.get(key)
    return value if type(value) is str else ""


def call_status(message: dict[str, Any]) -> CallStatus:
    """`call:status`: a leg of the call changed its state."""
    data = data_of(message)
    return CallStatus(data, text_of(data, "call_sid"), text_of(data, "call_status"), raw=message)


def verb_status(message: dict[str, Any]) -> VerbStatus:
    """`verb:status`: a verb began, ended or met something."""
    data = data_of(message)
    return VerbStatus(data, text_of(data, "event"), text_of(data, "id"), raw=message)


def jambonz_error(message: dict[str, Any]) -> ServerError:
    """`jambonz:error`: something went wrong in the server."""
    data = data_of(message)
    return ServerError(data, text_of(data, "msg"), raw=message)


def llm_event(message: dict[str, Any]) -> LlmEvent:
    """`llm:event`: the vendor of an `llm` verb said something."""
    return LlmEvent(hook_path(message.get("hook")), data_of(message), raw=message)


def llm_tool_call(message: dict[str, Any]) -> LlmToolCall:
    """`llm:tool-call`: the model of an `llm` verb wants a tool to be run."""
    data = data_of(message)
    return LlmToolCall(hook_path(message.get("hook")), data, text_of(data, "tool_call_id"), raw=message)


def agent_event(message: dict[str, Any]) -> AgentEvent:
    """`agent:event`: an `agent` verb reports."""
    data = data_of(message)
    return AgentEvent(hook_path(message.get("hook")), data, text_of(data, "type"), raw=message)


def agent_tool_call(message: dict[str, Any]) -> AgentToolCall:
    """`agent:tool-call`: the model of an `agent` verb wants a tool to be run."""
    data = data_of(message)
    return AgentToolCall(hook_path(message.get("hook")), data, text_of(data, "tool_call_id"), raw=message)


def tokens_result(message: dict[str, Any]) -> TokensResult:
    """`tts:tokens-result`: the server took, or refused, a piece of streamed text."""
    # One comes for each piece of text, so the calls of `data_of` and `text_of` are saved.
    data = message.get("data")
    if type(data) is not dict:
        data = {}
    status, reason = data.get("status"), data.get("reason")
    return TokensResult(
        data,
        data.get("id"),
        status if type(status) is str else "",
        reason if type(reason) is str else "",
        raw=message,
    )


def streaming_event(message: dict[str, Any]) -> StreamingEvent:
    """`tts:streaming-event`: something happened to the text stream."""
    data = data_of(message)
    return StreamingEvent(data, text_of(data, "event_type"), raw=message)
