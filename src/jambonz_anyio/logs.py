"""Log lines that say which call they are about, as text for people or as JSON for programs.

The library logs below `jambonz_anyio`; `jambonz_anyio.calls` has a line when a call begins, when it ends, and
when a connection is refused. What your own code logs inside a call is about that call too: `CallSidFilter`
adds its `call_sid` to every line, whichever logger it comes from.

```python
import logging

from jambonz_anyio import logs

handler = logging.StreamHandler()
handler.addFilter(logs.CallSidFilter())
handler.setFormatter(logs.JsonFormatter())
logging.basicConfig(level=logging.INFO, handlers=[handler])
```

`jambonz run` does that by itself.
"""

from __future__ import annotations

import json
import logging
import sys
import threading
import time
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any, TextIO

import anyio

from jambonz_core.wire.one_line import one_line

from ._call.user_frames import of_the_user

__all__ = [
    "CallSidFilter",
    "JsonFormatter",
    "TextFormatter",
    "configure",
    "current_call_sid",
    "report_blocked_loop",
]

_logger = logging.getLogger("jambonz_anyio.server")

_call_sid: ContextVar[str] = ContextVar("call_sid", default="")

_OF_EVERY_RECORD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "call_sid", "taskName"}

_COLORS = {logging.WARNING: "33", logging.ERROR: "31", logging.CRITICAL: "31;1", logging.DEBUG: "2"}


def current_call_sid() -> str:
    """The `call_sid` of the call whose task or thread this is; empty outside of calls.

    >>> current_call_sid()
    ''
    """
    return _call_sid.get()


def enter_call(call_sid: str) -> None:
    """Say that this task, and those that it starts, belong to a call. The library does it for its own.

    >>> import contextvars
    >>> contextvars.copy_context().run(lambda: (enter_call("c-1"), current_call_sid()))[1]
    'c-1'
    """
    _call_sid.set(call_sid)


class CallSidFilter(logging.Filter):
    """Gives every record that passes a `call_sid`: its own, or that of the call in whose task it was logged.

    Put it on a handler, and not on a logger, for those do not filter what comes from the loggers below.

    >>> record = logging.makeLogRecord({"msg": "looked up"})
    >>> CallSidFilter().filter(record), record.call_sid
    (True, '')
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Add the id. Nothing is ever held back."""
        if not getattr(record, "call_sid", ""):
            record.call_sid = _call_sid.get()
        return True


def _message(record: logging.LogRecord, call_sid: str) -> str:
    """The text without the id at its beginning, which the library's own lines have."""
    return record.getMessage().removeprefix(f"[{call_sid}] ")


class TextFormatter(logging.Formatter):
    """Lines for people: time, level, `call_sid` and text; who logged it where that is not the library.

    >>> record = logging.makeLogRecord({"msg": "paid", "name": "shop", "levelname": "INFO"})
    >>> record.call_sid = "c-1"
    >>> TextFormatter().format(record)[13:]
    'INFO    [c-1] shop: paid'
    """

    def __init__(self, *, colors: bool = False, who: str = "") -> None:
        super().__init__()
        self._colors = colors
        self._who = f"{who} " if who else ""

    def format(self, record: logging.LogRecord) -> str:
        """One line, and those of an exception below it."""
        call_sid = getattr(record, "call_sid", "")
        about = f"[{one_line(call_sid)}] " if call_sid else ""
        name = "" if record.name.partition(".")[0] == "jambonz_anyio" else f"{record.name}: "
        at = datetime.fromtimestamp(record.created).strftime("%H:%M:%S.%f")[:-3]
        line = f"{at} {record.levelname:<7} {self._who}{about}{name}{_message(record, call_sid)}"
        if self._colors and record.levelno in _COLORS:
            line = f"\x1b[{_COLORS[record.levelno]}m{line}\x1b[0m"
        for more in (_exception(self, record), record.stack_info):
            if more:
                line += f"\n{more}"
        return line


class JsonFormatter(logging.Formatter):
    """One JSON object a line: `time`, `level`, `logger`, `call_sid`, `message`, and what `extra` has besides.

    >>> record = logging.makeLogRecord({"msg": "paid", "name": "shop", "levelname": "INFO", "order": 7})
    >>> line = json.loads(JsonFormatter().format(record))
    >>> line["message"], line["order"], line["call_sid"]
    ('paid', 7, '')
    """

    def format(self, record: logging.LogRecord) -> str:
        """The object, in one line whatever is in it."""
        call_sid = getattr(record, "call_sid", "")
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "call_sid": call_sid,
            "message": _message(record, call_sid),
        }
        for name, value in vars(record).items():
            if name not in _OF_EVERY_RECORD and name not in line:
                line[name] = value
        if error := _exception(self, record):
            line["exception"] = error
        if record.stack_info:
            line["stack"] = record.stack_info
        return json.dumps(line, default=str)


def _exception(formatter: logging.Formatter, record: logging.LogRecord) -> str:
    """The text of an exception, which other handlers may have made already."""
    if record.exc_info and not record.exc_text:
        record.exc_text = formatter.formatException(record.exc_info)
    return record.exc_text or ""


def configure(
    level: int | str = logging.INFO,
    *,
    format: str = "text",
    calls: bool = True,
    who: str = "",
    stream: TextIO | None = None,
) -> None:
    """Log to standard error as `jambonz run` does, unless something was configured already.

    `format` is `text` or `json`. Without `calls`, there are no lines for calls that begin and end, nor for
    connections that are refused. `who` stands in every line of text, such as the number of a worker.
    """
    if format not in {"text", "json"}:
        raise ValueError(f"format is 'text' or 'json', not {format!r}")
    if not calls:
        logging.getLogger("jambonz_anyio.calls").setLevel(logging.CRITICAL + 1)
    handler = logging.StreamHandler(stream)
    handler.addFilter(CallSidFilter())
    if format == "json":
        handler.setFormatter(JsonFormatter())
    else:
        handler.setFormatter(TextFormatter(colors=_shows_colors(handler.stream), who=who))
    logging.basicConfig(level=level, handlers=[handler])


def _shows_colors(stream: TextIO) -> bool:
    from os import environ

    return stream.isatty() and not environ.get("NO_COLOR") and environ.get("TERM") != "dumb"


async def report_blocked_loop(seconds: float = 0.25, *, logger: logging.Logger = _logger) -> None:
    """Log where the code stands that keeps this event loop from running for longer than `seconds`.

    Runs until it is cancelled. While a plain function blocks the loop, no call is answered; the line has the
    frames of that function. A thread looks, so the line comes while the loop stands still; a second one tells
    for how long it did.
    """
    if not seconds > 0:
        raise ValueError(f"seconds must be more than 0, not {seconds!r}")
    watch = _LoopWatch(seconds, logger)
    threading.Thread(target=watch.run, name="report_blocked_loop", daemon=True).start()
    try:
        while True:
            watch.beat()
            await anyio.sleep(seconds / 2)
    finally:
        watch.stop()


class _LoopWatch:
    """The thread that looks whether a loop still runs, and what the loop tells it."""

    def __init__(self, seconds: float, logger: logging.Logger) -> None:
        self._seconds = seconds
        self._logger = logger
        self._of_the_loop = threading.get_ident()
        self._stopped = threading.Event()
        self._last = time.monotonic()
        self._reported: float | None = None
        """The beat after which nothing came, and that was logged."""

    def beat(self) -> None:
        """The loop runs."""
        now, before = time.monotonic(), self._last
        self._last = now
        if self._reported == before:
            self._logger.warning("The event loop runs again, after %.2f s", now - before)

    def stop(self) -> None:
        """The loop is to be watched no more."""
        self._stopped.set()

    def run(self) -> None:
        """Look, until told to stop."""
        while not self._stopped.wait(self._seconds / 4):
            last = self._last
            # The beat comes every half of the time, when all is well.
            if last != self._reported and time.monotonic() - last > 1.5 * self._seconds:
                self._report(last)

    def _report(self, last: float) -> None:
        frame = sys._current_frames().get(self._of_the_loop)
        stack = "".join(traceback.format_list(of_the_user(traceback.extract_stack(frame))))
        if last == self._last:  # else it runs again, and the frames are those of something else
            self._reported = last
            self._logger.warning(
                "The event loop has not run for %g s, and no call is answered meanwhile. It is here:\n%s",
                self._seconds,
                stack.rstrip(),
            )
