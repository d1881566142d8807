"""An answer of a model, spoken: what it says is said, the tools that it calls run, and it is asked again.

```python
conversation.caller(heard.transcript)
async with SpokenAnswer(call, conversation) as answer:
    await answer.rounds(model, [opening_hours])
```

1. What is said is noted in the conversation first: when it is cut off, it was meant to be said all the same.
2. The block is that of `call.speak()`: an interruption ends it, and closes the request to the model. What the
   answer holds then is true all the same.
3. A tool runs in a task of the call. An interruption does not end it, unless it was made with
   `on_interrupt="cancel"`. Its output gets into the conversation whenever it comes, and every call of a tool
   has one, whatever happens.
4. What is wrong with a model, whatever its client raises included, is a `ModelFailed`.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeAlias

import anyio

from jambonz_core.agents.conversation import Conversation
from jambonz_core.agents.conversation_items import AgentSaid, ToolExchange
from jambonz_core.agents.model_answers import CalledTool, Usage
from jambonz_core.wire.errors import CallEnded, ModelFailed, SpeechFailed, SpeechInterrupted

from ..tools import AnyTool, Filler, Steer, Tool, as_tools
from ..tools.tool_functions import FILLER_SECONDS
from .text_stream import TextStream, texts

if TYPE_CHECKING:
    from ..call import Call
    from ..speech import Speech

Model: TypeAlias = Callable[[Conversation, Sequence[Tool[..., Any]]], Any]
"""Asks a model: given the conversation and the tools that it may call, gives whatever `texts` takes."""

CHARACTERS_PER_SECOND = 14.0
"""How fast a voice speaks, where the server does not tell when it has spoken."""


@dataclass(frozen=True, slots=True)
class ToolRun:
    """A tool that ran for an answer."""

    name: str
    seconds: float | None
    """How long it took; None for one that runs still."""
    is_error: bool


class SpokenAnswer:
    """One answer of a model to the caller. It is a block that an interruption ends, as that of `speak` is."""

    def __init__(self, call: Call, conversation: Conversation) -> None:
        self.speech: Speech | None = None
        """What it is said with; None before the block."""
        self.said: list[AgentSaid] = []
        """What was said, in its order, fillers included."""
        self.began_to_speak: float | None = None
        """When the first words were written, by the clock of the event loop."""
        self.usage: list[Usage] = []
        """What each request to the model has cost, where it told."""
        self.tool_rounds: int = 0
        """How many times the model has called tools."""
        self.steers: list[Steer] = []
        """What its tools want the call to do. The verbs are to be sent behind the block."""
        self._call = call
        self._conversation = conversation
        self._runs: list[_Run] = []
        self._block = call.speak()

    async def __aenter__(self) -> Self:
        self.speech = await self._block.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        return await self._block.__aexit__(kind, error, trace)

    @property
    def tools(self) -> tuple[ToolRun, ...]:
        """The tools that have run for it, or run still."""
        return tuple(ToolRun(run.called.name, run.seconds, run.exchange.is_error) for run in self._runs)

    async def say(self, text: str) -> None:
        """Say this, behind what was said before."""
        await self._write(text, self._begun())

    async def rounds(
        self,
        model: Model,
        tools: Iterable[AnyTool] = (),
        *,
        limit: int = 5,
        seconds: float = 15.0,
        filler: Filler = "",
        filler_seconds: float = 2.0,
        until: Callable[[], bool] = lambda: False,
    ) -> bool:
        """Ask the model, and go on as long as it calls tools. False: it was left before it had answered,
        because a tool steers the call, or because of `until`.

        Args:
            model: Asks the model: a function of the conversation and the tools.
            tools: What it may call.
            limit: How many times it may call tools. Then it gets none any more, and has to answer.
            seconds: How long it may be silent, before its first word and between two.
            filler: What is said when it takes longer than `filler_seconds` for its first word.
            filler_seconds: How long that is.
            until: Asked when tools have run: whether the model is not to be asked again.
        """
        by_name = as_tools(tools)
        for left in range(limit, -1, -1):
            with self.filling(filler, filler_seconds) as filled:
                stream = await self._listen(model, list(by_name.values()) if left else [], seconds, filled)
            if stream.usage is not None:
                self.usage.append(stream.usage)
            if not stream.tool_calls:
                if not stream.text.strip():
                    raise ModelFailed("the model gave neither an answer nor a tool to call")
                return True
            if left:
                self.tool_rounds += 1
                await self._run_tools(stream.tool_calls, by_name)
                if self.steers or until():
                    return False
        raise ModelFailed(f"the model called tools in more than {limit} rounds")

    @contextmanager
    def filling(self, filler: Filler, seconds: float) -> Iterator[anyio.CancelScope]:
        """Say something when the block takes longer, unless the scope is cancelled before."""
        scope = anyio.CancelScope()
        if filler:
            self._call.start_soon(self._fill, filler, seconds, scope)
        try:
            yield scope
        finally:
            scope.cancel()

    async def heard_out(self) -> None:
        """Wait behind the block until the caller has heard it: the server reports that, or as long as a voice
        takes."""
        assert self.speech is not None, "the answer was not begun"
        with anyio.move_on_after(sum(len(part.text) for part in self.said) / CHARACTERS_PER_SECOND):
            await self.speech.settled()

    # --- words ----------------------------------------------------------------------------------------------

    async def _listen(
        self, model: Model, tools: Sequence[Tool[..., Any]], seconds: float, filling: anyio.CancelScope
    ) -> TextStream:
        """Say what the model says, and give the stream for what else there is in it."""
        said: AgentSaid | None = None
        # One scope around all of it, for a scope that is left must not be around one that the stream opens.
        with anyio.CancelScope() as patience:
            patience.deadline = anyio.current_time() + seconds
            async with texts(_asked(model, self._conversation, tools)) as stream:
                while (text := await _next(stream)) is not None:
                    filling.cancel()
                    patience.deadline = math.inf  # the voice may take its time
                    said = said or self._begun()
                    await self._write(text, said)
                    patience.deadline = anyio.current_time() + seconds
                return stream
        raise ModelFailed(f"the model was silent for {seconds:g} seconds")

    def _begun(self) -> AgentSaid:
        self.said.append(self._conversation.agent(speech=self.speech))
        return self.said[-1]

    async def _write(self, text: str, said: AgentSaid) -> None:
        assert self.speech is not None, "an answer is a block: async with SpokenAnswer(…) as answer"
        said.text += text
        if self.began_to_speak is None:
            self.began_to_speak = anyio.current_time()
        await self.speech.write(text)

    async def _fill(self, filler: Filler, seconds: float, scope: anyio.CancelScope) -> None:
        with scope:
            await anyio.sleep(seconds)
            try:
                text = filler if isinstance(filler, str) else filler(self._call)
                if inspect.isawaitable(text):
                    text = await text
                if isinstance(text, str) and text:
                    await self.say(f"{text} ")
                    assert self.speech is not None
                    await self.speech.flush()
            except (SpeechInterrupted, SpeechFailed, CallEnded):
                return  # there is nothing left to be filled
            except Exception as error:
                self._call.log.warning("A filler failed: %r", error, exc_info=error)

    # --- tools ----------------------------------------------------------------------------------------------

    async def _run_tools(self, called: Sequence[CalledTool], tools: dict[str, Tool[..., Any]]) -> None:
        """Run all that the model called, side by side, and wait for them."""
        exchanges = self._conversation.tools(called)
        runs = [
            _Run(one, exchange, tools.get(one.name)) for one, exchange in zip(called, exchanges, strict=True)
        ]
        self._runs += runs
        for run in runs:
            self._call.start_soon(self._run, run)
        fillers = (run.tool.filler for run in runs if run.tool is not None and run.tool.filler)
        try:
            with self.filling(next(fillers, ""), FILLER_SECONDS):
                for run in runs:
                    await run.done.wait()
        except BaseException:
            for run in runs:
                run.left = True
                if run.tool is not None and run.tool.on_interrupt == "cancel":
                    run.scope.cancel()
            raise
        self.steers += [run.steer for run in runs if run.steer is not None]

    async def _run(self, run: _Run) -> None:
        began = anyio.current_time()
        exchange, called = run.exchange, run.called
        with run.scope:
            if run.tool is None or called.fault:
                with self._call.tool_run(called.name, called.arguments, tool_call_id=called.id) as told:
                    told.outcome = "error"
                fault = f"bad arguments: {called.fault}" if run.tool else f"there is no tool {called.name}"
                exchange.settle(fault, is_error=True)
            else:
                result = await run.tool.run(called.arguments, call=self._call, tool_call_id=called.id)
                run.steer = result.steer
                exchange.settle(result.output, is_error=result.is_error)
        if not exchange.answered:
            exchange.settle("the caller interrupted, and the tool was cancelled", is_error=True)
        run.seconds = anyio.current_time() - began
        run.done.set()
        if run.left and run.steer is not None:  # the model gets to know that it was done, so it is done
            await steer(self._call, run.steer)


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
        """Whether the answer that it runs for was interrupted."""


async def steer(call: Call, steer: Steer) -> None:
    """Send the verbs of a tool."""
    chain = call.chain(steer.verbs)
    await (chain.replace() if steer.replace else chain.send())


def _asked(model: Model, conversation: Conversation, tools: Sequence[Tool[..., Any]]) -> Any:
    try:
        return model(conversation, tools)
    except Exception as error:
        raise _as_failure(error) from error


async def _next(stream: TextStream) -> str | None:
    """The next text of a model, or None. Whatever its client raises is a failure of the model."""
    try:
        return await anext(stream, None)
    except Exception as error:
        raise _as_failure(error) from error


def _as_failure(error: Exception) -> ModelFailed:
    return ModelFailed(str(error) if isinstance(error, ModelFailed) else f"{type(error).__name__}: {error}")
