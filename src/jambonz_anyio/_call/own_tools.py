"""Tools that a program runs by itself, told of on the call as those are that a verb's model calls.

Nothing of it is sent: such a tool has its place in the call's events, in its traces and in its journal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any, Literal, TypeAlias

import anyio

from jambonz_core.call.commands import NoteTool, NoteToolOutcome

from .driver import CoreDriver

ToolOutcome: TypeAlias = Literal["value", "error", "time-out"]


class RunningTool:
    """A tool that a program runs by itself, as long as it runs."""

    __slots__ = ("outcome",)

    def __init__(self) -> None:
        self.outcome: ToolOutcome = "value"
        """What is told when the block has come to its end. One that raises is an ``error`` anyway, and one
        that is cancelled is ``interrupted``, or ``over`` when the call is.
        """


@contextmanager
def told_on(
    driver: CoreDriver, tool_call_id: str, name: str, arguments: Mapping[str, Any]
) -> Iterator[RunningTool]:
    """The time in which the tool runs."""
    driver.loop.check_thread("tools are told of in the")
    driver.do(NoteTool(tool_call_id, name, dict(arguments)))
    running, observer = RunningTool(), driver.observer
    by: Literal["value", "error", "time-out", "interrupted", "over"] = "error"
    try:
        with nullcontext() if observer is None else observer.inside("tool", tool_call_id):
            yield running
        by = running.outcome
    except anyio.get_cancelled_exc_class():
        by = "over" if driver.closed else "interrupted"
        raise
    finally:
        driver.do(NoteToolOutcome(tool_call_id, name, by))
