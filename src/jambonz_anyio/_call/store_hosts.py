"""Keeping a store open where nobody does: under a host that runs no lifespan for the application.

`App.running()` opens the store as long as the application serves. An ASGI host whose lifespan is switched
off, or that mounts the application inside another, never enters that. Then the store is a guest, like the
sleeper of `timers`: a task in the group of one of the connections opens it, and when that connection and its
call are over, a task of another one does. What is asked of the store meanwhile waits, within its bound.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext
from typing import Literal, TypeAlias

import anyio
from anyio.abc import TaskGroup

from .one_shot import Notifier

StoreRequestName: TypeAlias = Literal["claim", "save", "end", "snapshot", "hints", "open"]
"""What can fail about a store; `App.store_failures` counts by it."""

REOPEN_SECONDS = 1.0
"""The pause before a store is opened again that could not be."""

_NOT_NEEDED = nullcontext()


class StoreHosts:
    """The connections in whose tasks the store can be open.

    `listen` runs as long as it is.
    """

    def __init__(
        self,
        listen: Callable[[], Awaitable[None]],
        failures: dict[str, int],
        logger: logging.Logger,
    ) -> None:
        self._listen = listen
        self._failures = failures
        self._logger = logger
        self._running = 0
        self._hosts: dict[TaskGroup, None] = {}  # in the order in which they offered themselves
        self._keeper: anyio.CancelScope | None = None
        self._home: TaskGroup | None = None
        self._open = False
        self._changed = Notifier()
        self._told = False

    @contextmanager
    def opened_for_all(self) -> Iterator[None]:
        """The time in which the store is open, whoever connects."""
        self._running += 1
        try:
            yield
        finally:
            self._running -= 1

    def hosted_by(self, group: TaskGroup, store: object) -> AbstractContextManager[None]:
        """Let the store be open in `group` for the duration of a block, if it is open nowhere else."""
        if self._running or not isinstance(store, AbstractAsyncContextManager):
            # One object for all: it is held as long as a call lives.
            return _NOT_NEEDED
        return self._hosting(group, store)

    @contextmanager
    def _hosting(self, group: TaskGroup, store: AbstractAsyncContextManager[object]) -> Iterator[None]:
        self._hosts[group] = None
        self._settle_down(store)
        try:
            yield
        finally:
            self._hosts.pop(group, None)
            if self._keeper is not None and self._home is group:
                self._keeper.cancel()

    async def opened(self, store: object) -> None:
        """Wait until the store can be asked."""
        while not (self._open or self._running) and isinstance(store, AbstractAsyncContextManager):
            await self._changed.wait()

    def _settle_down(self, store: AbstractAsyncContextManager[object]) -> None:
        if self._keeper is None and self._hosts:
            home = next(iter(self._hosts))
            self._keeper, self._home = anyio.CancelScope(), home
            home.start_soon(self._keep, store, home, self._keeper, name="jambonz store")

    async def _keep(
        self, store: AbstractAsyncContextManager[object], home: TaskGroup, scope: anyio.CancelScope
    ) -> None:
        try:
            with scope:
                while True:
                    await self._keep_open(store)
                    await anyio.sleep(REOPEN_SECONDS)
        finally:
            # Also where the group of this host was cancelled and has not told us yet: it must not be chosen
            # again.
            self._hosts.pop(home, None)
            self._keeper = self._home = None
            self._settle_down(store)

    async def _keep_open(self, store: AbstractAsyncContextManager[object]) -> None:
        try:
            async with store:
                self._open, self._told = True, False
                self._changed.notify()
                await self._listen()
        except Exception as error:
            self._failures["open"] += 1
            if not self._told:
                self._logger.warning("The store cannot be opened, or has failed: %r", error)
            self._told = True
        finally:
            self._open = False
