"""Steps of a test that were called and not awaited, which so have tested nothing."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, TypeVar

ClassT = TypeVar("ClassT", bound=type)


class _Step(NamedTuple):
    begun: Coroutine[Any, Any, Any]
    what: str


class Steps:
    """The steps that a test has called on one call, as long as they were not begun."""

    def __init__(self) -> None:
        self._steps: list[_Step] = []

    def add(self, coroutine: Coroutine[Any, Any, Any], what: str) -> None:
        """A step was called. Those before it that were awaited meanwhile are of no interest any more."""
        self._steps = [step for step in self._steps if _is_new(step.begun)]
        self._steps.append(_Step(coroutine, what))

    def forgotten(self) -> list[str]:
        """The steps that nobody has awaited; they are closed, so that Python does not complain as well."""
        forgotten = [step for step in self._steps if _is_new(step.begun)]
        self._steps.clear()
        for step in forgotten:
            step.begun.close()
        return [step.what for step in forgotten]


def _is_new(coroutine: Coroutine[Any, Any, Any]) -> bool:
    return inspect.getcoroutinestate(coroutine) == inspect.CORO_CREATED


def notice_forgotten_awaits(cls: ClassT) -> ClassT:
    """A class whose public coroutine functions are noted in `self._driver.steps` when they are called."""
    for name, method in list(vars(cls).items()):
        if not name.startswith("_") and inspect.iscoroutinefunction(method):
            setattr(cls, name, _noted(method))
    return cls


def _noted(method: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Coroutine[Any, Any, Any]]:
    @functools.wraps(method)
    def step(self: Any, *args: Any, **kwargs: Any) -> Coroutine[Any, Any, Any]:
        begun = method(self, *args, **kwargs)
        caller = inspect.currentframe()
        caller = caller.f_back if caller is not None else None
        where = f"{os.path.basename(caller.f_code.co_filename)}:{caller.f_lineno}" if caller else "somewhere"
        self._driver.steps.add(begun, f"{method.__name__}({', '.join(map(repr, args))}) at {where}")
        return begun

    return step
