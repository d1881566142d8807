"""How a method that describes a request becomes a method of both clients: ``get = sends(CallRequests.get)``.

Parameters and docstring stay as they are. What is returned depends on the client that the resource belongs
to: of `JambonzClient` it is awaited, of `SyncJambonzClient` it is there at once. Type checkers see coroutines
in the first case, so they report an `await` that was forgotten.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import update_wrapper
from inspect import signature
from types import MethodType
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar, overload

from jambonz_anyio.rest._performing import AsyncPerformer, AsyncRows, SyncPerformer, SyncRows
from jambonz_core.rest.paging import Walk
from jambonz_core.rest.request import Request, Steps

Requests = TypeVar("Requests")
if TYPE_CHECKING:
    import typing_extensions

    # So that `Calls` alone, in an annotation, is what most programs have.
    Performer = typing_extensions.TypeVar(
        "Performer", bound=AsyncPerformer | SyncPerformer, default=AsyncPerformer
    )
else:
    Performer = TypeVar("Performer", bound=AsyncPerformer | SyncPerformer)
P = ParamSpec("P")
T = TypeVar("T")


class Resource(Generic[Requests, Performer]):
    """One kind of thing that the API has: how it is asked for, and by whom."""

    def __init__(self, requests: Requests, performer: Performer) -> None:
        self._requests = requests
        self._performer = performer


class _Described:
    """A method for each kind of client. Both tell of themselves what the method that describes tells."""

    def __init__(
        self,
        describe: Callable[..., Any],
        of_async: Callable[..., Any],
        of_sync: Callable[..., Any],
        rows: tuple[Any, Any] | None = None,
    ) -> None:
        self._describe = describe
        self._of_async, self._of_sync = of_async, of_sync
        self._rows = rows
        self._name = self._qualname = ""
        self._dressed = False

    def __set_name__(self, owner: type[object], name: str) -> None:
        self._name, self._qualname = name, f"{owner.__qualname__}.{name}"

    def _of(self, resource: Resource[Any, Any] | None) -> Callable[..., Any]:
        if not self._dressed:
            # When the method is first used: there are many, and reading a signature takes time.
            self._dress()
        if resource is None:
            return self._of_sync  # for those who read about it: `help()`
        is_async = isinstance(resource._performer, AsyncPerformer)
        return MethodType(self._of_async if is_async else self._of_sync, resource)

    def _dress(self) -> None:
        describe = self._describe
        # ``Request[NewCall]``, ``Steps[bool]`` and ``Walk[Alert]``: what comes out when it is performed.
        result = describe.__annotations__["return"].partition("[")[2].removesuffix("]")
        for place, method in enumerate((self._of_async, self._of_sync)):
            returned = result if self._rows is None else self._rows[place][result]
            update_wrapper(method, describe)
            method.__name__, method.__qualname__ = self._name, self._qualname
            method.__annotations__ = {**describe.__annotations__, "return": returned}
            method.__signature__ = signature(describe).replace(return_annotation=returned)  # type: ignore[attr-defined]
        self._dressed = True


class sends(_Described, Generic[Requests, P, T]):
    """A method that performs the request, or the steps, that a method of a request class describes."""

    def __init__(self, describe: Callable[Concatenate[Requests, P], Request[T] | Steps[T]]) -> None:
        async def of_async(resource: Any, /, *args: Any, **kwargs: Any) -> Any:
            return await resource._performer.perform(describe(resource._requests, *args, **kwargs))

        def of_sync(resource: Any, /, *args: Any, **kwargs: Any) -> Any:
            return resource._performer.perform(describe(resource._requests, *args, **kwargs))

        super().__init__(describe, of_async, of_sync)

    @overload
    def __get__(self, resource: None, owner: type[object]) -> Callable[..., Any]: ...
    @overload
    def __get__(
        self, resource: Resource[Requests, AsyncPerformer], owner: type[object]
    ) -> Callable[P, Coroutine[Any, Any, T]]: ...
    @overload
    def __get__(self, resource: Resource[Requests, SyncPerformer], owner: type[object]) -> Callable[P, T]: ...
    def __get__(self, resource: Resource[Any, Any] | None, owner: type[object]) -> Callable[..., Any]:
        return self._of(resource)


class walks(_Described, Generic[Requests, P, T]):
    """A method that goes through the pages that a method of a request class describes, row by row."""

    def __init__(self, describe: Callable[Concatenate[Requests, P], Walk[T]]) -> None:
        def of_async(resource: Any, /, *args: Any, **kwargs: Any) -> Any:
            return AsyncRows(describe(resource._requests, *args, **kwargs), resource._performer)

        def of_sync(resource: Any, /, *args: Any, **kwargs: Any) -> Any:
            return SyncRows(describe(resource._requests, *args, **kwargs), resource._performer)

        super().__init__(describe, of_async, of_sync, rows=(AsyncRows, SyncRows))

    @overload
    def __get__(self, resource: None, owner: type[object]) -> Callable[..., Any]: ...
    @overload
    def __get__(
        self, resource: Resource[Requests, AsyncPerformer], owner: type[object]
    ) -> Callable[P, AsyncRows[T]]: ...
    @overload
    def __get__(
        self, resource: Resource[Requests, SyncPerformer], owner: type[object]
    ) -> Callable[P, SyncRows[T]]: ...
    def __get__(self, resource: Resource[Any, Any] | None, owner: type[object]) -> Callable[..., Any]:
        return self._of(resource)
