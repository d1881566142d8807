"""What a model is told of the tools that it calls.

Which output is the one answer of a tool call is decided by the machine `ToolCalls` (`jambonz_core.tools`).
Here are the answers that no tool gives: that it was not run, took too long or was interrupted; and the events
that tell what became of each tool call.
"""

from __future__ import annotations

from ..tools.tool_calls import ID_CHARACTERS, INTERRUPTED, OUTCOME_UNKNOWN, TIMED_OUT, ToolCall, ToolCalls
from ..tools.tool_states import ToolInput
from ..verbs.profiles import Profile
from ..wire.errors import LocalProtocolError
from ..wire.event import Event
from ..wire.events import ToolCallIgnored, ToolCallSettled, ToolCallTaken, ToolOutputLate
from ..wire.live_commands import ToolOutput
from ..wire.tool_output import unknown_vendor
from ..wire.unproved import IfUnsure
from .commands import TakeToolCall
from .delivery import Delivery
from .options import CallOptions
from .outbox import Write
from .size import whole

_SHOWN = 200
"""Characters of an id or a name that is too long which its event shows."""


class ToolAnswers:
    """The answers of one call."""

    __slots__ = ("_delivery", "_message_bytes", "_profile", "taken")

    def __init__(self, delivery: Delivery, options: CallOptions, profile: Profile) -> None:
        self.taken: ToolCalls | None = None
        """The tool calls, once anybody has asked for them: most calls have none."""
        self._delivery = delivery
        self._message_bytes = options.message_bytes
        self._profile = profile

    @property
    def calls(self) -> ToolCalls:
        """The tool calls that were taken."""
        if self.taken is None:
            self.taken = ToolCalls()
        return self.taken

    def saved(self) -> list[ToolCall]:
        """The tool calls for a snapshot."""
        return [] if self.taken is None else self.taken.saved()

    def restore(self, saved: list[ToolCall], now: float) -> None:
        """Go on with those of another process."""
        if saved:
            self.taken = ToolCalls.restore(saved, now)

    def take(self, command: TakeToolCall, vendor: str, now: float) -> list[Event]:
        """A tool is to be run here. The model gets one output, whatever becomes of the tool."""
        request = command.request
        id, name = request.tool_call_id, request.name
        if self._profile.name == "0.9" and (fault := unknown_vendor(vendor)):
            raise LocalProtocolError(fault)
        if not id or len(id) + len(name) > ID_CHARACTERS:
            return [ToolCallIgnored(id[:_SHOWN], name[:_SHOWN], "id too long" if id else "no id")]
        call = ToolCall(
            tool_call_id=id,
            name=name,
            arguments=request.arguments,
            hook=command.hook,
            seconds=command.seconds,
            on_interrupt=command.on_interrupt,
            idempotent=command.idempotent,
            vendor=vendor,
        )
        calls = self.calls
        known = calls.find(id)
        refused = "" if known is not None else calls.refuses(call)
        if refused:
            call.arguments = {}
            if self._delivery.crowded:
                # Who asks for more and more, and reads no answer, gets none.
                return [ToolCallIgnored(id, name, "too many")]
        if not calls.take(call, now):
            return [ToolCallIgnored(id, name, "repeated")]
        if refused:
            return self._fail(call, refused, ToolInput.ERROR)
        return [ToolCallTaken(id, name, request.arguments, command.hook, known is not None)]

    def settled(self, call: ToolCall, what: ToolInput) -> list[Event]:
        """A tool call has its output, or needs none any more; one that had it before is told to be late."""
        if self.calls.settle(call, what):
            return [ToolCallSettled(call.tool_call_id, call.name, what.value, call.hook)]
        return [ToolOutputLate(call.tool_call_id, call.name)]

    def timed_out(self, now: float) -> list[Event]:
        """Time has passed: answer for the tools that take too long."""
        if self.taken is None:
            return []
        return self._fail_all(self.taken.due(now), TIMED_OUT, ToolInput.TIME_OUT)

    def reattached(self) -> list[Event]:
        """The server is back: answer for tools that another process had begun and nobody may repeat."""
        if self.taken is None:
            return []
        return self._fail_all(self.taken.unknown(), OUTCOME_UNKNOWN, ToolInput.ERROR)

    def interrupted(self) -> list[Event]:
        """The caller has interrupted the model: cancel the tools that are to be cancelled then."""
        if self.taken is None:
            return []
        return self._fail_all(self.taken.interrupted(), INTERRUPTED, ToolInput.INTERRUPTED)

    def over(self) -> list[Event]:
        """Nobody waits any longer for the output of a tool."""
        if self.taken is None:
            return []
        what = ToolInput.OVER.value
        return [ToolCallSettled(call.tool_call_id, call.name, what, call.hook) for call in self.taken.over()]

    def _fail_all(self, calls: list[ToolCall], error: str, what: ToolInput) -> list[Event]:
        return [event for call in calls for event in self._fail(call, error, what)]

    def _fail(self, call: ToolCall, error: str, what: ToolInput) -> list[Event]:
        """Answer for a tool that will not: with an error, which needs little room and never finds none."""
        output = ToolOutput(call.tool_call_id, error, is_error=True, vendor=call.vendor, function=call.name)
        text = whole(output.message(self._profile), self._message_bytes, f"the command {output.command}")
        serial = self._delivery.new_serial()
        self._delivery.outbox.put(Write(text, output.command, None, False, None, IfUnsure.REPEAT, serial))
        return self.settled(call, what)
