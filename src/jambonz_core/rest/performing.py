"""Carrying out what a request class describes, without doing anything.

A `Performance` decides what comes next: send this request, or wait so many seconds. Whoever has an HTTP
library does it and tells how it went. So when to ask again, and in which order the requests of an operation
go, is decided here once, for every library, with an event loop or without one:

    going = Performance(described, RetryPolicy(), random.random)
    while (step := going.step) is not None:
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            going.waited()
            continue
        try:
            response = exchange(step)      # yours: a Response, or raise NotSent or OutcomeUnknown
        except RestError as error:
            going.failed(error)
        else:
            going.answered(response)
    return going.result()
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeAlias, TypeVar

from jambonz_core.rest.request import Request, Response, Steps
from jambonz_core.rest.retry import RetryPolicy
from jambonz_core.wire.errors import RestError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be sent for a time."""

    seconds: float


_Going: TypeAlias = Generator["Request[Any] | Wait", Any, T]
"""A request wants its response or its error, a wait wants nothing."""


class Performance(Generic[T]):
    """An operation of one request or of several, while it is carried out.

    Args:
        described: What a request class made.
        policy: When to ask again.
        chance: Random numbers from 0 to 1, which spread the waits.
        secrets: What must not appear in an error, such as the API key.
    """

    def __init__(
        self,
        described: Request[T] | Steps[T],
        policy: RetryPolicy,
        chance: Callable[[], float],
        *,
        secrets: tuple[str, ...] = (),
    ) -> None:
        tries = partial(_tries, policy=policy, chance=chance, secrets=secrets)
        self._going: _Going[T] = (
            tries(described) if isinstance(described, Request) else _one_by_one(described, tries)
        )
        self._outcome: list[T] = []
        self.step: Request[Any] | Wait | None = None
        """The request or wait that is next; None when the operation has its result."""
        self.waited()

    def waited(self) -> None:
        """The time of a `Wait` is over."""
        self._go(partial(next, self._going))

    def answered(self, response: Response) -> None:
        """The request was answered. Raises what the answer means, if that is how the operation ends."""
        self._go(partial(self._going.send, response))

    def failed(self, error: RestError) -> None:
        """The request was not answered. Raises the error, unless it is tried again."""
        self._go(partial(self._going.throw, error))

    def result(self) -> T:
        """What the operation gave at its end."""
        [outcome] = self._outcome
        return outcome

    def _go(self, move: Callable[[], Request[Any] | Wait]) -> None:
        try:
            self.step = move()
        except StopIteration as end:
            self.step = None
            self._outcome.append(end.value)


def _one_by_one(steps: Steps[T], tries: Callable[[Request[Any]], _Going[Any]]) -> _Going[T]:
    """The requests of an operation, as its steps decide."""
    try:
        request = next(steps)
        while True:
            try:
                result = yield from tries(request)
            except RestError as error:
                request = steps.throw(error)
            else:
                request = steps.send(result)
    except StopIteration as end:
        outcome: T = end.value
        return outcome


def _tries(
    request: Request[T], *, policy: RetryPolicy, chance: Callable[[], float], secrets: tuple[str, ...]
) -> _Going[T]:
    """One request, sent again when that is safe."""
    attempts = policy.start(request.retry)
    while True:
        try:
            return request.result((yield request), secrets=secrets)
        except RestError as error:
            delay = attempts.failed(error, chance())
            if delay is None:
                if attempts.failures > 1:
                    error.add_note(f"tried {attempts.failures} times, waiting {attempts.waited:.1f} s")
                raise
        yield Wait(delay)
