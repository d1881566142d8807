"""The calls of one path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal, overload

from .session import Handler, Session, _callable_handler

if TYPE_CHECKING:
    from ...call import Call


class WsClient:
    """The calls of one path, as the official SDKs have it: what `make_service(path=…)` returns.

    Events are ``session:new`` and ``session:redirect``, both with the `Session`, and ``error`` with an
    exception.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        """The path that it serves."""
        self._handlers: dict[str, list[Handler]] = {}

    @overload
    def on(
        self, event: Literal["session:new", "session:redirect"], handler: Callable[[Session], object]
    ) -> WsClient: ...
    @overload
    def on(self, event: Literal["error"], handler: Callable[[Exception], object]) -> WsClient: ...
    def on(self, event: str, handler: Handler) -> WsClient:
        """Call `handler` when this happens."""
        self._handlers.setdefault(event, []).append(_callable_handler(handler))
        return self

    async def _serve_call(self, call: Call) -> None:
        """The handler of the path's calls."""
        session = Session(call)

        async def redirected(payload: Any) -> None:
            session.data = dict(payload.raw)
            for handler in self._handlers["session:redirect"]:
                await session._run_handler(handler, session)

        async def ended(call: Call) -> None:
            if call.error is not None:
                await session._emit_to_handlers("error", call.error)
                for handler in self._handlers.get("error", ()):
                    await session._run_handler(handler, call.error)
            graceful = call.end_reason in ("completed", "closed")
            await session._emit_to_handlers("close", 1000 if graceful else 1006, call.end_reason)

        call.on_end(ended)
        if "session:redirect" in self._handlers:
            call.on("session:redirect", redirected)
        opening = "session:new"
        if call.opened_by == "session:redirect" and "session:redirect" in self._handlers:
            opening = "session:redirect"
        for handler in self._handlers.get(opening, ()):
            await session._run_handler(handler, session)
