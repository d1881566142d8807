"""Waiting for what another task provides: one value, such as a verb's report, or news again and again."""

from __future__ import annotations

from typing import Generic, TypeVar

import anyio
from anyio.lowlevel import checkpoint

T = TypeVar("T")


class OneShot(Generic[T]):
    """Settles once, with a value or with an exception; later attempts change nothing."""

    __slots__ = ("_error", "_event", "_value", "settled")

    def __init__(self) -> None:
        self._event: anyio.Event | None = None
        self._value: T | None = None
        self._error: Exception | None = None
        self.settled: bool = False

    def settle(self, value: T) -> None:
        """Give whoever waits a value."""
        if not self.settled:
            self.settled = True
            self._value = value
            if self._event is not None:
                self._event.set()

    def fail(self, error: Exception) -> None:
        """Give whoever waits an exception."""
        if not self.settled:
            self._error = error
            self.settle(None)  # type: ignore[arg-type]  # never read: the error is looked at first

    async def wait(self) -> T:
        """The value, as soon as there is one. May be called by several tasks."""
        if self.settled:
            await checkpoint()
        else:
            if self._event is None:
                self._event = anyio.Event()
            await self._event.wait()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]  # settled without an error: it is a T


class Notifier:
    """Wakes whoever waits, as often as `notify` is called. Until somebody waits it costs nearly nothing."""

    __slots__ = ("_event",)

    def __init__(self) -> None:
        self._event: anyio.Event | None = None

    def notify(self) -> None:
        """Wake everybody who waits now."""
        event, self._event = self._event, None
        if event is not None:
            event.set()

    async def wait(self) -> None:
        """Wait until `notify` is called."""
        if self._event is None:
            self._event = anyio.Event()
        await self._event.wait()
