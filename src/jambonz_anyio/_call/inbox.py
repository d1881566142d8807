"""Bounded queues that a program iterates over: hooks of a path, events of a call, digits of a stream.

One policy for all of them. Whoever is waiting gets an item at once; otherwise it is kept, in order, up to a
bound in number and one in bytes. When one more comes, the oldest are dropped, because what happened last is
what a program must react to; each is counted in `dropped`, and the first loss is logged with the name of the
bound.

Whoever feeds an inbox holds it weakly, so one that the program has let go of is gone: `async for hook in
call.hooks("/x")` needs no clean-up, also when the loop is left early.
"""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

from anyio.lowlevel import checkpoint

from jambonz_core.wire.bounded import BoundedQueue

from .call_log import CallLog
from .event_loop import EventLoop
from .one_shot import Notifier

ItemT = TypeVar("ItemT")


class Inbox(Generic[ItemT]):
    """An async iterator over what arrives. Ends when it is closed, or when its source is over."""

    def __init__(
        self,
        name: str,
        limit: str,
        most: int,
        most_bytes: int,
        *,
        loop: EventLoop,
        on_close: Callable[[], None] = lambda: None,
        log: CallLog,
    ) -> None:
        self._name = name
        """What the inbox is for, as log lines name it: a hook's path, or `events()`."""
        self._limit = limit
        """The name of the bound in number; that in bytes has `_bytes` behind it."""
        self.dropped: int = 0
        """How many items were lost because nobody took them in time."""
        self.closed: bool = False
        """Whether nothing more is taken. What was taken before is still given."""
        self._on_close = on_close
        self._log = log
        self._items = BoundedQueue[ItemT](most=most, most_bytes=most_bytes)
        self._news = Notifier()
        self._loop = loop

    def __len__(self) -> int:
        return len(self._items)

    def _put(self, item: ItemT, size: int) -> None:
        """Add an item of so many bytes. At a bound the oldest are dropped."""
        if self.closed:
            return
        for gone in self._items.put(item, size):
            self._lose(gone)
        self._news.notify()

    def _lose(self, item: ItemT) -> None:
        self._discard(item)
        self.dropped += 1
        items = self._items
        limit, bound = (self._limit, items.most) if items.full else (f"{self._limit}_bytes", items.most_bytes)
        self._log.dropped[limit] += 1
        if self.dropped == 1:
            self._log.warning(
                "%s: nobody takes what comes, and %s (%d) is reached; the oldest are dropped, first a %s",
                self._name,
                limit,
                bound,
                type(item).__name__,
            )

    def _finish(self) -> None:
        """End the iteration behind the items that are kept: nothing more will come."""
        if not self.closed:
            self.closed = True
            self._on_close()
            self._news.notify()

    def close(self) -> None:
        """Take nothing more, and forget what is kept."""
        for item in self._items.clear():
            self._discard(item)
        self._finish()

    def _discard(self, item: ItemT) -> None:
        """Learn that an item is lost; for kinds of inboxes whose items are owed something."""

    def __aiter__(self) -> Inbox[ItemT]:
        return self

    async def __anext__(self) -> ItemT:
        await self._loop.checkpoint()
        while not self._items:
            if self.closed:
                await checkpoint()
                raise StopAsyncIteration
            await self._news.wait()
        return self._items.take()

    async def __aenter__(self) -> Inbox[ItemT]:
        await self._loop.checkpoint()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()
