"""Running what a user registered, whether it is a coroutine function or a plain one.

A plain function may block, so it runs in a thread, of which an application has a bounded number of its own: a
slow database cannot use up the threads that others count on. When its call ends, the thread is left behind,
because nothing can stop it; its slot is free again when it returns.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import anyio
import anyio.to_thread


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling `function` gives a coroutine:

    also for partials, methods and objects with `__call__`.
    """
    while isinstance(function, functools.partial):
        function = function.func
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(
        getattr(function, "__call__", None)  # noqa: B004 - the method itself is asked about, not whether it
        is callable
    )


class Threads:
    """The threads of one application."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        self._limiter: anyio.CapacityLimiter | None = None

    async def invoke(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call `function` and return what it returns.

        A plain function that returns a coroutine has it awaited.
        """
        if is_async(function):
            return await function(*args)
        if self._limiter is None:
            # Not before: an application is built before any event loop runs.
            self._limiter = anyio.CapacityLimiter(self.bound)
        # In a list, because trio takes a coroutine that comes out of a thread for a mistake.
        [result] = await anyio.to_thread.run_sync(
            lambda: [function(*args)], limiter=self._limiter, abandon_on_cancel=True
        )
        return await result if inspect.iscoroutine(result) else result


def unwrap(error: Exception) -> Exception:
    """The exception inside groups of one: what a program raised is what it gets to see."""
    while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
        error = error.exceptions[0]
    return error
