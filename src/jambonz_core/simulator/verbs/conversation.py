"""What `llm`, `agent` and the older bots have in common: a model talks to the caller, and the application
listens in.

The model itself is not simulated: what it says, which events it sends and which tools it wants are actions
of the outside. What is modelled is everything between model, caller and application: turns that speech can
interrupt, filters of events, hooks, tool calls that wait for an output of the right shape, updates, and the
ends. Turns follow these rules:

1. A turn without a transcript answers all that the caller has said since the turn before, and waits until
   there is something. One with a transcript waits for nothing; with an empty one the model speaks unasked.
2. What the caller says while the model speaks cuts the speech off, where the verb allows that.
3. A tool call is settled by the first output of the right shape that names it, or never.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from ..actions import ModelCallsTool, ModelTurn
from ..engine_events import ModelHeard, ModelInterrupted, ModelSpeaks, ToolAnswered, ToolWanted
from ..legs.legs import Heard, Playback
from ..processes import Future, Steps
from ..sessions.session import CallSession
from ..sessions.task import Kill, VerbError
from ..sessions.verb import Verb
from ..sockets import is_http
from ..vendors.recognizer import Recognition

NORMAL_END = "normal conversation end"

Calls: TypeAlias = Mapping[str, ModelCallsTool]
"""Tool calls by their ids."""


class Conversation(Verb):
    """Events, tools and ends, with a model that sends and wants what actions say."""

    tool_message = ""
    event_message = ""

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.reason: str = NORMAL_END
        self.failure: Any = None
        self.pending: dict[str, ModelCallsTool] = {}
        """Tool calls without an output, by id."""
        self.asked_at: dict[str, float] = {}
        """When each of them was wanted."""

    def finish(self, reason: str, error: Any) -> None:
        """The vendor ends the conversation."""
        self.reason, self.failure = reason, error
        self.ended.settle(None)

    def fail(self, reason: str, details: str) -> None:
        """The vendor fails."""
        self.finish(reason, {"message": details})

    def event(self, data: Mapping[str, Any]) -> None:
        """Report an event of the vendor to the application."""
        hook = self.spec.get("eventHook")
        if hook:
            self.session.notice(self.event_message, data, hook)

    # Tools.

    def call_tools(self, calls: Sequence[ModelCallsTool]) -> None:
        """The model wants tools to be run, all of them asked for in one message of its own."""
        named = {call.tool_call_id or f"call_{self.world.number('tool call')}": call for call in calls}
        hook = self.spec.get("toolHook")
        if not hook:
            for call in calls:
                self.world.warn("no-tool-hook", f"The model wants {call.name}, but the verb has no toolHook.")
            self.tool_event(named)
            return
        for id, call in named.items():
            self.pending[id], self.asked_at[id] = call, self.world.now
            self.world.emit(ToolWanted(id, call.name, call.args))
        for asked in self.asked_together(named):
            payloads = self.tool_messages(asked)
            if is_http(hook) or not self.session.requestor.websocket:
                self.world.scheduler.spawn(self._tools_by_http(hook, asked, payloads))
                continue
            for _, payload in payloads:
                self.session.notice(self.tool_message, payload, hook)
            self.tool_event(asked)

    def asked_together(self, calls: Calls) -> Sequence[Calls]:
        """The calls by the message of the model in which they come."""
        return [{id: call} for id, call in calls.items()]

    def tool_event(self, calls: Calls) -> None:
        """The vendor's own event about tool calls, where it goes to the event hook like any other."""

    def tool_messages(self, calls: Calls) -> Sequence[tuple[Calls, dict[str, Any]]]:
        """The payloads with which the application is asked to run tools, each with the calls in it."""
        return [({id: call}, self.tool_payload(id, call)) for id, call in calls.items()]

    def tool_payload(self, id: str, call: ModelCallsTool) -> dict[str, Any]:
        """The payload with which the application is asked to run one tool."""
        return {"tool_call_id": id, "name": call.name, "args": dict(call.args)}

    def _tools_by_http(
        self, hook: Any, asked: Calls, payloads: Sequence[tuple[Calls, dict[str, Any]]]
    ) -> Steps[None]:
        """The calls of one message of the model, one after the other. The body of an answer is the output;
        without an answer in time the conversation is over.
        """
        failed = False
        for calls, payload in payloads:
            answer = yield self.session.requestor.request(self.tool_message, payload, hook)
            failed = bool(answer.failure)
            if failed:
                names = ", ".join(call.name for call in calls.values())
                self.world.warn(
                    "tool-unanswered",
                    f"The toolHook did not answer for {names}: {answer.failure}.",
                    "Answer within 10 s; a failed tool hook ends the conversation.",
                )
                break
            if answer.data is not None and not self.ended.settled:
                id = next(iter(calls))
                self.tool_output(id, self.http_output(id, answer.data))
        self.tool_event(asked)
        if failed:
            self.tool_failed()

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
                f"The output for {self.pending[id].name} is dropped: its shape is not what the server takes.",
                f"Expected {fault}.",
            )
            return
        call = self.pending.pop(id)
        self.tool_answered(call, self.world.now - self.asked_at.pop(id))
        self.world.emit(ToolAnswered(id, call.name, data))

    def tool_answered(self, call: ModelCallsTool, seconds: float) -> None:
        """The model has the output of a tool, so long after it wanted it."""

    def output_fault(self, id: str, data: Any) -> str:
        """The fault of a tool output; empty when it has none."""
        return ""

    def update(self, command: str, data: Any) -> None:
        """`llm:update` or `agent:update`."""


class SpokenConversation(Conversation):
    """A model that hears the caller and is heard: the turns of `llm` and `agent`."""

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self._heard: list[str] = []
        """What the caller has said and no turn has answered."""
        self._turns: list[ModelTurn] = []
        self._news: Future[None] = Future()
        self._speaking: tuple[Playback, str] | None = None

    def run(self) -> Steps[None]:
        yield from self.converse()
        # What comes from now on, while the action hook is answered, comes too late.
        unanswered = {} if self.session.gone else dict(self.pending)
        self.pending.clear()
        for id, call in unanswered.items():
            self.world.warn("tool-unanswered", f"The tool call {id} of {call.name} never got an output.")
        more = {} if self.failure is None else {"error": self.failure}
        failure = yield from self.act({"completion_reason": self.reason, **more})
        if failure and not self.session.gone:
            raise VerbError(f"its action hook got no answer that can be used ({failure})")

    def converse(self) -> Steps[None]:
        """Until the conversation is over."""
        recognition = Recognition(self.session.faults, self.leg, on_final=self._final, on_interim=self._voice)
        recognition.start()
        self.begin()
        while not self.ended.settled:
            if self._turns and (self._turns[0].transcript is not None or self._heard):
                yield from self._turn(self._turns.pop(0))
                continue
            self._news = Future()
            yield self.world.scheduler.wait(self._news, self.ended)
        recognition.stop()

    def take_turn(self, turn: ModelTurn) -> None:
        """What the model says next."""
        self._turns.append(turn)
        self._news.settle(None)

    def hear(self, text: str) -> None:
        """Let the model know what the caller said."""
        self.world.emit(ModelHeard(text))
        self.tell_heard(text)
        self._heard.append(text)
        self._news.settle(None)

    def interrupt(self) -> None:
        """Cut off what the model is saying."""
        if self._speaking is not None:
            self._speaking[0].stop()

    def finish(self, reason: str, error: Any) -> None:
        super().finish(reason, error)
        self.interrupt()

    def kill(self, reason: Kill) -> None:
        super().kill(reason)
        self.interrupt()

    def _turn(self, turn: ModelTurn) -> Steps[None]:
        if turn.transcript is None:
            transcript = " ".join(self._heard)
            self._heard.clear()
        else:
            transcript = turn.transcript
            if transcript:
                self.tell_heard(transcript)
        self.tell_reply(turn.response)
        self.world.emit(ModelSpeaks(turn.response, transcript))
        playback = self.leg.hear_text(turn.response)
        self._speaking = (playback, turn.response)
        whole = yield playback.done
        self._speaking = None
        if not whole:
            self.world.emit(ModelInterrupted(turn.response))
        self.tell_turn(turn, transcript, interrupted=not whole)

    def _final(self, heard: Heard) -> None:
        self.hear(heard.text)

    def _voice(self, _: Heard) -> None:
        if self._speaking is not None and self.can_be_interrupted:
            self.interrupt()
            self.tell_interruption()

    # What the two verbs tell the application.

    @property
    def can_be_interrupted(self) -> bool:
        """Whether speech cuts the model off."""
        return True

    def begin(self) -> None:
        """The model is connected."""

    def tell_heard(self, text: str) -> None:
        """The caller said something."""

    def tell_interruption(self) -> None:
        """The caller has interrupted the model."""

    def tell_reply(self, text: str) -> None:
        """The model begins to say something."""

    def tell_turn(self, turn: ModelTurn, transcript: str, *, interrupted: bool) -> None:
        """The model has said it, or was interrupted."""


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
