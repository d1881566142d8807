"""What was done already, and may be waited for: the coroutine object that `post()` returns.

A coroutine that nobody awaits does nothing and leaves a warning. People who come from the official SDKs write
half of their calls without `await`, and what they wrote there was sent. So `post()` does at once what it is
asked to, raises at once what is wrong with it, and gives this object for what is left: to wait. The object
makes its wait when somebody begins to await it, so one that is dropped leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Generator
from types import TracebackType
from typing import Any, TypeVar

from jambonz_core.wire.errors import LocalProtocolError

ResultT_co = TypeVar("ResultT_co", covariant=True)


class Posted(Coroutine[Any, Any, ResultT_co]):
    """What was done already. It may be awaited, given to a task like any coroutine, or dropped.

    Awaiting it waits for room, so that a loop that awaits is as fast as the network, and no faster.
    """

    __slots__ = ("__weakref__", "_begin", "_wait", "refusal")

    def __init__(
        self,
        begin: Callable[[], Coroutine[Any, Any, ResultT_co]],
        *,
        refusal: LocalProtocolError | None = None,
    ) -> None:
        self.refusal: LocalProtocolError | None = refusal
        """What was wrong, so that nothing was done, where that is raised only when this is awaited."""
        self._begin = begin
        self._wait: Coroutine[Any, Any, ResultT_co] | None = None

    def _waiting(self) -> Coroutine[Any, Any, ResultT_co]:
        if self._wait is None:
            self._wait = self._begin()
        return self._wait

    def __await__(self) -> Generator[Any, Any, ResultT_co]:
        return self._waiting().__await__()

    def send(self, value: Any, /) -> Any:
        """Go on waiting (an event loop calls this)."""
        return self._waiting().send(value)

    def throw(
        self,
        kind: Any,
        value: BaseException | object = None,
        traceback: TracebackType | None = None,
        /,
    ) -> Any:
        """Raise an exception where it waits (an event loop calls this)."""
        # An exception alone: the form with its class in front is deprecated.
        error = kind if value is None else value
        if traceback is not None and isinstance(error, BaseException):
            error = error.with_traceback(traceback)
        return self._waiting().throw(error)  # type: ignore[arg-type]  # a class alone is right as well

    def close(self) -> None:
        """Do not wait any more, nor begin to."""
        self._waiting().close()
