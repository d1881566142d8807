"""The class of a payload: what a handler of `/heard` gets has `transcript`, what one of `/dialled` has
`answered`.

Which class it is follows from the verb that named the path, as long as this process sent it; otherwise, and
for hooks that stand deeper inside a verb, the payload's own fields tell. A field that only one sort of
payload has is looked for, the more telling ones first. Nothing depends on the guess but which properties the
object offers: `raw` has everything.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from jambonz_core.verbs import payloads as p
from jambonz_core.verbs.payload_base import Payload
from jambonz_core.verbs.payloads import RESULTS
from jambonz_core.wire.event import Event
from jambonz_core.wire.message_reading import hook_path
from jambonz_core.wire.registry import Registry

REMEMBERED = 256
"""Paths per call whose verb is remembered; the oldest is forgotten first."""

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
def _by_event(registry: Registry) -> Mapping[type[Event], type[Payload]]:
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


class Payloads:
    """The payload classes of one call's hooks."""

    __slots__ = ("_by_event", "_classes")

    def __init__(self, registry: Registry) -> None:
        self._by_event = _by_event(registry)
        self._classes: dict[str, type[Payload]] = {}

    def learn(self, verbs: Iterable[Mapping[str, Any]]) -> None:
        """Remember the paths that verbs name. They are on their way to the server."""
        for verb in verbs:
            name = verb.get("verb", "")
            if name == "config":
                barge_in = verb.get("bargeIn")
                if isinstance(barge_in, Mapping):
                    self._remember(barge_in.get("actionHook"), p.GatherResult)
            elif name in RESULTS:
                self._remember(verb.get("actionHook"), RESULTS[name])

    def _remember(self, hook: Any, kind: type[Payload]) -> None:
        path = hook_path(hook)
        if path:
            self._classes[path] = kind
            if len(self._classes) > REMEMBERED:
                del self._classes[next(iter(self._classes))]

    def wrap(self, event: Event, cut: Any = None) -> Any:
        """The payload of an event. An event that has none, as those that the core makes, stands for
        itself."""
        data = getattr(event, "data", None)
        if not isinstance(data, dict):
            return event
        kind = self._by_event.get(type(event))
        if kind is None:
            kind = self._classes.get(getattr(event, "hook", "")) or by_shape(data)
        return kind.from_payload(data, cut=cut)
