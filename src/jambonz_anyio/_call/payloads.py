"""The class of a payload, as the type of its message or its own fields tell it.

A field that only one sort of payload has is looked for, the more telling ones first.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from jambonz_core.verbs import payloads as p
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.wire.event import Event
from jambonz_core.wire.registry import Registry

_BY_FIELD: tuple[tuple[str, type[Payload]], ...] = (
    ("completion_reason", p.LlmResult),
    ("dial_call_status", p.DialResult),
    ("queue_result", p.EnqueueResult),
    ("queue_position", p.EnqueueWait),
    ("dequeue_result", p.DequeueResult),
    ("dialogflow_result", p.DialogflowResult),
    ("transfer_result", p.TransferResult),
    ("message_status", p.MessageResult),
    ("refer_status", p.ReferResult),
    ("refer_details", p.DialRefer),
    ("hold_detail", p.DialHold),
    ("playback_milliseconds", p.PlayResult),
    ("translation", p.TranslationEvent),
    ("sip_method", p.SipRequestWithinDialog),
    ("dial_call_duration", p.ListenResult),
    ("conference_sid", p.ConferenceStatus),
    ("dtmf", p.DialDtmf),
    ("speech_event", p.TranscribeEvent),
)


@lru_cache(maxsize=16)
def by_event(registry: Registry) -> Mapping[type[Event], type[Payload]]:
    """The payload classes of messages whose type decides it."""
    return {row.event: getattr(p, row.payload) for row in registry.messages.values() if row.payload}


def by_shape(data: Mapping[str, Any]) -> type[Payload]:
    """What a payload looks like.

    >>> by_shape({"reason": "speechDetected"}).__name__
    'GatherResult'
    """
    for field, kind in _BY_FIELD:
        if field in data:
            return kind
    if str(data.get("type", "")).startswith("amd_"):
        return p.AmdEvent
    speech = data.get("speech")
    if "reason" in data:
        return p.GatherResult
    if isinstance(speech, Mapping):
        return p.GatherPartial if speech.get("is_final") is False else p.TranscribeEvent
    return p.HookPayload
