"""Log lines that say which call they are about, and nothing of what was said in it."""

from __future__ import annotations

import logging
import re
from collections.abc import MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    Adapter = logging.LoggerAdapter[logging.Logger]
else:
    Adapter = logging.LoggerAdapter


_UNSAFE = re.compile(r"[^A-Za-z0-9_.:@-]")
"""The id comes from outside: it must not break lines, nor be taken for a format."""


class CallLog(Adapter):
    """A logger whose lines begin with the `call_sid`, and carry it as an attribute for structured logs.

    >>> CallLog(logging.getLogger("doc"), "c-1").process("ended", {})
    ('[c-1] ended', {'extra': {'call_sid': 'c-1'}})
    """

    def __init__(self, logger: logging.Logger, call_sid: str) -> None:
        super().__init__(logger, {})
        self.call_sid = call_sid
        self._prefix = f"[{_UNSAFE.sub('?', call_sid)[:64] or 'no call_sid yet'}] "

    def process(self, msg: Any, kwargs: MutableMapping[str, Any]) -> tuple[Any, MutableMapping[str, Any]]:
        """Add the call to a line."""
        kwargs["extra"] = {**kwargs.get("extra", {}), "call_sid": self.call_sid}
        return f"{self._prefix}{msg}", kwargs
