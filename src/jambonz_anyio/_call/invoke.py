"""Running what a user registered, whether it is a coroutine function or a plain one.

A plain function may block, so it runs in a thread, of which an application has a bounded number of its own: a
slow database cannot use up the threads that others count on. When its call ends, the thread is left behind,
because nothing can stop it; its slot is free again when it returns.
"""

from __future__ import annotations

import functools
import inspect
import math
import sys
from collections.abc import Awaitable, Callable
from types import FunctionType, TracebackType
from typing import Any, TypeAlias, TypeVar, cast

import anyio
import anyio.to_thread
from anyio.lowlevel import RunVar

from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.registry import Registry

FunctionT = TypeVar("FunctionT")

Handler: TypeAlias = Callable[..., Any]
"""What a program registers: a function, a coroutine function or a plain one."""

AsyncFunction: TypeAlias = Callable[..., Awaitable[Any]]

_COROUTINE = inspect.CO_COROUTINE


def is_async(function: Callable[..., Any]) -> bool:
    """Whether calling `function` gives a coroutine:

    also for partials, methods and objects with `__call__`.
    """
    while True:
        if type(function) is FunctionType and function.__code__.co_flags & _COROUTINE:
            return True  # as nearly all are
        if not isinstance(function, functools.partial):
            break
        function = function.func
    # The method itself is asked about, not whether the object can be called.
    method = getattr(function, "__call__", None)  # noqa: B004
    return inspect.iscoroutinefunction(function) or inspect.iscoroutinefunction(method)


def checked(function: FunctionT, what: str) -> FunctionT:
    """`function`, if it can be called.

    What cannot is refused where it is handed in, and not when somebody calls.
    """
    if callable(function):
        return function
    if inspect.iscoroutine(function):
        function.close()
        raise LocalProtocolError(f"{what} takes a function and its arguments, not what calling it returned")
    raise LocalProtocolError(f"{what} takes a function, not {type(function).__name__}")


def checked_handler(function: FunctionT, what: str, *given: str) -> FunctionT:
    """`function`, if it can be called with as many arguments as it is going to be `given`.

    Found out where it is registered, and not when somebody calls.
    """
    checked(function, what)
    if not _takes(cast("Callable[..., Any]", function), len(given)):
        name = getattr(function, "__qualname__", None) or repr(function)
        parameters = inspect.signature(cast("Any", function)).parameters.values()
        shown = ", ".join(str(parameter.replace(annotation=parameter.empty)) for parameter in parameters)
        raise LocalProtocolError(
            f"{what} calls its function with {' and '.join(given)}, and {name}({shown}) cannot be called so"
        )
    return function


def _takes(function: Callable[..., Any], count: int) -> bool:
    """Whether a function can be called with so many arguments by position."""
    if type(function) is FunctionType:
        code = function.__code__
        named_only = code.co_kwonlyargcount - len(function.__kwdefaults__ or ())
        required = code.co_argcount - len(function.__defaults__ or ())
        most = math.inf if code.co_flags & inspect.CO_VARARGS else code.co_argcount
        return required <= count <= most and not named_only
    try:
        inspect.signature(function).bind(*[None] * count)
    except ValueError:  # it has no signature that Python knows of
        return True
    except TypeError:
        return False
    return True


def checked_path(path: Any, decorator: str) -> str:
    """`path`, if it is one: a decorator without brackets has the function in its place."""
    if callable(path):
        raise LocalProtocolError(f'{decorator} takes the path first: write {decorator}("/")')
    if not isinstance(path, str):
        raise LocalProtocolError(f'{decorator} takes a path such as "/", not {path!r}')
    return path


def checked_name(name: Any, what: str) -> str:
    """`name`, if it can be one of a hook or an event."""
    if isinstance(name, str) and name:
        return name
    raise LocalProtocolError(f"{what} takes the path of a hook or the name of an event, not {name!r}")


def checked_event(name: Any, registry: Registry) -> str:
    """`name`, if `on()` can receive something under it."""
    why_not = registry.never_comes(checked_name(name, "on()"))
    if why_not:
        raise LocalProtocolError(f"on() would never call this handler: {why_not}")
    return str(name)


class Threads:
    """The threads of one application."""

    def __init__(self, bound: int) -> None:
        self.bound = bound
        # One for each event loop: an application may be run more than once, as in tests.
        self._limiter: RunVar[anyio.CapacityLimiter] = RunVar("threads of an application")

    def awaitable(self, function: Handler) -> AsyncFunction:
        """`function` as one whose calls are awaited: it is asked once what it is, and not for each call."""
        return function if is_async(function) else functools.partial(self.invoke, function)

    async def invoke(self, function: Callable[..., Any], *args: Any) -> Any:
        """Call `function` and return what it returns.

        A plain function that returns a coroutine has it awaited.
        """
        with stray_refused:
            return await (function(*args) if is_async(function) else self._in_a_thread(function, *args))

    async def _in_a_thread(self, function: Callable[..., Any], *args: Any) -> Any:
        limiter = self._limiter.get(None)
        if limiter is None:
            limiter = anyio.CapacityLimiter(self.bound)
            self._limiter.set(limiter)
        results: list[Any] = []
        left: list[bool] = []

        def call() -> None:
            results.append(function(*args))
            if left:
                _discard(results)

        try:
            await anyio.to_thread.run_sync(call, limiter=limiter, abandon_on_cancel=True)
        except anyio.get_cancelled_exc_class():
            # The thread may be through already, or it looks at this when it is.
            left.append(True)
            _discard(results)
            raise
        [result] = results
        return await result if inspect.iscoroutine(result) else result


def refuse_stray(error: BaseException) -> None:
    """Raise `RuntimeError` if a user's code has raised a cancellation that nobody has asked for.

    On asyncio, whoever awaits a task or a future that somebody else has cancelled gets the very exception by
    which it would be cancelled itself. Passed on, that would end a call without last words and without a line
    in the log, because a cancellation is nobody's error. So it becomes one.
    """
    asyncio = sys.modules.get("asyncio")
    if asyncio is None or not isinstance(error, asyncio.CancelledError):
        return  # no cancellation, or one on trio, where only a scope cancels
    if anyio.current_effective_deadline() == -math.inf:
        return
    task = asyncio.current_task()
    if task is None or task.cancelling():
        return  # by its host, such as an ASGI server that stops, or by a loop that ends
    raise RuntimeError("something that is awaited here was cancelled by somebody else") from error


class _StrayRefused:
    """`refuse_stray` for what is raised in a block of code of a user's."""

    __slots__ = ()

    def __enter__(self) -> None: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if error is not None:
            refuse_stray(error)


stray_refused = _StrayRefused()
"""The one `_StrayRefused`, for all, because it has no state."""


def _discard(results: list[Any]) -> None:
    """Nobody waits for these any more; a coroutine or a chain would complain about that."""
    for result in results:
        close = getattr(result, "close", None) or getattr(result, "discard", None)
        if close is not None:
            close()


ErrorT = TypeVar("ErrorT", Exception, BaseException)


def unwrap(error: ErrorT) -> ErrorT:
    """The exception inside groups of one: what a program raised is what it gets to see.

    It is raised again outside of the `except` that caught the group. Inside, Python would put the group in
    the place of what the program's exception came from.
    """
    inner: Any = error
    while isinstance(inner, BaseExceptionGroup) and len(inner.exceptions) == 1:
        inner = inner.exceptions[0]
    return cast("ErrorT", inner)
