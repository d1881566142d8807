"""`llm` (and its `…_s2s` synonyms) and v10's `agent`: a model talks to the caller, and the application
listens in.

The model itself is not simulated: what it says, which events it sends and which tools it wants are actions
of the outside. What is modelled is everything between model and application: filters of events, hooks, tool
calls that wait for an output of the right shape, updates, and the ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..actions import AgentTurn, LlmCallsTool
from ..engine_events import ToolAnswered, ToolWanted
from ..legs.legs import Heard, Playback
from ..processes import Future, Steps
from ..sessions.session import CallSession
from ..sessions.task import Kill, VerbError
from ..sessions.verb import Verb
from ..sockets import is_http
from ..vendors.recognizer import Recognition
from ..vendors.tool_shapes import (
    agent_update_fault,
    any_object_fault,
    output_fault,
    tool_event,
    update_fault,
)

NORMAL_END = "normal conversation end"
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
_WILDCARDS = {"openai", "microsoft", "google", "elevenlabs"}
_CREATED = "createCall"


class Conversation(Verb):
    """What the two verbs have in common."""

    tool_message = ""
    event_message = ""

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.reason: str = NORMAL_END
        self.failure: Any = None
        self.pending: dict[str, str] = {}
        """Tool calls without an output, by id, with the tool's name."""

    def run(self) -> Steps[None]:
        yield from self.converse()
        unanswered = {} if self.session.gone else self.pending
        for id, name in unanswered.items():
            self.world.warn("tool-unanswered", f"The tool call {id} of {name} never got an output.")
        more = {} if self.failure is None else {"error": self.failure}
        failure = yield from self.act({"completion_reason": self.reason, **more})
        if failure and not self.session.gone:
            raise VerbError(f"its action hook got no answer that can be used ({failure})")

    def converse(self) -> Steps[None]:
        """Until the conversation is over."""
        yield self.ended

    def finish(self, reason: str, error: Any) -> None:
        """The vendor ends the conversation."""
        self.reason, self.failure = reason, error
        self.ended.settle(None)

    def event(self, data: Mapping[str, Any]) -> None:
        """Report an event of the vendor to the application."""
        hook = self.spec.get("eventHook")
        if hook:
            self.session.notice(self.event_message, data, hook)

    def call_tool(self, call: LlmCallsTool) -> None:
        """The model wants a tool to be run."""
        id = call.tool_call_id or f"call_{self.world.number('tool call')}"
        hook = self.spec.get("toolHook")
        if not hook:
            self.world.warn("no-tool-hook", f"The model wants {call.name}, but the verb has no toolHook.")
            self.tool_event(id, call)
            return
        self.pending[id] = call.name
        self.world.emit(ToolWanted(id, call.name, call.args))
        if is_http(hook) or not self.session.requestor.websocket:
            self.world.scheduler.spawn(self._tool_by_http(hook, id, call))
        else:
            self.session.notice(self.tool_message, self.tool_payload(id, call), hook)
            self.tool_event(id, call)

    def tool_event(self, id: str, call: LlmCallsTool) -> None:
        """The vendor's own event about a tool call, where it goes to the event hook like any other."""

    def tool_payload(self, id: str, call: LlmCallsTool) -> dict[str, Any]:
        """The payload with which the application is asked to run a tool."""
        return {"tool_call_id": id, "name": call.name, "args": dict(call.args)}

    def _tool_by_http(self, hook: Any, id: str, call: LlmCallsTool) -> Steps[None]:
        """The body of the answer is the output; without an answer in time the conversation is over."""
        answer = yield self.session.requestor.request(self.tool_message, self.tool_payload(id, call), hook)
        if answer.failure:
            self.world.warn(
                "tool-unanswered",
                f"The toolHook did not answer for {call.name}: {answer.failure}.",
                "Answer within 10 s; a failed tool hook ends the conversation.",
            )
            self.tool_failed()
        elif answer.data is not None and not self.ended.settled:
            self.tool_output(id, self.http_output(id, answer.data))
        self.tool_event(id, call)

    def tool_failed(self) -> None:
        """The server got no answer from a tool hook over HTTP."""

    def http_output(self, id: str, data: Any) -> Any:
        """The body of a tool hook's answer, as the server takes it for an output."""
        return data

    def tool_output(self, id: str, data: Any) -> None:
        """Perform the application's `llm:tool-output`."""
        if id not in self.pending:
            self.world.warn("tool-output-unknown", f"llm:tool-output names {id!r}, which nobody waits for.")
            return
        fault = self.output_fault(id, data)
        if fault:
            self.world.warn(
                "tool-output-shape",
                f"The output for {self.pending[id]} is dropped: its shape is not what the server takes.",
                f"Expected {fault}.",
            )
            return
        self.world.emit(ToolAnswered(id, self.pending.pop(id), data))

    def output_fault(self, id: str, data: Any) -> str:
        """The fault of a tool output; empty when it has none."""
        return ""

    def update(self, command: str, data: Any) -> None:
        """`llm:update` or `agent:update`."""


class Llm(Conversation):
    """Speech to speech with a vendor's model."""

    name = "llm"
    event_message = "llm:event"
    tool_message = "llm:tool-call"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.vendor: str = str(spec.get("vendor", ""))
        self.reports_as: str = _REPORTS.get(self.vendor, "")

    def converse(self) -> Steps[None]:
        if self.vendor == "ultravox":
            self.event({"type": _CREATED})
        yield self.ended

    def event(self, data: Mapping[str, Any]) -> None:
        name = "llm_event" if self.vendor == "google" else str(data.get("type", ""))
        if name == _CREATED or self._wanted(name):
            super().event(data)

    def _wanted(self, name: str) -> bool:
        """Whether `events` lets it through; without it, everything that the vendor sends by default."""
        wanted = [str(one) for one in self.spec.get("events") or ["all"]]
        if f"-{name}" in wanted:
            return False
        if "all" in wanted or name in wanted:
            return True
        return self.vendor in _WILDCARDS and any(
            one.endswith(".*") and name.startswith(one[:-1]) for one in wanted
        )

    def tool_payload(self, id: str, call: LlmCallsTool) -> dict[str, Any]:
        if self.vendor == "google":
            calls = [{"name": call.name, "args": dict(call.args), "id": id}]
            return {"tool_call_id": "function_call_id", "type": "toolCall", "functionCalls": calls}
        return super().tool_payload(id, call)

    def tool_event(self, id: str, call: LlmCallsTool) -> None:
        if not self.ended.settled:
            self.event(tool_event(self.vendor, id, call.name, call.args))

    def tool_failed(self) -> None:
        self.finish(TOOL_FAILED, {})

    def http_output(self, id: str, data: Any) -> Any:
        if not self.world.strict or not isinstance(data, Mapping):
            return data
        return {"type": "client_tool_result", "invocation_id": id, **data}

    def tool_output(self, id: str, data: Any) -> None:
        if self.vendor == "google" and id == "function_call_id" and self.pending:
            id = next(iter(self.pending))
        super().tool_output(id, data)

    def output_fault(self, id: str, data: Any) -> str:
        return output_fault(self.vendor, data, id, strict=self.world.strict)

    def update(self, command: str, data: Any) -> None:
        fault = update_fault(self.vendor, data)
        if fault:
            self.world.warn("llm-update-ignored", f"llm:update has no effect: {fault}.")


class Agent(Conversation):
    """v10: recogniser, model and voice put together by the server."""

    name = "agent"
    event_message = "agent:event"
    tool_message = "agent:tool-call"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self._heard: list[str] = []
        self._news: Future[None] = Future()
        self._speaking: Playback | None = None
        self._turns: list[AgentTurn] = []

    def converse(self) -> Steps[None]:
        recognition = Recognition(
            self.session.faults, self.leg, on_final=self._final, on_interim=self._interrupting
        )
        recognition.start()
        while not self.ended.settled:
            turn = self._next_turn()
            if turn is not None:
                yield from self._turn(turn)
                continue
            self._news = Future()
            yield self.world.scheduler.wait(self._news, self.ended)
        recognition.stop()

    def take_turn(self, turn: AgentTurn) -> None:
        """What the model will answer next."""
        self._turns.append(turn)
        self._news.settle(None)

    def _next_turn(self) -> tuple[str, AgentTurn] | None:
        """A turn whose transcript is known."""
        if not self._turns or (self._turns[0].transcript is None and not self._heard):
            return None
        turn = self._turns.pop(0)
        transcript = turn.transcript if turn.transcript is not None else self._heard.pop(0)
        return transcript, turn

    def _turn(self, what: tuple[str, AgentTurn]) -> Steps[None]:
        transcript, turn = what
        if transcript:
            self.event({"type": "user_transcript", "transcript": transcript})
        self.event({"type": "llm_response", "response": turn.response})
        self._speaking = self.leg.hear_text(turn.response)
        heard = yield self._speaking.done
        self._speaking = None
        latency = {"transcriber_latency": 100, "model_latency": 200, "voice_latency": 150, **turn.latency}
        self.event(
            {
                "type": "turn_end",
                "transcript": transcript,
                "response": turn.response,
                "interrupted": not heard,
                "latency": latency,
            }
        )

    def _final(self, heard: Heard) -> None:
        self._heard.append(heard.text)
        self._news.settle(None)

    def _interrupting(self, _: Heard) -> None:
        barge_in = self.spec.get("bargeIn")
        allowed = not isinstance(barge_in, Mapping) or barge_in.get("enable", True)
        if self._speaking is not None and allowed:
            self._speaking.stop()
            self.event({"type": "user_interruption"})

    def kill(self, reason: Kill) -> None:
        super().kill(reason)
        if self._speaking is not None:
            self._speaking.stop()

    def tool_payload(self, id: str, call: LlmCallsTool) -> dict[str, Any]:
        # Unlike those of `llm`, the arguments of an agent's tools are not among the names that keep their
        # case.
        return {"tool_call_id": id, "name": call.name, "arguments": dict(call.args)}

    def output_fault(self, id: str, data: Any) -> str:
        return any_object_fault(data)

    def update(self, command: str, data: Any) -> None:
        fault = agent_update_fault(data)
        if fault:
            self.world.warn("agent-update-ignored", f"agent:update has no effect: {fault}.")
        elif data["type"] == "generate_reply":
            self._heard.append(str(data["user_input"]))
            self._news.settle(None)
            if data.get("interrupt") and self._speaking is not None:
                self._speaking.stop()


class Dialogflow(Conversation):
    """A Google dialog: its events go by `verb:hook`, and replies to them replace once playing is over."""

    name = "dialogflow"
    event_message = "verb:hook"

    def event(self, data: Mapping[str, Any]) -> None:
        hook = self.spec.get("eventHook")
        wanted = self.spec.get("events") or _DIALOGFLOW_EVENTS
        if hook and data.get("event") in wanted:
            self.world.scheduler.spawn(self.ask(hook, {**self.session.info.standard(), **data}, replies=True))

    def run(self) -> Steps[None]:
        yield self.ended
        result = "caller hungup" if self.session.gone else "redirect" if self.killed else "completed"
        yield from self.act({"dialogflow_result": result}, replies=result != "redirect")


class OtherBot(Conversation):
    """`lex` and `rasa`, which only the open server has."""

    def event(self, data: Mapping[str, Any]) -> None:
        hook = self.spec.get("eventHook")
        if hook:
            self.tell(hook, {**self.session.info.standard(), **data})

    def run(self) -> Steps[None]:
        yield self.ended
        yield from self.act({})


class Lex(OtherBot):
    """The `lex` verb, a bot of Amazon."""

    name = "lex"


class Rasa(OtherBot):
    """The `rasa` verb, a bot of Rasa."""

    name = "rasa"


_DIALOGFLOW_EVENTS = ("intent", "transcription", "dtmf", "start-play", "stop-play", "no-input")
