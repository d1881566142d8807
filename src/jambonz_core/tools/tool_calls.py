"""The tool calls of one call, each of which is answered once.

A model that got no answer is silent, and one that got two is confused, so one machine decides. The rules; the
table is `TOOL`:

1. A tool call is known by its `tool_call_id`. One that comes again never runs again.
2. The first of value, error, time-out and cancellation settles it and is its output. What comes later is
   reported and not sent.
3. Where the verb that called the tool, or the call, is over, nothing is sent.
4. Tool calls that are open when a process dies are part of the snapshot. A tool that may run twice runs again
   in the next process. Of any other nobody knows what it has done, and the model is told so.
5. Everything is bounded: the open tool calls, their arguments, and the ids that are remembered.

The machine writes nothing. `AppCall` sends what it settles, and tells it what has happened.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct, structs

from ..wire.codec import size_as_json
from .tool_states import TOOL, ToolInput, ToolState

OPEN_TOOL_CALLS = 64
"""Tool calls of one call that may be open at once. A further one is answered with an error."""

SETTLED_TOOL_CALLS = 256
"""Ids of settled tool calls that are remembered, so that none runs twice; the oldest is forgotten first."""

ARGUMENT_BYTES = 64 * 1024
"""What the arguments of all open tool calls may hold. Beyond it a tool call is answered with an error."""

ID_CHARACTERS = 1024
"""The longest id of a tool call, together with the tool's name."""

OnInterrupt = Literal["finish", "cancel"]
"""What becomes of a tool that runs when the caller interrupts the model, or hangs up."""

TIMED_OUT = "the tool has not answered in time"
INTERRUPTED = "the caller has interrupted, so the tool was cancelled"
OUTCOME_UNKNOWN = "interrupted, outcome unknown"

_OPEN = frozenset({ToolState.RUNNING, ToolState.MOVED, ToolState.UNKNOWN})


class ToolCall(Struct, kw_only=True):
    """One tool call. Plain data, so a snapshot holds it as it is."""

    tool_call_id: str
    name: str
    arguments: dict[str, Any] = {}
    """What the tool is called with; emptied when it is settled."""
    hook: str = ""
    """The path of the tool hook that it came by."""
    seconds: float = 10.0
    """How long the tool may take."""
    on_interrupt: OnInterrupt = "finish"
    idempotent: bool = False
    """Whether the tool may run twice."""
    vendor: str = ""
    """The vendor of the verb that called it, whose shape the output has on the open-source server."""
    state: ToolState = ToolState.RUNNING

    @property
    def open(self) -> bool:
        """Whether it still waits for its output."""
        return self.state in _OPEN


class ToolCalls:
    """The machine: the tool calls of one call, by id, oldest first."""

    __slots__ = ("_argument_bytes", "_due", "_open", "_settled", "deadline")

    def __init__(self) -> None:
        self.deadline: float | None = None
        """When the first of them has taken too long; None while none can. Looked at after every event."""
        self._open: dict[str, ToolCall] = {}
        self._settled: dict[str, ToolCall] = {}
        self._due: dict[str, float] = {}
        """When each running one has taken too long."""
        self._argument_bytes = 0

    # --- what happens ---------------------------------------------------------------------------------------

    def refuses(self, call: ToolCall) -> str:
        """Why a new tool call is answered with an error instead of being run; empty when it may run."""
        if len(self._open) >= OPEN_TOOL_CALLS:
            return f"{OPEN_TOOL_CALLS} tool calls are open already (OPEN_TOOL_CALLS)"
        if self._argument_bytes + size_as_json(call.arguments, otherwise=ARGUMENT_BYTES) > ARGUMENT_BYTES:
            return f"the arguments of the open tool calls exceed {ARGUMENT_BYTES} bytes (ARGUMENT_BYTES)"
        return ""

    def take(self, call: ToolCall, now: float) -> bool:
        """Take a tool call that is to be run here. False: it came before, and is not to be run again."""
        known = self.find(call.tool_call_id)
        if known is None:
            known = call
            self._open[call.tool_call_id] = call
            self._argument_bytes += size_as_json(call.arguments)
        elif known.state is ToolState.MOVED:
            self._step(known, ToolInput.RUN_AGAIN)
            known.seconds, known.on_interrupt = call.seconds, call.on_interrupt
        else:
            self._step(known, ToolInput.REPEATED)
            return False
        self._expect(known, now)
        return True

    def settle(self, call: ToolCall, what: ToolInput) -> bool:
        """Something would answer a tool call. False: it was settled before, and nothing is to be sent."""
        if not call.open:
            self._step(call, what)
            return False
        self._close(call, what)
        return True

    def over(self) -> list[ToolCall]:
        """The verb or the call is over: nobody waits for an output any more. Returns those that did."""
        gone = list(self._open.values())
        for call in gone:
            self._close(call, ToolInput.OVER)
        return gone

    def _expect(self, call: ToolCall, now: float) -> None:
        self._due[call.tool_call_id] = now + call.seconds
        self.deadline = min(self._due.values())

    def _step(self, call: ToolCall, what: ToolInput) -> None:
        """Move to the next state. The input is known to be legal."""
        call.state = TOOL[call.state][what]

    def _close(self, call: ToolCall, what: ToolInput) -> None:
        self._step(call, what)
        del self._open[call.tool_call_id]
        self._due.pop(call.tool_call_id, None)
        self.deadline = min(self._due.values(), default=None)
        self._argument_bytes -= size_as_json(call.arguments)
        call.arguments = {}
        self._settled[call.tool_call_id] = call
        if len(self._settled) > SETTLED_TOOL_CALLS:
            del self._settled[next(iter(self._settled))]

    # --- looking --------------------------------------------------------------------------------------------

    def find(self, tool_call_id: str) -> ToolCall | None:
        """The tool call of an id, open or settled; None where there is none, or it is forgotten."""
        return self._open.get(tool_call_id) or self._settled.get(tool_call_id)

    @property
    def open(self) -> list[ToolCall]:
        """Those that wait for their output, oldest first."""
        return list(self._open.values())

    def moved(self, hook: str) -> list[ToolCall]:
        """Those of a tool hook that another process had begun, and that wait to be run again."""
        return [call for call in self._open.values() if call.state is ToolState.MOVED and call.hook == hook]

    def unknown(self) -> list[ToolCall]:
        """Those that another process had begun, and of which nobody knows what they have done."""
        return [call for call in self._open.values() if call.state is ToolState.UNKNOWN]

    def interrupted(self) -> list[ToolCall]:
        """Those that an interruption by the caller cancels."""
        return [
            call
            for call in self._open.values()
            if call.on_interrupt == "cancel" and ToolInput.INTERRUPTED in TOOL[call.state]
        ]

    def due(self, now: float) -> list[ToolCall]:
        """Those that have taken too long."""
        return [self._open[id] for id, due in self._due.items() if now >= due]

    # --- taking the state out and putting it back -----------------------------------------------------------

    def saved(self) -> list[ToolCall]:
        """All that is to be known elsewhere."""
        return [*self._settled.values(), *self._open.values()]

    @classmethod
    def restore(cls, saved: list[ToolCall], now: float) -> ToolCalls:
        """What another process goes on with."""
        tools = cls()
        for each in saved:
            call = structs.replace(each)  # a snapshot may be restored more than once
            if not call.open:
                tools._settled[call.tool_call_id] = call
                continue
            tools._step(call, ToolInput.GONE if call.idempotent else ToolInput.GONE_UNSAFE)
            tools._open[call.tool_call_id] = call
            tools._argument_bytes += size_as_json(call.arguments)
            if call.state is ToolState.MOVED:
                tools._expect(call, now)
        return tools
