"""A turn of a voice agent: the model is asked, its tools run, and what it says is said.

`voice_agent` says how an agent behaves; here is how a turn comes about.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from jambonz_core.agents.conversation import Conversation
from jambonz_core.agents.conversation_items import AgentSaid, OutcomeName, ToolExchange
from jambonz_core.agents.model_answers import CalledTool, Usage
from jambonz_core.verbs.payloads import GatherResult
from jambonz_core.wire.errors import CallEnded, ModelFailed, SpeechFailed, SpeechInterrupted

from ..tools import Filler, Steer, Tool
from .persona import Persona
from .text_stream import TextStream, texts
from .turn_events import ToolRun, Turn, TurnLatency

if TYPE_CHECKING:
    from ..call import Call
    from ..speech import Speech

CHARACTERS_PER_SECOND = 14.0
"""How fast a voice speaks, where the server does not tell when it has spoken."""

TOOL_FILLER_SECONDS = 1.0
"""How long tools run in silence before a filler is said."""

UTTERANCE_SECONDS = 30.0
"""How long what the caller has begun to say may take, before it counts as noise."""


@dataclass
class _Notes:
    """What is noted in a turn, for its report."""

    number: int
    caller: str
    began: float
    recognition: float | None
    speech: Speech | None = None
    said: list[AgentSaid] = field(default_factory=list)
    first_words: float | None = None
    runs: list[_Run] = field(default_factory=list)
    usage: list[Usage] = field(default_factory=list)
    error: Exception | None = None


class _Run:
    """A tool that runs, or has run."""

    def __init__(self, called: CalledTool, exchange: ToolExchange, tool: Tool[..., Any] | None) -> None:
        self.called = called
        self.exchange = exchange
        self.tool = tool
        self.scope = anyio.CancelScope()
        self.done = anyio.Event()
        self.seconds: float | None = None
        self.steer: Steer | None = None
        self.left = False
        """Whether the turn that started it is over."""


class Talk:
    """One call of an agent, or of those that it is handed over to."""

    def __init__(
        self, agent: Persona, call: Call, conversation: Conversation, tasks: anyio.abc.TaskGroup
    ) -> None:
        self.agent: Persona = agent
        """The one that has the call at the moment."""
        self.caller_speaks: anyio.Event = anyio.Event()
        """Set when the caller begins to speak."""
        self.nothing_said: anyio.Event = anyio.Event()
        """Set when that was nothing that could be understood."""
        self._call = call
        self._conversation = conversation
        self._tasks = tasks
        self._turns = 0
        self._failures = 0
        """How many times in a row the model has failed."""
        self._on_turn = agent._on_turn

    def has_call(self, agent: Persona) -> None:
        """This agent has the call from now on."""
        self.agent = agent
        self._conversation.instructions = agent.instructions

    async def begin(self, turn: AbstractAsyncContextManager[object]) -> None:
        """Greet the caller, and wait."""
        async with turn:
            if self.agent.greeting and not self._conversation.items:
                await self._say(self.agent.greeting)
            await self._wait_for_caller()

    async def turn(
        self, turn: AbstractAsyncContextManager[object], words: str, heard: GatherResult, now: float
    ) -> None:
        """Answer what the caller said, and wait for the next words, which cancel this."""
        async with turn:
            self._turns += 1
            self.caller_speaks, self.nothing_said = anyio.Event(), anyio.Event()
            notes = _Notes(self._turns, words, now, _seconds(heard.raw.get("stt_latency_ms")))
            try:
                self._conversation.caller(words)
            except Exception as error:  # what shortens it is the program's, and nothing is lost without it
                self._call.log.warning("The conversation is not shortened: %r", error, exc_info=error)
            try:
                steers = await self._answer(notes)
            finally:
                self._report(notes)
            for steer in steers:
                await self._steer(steer)
            if not steers:  # otherwise the call is somewhere else: nobody is asked whether he is still there
                await self._wait_for_caller()

    # --- the answer -----------------------------------------------------------------------------------------

    async def _answer(self, notes: _Notes) -> list[Steer]:
        steers: list[Steer] = []
        async with self._call.speak() as notes.speech:
            try:
                steers = await self._rounds(notes)
                self._failures = 0
            except ModelFailed as error:
                notes.error = error
                self._failures += 1
                self._call.log.warning("The model failed: %s", error, exc_info=error)
                if self._failures < self.agent._model_failures:
                    await self._write(notes, f" {self.agent._apology}")
        if self._failures >= self.agent._model_failures:
            await self._hang_up(self.agent._last_words)
        await self._spoken(notes.speech, sum(len(part.text) for part in notes.said))
        return steers

    async def _rounds(self, notes: _Notes) -> list[Steer]:
        """Ask the model, and go on as long as it calls tools. Returned is where these steer the call."""
        for left in range(self.agent._tool_rounds, -1, -1):
            agent, tools = self.agent, self._tools_of_agent() if left else []
            with self._filling(agent._filler, agent._filler_seconds, notes) as filling:
                stream = await self._listen(tools, notes, filling)
            if stream.usage is not None:
                notes.usage.append(stream.usage)
            if not stream.tool_calls:
                if not stream.text.strip():
                    raise ModelFailed("the model gave neither an answer nor a tool to call")
                return []
            if not left:
                break
            steers = await self._run_tools(stream.tool_calls, tools, notes)
            if steers:
                return steers
            if self.agent is not agent and self.agent.greeting:
                await self._write(notes, f" {self.agent.greeting}")
                return []
        raise ModelFailed(f"the model called tools in more than {self.agent._tool_rounds} rounds")

    async def _listen(
        self, tools: Sequence[Tool[..., Any]], notes: _Notes, filling: anyio.CancelScope
    ) -> TextStream:
        """Say what the model says, and give the stream for what else there is in it."""
        said: AgentSaid | None = None
        # One scope around all of it, for a scope that is left must not be around one that the stream opens.
        with anyio.CancelScope() as patience:
            patience.deadline = anyio.current_time() + self.agent._model_seconds
            async with texts(self._ask(tools)) as stream:
                while (text := await _next(stream)) is not None:
                    filling.cancel()
                    patience.deadline = math.inf  # the voice may take its time
                    said = await self._write(notes, text, said)
                    patience.deadline = anyio.current_time() + self.agent._model_seconds
                return stream
        raise ModelFailed(f"the model was silent for {self.agent._model_seconds:g} seconds")

    def _ask(self, tools: Sequence[Tool[..., Any]]) -> Any:
        try:
            return self.agent.model(self._conversation, tools)
        except Exception as error:
            raise _as_failure(error) from error

    async def _write(self, notes: _Notes, text: str, said: AgentSaid | None = None) -> AgentSaid:
        """Say a text, which is noted first: when it is cut off, it was meant to be said all the same."""
        assert notes.speech is not None
        if said is None:
            said = self._conversation.agent(speech=notes.speech)
            notes.said.append(said)
        said.text += text
        if notes.first_words is None:
            notes.first_words = anyio.current_time()
        await notes.speech.write(text)
        return said

    # --- tools ----------------------------------------------------------------------------------------------

    def _tools_of_agent(self) -> list[Tool[..., Any]]:
        """Its tools, and one for each agent that it may hand over to."""
        return self.agent.tools + [
            Tool(
                partial(self._hand_over, other),
                name=f"hand_over_to_{other.name}",
                description=other.description or f"Hand the caller over to {other.name}.",
                parameters={"type": "object", "properties": {}},
            )
            for other in self.agent.hand_over_to
        ]

    async def _hand_over(self, other: Persona, _: object) -> str:
        self.has_call(other)
        return f"The caller is handed over to {other.name}."

    async def _run_tools(
        self, called: Sequence[CalledTool], tools: Sequence[Tool[..., Any]], notes: _Notes
    ) -> list[Steer]:
        """Run all that the model called, side by side, and wait for them."""
        by_name = {tool.name: tool for tool in tools}
        exchanges = self._conversation.tools(called)
        runs = [
            _Run(one, exchange, by_name.get(one.name))
            for one, exchange in zip(called, exchanges, strict=True)
        ]
        notes.runs += runs
        for run in runs:
            self._tasks.start_soon(self._run, run)
        fillers = (run.tool.filler for run in runs if run.tool is not None and run.tool.filler)
        try:
            with self._filling(next(fillers, ""), TOOL_FILLER_SECONDS, notes):
                for run in runs:
                    await run.done.wait()
        except BaseException:
            for run in runs:
                run.left = True
                if run.tool is not None and run.tool.on_interrupt == "cancel":
                    run.scope.cancel()
            raise
        return [run.steer for run in runs if run.steer is not None]

    async def _run(self, run: _Run) -> None:
        began = anyio.current_time()
        exchange, called = run.exchange, run.called
        with run.scope:
            if run.tool is None:
                exchange.settle(f"there is no tool {called.name}", is_error=True)
            elif called.fault:
                exchange.settle(f"bad arguments: {called.fault}", is_error=True)
            else:
                result = await run.tool.run(called.arguments, call=self._call)
                run.steer = result.steer
                exchange.settle(result.output, is_error=result.is_error)
        if not exchange.answered:
            exchange.settle("the caller interrupted, and the tool was cancelled", is_error=True)
        run.seconds = anyio.current_time() - began
        run.done.set()
        if run.left and run.steer is not None:  # the model gets to know that it was done, so it is done
            await self._steer(run.steer)

    async def _steer(self, steer: Steer) -> None:
        chain = self._call.chain(steer.verbs)
        await (chain.replace() if steer.replace else chain.send())

    @contextmanager
    def _filling(self, filler: Filler, seconds: float, notes: _Notes) -> Iterator[anyio.CancelScope]:
        """Say something when the block takes longer, unless the scope is cancelled before."""
        scope = anyio.CancelScope()
        if filler:
            self._tasks.start_soon(self._fill, filler, seconds, notes, scope)
        try:
            yield scope
        finally:
            scope.cancel()

    async def _fill(self, filler: Filler, seconds: float, notes: _Notes, scope: anyio.CancelScope) -> None:
        with scope:
            await anyio.sleep(seconds)
            try:
                text = filler if isinstance(filler, str) else await _given(filler(self._call))
                if isinstance(text, str) and text:
                    await self._write(notes, f"{text} ")
                    assert notes.speech is not None
                    await notes.speech.flush()
            except (SpeechInterrupted, SpeechFailed, CallEnded):
                return  # there is nothing left to be filled
            except Exception as error:
                self._call.log.warning("A filler failed: %r", error, exc_info=error)

    # --- between the turns ----------------------------------------------------------------------------------

    async def _say(self, text: str) -> None:
        async with self._call.speak() as speech:
            self._conversation.agent(text, speech=speech)
            await speech.write(text)
        await self._spoken(speech, len(text))

    async def _spoken(self, speech: Speech, characters: int) -> None:
        """Wait until the caller has heard it: the server reports that, or as long as a voice takes."""
        with anyio.move_on_after(characters / CHARACTERS_PER_SECOND):
            await speech.settled()

    async def _wait_for_caller(self) -> None:
        """Wait for the next turn. A caller who says nothing is asked, and in the end hung up."""
        for prompt in self.agent._prompts:
            await self._silence()
            await self._say(prompt)
        await self._silence()
        await self._hang_up(self.agent._goodbye)

    async def _silence(self) -> None:
        """Wait until the caller has said nothing for long enough."""
        if self.agent._silence_seconds is None:
            await anyio.sleep_forever()
        while True:
            with anyio.move_on_after(self.agent._silence_seconds):
                await self.caller_speaks.wait()
            if not self.caller_speaks.is_set():
                return
            with anyio.move_on_after(UTTERANCE_SECONDS):
                await self.nothing_said.wait()  # if there are words, the next turn cancels this
            self.caller_speaks, self.nothing_said = anyio.Event(), anyio.Event()

    async def _hang_up(self, words: str) -> None:
        """Say something last, and hang up; a caller who speaks over it is listened to."""
        self._conversation.agent(words)
        await self._call.say(text=words).hangup().send()
        await anyio.sleep_forever()

    # --- reports --------------------------------------------------------------------------------------------

    def _report(self, notes: _Notes) -> None:
        """Note the conversation for another process, and tell of the turn."""
        conversation, said = self._conversation, notes.said
        kept = {"conversation": conversation.snapshot(), "agent": self.agent.name}
        self._call.state["voice_agent"] = kept
        self._tasks.start_soon(self._guarded, "checkpoint()", self._call.checkpoint)
        if self._on_turn is None:
            return
        app = None if notes.first_words is None else notes.first_words - notes.began
        stopped: list[OutcomeName] = [part.outcome for part in said if part.outcome != "accepted"]
        turn = Turn(
            number=notes.number,
            agent=self.agent.name,
            caller=notes.caller,
            answer="".join(part.text for part in said),
            heard="".join(part.known for part in said),
            outcome=stopped[0] if stopped else "accepted",
            interrupted=notes.speech is not None and notes.speech.interrupted,
            tools=tuple(ToolRun(run.called.name, run.seconds, run.exchange.is_error) for run in notes.runs),
            usage=tuple(notes.usage),
            error=notes.error,
            latency=TurnLatency(recognition=notes.recognition, app=app),
        )
        self._tasks.start_soon(self._guarded, "on_turn", partial(self._on_turn, turn))

    async def _guarded(self, what: str, function: Callable[[], Any]) -> None:
        """Call what the conversation does not depend on."""
        try:
            await _given(function())
        except Exception as error:
            self._call.log.warning("%s failed: %r", what, error, exc_info=error)


async def _next(stream: TextStream) -> str | None:
    """The next text of a model, or None. Whatever its client raises is a failure of the model."""
    try:
        return await anext(stream)
    except StopAsyncIteration:
        return None
    except Exception as error:
        raise _as_failure(error) from error


def _as_failure(error: Exception) -> ModelFailed:
    return ModelFailed(
        f"{type(error).__name__}: {error}" if not isinstance(error, ModelFailed) else str(error)
    )


async def _given(value: Any) -> Any:
    """What a plain or an async function gave."""
    return await value if inspect.isawaitable(value) else value


def _seconds(milliseconds: object) -> float | None:
    """The last of what the server tells in milliseconds, separated by commas."""
    try:
        return float(str(milliseconds).split(",")[-1]) / 1000
    except ValueError:
        return None
