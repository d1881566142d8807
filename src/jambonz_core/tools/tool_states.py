"""What is legal for one tool call: state, input, next state. `tool_calls.py` is the machine."""

from __future__ import annotations

from collections.abc import Mapping

from ..wire.table_enum import TableEnum


class ToolState(TableEnum):
    """Where one tool call is, from the application's side."""

    RUNNING = "running"
    """The tool runs, or somebody is about to answer for it."""
    MOVED = "moved"
    """The process that ran it is gone. The tool may run twice, and waits to be run again."""
    UNKNOWN = "unknown"
    """The process that ran it is gone, and the tool must not run twice: nobody knows what it has done."""
    ANSWERED = "answered"
    """Its one output was given to the server."""
    VOID = "void"
    """The verb that called it, or the call, is over: nobody waits for an output."""


class ToolInput(TableEnum):
    """What can happen to a tool call."""

    VALUE = "value"
    """The tool has returned."""
    ERROR = "error"
    """The tool has failed, or could not be run."""
    TIME_OUT = "time-out"
    """The tool has taken too long."""
    INTERRUPTED = "interrupted"
    """The caller has interrupted the model, and the tool is to be cancelled then."""
    REPEATED = "repeated"
    """The model's message came again, with the same id."""
    OVER = "over"
    """The verb that called it is over, or was replaced, or the call has ended."""
    RUN_AGAIN = "run again"
    """Another process runs the tool once more."""
    GONE = "process gone"
    """The process that ran it is gone; the tool may run twice."""
    GONE_UNSAFE = "process gone (unsafe)"
    """The process that ran it is gone; the tool must not run twice."""


_S, _I = ToolState, ToolInput

TOOL: Mapping[ToolState, Mapping[ToolInput, ToolState]] = {
    _S.RUNNING: {
        _I.VALUE: _S.ANSWERED,
        _I.ERROR: _S.ANSWERED,
        _I.TIME_OUT: _S.ANSWERED,
        _I.INTERRUPTED: _S.ANSWERED,
        _I.REPEATED: _S.RUNNING,
        _I.OVER: _S.VOID,
        _I.GONE: _S.MOVED,
        _I.GONE_UNSAFE: _S.UNKNOWN,
    },
    _S.MOVED: {
        _I.RUN_AGAIN: _S.RUNNING,
        _I.VALUE: _S.ANSWERED,
        _I.ERROR: _S.ANSWERED,
        _I.TIME_OUT: _S.ANSWERED,
        _I.INTERRUPTED: _S.ANSWERED,
        _I.OVER: _S.VOID,
        _I.GONE: _S.MOVED,
    },
    _S.UNKNOWN: {
        _I.VALUE: _S.ANSWERED,
        _I.ERROR: _S.ANSWERED,
        _I.REPEATED: _S.UNKNOWN,
        _I.OVER: _S.VOID,
        _I.GONE_UNSAFE: _S.UNKNOWN,
    },
    _S.ANSWERED: {
        _I.VALUE: _S.ANSWERED,
        _I.ERROR: _S.ANSWERED,
        _I.REPEATED: _S.ANSWERED,
    },
    _S.VOID: {
        _I.VALUE: _S.VOID,
        _I.ERROR: _S.VOID,
        _I.REPEATED: _S.VOID,
    },
}
