"""The text in a language model's stream, whichever client library it comes from.

```python
async with call.speak() as speech:
    await speech.feed(texts(client.chat.completions.create(model=…, messages=…, stream=True)))
```

`texts` takes what the asynchronous clients of `openai` (chat completions and responses), `anthropic` and
`pydantic-ai` give, a streamed response of `httpx` or `httpx2` with server-sent events in it, and plain
strings: as it is, as the coroutine that gives it, or as the context manager that does. Nothing of those
packages is imported; `jambonz_core.agents.model_answers` says how the shapes are told apart.

What it is given, it owns: the request begins with the first text that is asked for, and is closed at the end
of the stream, at a failure, and in `aclose()`, which `speech.feed` calls however the speech ends. So after an
interruption the model's server sees its request cancelled, and nobody pays for words that are never heard.

What the client library raises comes through as it is. `ModelFailed` is raised for what the stream itself
says or lacks; `LocalProtocolError` for what is no stream of a model.
"""

from __future__ import annotations

import inspect
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import Any, Self

import anyio
from anyio.lowlevel import checkpoint

from jambonz_core.agents.model_answers import AnswerReader, CalledTool, Usage
from jambonz_core.agents.sse import SseReader
from jambonz_core.wire.errors import LocalProtocolError, ModelFailed

CLOSE_SECONDS = 5.0
"""How long closing one thing may take that was opened. Then it is left to itself."""

RUN_OUT_SECONDS = 0.1
"""How long a stream may take to notice that it is over."""

BODY_EXCERPT = 300
"""Bytes of a refusal that are quoted."""

Closer = Callable[[BaseException | None], Awaitable[object]]
"""Closes one thing; told is with which exception the reading has ended."""


class TextStream(AsyncIterator[str]):
    """The text of one answer, to be iterated over once; `texts` makes it."""

    def __init__(self, source: Any) -> None:
        self._source = source
        self._reader = AnswerReader()
        self._sse: SseReader | None = None
        self._items: AsyncIterator[Any] | None = None
        self._closers: list[Closer] = []
        self._pending: list[str] = []
        self._text: list[str] = []
        self._over = False

    @property
    def text(self) -> str:
        """All that has come so far."""
        return "".join(self._text)

    @property
    def tool_calls(self) -> list[CalledTool]:
        """The tools that the model wants to be run, in its order; known when the stream is over."""
        return self._reader.tool_calls

    @property
    def usage(self) -> Usage | None:
        """What the answer has cost; None where the model does not tell."""
        return self._reader.usage

    @property
    def finish_reason(self) -> str | None:
        """Why the model stopped, in its vendor's words, such as ``stop``, ``end_turn`` or ``tool_calls``."""
        return self._reader.finish_reason

    def __aiter__(self) -> TextStream:
        return self

    async def __anext__(self) -> str:
        try:
            while not self._pending:
                if self._over or not await self._read():
                    break
        except BaseException as error:
            try:
                await self._close(error)
            except Exception as failure:
                error.add_note(f"While closing the stream: {failure!r}")
            raise
        if not self._pending:
            await self._close(None)
            raise StopAsyncIteration
        text = self._pending.pop(0)
        self._text.append(text)
        return text

    async def aclose(self) -> None:
        """End the request, and let go of everything that belongs to it. Again, it does nothing."""
        await self._close(None)

    async def _close(self, error: BaseException | None) -> None:
        self._over = True
        source, self._source = self._source, None
        if self._items is None and inspect.iscoroutine(source):
            source.close()  # nobody has asked for a text, so nothing was requested
        failure: BaseException | None = None
        while self._closers:
            try:
                await self._closers.pop()(error)
            except BaseException as raised:  # the others are closed all the same
                if raised is not error:
                    failure = failure or raised
        if failure is not None:
            raise failure

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _read(self) -> bool:
        """Read the next item; False when the stream is over."""
        if self._items is None:
            self._items = await self._open()
        try:
            item = await self._items.__anext__()
        except StopAsyncIteration:
            for event in self._sse.end() if self._sse is not None else ():
                self._take(event)
            self._finish()
            return bool(self._pending)
        if isinstance(item, bytes):
            self._sse = self._sse or SseReader()
            for event in self._sse.feed(item):
                self._take(event)
        else:
            self._take(item)
        if self._reader.done:
            self._finish()
            await _run_out(self._items, shield=False)  # read to its end, the connection can be used again
        return True

    def _take(self, item: Any) -> None:
        text = self._reader.take(item)
        if text:
            self._pending.append(text)

    def _finish(self) -> None:
        self._over = True
        self._reader.end()

    # --- opening --------------------------------------------------------------------------------------------

    async def _open(self) -> AsyncIterator[Any]:
        """Get at what can be iterated over, and note what is to be closed, in which order."""
        given: Any = self._source
        if _waits(given):
            given = await given
        managed = not _streams(given) and hasattr(given, "__aenter__")
        if managed:
            manager = given
            given = await manager.__aenter__()
            self._closers.append(partial(_leave, manager))
        if isinstance(given, (str, list, tuple)):
            given = _each([given] if isinstance(given, str) else given)
        if callable(getattr(given, "aiter_bytes", None)):
            body = given.aiter_bytes()
            self._closers += [partial(_run_out, body), partial(_shut, given)]
            await _check_status(given, body)
            return body  # type: ignore[no-any-return]
        if not hasattr(given, "__aiter__") and callable(getattr(given, "stream_text", None)):
            given = given.stream_text(delta=True, debounce_by=None)  # a run of pydantic-ai
        if not hasattr(given, "__aiter__"):
            raise LocalProtocolError(_no_stream(given))
        # An object that is an iterator itself is not asked for another one: what `__aiter__` of such streams
        # gives is often a generator around them that does not close them.
        items = given if hasattr(given, "__anext__") else given.__aiter__()
        things = [given] if items is given else [items, given]
        if managed or inspect.isasyncgen(items):
            # These may have scopes that are open since they began. No other may then be entered around them.
            self._closers += [partial(_close_it, thing) for thing in things]
        else:
            self._closers += [partial(_shut, thing) for thing in things]
            if items is given:
                # Clients are made of generators in generators, which only an exception ends from within: what
                # is asked for one more item behind the end of its request gets one.
                self._closers.insert(-1, partial(_run_out, items))
        return items  # type: ignore[no-any-return]


def texts(stream: Any) -> TextStream:
    """The texts of a model's stream, and in the end its tool calls, usage and finish reason.

    `stream` is what the client library gives for an answer that is streamed. Nothing is requested before the
    first text is asked for.
    """
    if isinstance(stream, TextStream):
        return stream
    return TextStream(stream)


def _waits(given: Any) -> bool:
    """Whether this has to be awaited for the stream: the request, as clients give it."""
    return inspect.isawaitable(given) and not hasattr(given, "__aiter__")


def _streams(given: Any) -> bool:
    """Whether this can be read without being entered first."""
    return hasattr(given, "__aiter__") or callable(getattr(given, "aiter_bytes", None))


async def _each(items: Any) -> AsyncIterator[Any]:
    for item in items:
        yield item


async def _leave(manager: Any, error: BaseException | None) -> None:
    """Leave a context manager as its own `async with` would.

    Without a scope around it, for it may have one of its own that has been open since it was entered.
    """
    await manager.__aexit__(type(error) if error is not None else None, error, None)


async def _close_it(thing: Any, _: BaseException | None = None) -> None:
    """Close what can be closed: generators have an `aclose`, clients of models often a `close`."""
    close = getattr(thing, "aclose", None) or getattr(thing, "close", None)
    if close is not None:
        closing = close()
        if inspect.isawaitable(closing):
            await closing


async def _shut(thing: Any, _: BaseException | None = None) -> None:
    """Close it also when this task is cancelled."""
    with anyio.CancelScope(shield=True), anyio.move_on_after(CLOSE_SECONDS):
        await _close_it(thing)


async def _run_out(items: AsyncIterator[Any], _: BaseException | None = None, *, shield: bool = True) -> None:
    """Let a stream come to its end that gives nothing more which anybody wants."""
    with anyio.CancelScope(shield=shield), anyio.move_on_after(RUN_OUT_SECONDS), suppress(Exception):
        while True:
            await anext(items)
            await checkpoint()  # for those that give what they have kept, without a look at the clock


async def _check_status(response: Any, body: AsyncIterator[bytes]) -> None:
    """A server that refuses a request says so in the status, and the body is no stream."""
    status = getattr(response, "status_code", 200)
    if status >= 400:
        said = b""
        async for data in body:
            said += data
            if len(said) >= BODY_EXCERPT:
                break
        text = said[:BODY_EXCERPT].decode("utf-8", "replace")
        raise ModelFailed(f"the model's server refuses the request with {status}: {text}")


def _no_stream(given: Any) -> str:
    kind = type(given).__name__
    if hasattr(given, "__iter__") or hasattr(given, "__next__"):
        return f"a {kind} would block the event loop while it waits: use the asynchronous client"
    if any(hasattr(given, name) for name in ("choices", "output", "content")):
        return f"a {kind} is a whole answer: ask for it with stream=True"
    return f"texts() takes what a client of a language model streams, and this is a {kind}"
