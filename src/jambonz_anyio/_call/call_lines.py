"""The lines of a log that say that a call began or ended, and that a connection was refused."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterable
from typing import Any

from jambonz_core.call import AppCall
from jambonz_core.wire.one_line import one_line

from .._net.reached import is_worth_a_line
from .._net.transport import HttpRequest, HttpResponse
from .call_log import CallLog

SHOWN = 200
"""So many characters of what a peer has sent are in a line."""

PATHS_SHOWN = 10
"""So many of the paths that are served are listed for somebody who asked for another one."""

REFUSALS_SHOWN = 10
"""So many refusals of a status have a line each; later ones only now and then, or peers could fill a disk."""


def calls_logger(logger: logging.Logger) -> logging.Logger:
    """The logger of these lines, below that of the application."""
    return logger.getChild("calls")


def tell_began(logger: logging.Logger, core: AppCall, call_sid: str, path: object, opened_by: str) -> None:
    """A call begins to be served, or goes on here."""
    logger = calls_logger(logger)
    if not logger.isEnabledFor(logging.INFO):
        return
    facts = {name: _shown(core.session.get(name)) for name in ("direction", "from", "to")}
    who = ", ".join(f"{name} {value}".removeprefix("direction ") for name, value in facts.items() if value)
    goes_on = opened_by == "session:reconnect"
    CallLog(logger, call_sid).info(
        "The call %s at %s%s",
        "goes on" if goes_on else "begins",
        path,
        f": {who}" if who else "",
        extra={"event": "call.resumed" if goes_on else "call.began", "path": str(path), **_told(facts)},
    )


def tell_ended(
    logger: logging.Logger,
    core: AppCall,
    call_sid: str,
    path: object,
    *,
    seconds: float,
    reason: str,
    error: Exception | None,
) -> None:
    """A call is over for this process."""
    logger = calls_logger(logger)
    if not logger.isEnabledFor(logging.INFO):
        return
    hooks, slowest, slowest_hook = core.answer_times
    text = f"{hooks} {'hook' if hooks == 1 else 'hooks'}"
    if hooks:
        text += f", slowest answer {slowest:.2f} s" + (f" ({slowest_hook})" if slowest_hook else "")
    failed = type(error).__name__ if error is not None else ""
    CallLog(logger, call_sid).info(
        "The call at %s is over after %.1f s: %s, %s",
        path,
        seconds,
        f"{reason} ({failed})" if failed else reason,
        text,
        extra={
            "event": "call.ended",
            "path": str(path),
            "seconds": round(seconds, 3),
            "reason": reason,
            "hooks": hooks,
            "slowest_answer": round(slowest, 3),
            "slowest_hook": slowest_hook,
            "error": failed,
        },
    )


class Refusals:
    """Tells of the connections that were refused."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = calls_logger(logger)
        self._counts: Counter[int] = Counter()

    def tell(self, request: HttpRequest, answer: HttpResponse, served: Iterable[str]) -> None:
        """A websocket was refused with this answer; `served` are the paths that there are."""
        self._counts[answer.status] += 1
        times = self._counts[answer.status]
        if times > REFUSALS_SHOWN and not is_worth_a_line(times):
            return
        why = one_line(answer.body[:SHOWN].decode("utf-8", "replace").strip())
        if answer.status == 404:
            paths = list(served)
            more = f" and {len(paths) - PATHS_SHOWN} more" if len(paths) > PATHS_SHOWN else ""
            why += f"; those that are: {', '.join(paths[:PATHS_SHOWN]) or 'none'}{more}"
        path = one_line(request.peer.path[:SHOWN])
        self._logger.info(
            "A connection from %s to %s is refused with %d: %s%s",
            request.peer.address or "an unknown address",
            path,
            answer.status,
            why,
            f", time {times}" if times > 1 else "",
            extra={"event": "connection.refused", "path": path, "status": answer.status, "times": times},
        )


def _shown(value: Any) -> str:
    return one_line(str(value)[:SHOWN]) if value else ""


def _told(facts: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in facts.items() if value}
