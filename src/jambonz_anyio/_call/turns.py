"""Turns: one thing at a time is said in answer to the caller, and the newest answer is the one that counts.

`call.turns(path, answer)` starts `answer` for each hook of a path, and a new hook cancels the running one
first. `call.turn()` is the same by hand, for programs that find out in another way that it is their turn:

```python
async with call.turn():
    await think_and_speak()
```

A turn begins when the one before has really ended, its clean-up included. Only the cancellation by a newer
turn is swallowed; one from outside, and every exception, passes through.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import anyio

from .inbox import Inbox
from .invoke import stray_refused, unwrap


class Turns:
    """The turns of the conversation in one call: only the newest is held, one at a time."""

    __slots__ = ("_floor", "_newest")

    def __init__(self) -> None:
        self._newest: anyio.CancelScope | None = None
        self._floor: anyio.Lock | None = None

    def claim(self) -> anyio.CancelScope:
        """A turn that is newer than all others, which are cancelled by it. To be used with `hold`."""
        if self._newest is not None:
            self._newest.cancel()
        self._newest = anyio.CancelScope()
        return self._newest

    @asynccontextmanager
    async def hold(self, turn: anyio.CancelScope) -> AsyncIterator[anyio.CancelScope]:
        """Take the floor, as soon as the one who has it has left."""
        if self._floor is None:
            self._floor = anyio.Lock()
        try:
            # Outside the scope: a newer turn cannot cancel the waiting, only what is done with the floor.
            # Otherwise the third turn could begin while the first still cleans up.
            async with self._floor:
                with turn:
                    yield turn
        finally:
            if self._newest is turn:
                self._newest = None

    async def run(self, inbox: Inbox[Any], answer: Callable[[Any], Awaitable[Any]]) -> None:
        """Answer what comes in, the newest one only. Ends with the inbox, or with an exception of
        `answer`."""

        async def one(item: Any, turn: anyio.CancelScope) -> None:
            async with self.hold(turn):
                if not turn.cancel_called:
                    # A task group would believe that a stray cancellation was meant, and forget about it.
                    with stray_refused:
                        await answer(item)

        failure: Exception | None = None
        try:
            async with inbox, anyio.create_task_group() as tasks:
                async for item in inbox:
                    # Claimed here and not by the task: tasks may start in any order.
                    tasks.start_soon(one, item, self.claim())
        except ExceptionGroup as group:
            failure = unwrap(group)
        if failure is not None:
            raise failure
