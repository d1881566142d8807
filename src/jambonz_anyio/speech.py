"""Speaking text that is still being made, and being interrupted while doing so.

```python
async with call.speak() as speech:
    await speech.feed(llm(history))
```

What is fed is any source of texts; `jambonz_anyio.agents.texts` makes one of what a model's client streams.

The block owns one cancel scope. When the caller interrupts, it is that scope which is cancelled, and the
block swallows that cancellation and no other: the program goes on behind it, and `speech.interrupted` tells.
Whatever the body raises comes out of the block, and a cancellation from outside passes through it, once what
had not been spoken was cleared.

Leaving the block means that the server has taken all of the text and was told to speak it, not that it was
heard. The speech stays live until the caller interrupts it, the next one begins, the server reports that it
was spoken, or the call ends. Then `outcome` is known.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterable, AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

import anyio
from anyio.lowlevel import checkpoint

from jambonz_core.call.commands import ClearText, CloseSpeech, Command, FlushText, OpenSpeech, WriteText
from jambonz_core.speech import speech_events as sp
from jambonz_core.speech.speech_events import Outcome
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, SpeechFailed

from ._call.call_log import CallLog
from ._call.driver import CoreDriver
from ._call.event_loop import CALLS_BETWEEN_YIELDS
from ._call.one_shot import Notifier, OneShot
from .posted import Posted

REMEMBERED = 16
"""How many speeches are kept, so that a late report of what was heard finds its own."""

CLOSE_SECONDS = 5.0
"""How long closing the source of a speech may take, when the speech was interrupted."""


class Speech:
    """One answer: text that is streamed, and what became of it."""

    __slots__ = (
        "_delivered",
        "_driver",
        "_scope",
        "_settled",
        "_speeches",
        "accepted",
        "discarded",
        "interrupted",
        "number",
        "outcome",
        "spoken",
    )

    def __init__(self, speeches: Speeches, driver: CoreDriver, number: int, scope: anyio.CancelScope) -> None:
        self.number: int = number
        """Counts the speeches of a call."""
        self.interrupted: bool = False
        """Whether the caller cut the speech off."""
        self.outcome: Outcome | None = None
        """What became of it: accepted, cut or discarded. None while it is live."""
        self.spoken: str | None = None
        """What the caller heard, where the server reports it (`trackTtsPlayout`), else None."""
        self.accepted: str = ""
        """What the server has taken; complete when there is an outcome."""
        self.discarded: str = ""
        """The text that the server has not taken, and will not; complete when there is an outcome."""
        self._speeches = speeches
        self._driver = driver
        self._scope = scope
        self._delivered = OneShot[bool]()
        self._settled = OneShot[Outcome]()

    async def write(self, text: str) -> None:
        """Say this, after what was written before.

        Returns at once while the server has room, and waits while it has none. Every call looks whether the
        speech was interrupted. Written from another task, an interrupted speech raises `SpeechInterrupted`.
        """
        driver = self._driver
        loop = driver.loop
        loop.calls += 1
        # This is `driver.checkpoint()`, without a coroutine for every word. In the block's own task it raises
        # the cancellation by an interruption, and nothing is written.
        if loop.calls >= CALLS_BETWEEN_YIELDS or not driver.flows or loop.cancelled():
            loop.calls = 0
            await checkpoint()
        driver.write(text, self.number)
        if not driver.core.speech.room:
            await self._speeches.wait_for_room()

    async def feed(self, source: AsyncIterable[str] | Iterable[str]) -> None:
        """Write everything that `source` gives, and close it, also when the speech is interrupted in between.

        So a request to a language model that nobody listens to any more is really ended.
        """
        await self._driver.checkpoint()
        if isinstance(source, AsyncIterable):
            await self._feed(source, source.__aiter__())
        elif isinstance(source, Iterable):
            for text in source:
                await self.write(text)
        else:
            if inspect.iscoroutine(source):
                source.close()
            raise LocalProtocolError(
                f"feed() takes what gives texts, and this is a {type(source).__name__}; "
                "what a coroutine returns has to be awaited first"
            )

    async def _feed(self, source: AsyncIterable[str], iterator: AsyncIterator[str]) -> None:
        failure: BaseException | None = None
        # Open from before the source begins: what that has open itself, such as the scopes of the context
        # managers that it has entered, must be left before this one is.
        with anyio.CancelScope() as scope:
            try:
                async for text in iterator:
                    await self.write(text)
            except BaseException as error:
                failure = error
            scope.shield, scope.deadline = True, anyio.current_time() + CLOSE_SECONDS
            try:
                await _close(iterator, source)
            except Exception as error:
                if failure is None:
                    raise
                # What is wrong with closing must not take the place of an interruption, nor of an error.
                failure.add_note(f"While closing the source: {error!r}")
                self._speeches.log.warning("The source of a speech could not be closed", exc_info=error)
        if failure is not None:
            raise failure

    async def flush(self) -> None:
        """Have everything so far spoken, without waiting for the end of its sentence."""
        await self._driver.order(FlushText(speech=self.number))

    async def clear(self) -> None:
        """Forget everything that is not spoken yet. What is written next comes first."""
        await self._driver.order(ClearText(speech=self.number))

    async def settled(self) -> Outcome:
        """Wait until nothing can happen to this speech any more, and tell what became of it."""
        return await self._settled.wait()

    # --- the session's side -----------------------------------------------------------------------------

    def _take(self, event: sp.SpeechEvent) -> None:
        """Learn what became of the speech (`Speeches` calls this)."""
        match event:
            case sp.SpeechDelivered():
                self._delivered.settle(True)
            case sp.SpeechCut():
                self.accepted, self.discarded = event.accepted, event.discarded
                self.spoken = event.spoken
                if event.by == "barge-in":
                    self.interrupted = True
                    self._scope.cancel()
            case sp.SpeechStreamMissing():
                self._delivered.fail(SpeechFailed(event.message))
            case sp.SpeechVendorFailed():
                self._delivered.fail(SpeechFailed(f"the text cannot be spoken: {event.reason}"))
            case sp.SpeechSettled():
                self.accepted, self.discarded = event.accepted, event.discarded
                self.spoken = event.spoken
                self.outcome = event.outcome
                self._delivered.settle(False)
                self._settled.settle(event.outcome)
            case sp.SpeechSpoken():
                self.spoken = event.spoken


class Speeches:
    """The speeches of one call, and the writers that wait for room."""

    __slots__ = ("_deliveries", "_driver", "_over", "_room", "_speeches", "_tickets", "log")

    def __init__(self, driver: CoreDriver, log: CallLog, *, over: bool = False) -> None:
        self.log: CallLog = log
        self._driver = driver
        self._speeches: dict[int, Speech] = {}
        self._deliveries: dict[int, OneShot[bool]] = {}
        self._tickets = 0
        self._room = Notifier()
        self._over = over

    @property
    def paused(self) -> bool:
        """Whether the server has as much text as it takes at the moment."""
        return not self._driver.core.speech.room

    @property
    def refused(self) -> bool:
        """Whether the server takes no text at the moment: it has said so, or it refuses what is offered."""
        return self._driver.core.speech.paused

    @asynccontextmanager
    async def speak(self) -> AsyncIterator[Speech]:
        """A speech, for the duration of a block."""
        driver = self._driver
        await driver.checkpoint()
        driver.do(OpenSpeech())
        number = driver.core.speech.open_speech
        with anyio.CancelScope() as scope:
            speech = self._speeches[number] = Speech(self, driver, number, scope)
            try:
                yield speech
            except anyio.get_cancelled_exc_class():
                if not speech.interrupted:
                    # Somebody else wants the body to stop: what it has said is stale from now on.
                    _quietly(driver, ClearText(speech=number))
                raise
            finally:
                _quietly(driver, CloseSpeech(speech=number))
            await speech._delivered.wait()  # raises `SpeechFailed` when it cannot be spoken

    async def say(self, text: str) -> bool:
        """Text without a block: waits until the server has taken it. False: it was dropped before."""
        await self._driver.checkpoint()
        return await self.post(text)

    def post(self, text: str) -> Posted[bool]:
        """`say` at once: what is returned waits until the server has taken it, or never will."""
        self._driver.check_post()
        self._tickets += 1
        ticket = self._tickets
        waiter = self._deliveries[ticket] = OneShot[bool]()
        try:
            self._driver.do(WriteText(text, ticket=ticket))
        except BaseException:
            del self._deliveries[ticket]
            raise
        return Posted(waiter.wait)

    async def wait_for_room(self) -> None:
        """Wait until the server has room for more text."""
        while self.paused:
            if self._over:
                raise CallEnded("the call ended before the text could be spoken")
            await self._room.wait()

    def take(self, event: sp.SpeechEvent) -> None:
        """Hand an event of the core to the speech it is about (the runtime calls this)."""
        match event:
            case sp.WindowOpen():
                self._let_go()
            case sp.DeliveryDone():
                waiter = self._deliveries.pop(event.ticket, None)
                if waiter is not None:
                    waiter.settle(event.accepted)
            case _:
                speech = self._speeches.get(getattr(event, "speech", 0))
                if speech is not None:
                    speech._take(event)
                    if speech.outcome is not None and len(self._speeches) > REMEMBERED:
                        del self._speeches[next(iter(self._speeches))]

    def of(self, number: int) -> Speech | None:
        """The speech with this number, if it was a block of this program and is not long over."""
        return self._speeches.get(number)

    def finish(self) -> None:
        """Settle all speeches, because the call is over."""
        self._over = True
        self._let_go()
        for waiter in self._deliveries.values():
            waiter.settle(False)

    def forget(self) -> None:
        """Let go of the speeches, of which nothing more will be heard."""
        self._speeches.clear()

    def _let_go(self) -> None:
        self._room.notify()


def _quietly(driver: CoreDriver, command: Command) -> None:
    """Do what no longer matters when the call is over, or when it goes on in another process."""
    if not driver.ending:
        driver.do(command)


async def _close(iterator: Any, source: Any) -> None:
    """Close what was iterated over, and what it is an iterator of.

    Clients of models often give an object that has the request, and a `close`, and whose iterator is a
    generator that knows nothing of it.
    """
    try:
        await _close_one(iterator)
    finally:
        if source is not iterator:
            await _close_one(source)


async def _close_one(candidate: Any) -> None:
    """Generators have `aclose`, clients of models often `close`."""
    close = getattr(candidate, "aclose", None) or getattr(candidate, "close", None)
    if close is not None:
        closing = close()
        if inspect.isawaitable(closing):
            await closing
