"""An agent that talks with a caller: a model, its tools, and the manners of the telephone.

```python
agent = VoiceAgent("You answer the telephone of a bakery.", model, [opening_hours], greeting="Hello!")


@app.call("/")
async def bakery(call: Call) -> None:
    await agent.run(call)
```

Everything here is made of what any program can use: `call.turn()`, `call.hooks()`, `Conversation`,
`SpokenAnswer` and `CallerSilence`. Copy this file and change it, when an agent of yours has other manners.

1. The caller may speak at any time. What was being said is cut off then, and the request to the model closed.
2. A turn is what is done in answer to what the caller said: asking the model, running its tools, asking it
   again, saying what it says; and then waiting for the caller, who is asked whether he is still there. The
   next turn cancels it, wherever it stands.
3. A model that fails, hangs, gives nothing or calls tools for ever costs an apology. When it fails several
   times in a row, the caller hears the last words, and the call is hung up.

`persona` has what an agent is made of.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from jambonz_core.agents.conversation import Conversation
from jambonz_core.call.turn_latency import TURN_SECONDS
from jambonz_core.verbs.payloads import GatherResult
from jambonz_core.wire.errors import InvalidSnapshot, ModelFailed, SpeechFailed
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import TurnLatency, TurnMeasured

from ..tools import Tool
from .caller_silence import CallerSilence
from .persona import Persona
from .spoken_answer import SpokenAnswer, steer
from .turn_events import Turn

if TYPE_CHECKING:
    from ..call import Call

PATH = "/voice-agent"


class VoiceAgent(Persona):
    """One agent, for any number of calls."""

    async def run(self, call: Call, conversation: Conversation | None = None) -> Conversation:
        """Talk with the caller until the call ends; returned is what was said.

        The conversation is kept in `call.state["voice_agent"]`, and goes on with a call that comes from
        another process.
        """
        kept = call.state.get("voice_agent")
        kept = kept if isinstance(kept, dict) else {}
        if conversation is None:
            conversation = _restored(call, kept)
        conversation.shorten = self._shorten or conversation.shorten
        failure: Exception | None = None
        try:
            async with call.hooks(PATH, GatherResult) as hooks, anyio.create_task_group() as tasks:
                talk = _Talk(self, call, conversation, tasks)
                talk.has_call(self._named(kept.get("agent")))
                tasks.start_soon(talk.silence.watch)
                tasks.start_soon(talk.measure, call.events())
                if call.saved_at is None:  # otherwise the server has all this from the other process
                    await call.config(self._session(PATH)).answer().send()
                tasks.start_soon(talk.begin, call.turn())
                async for heard in hooks:
                    talk.silence.spoke()
                    if words := _words_of(heard):
                        tasks.start_soon(talk.turn, call.turn(), words)
                tasks.cancel_scope.cancel()
        except ExceptionGroup as group:
            failure = _only(group)
        if isinstance(failure, SpeechFailed):
            # Only the stream of text is known to fail: a verb may have a fallback, or another voice.
            call.log.warning("The voice has failed: %s", failure)
            conversation.agent(self._last_words)
            await call.say(text=self._last_words).hangup().replace()
        elif failure is not None:
            raise failure
        return conversation


class _Talk:
    """One call of an agent, or of those that it is handed over to."""

    def __init__(
        self, first: Persona, call: Call, conversation: Conversation, tasks: anyio.abc.TaskGroup
    ) -> None:
        self.silence: CallerSilence = CallerSilence(call)
        self._agent: Persona
        """The one that has the call at the moment."""
        self._first = first
        self._call = call
        self._conversation = conversation
        self._tasks = tasks
        self._turns = 0
        self._failures = 0
        """How many times in a row the model has failed."""
        self._latencies: list[TurnLatency] = []
        """Of each turn."""
        self._news = anyio.Event()
        """Set and forgotten when one more is there."""

    def has_call(self, agent: Persona) -> None:
        """This agent has the call from now on."""
        self._agent = agent
        self._conversation.instructions = agent.instructions

    async def begin(self, turn: AbstractAsyncContextManager[object]) -> None:
        """Greet the caller, and wait."""
        async with turn:
            if self._agent.greeting and not self._conversation.items:
                await self._say(self._agent.greeting)
            await self._wait_for_caller()

    async def turn(self, turn: AbstractAsyncContextManager[object], words: str) -> None:
        """Answer what the caller said, and wait for the next words, which cancel this."""
        async with turn:
            self._turns += 1
            try:
                self._conversation.caller(words)
            except Exception as error:  # what shortens it is the program's, and nothing is lost without it
                self._call.log.warning("The conversation is not shortened: %r", error, exc_info=error)
            answer = SpokenAnswer(self._call, self._conversation)
            failure: ModelFailed | None = None
            try:
                async with answer:
                    try:
                        await self._rounds(answer)
                        self._failures = 0
                    except ModelFailed as error:
                        failure = error
                        await self._apologize(answer, error)
                if self._failures >= self._agent._model_failures:
                    await self._hang_up(self._agent._last_words)
                await answer.heard_out()
            finally:
                self._keep()
                if self._first._on_turn is not None:
                    report = Turn._of(answer, self._turns, self._agent.name, words, TurnLatency(), failure)
                    tell = partial(self._tell, self._first._on_turn, report)
                    self._tasks.start_soon(self._guarded, "on_turn", tell)
            for each in answer.steers:
                await steer(self._call, each)
            if not answer.steers:  # otherwise the call is somewhere else, and nobody is asked anything
                await self._wait_for_caller()

    async def measure(self, events: AsyncIterable[Event]) -> None:
        """Learn what turns have taken. That comes in the order of the words."""
        async for event in events:
            if isinstance(event, TurnMeasured) and event.hook == PATH:
                self._latencies.append(event.latency)
                news, self._news = self._news, anyio.Event()
                news.set()

    async def _tell(self, on_turn: Callable[[Turn], Any], turn: Turn) -> None:
        """Tell of a turn once its latency is known, which is mostly at once, and else without it."""
        try:
            with anyio.move_on_after(TURN_SECONDS):
                while len(self._latencies) < turn.number:
                    await self._news.wait()
        finally:
            if len(self._latencies) >= turn.number:
                turn = replace(turn, latency=self._latencies[turn.number - 1])
            told = on_turn(turn)
        if inspect.isawaitable(told):
            await told

    async def _rounds(self, answer: SpokenAnswer) -> None:
        """Have the agent's model answer, and that of the next agent when it hands over to one."""
        while True:
            agent = self._agent
            answered = await answer.rounds(
                agent.model,
                [*agent.tools, *map(self._handing_over, agent.hand_over_to)],
                limit=max(agent._tool_rounds - answer.tool_rounds, 0),
                seconds=agent._model_seconds,
                filler=agent._filler,
                filler_seconds=agent._filler_seconds,
                until=lambda agent=agent: self._agent is not agent,  # type: ignore[misc]
            )
            if answered or answer.steers:
                return
            if self._agent.greeting:
                await answer.say(f" {self._agent.greeting}")
                return

    def _handing_over(self, other: Persona) -> Tool[..., Any]:
        """The tool by which a model hands over to another agent."""

        async def hand_over(_: object) -> str:
            self.has_call(other)
            return f"The caller is handed over to {other.name}."

        return Tool(
            hand_over,
            name=f"hand_over_to_{other.name}",
            description=other.description or f"Hand the caller over to {other.name}.",
            parameters={"type": "object", "properties": {}},
        )

    async def _apologize(self, answer: SpokenAnswer, error: ModelFailed) -> None:
        self._failures += 1
        self._call.log.warning("The model failed: %s", error, exc_info=error)
        if self._failures < self._agent._model_failures:
            await answer.say(f" {self._agent._apology}")

    # --- between the turns ----------------------------------------------------------------------------------

    async def _say(self, text: str) -> None:
        async with SpokenAnswer(self._call, self._conversation) as answer:
            await answer.say(text)
        await answer.heard_out()

    async def _wait_for_caller(self) -> None:
        """Wait for the next turn. A caller who says nothing is asked, and in the end hung up."""
        for prompt in self._agent._prompts:
            await self.silence.lasts(self._agent._silence_seconds)
            await self._say(prompt)
        await self.silence.lasts(self._agent._silence_seconds)
        await self._hang_up(self._agent._goodbye)

    async def _hang_up(self, words: str) -> None:
        """Say something last, and hang up; a caller who speaks over it is listened to."""
        self._conversation.agent(words)
        await self._call.say(text=words).hangup().send()
        await anyio.sleep_forever()

    def _keep(self) -> None:
        """Note the conversation for another process."""
        kept = {"conversation": self._conversation.snapshot(), "agent": self._agent.name}
        self._call.state["voice_agent"] = kept
        self._tasks.start_soon(self._guarded, "checkpoint()", self._call.checkpoint)

    async def _guarded(self, what: str, function: Callable[[], Any]) -> None:
        """Call what the conversation does not depend on."""
        try:
            if inspect.isawaitable(done := function()):
                await done
        except Exception as error:
            self._call.log.warning("%s failed: %r", what, error, exc_info=error)


def _restored(call: Call, kept: dict[str, Any]) -> Conversation:
    """The conversation so far. What cannot be read, as of another version, is no reason to end a call."""
    try:
        return Conversation.restore(kept["conversation"]) if kept else Conversation()
    except (KeyError, InvalidSnapshot) as error:
        call.log.warning("The conversation begins anew: %s", error)
        return Conversation()


def _words_of(heard: GatherResult) -> str:
    """What the caller said; keys are told in words, for a model has no other."""
    if heard.digits:
        return f"(The caller pressed {heard.digits}.)"
    return (heard.transcript or "").strip()


def _only(group: ExceptionGroup[Exception]) -> Exception:
    """The exception of a group of one."""
    inner: Exception = group
    while isinstance(inner, ExceptionGroup) and len(inner.exceptions) == 1:
        inner = inner.exceptions[0]
    return inner
