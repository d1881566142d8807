"""Who waits for which outbound call: the part of placing calls that an application holds.

A session that comes in is shown to `Placements.claim`, a status that has none to `Placements.observe`. The
nonce in their `customerData` tells whether a block in this process waits for that very call.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Generic, TypeVar

import anyio

from jambonz_core.rest.placing import failure_of, nonce_of

ABANDONED = 1000
"""How many nonces are remembered of calls that nobody waits for any more: their sessions are turned away."""


C = TypeVar("C")


class Expected(Generic[C]):
    """One call that is waited for: it is met, or it fails, once."""

    def __init__(self, nonce: str) -> None:
        self.nonce = nonce
        self.settled: anyio.Event = anyio.Event()
        self.call: C | None = None
        self.claim: Claim[C] | None = None
        self.failure: Exception | None = None

    def meet(self, claim: Claim[C]) -> None:
        """Hand over the call whose session has arrived, and wake whoever waits for it."""
        self.call, self.claim = claim.call, claim
        self.settled.set()

    def fail(self, error: Exception) -> None:
        """Give up waiting for the session, and wake whoever waits for it with the error."""
        if not self.settled.is_set():
            self.failure = error
            self.settled.set()


class Claim(Generic[C]):
    """The application's hold on a session that a block owns."""

    def __init__(self, call: C, turn_away: Callable[[C], Awaitable[Any]] | None = None) -> None:
        self.call = call
        self._turn_away = turn_away
        self._left = anyio.Event()

    @property
    def turned_away(self) -> bool:
        """Whether nobody waits for this call any more: then it is hung up at once."""
        return self._turn_away is not None

    async def serve(self, call: object = None) -> None:
        """What the application runs instead of a route's handler: it returns when the block is left.

        It may be given the call, as handlers are, and knows it already.
        """
        if self._turn_away is not None:
            await self._turn_away(self.call)
        else:
            await self._left.wait()

    def leave(self) -> None:
        """Take note that the block that holds the call has ended."""
        self._left.set()


class Placements(Generic[C]):
    """Who waits for which outbound call. An application has one of these."""

    def __init__(self, hang_up: Callable[[C], Awaitable[Any]]) -> None:
        self.hang_up = hang_up
        """The function that ends a call whose session has arrived."""
        self._expected: dict[str, Expected[C]] = {}
        self._abandoned: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._expected)

    def expect(self, nonce: str) -> Expected[C]:
        """Begin to wait for the call with this nonce."""
        expected: Expected[C] = Expected(nonce)
        self._expected[nonce] = expected
        return expected

    def forget(self, expected: Expected[C]) -> None:
        """Wait no longer. If the session should come after all, it is turned away."""
        self._expected.pop(expected.nonce, None)
        if expected.call is None:
            self._abandoned[expected.nonce] = None
            while len(self._abandoned) > ABANDONED:
                self._abandoned.popitem(last=False)

    def claim(self, data: Mapping[str, Any], call: C) -> Claim[C] | None:
        """Show a new session, by its first payload. None: nobody here placed it; its route's handler runs.

        Otherwise run `Claim.serve` in the place of that handler.
        """
        nonce = nonce_of(data)
        if nonce is None:
            return None
        expected = self._expected.pop(nonce, None)
        if expected is not None and not expected.settled.is_set():
            claim = Claim(call)
            expected.meet(claim)
            return claim
        if expected is not None or nonce in self._abandoned:
            self._abandoned.pop(nonce, None)
            return Claim(call, turn_away=self.hang_up)
        return None

    def observe(self, data: Mapping[str, Any]) -> bool:
        """Show a status that came without a session. True when somebody was waiting for its call."""
        nonce = nonce_of(data)
        expected = None if nonce is None else self._expected.get(nonce)
        if expected is None:
            return False
        failure = failure_of(data)
        if failure is not None:
            expected.fail(failure)
        return True
