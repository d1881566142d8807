"""`llm` and its `…_s2s` synonyms: speech to speech with a vendor's model, which hears and speaks itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..sessions.session import CallSession
from ..vendors.event_filter import passes
from ..vendors.model_messages import error_event, heard_event, interruption_event, said_event
from ..vendors.tool_shapes import output_fault, outputs_of, tool_events, update_fault
from .conversation import Calls, SpokenConversation

TOOL_FAILED = "client error calling function"

_REPORTS = {
    "openai": "Llm_OpenAI_s2s",
    "microsoft": "Llm_OpenAI_s2s",
    "google": "Llm_Google_s2s",
    "elevenlabs": "Llm_Elevenlabs_s2s",
    "deepgram": "Llm_VoiceAgent_s2s",
    "voiceagent": "Llm_VoiceAgent_s2s",
    "ultravox": "Llm_Ultravox_s2s",
}
_CREATED = "createCall"
_GOOGLES_EVENT = "llm_event"
"""What all events of that vendor are called where they are filtered."""
_TOGETHER = frozenset({"google", "deepgram", "voiceagent"})
"""The vendors whose model asks for several tools in one message."""
_GOOGLES_ID = "function_call_id"
"""What stands for the id in the messages of a vendor that puts several calls into one."""


class Llm(SpokenConversation):
    """The events of a vendor go to the application in that vendor's own words."""

    name = "llm"
    event_message = "llm:event"
    tool_message = "llm:tool-call"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.vendor: str = str(spec.get("vendor", ""))
        self.reports_as: str = _REPORTS.get(self.vendor, "")

    def begin(self) -> None:
        if self.vendor == "ultravox":
            self.event({"type": _CREATED})
        elif self.vendor == "google" and self.spec.get("eventHook") and not self._wanted(_GOOGLES_EVENT):
            self.world.warn(
                "events-filtered",
                "No event of the model reaches the eventHook: all are called llm_event, which is not wanted.",
                "Give events=['llm_event'].",
            )

    def event(self, data: Mapping[str, Any]) -> None:
        name = _GOOGLES_EVENT if self.vendor == "google" else str(data.get("type", ""))
        # On version 10, `createCall` passes every filter.
        if self._wanted(name) or (name == _CREATED and not self.world.strict):
            super().event(data)

    def _wanted(self, name: str) -> bool:
        """Whether `events` lets it through."""
        given = self.spec.get("events")
        wanted = None if given is None else [str(one) for one in given]
        return passes(self.vendor, name, wanted, open_server=self.world.strict)

    # Turns.

    def tell_heard(self, text: str) -> None:
        self.event(heard_event(self.vendor, text))

    def tell_interruption(self) -> None:
        self.event(interruption_event(self.vendor))

    def tell_reply(self, text: str) -> None:
        self.event(said_event(self.vendor, text))

    def fail(self, reason: str, details: str) -> None:
        self.event(error_event(self.vendor, details))
        super().fail(reason, details)

    # Tools.

    def asked_together(self, calls: Calls) -> Sequence[Calls]:
        return [calls] if self.vendor in _TOGETHER else super().asked_together(calls)

    def tool_messages(self, calls: Calls) -> Sequence[tuple[Calls, dict[str, Any]]]:
        if self.vendor == "google":
            several = [{"name": call.name, "args": dict(call.args), "id": id} for id, call in calls.items()]
            return [(calls, {"tool_call_id": _GOOGLES_ID, "type": "toolCall", "functionCalls": several})]
        return super().tool_messages(calls)

    def tool_event(self, calls: Calls) -> None:
        if not self.ended.settled:
            for event in tool_events(self.vendor, {id: (call.name, call.args) for id, call in calls.items()}):
                self.event(event)

    def tool_failed(self) -> None:
        self.finish(TOOL_FAILED, {})

    def http_output(self, id: str, data: Any) -> Any:
        if not self.world.strict or not isinstance(data, Mapping):
            return data
        return {"type": "client_tool_result", "invocation_id": id, **data}

    def tool_output(self, id: str, data: Any) -> None:
        for named, output in outputs_of(self.vendor, data):
            super().tool_output(self._pending(named or id), output)

    def _pending(self, id: str) -> str:
        """The call that an id means: with the id of the whole message, the oldest one."""
        return next(iter(self.pending), id) if id == _GOOGLES_ID else id

    def output_fault(self, id: str, data: Any) -> str:
        return output_fault(self.vendor, data, id, strict=self.world.strict)

    def update(self, command: str, data: Any) -> None:
        fault = update_fault(self.vendor, data)
        if fault:
            self.world.warn("llm-update-ignored", f"llm:update has no effect: {fault}.")
