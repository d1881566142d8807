"""Bounded queues that a program iterates over: hooks of a path, events of a call, digits of a stream.

One policy for all of them. Whoever is waiting gets an item at once; otherwise it is kept, in order, up to a
bound. When one more comes, the oldest is dropped, because what happened last is what a program must react to;
it is counted in `dropped`, and the first loss is logged with the name of the bound.

Whoever feeds an inbox holds it weakly, so one that the program has let go of is gone: `async for hook in
call.hooks("/x")` needs no clean-up, also when the loop is left early.
"""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable
from types import TracebackType
from typing import Any, Generic, TypeVar

from anyio.lowlevel import checkpoint

from .event_loop import EventLoop
from .one_shot import Notifier

ItemT = TypeVar("ItemT")

_logger = logging.getLogger("jambonz_anyio")


class Inbox(Generic[ItemT]):
    """An async iterator over what arrives. Ends when it is closed, or when its source is over."""

    def __init__(
        self,
        name: str,
        bound: int,
        bound_name: str,
        *,
        loop: EventLoop,
        on_close: Callable[[], None] = lambda: None,
        log: logging.Logger | logging.LoggerAdapter[Any] = _logger,
    ) -> None:
        self._name = name
        """What the inbox is for, as log lines name it: a hook's path, or `events()`."""
        self._bound = bound
        self.dropped: int = 0
        """How many items were lost because nobody took them in time."""
        self.closed: bool = False
        """Whether nothing more is taken. What was taken before is still given."""
        self._bound_name = bound_name
        self._on_close = on_close
        self._log = log
        self._items: deque[ItemT] = deque()
        self._news = Notifier()
        self._loop = loop

    def __len__(self) -> int:
        return len(self._items)

    def _put(self, item: ItemT) -> None:
        """Add an item. At the bound the oldest one is dropped."""
        if self.closed:
            return
        if len(self._items) >= self._bound:
            self._discard(self._items.popleft())
            self.dropped += 1
            if self.dropped == 1:
                self._log.warning(
                    "%s: nobody takes what comes, and %s (%d) is reached; the oldest are dropped",
                    self._name,
                    self._bound_name,
                    self._bound,
                )
        self._items.append(item)
        self._news.notify()

    def _finish(self) -> None:
        """End the iteration behind the items that are kept: nothing more will come."""
        if not self.closed:
            self.closed = True
            self._on_close()
            self._news.notify()

    def close(self) -> None:
        """Take nothing more, and forget what is kept."""
        while self._items:
            self._discard(self._items.popleft())
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
        return self._items.popleft()

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
