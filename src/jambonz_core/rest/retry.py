"""When to ask again, and after how long. Pure: chance is an argument and waiting is somebody else's.

Only failures that prove that nothing was carried out are tried again: no connection, 429 (after the time the
server asks for) and 480. A lost answer, a time-out after sending and every 5xx leave a doubt, and placing the
same call twice is worse than an error. Waits double from try to try and are spread over their whole length by
chance, so that clients that failed together do not come back together.
"""

from __future__ import annotations

from dataclasses import dataclass

from jambonz_core.rest.request import Retry
from jambonz_core.wire.errors import LocalProtocolError, RestError


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently to ask again.

    >>> RetryPolicy(attempts=2, patience=5.0).off
    False
    """

    attempts: int = 4
    """Tries in all; 1 switches retries off."""
    first_delay: float = 0.25
    """Seconds, at most, before the second try."""
    longest_delay: float = 8.0
    """Seconds, at most, before any try, unless the server itself asks for more."""
    patience: float = 60.0
    """Seconds, at most, of all waiting together. When a wait would pass it, the error is raised at once."""

    def __post_init__(self) -> None:
        if self.attempts < 1:
            raise LocalProtocolError(f"attempts must be 1 or more, not {self.attempts}")
        for name in ("first_delay", "longest_delay", "patience"):
            if not 0 <= getattr(self, name) < float("inf"):
                raise LocalProtocolError(f"{name} must be a finite number of seconds, 0 or more")

    @property
    def off(self) -> bool:
        """Whether nothing is ever tried again."""
        return self.attempts == 1

    def start(self, retry: Retry = Retry.WHEN_NOT_CARRIED_OUT) -> Attempts:
        """The account of one request's tries."""
        return Attempts(self, retry)


NO_RETRIES = RetryPolicy(attempts=1)
"""A policy that tries every request once."""


class Attempts:
    """How often one request was tried, and how long was waited."""

    __slots__ = ("_policy", "_retry", "failures", "waited")

    def __init__(self, policy: RetryPolicy, retry: Retry) -> None:
        self._policy = policy
        self._retry = retry
        self.failures: int = 0
        """How many tries have failed."""
        self.waited: float = 0.0
        """How many seconds were waited between them."""

    def failed(self, error: RestError, chance: float) -> float | None:
        """Count a failed try; return the seconds to wait before the next one, or None to give up.

        `chance` is a random number from 0 to 1.
        """
        self.failures += 1
        policy = self._policy
        if self._retry is Retry.NEVER or not error.not_carried_out or self.failures >= policy.attempts:
            return None
        # The exponent is bounded as well: 2.0 ** 1024 overflows.
        ceiling = min(policy.longest_delay, policy.first_delay * 2.0 ** min(self.failures - 1, 60))
        delay = chance * ceiling + (error.retry_after or 0.0)
        if self.waited + delay > policy.patience:
            return None
        self.waited += delay
        return delay
