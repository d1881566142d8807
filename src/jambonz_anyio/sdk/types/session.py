"""Calls and messages, as types."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, TypedDict


class CallDirection(StrEnum):
    """Who called whom."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


CallSession = TypedDict(
    "CallSession",
    {
        "call_sid": str,
        "account_sid": str,
        "application_sid": str,
        "direction": str,
        "from": str,
        "to": str,
        "call_id": str,
        "sip_status": int,
        "sip": dict[str, Any],
        "env_vars": dict[str, Any],
        "defaults": dict[str, Any],
        "customerData": dict[str, Any],
    },
    total=False,
)
"""`session.data`: the payload with which a call begins."""


class WsMessageType(StrEnum):
    """The messages that jambonz sends."""

    SESSION_NEW = "session:new"
    SESSION_RECONNECT = "session:reconnect"
    SESSION_REDIRECT = "session:redirect"
    SESSION_ADULTING = "session:adulting"
    DIAL_CONFIRM = "dial:confirm"
    VERB_HOOK = "verb:hook"
    VERB_STATUS = "verb:status"
    CALL_STATUS = "call:status"
    JAMBONZ_ERROR = "jambonz:error"
    LLM_EVENT = "llm:event"
    LLM_TOOL_CALL = "llm:tool-call"
    AGENT_EVENT = "agent:event"
    AGENT_TOOL_CALL = "agent:tool-call"
    TTS_TOKENS_RESULT = "tts:tokens-result"
    TTS_STREAMING_EVENT = "tts:streaming-event"


class WsMessage(TypedDict, total=False):
    """The envelope of a message."""

    type: str
    msgid: str
    hook: str
    data: dict[str, Any]


__all__ = ["CallDirection", "CallSession", "WsMessage", "WsMessageType"]
