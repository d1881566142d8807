"""Running async code in virtual time, outside of any test framework.

In virtual time nobody waits: when every task is blocked, the clock jumps to the next moment at which
something can happen. A ten-minute call takes as long as its Python code does. The clock does not jump while a
thread or a real socket is pending, so programs that use those work too, in real time.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from importlib import import_module
from typing import Any, Literal, TypeAlias, TypeVar

T = TypeVar("T")

Backend: TypeAlias = Literal["asyncio", "trio"]


PATIENCE = 1.0
"""Seconds of real time without anything to do, after which nothing is believed to come any more."""


class NothingCanHappen(AssertionError):
    """Every task waits, no time-out is set, and nothing outside is pending: they wait for each other."""

    def __init__(self, tasks: list[str]) -> None:
        super().__init__(f"every task waits, and nothing can wake any of them: {', '.join(tasks)}")


class LeakedTasks(AssertionError):
    """Something that a test has started still ran when the test was over."""


def run(
    function: Callable[..., Coroutine[Any, Any, T] | Awaitable[T]],
    *args: Any,
    backend: Backend = "asyncio",
    leaked_tasks: Literal["fail", "ignore"] = "fail",
) -> T:
    """Run an async function to its end in virtual time, and return what it returns.

    ```python
    async def conversation() -> None:
        async with dial(app, "/") as phone:
            await phone.hears("Hello!")


    run(conversation, backend="trio")
    ```

    With asyncio, tasks that are still running at the end are a failure, `LeakedTasks`: somebody has started
    them and will never look after them again. On trio there can be none.
    """
    if backend not in ("asyncio", "trio"):
        raise ValueError(f"there is no virtual time on {backend!r}: use 'asyncio' or 'trio'")
    clock = import_module(f"jambonz_anyio.testing._virtual_clock_{backend}")

    async def main() -> T:
        result = await function(*args)
        if leaked_tasks == "fail":
            leaked = await clock.leaked_tasks()
            if leaked:
                raise LeakedTasks(f"these tasks were started and never waited for: {', '.join(leaked)}")
        return result

    result: T = clock.run_virtual(partial(main))
    return result
