"""Large messages are taken one after the other, one in each turn of the event loop.

To parse one takes milliseconds, and the largest a few dozen. When many connections or requests bring one at
the same time, everybody else would have to wait until all of them are parsed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio
from anyio.lowlevel import RunVar, checkpoint

from .byte_streams import READ_BYTES

LARGE_BYTES = READ_BYTES
"""What is longer came in several reads, so a connection cannot bring several of them in one turn."""

_turn: RunVar[anyio.Lock] = RunVar("large messages")


@asynccontextmanager
async def turn_for_large_message() -> AsyncIterator[None]:
    """The time in which nobody else takes a large message: until the event loop has turned once more."""
    turn = _turn.get(None)
    if turn is None:
        turn = anyio.Lock()
        _turn.set(turn)
    async with turn:
        yield
        await checkpoint()
