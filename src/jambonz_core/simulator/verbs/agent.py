"""v10's `agent`: recogniser, model and voice, put together by the server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..actions import ModelCallsTool, ModelTurn
from ..sessions.session import CallSession
from ..vendors.tool_shapes import agent_update_fault, any_object_fault
from .conversation import SpokenConversation


class Agent(SpokenConversation):
    """The server tells of each turn in words of its own."""

    name = "agent"
    event_message = "agent:event"
    tool_message = "agent:tool-call"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self._tools: list[dict[str, Any]] = []
        """The tools that were run since the last turn ended."""

    @property
    def can_be_interrupted(self) -> bool:
        barge_in = self.spec.get("bargeIn")
        return not isinstance(barge_in, Mapping) or bool(barge_in.get("enable", True))

    def tell_heard(self, text: str) -> None:
        self.event({"type": "user_transcript", "transcript": text})

    def tell_interruption(self) -> None:
        self.event({"type": "user_interruption"})

    def tell_reply(self, text: str) -> None:
        # One thing under two names: each was the only one in some version, and both are documented.
        self.event({"type": "llm_response", "response": text})
        self.event({"type": "agent_response", "response": text})

    def tell_turn(self, turn: ModelTurn, transcript: str, *, interrupted: bool) -> None:
        latency = {"transcriber_latency": 100, "model_latency": 200, "voice_latency": 150, **turn.latency}
        tools, self._tools = self._tools, []
        self.event(
            {
                "type": "turn_end",
                "transcript": transcript,
                "response": turn.response,
                "interrupted": interrupted,
                "latency": latency,
                **({"tool_calls": tools} if tools else {}),
            }
        )

    def tool_payload(self, id: str, call: ModelCallsTool) -> dict[str, Any]:
        # Unlike those of `llm`, the arguments of an agent's tools are not among the names that keep their
        # case.
        return {"tool_call_id": id, "name": call.name, "arguments": dict(call.args)}

    def tool_answered(self, call: ModelCallsTool, seconds: float) -> None:
        self._tools.append({"name": call.name, "rtt_ms": round(seconds * 1000)})

    def output_fault(self, id: str, data: Any) -> str:
        return any_object_fault(data)

    def update(self, command: str, data: Any) -> None:
        fault = agent_update_fault(data)
        if fault:
            self.world.warn("agent-update-ignored", f"agent:update has no effect: {fault}.")
        elif data["type"] == "generate_reply":
            self.hear(str(data["user_input"]))
            if data.get("interrupt"):
                self.interrupt()
