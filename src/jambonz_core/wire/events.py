"""What happens on a call, as seen by an application.

Every event is a frozen `msgspec.Struct` and not a frozen dataclass: a dataclass sets each field through
`object.__setattr__`, which makes one event cost 0.8 µs where a struct costs 0.15 µs, and an event is made for
every message of every call. `gc=False` keeps them out of the garbage collector's lists: they hold parsed
JSON, which has no cycles. The module depends on no machine of the core, so that anything may import it.

There are two families:

* **wire events** come one per message. Their `raw` is the message as it was parsed, so a field that this
  version does not know is still there, and so is a whole message of an unknown type (`UnknownMessage`).
* **local events** report what the core decided by itself: an answer given at a deadline, a reply that went
  out another way, a result that can no longer come. Their `raw` is None.

The hook events (`HookEvent`) are the ones that oblige an answer. `acked` tells whether the core has already
given it; when it is False, the hook is *held*, and the application owes a `Reply` with the event's `msgid`.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import Struct

from jambonz_core.wire.errors import RemoteProtocolError
from jambonz_core.wire.event import Event
from jambonz_core.wire.table_enum import TableEnum


class HookKind(TableEnum):
    """What the answer to a hook can do, which decides what happens when nobody gives one."""

    SESSION_NEW = "session:new"
    """The answer is the first verb array of the call."""
    SESSION_RECONNECT = "session:reconnect"
    """The answer is ignored, but everything else waits for it. Acked on arrival."""
    SESSION_REDIRECT = "session:redirect"
    """The answer replaces the verbs of a call that was pointed here."""
    SESSION_ADULTING = "session:adulting"
    """A leg has become a call of its own; the answer is ignored. Acked on arrival."""
    DIAL_CONFIRM = "dial:confirm"
    """The answer is played to the called party; an empty one accepts the call. Nobody else may give it."""
    ACTION = "action"
    """The answer may replace the verbs that are still queued."""
    FATAL = "fatal"
    """An action hook of `llm` or `redirect`: left unanswered it ends the call. Acked on arrival."""
    PLAYED = "played"
    """A wait, enter or hold hook: the answer is played, and matters to nobody later."""
    IGNORED = "ignored"
    """The server wants an answer and ignores what it says. Acked on arrival."""
    UNKNOWN = "unknown"
    """No verb that was sent announced this path. Acked on arrival."""


# --- messages that want an answer ---------------------------------------------------------------------------


class HookEvent(Event, frozen=True, gc=False):
    """A message that the server wants acked."""

    msgid: str
    """The id that the ack carries; give it to `Reply`."""
    hook: str
    """The hook's path or URL, or empty where the message has none."""
    data: dict[str, Any]
    """The payload of the hook."""
    kind: HookKind
    acked: bool
    """True when the core has answered already; False when the answer is the application's to give."""


class SessionNew(HookEvent, frozen=True, gc=False):
    """A call starts. The answer is what `Send` commands give until the first ack has left."""


class SessionReconnect(HookEvent, frozen=True, gc=False):
    """The server came back on a new connection. `data` repeats the first payload of the call.

    `acked` is False in one case only: the connection was lost before the first ack, and the answer to this
    message carries the first verbs (see `AppCall.answered_first`).
    """


class SessionRedirect(HookEvent, frozen=True, gc=False):
    """A call that already runs was pointed at this application, or at another path of it."""


class SessionAdulting(HookEvent, frozen=True, gc=False):
    """A child leg became a call of its own; its verbs were given beforehand."""


class VerbHook(HookEvent, frozen=True, gc=False):
    """A verb called one of its hooks."""


class DialConfirm(HookEvent, frozen=True, gc=False):
    """A called party has answered; the reply decides whether the legs are connected.

    An empty reply accepts. Without a reply the server drops that leg, so a program that fails does not
    connect a caller to someone it did not mean to.
    """


# --- messages that want none --------------------------------------------------------------------------------


class CallStatus(Event, frozen=True, gc=False):
    """A leg of the call changed its state."""

    data: dict[str, Any]
    call_sid: str
    """The leg that it is about, which is not always the call's own."""
    status: str
    """The status of the call, such as ``ringing``, ``in-progress`` or ``completed``."""


class VerbStatus(Event, frozen=True, gc=False):
    """A verb began, ended or met something; sent after `config` with `notifyEvents`."""

    data: dict[str, Any]
    event: str
    """The name of the event, such as ``starting``, ``finished`` or ``speech-bargein-detected``."""
    verb_id: str
    """The verb's `id`, or empty when it was sent without one."""


class ServerError(Event, frozen=True, gc=False):
    """`jambonz:error`: the server reports something that went wrong."""

    data: dict[str, Any]
    message: str


class LlmEvent(Event, frozen=True, gc=False):
    """An event of an `llm` verb's vendor."""

    hook: str
    data: dict[str, Any]


class LlmToolCall(Event, frozen=True, gc=False):
    """An `llm` verb wants a tool to be run; the answer is the command `ToolOutput`."""

    hook: str
    data: dict[str, Any]
    tool_call_id: str


class AgentEvent(Event, frozen=True, gc=False):
    """An event of an `agent` verb."""

    hook: str
    data: dict[str, Any]
    event_type: str


class AgentToolCall(Event, frozen=True, gc=False):
    """An `agent` verb wants a tool to be run; the answer is the command `ToolOutput`."""

    hook: str
    data: dict[str, Any]
    tool_call_id: str


class TokensResult(Event, frozen=True, gc=False):
    """The server took, or refused, one piece of streamed text."""

    data: dict[str, Any]
    id: str | int | None
    status: str
    """``ok``, ``failed``, or empty when the session has no text buffer."""
    reason: str


class StreamingEvent(Event, frozen=True, gc=False):
    """`tts:streaming-event`: something happened to the text stream."""

    data: dict[str, Any]
    event_type: str


class UnknownMessage(Event, frozen=True, gc=False):
    """A well-formed message of a type that this version does not know."""

    type: str
    msgid: str
    """Empty when it has none. The message is not acked: an unknown type wants no answer that we could know.
    """
    data: Any


class BadMessage(Event, frozen=True, gc=False):
    """Something that is not a message. The call goes on."""

    error: RemoteProtocolError
    text: str
    """The beginning of what came, when it could not be parsed; otherwise it is in `raw`."""


# --- what the core decided by itself ------------------------------------------------------------------------


class Abandoned(Event, frozen=True, gc=False):
    """A message that wants an ack will never get one."""

    msgid: str
    hook: str
    kind: HookKind
    reason: str
    """The reason, such as ``deadline``, ``connection lost``, ``call over``."""


class AckDefaulted(Event, frozen=True, gc=False):
    """The application was late, so the deadline's answer went out. For `session:new` this deserves a loud log
    line.
    """

    msgid: str
    hook: str
    kind: HookKind


class ReplyRerouted(Event, frozen=True, gc=False):
    """A reply came too late for its ack, or after a drop; its verbs went out as a `redirect` command."""

    msgid: str
    hook: str
    kind: HookKind


class ReplyDiscarded(Event, frozen=True, gc=False):
    """A reply came too late and cannot take another way."""

    msgid: str
    hook: str
    kind: HookKind
    reason: str


class ResultDropped(Event, frozen=True, gc=False):
    """A verb that was sent will not report a result any more."""

    hook: str
    """The verb's action hook, or empty when it has none."""
    verb_id: str
    """The verb's `id`, or empty when it has none."""
    by: str
    """``replaced``, ``barge-in``, ``skipped``, ``error`` or ``lost``."""


class VerbDone(Event, frozen=True, gc=False):
    """A verb with an `id` is over, as far as can be told: it said so, or a later one has begun."""

    verb_id: str


class ToolCallTaken(Event, frozen=True, gc=False):
    """A tool is to be run now: its call was taken, or the program runs it by itself."""

    tool_call_id: str
    name: str
    """The name of the tool."""
    arguments: dict[str, Any]
    hook: str
    """The path of the tool hook that it came by; empty for a tool that the program runs by itself."""
    again: bool = False
    """Whether another process had begun to run it."""


class ToolCallSettled(Event, frozen=True, gc=False):
    """A tool call has its one outcome. What still runs of the tool is not waited for."""

    tool_call_id: str
    name: str
    """The name of the tool."""
    by: str
    """``value``, ``error``, ``time-out``, ``interrupted``, or ``over`` when the verb or the call was over
    before; only then was nothing sent.
    """
    hook: str = ""
    """The path of the tool hook that it came by; empty for a tool that the program runs by itself."""


class ToolCallIgnored(Event, frozen=True, gc=False):
    """A tool call is not run."""

    tool_call_id: str
    """Its id, or the beginning of one that is too long."""
    name: str
    reason: str
    """``repeated``, ``no id``, ``id too long``, or ``too many`` where answers to others wait already."""


class ToolOutputLate(Event, frozen=True, gc=False):
    """The output of a tool call that was settled before, or that nobody waits for. It is not sent."""

    tool_call_id: str
    name: str
    """The name of the tool."""


class TurnLatency(Struct, frozen=True, gc=False):
    """Where the time went between the caller's last word and the first sound of the answer, in seconds.

    What nobody has measured is None, and never guessed.
    """

    recognition: float | None = None
    """From the caller's last word to the hook that brought it: as the server reports it
    (`notifySttLatency`), or exactly, where the simulator has heard it.
    """
    app: float | None = None
    """From reading that hook to writing the first thing that answers it. Always exact; None where nothing
    did. Seen from the simulator, or in its journal, the way there and back is a part of it.
    """
    network: float | None = None
    """The way to the server and back: the round trip of the ping that proved the answer read."""
    voice: float | None = None
    """From writing the answer to its first sound: as the server reports that a verb begins to play
    (`notifyEvents`), or exactly. Servers report nothing of the kind of text that is streamed.
    """
    model: float | None = None
    """What the model took, tools included, of a turn that an `agent` verb has answered by itself."""
    whole: float | None = None
    """From the caller's last word to the first sound, where one side knows both: the simulator, or the server
    for the turns of an `agent` verb.
    """
    exact: bool = False
    """Whether `whole` was measured by the simulator."""

    @property
    def total(self) -> float | None:
        """From the caller's last word to the first sound; None unless that, or each part, is known."""
        if self.whole is not None:
            return self.whole
        parts = (self.recognition, self.app, self.network, self.voice)
        known = [part for part in parts if part is not None]
        return sum(known) if len(known) == len(parts) else None

    @property
    def basis(self) -> Literal["exact", "reported"] | None:
        """Where the total comes from: the simulator has measured it, or the server has reported what no
        application can know. None where there is no total.
        """
        if self.total is None:
            return None
        return "exact" if self.exact else "reported"


class TurnMeasured(Event, frozen=True, gc=False):
    """The caller said something or pressed keys, and was answered or not. The name for `on` is ``turn``."""

    number: int
    """The first turn of the call is 1."""
    by: str
    """What the caller did: ``speech``, ``digits``, or ``model`` where a model was spoken to in the
    simulator; ``agent`` for a turn that an `agent` verb has answered by itself.
    """
    hook: str
    """The path of the hook that brought the words."""
    way: str
    """How the first answer went: ``ack`` (verbs in the answer to that hook), ``replace``, ``queue``,
    ``text`` (streamed), ``command``, ``model`` or ``server`` (a model there has answered); empty where
    nothing was written.
    """
    came: float
    """When the words came, on the clock of `now`; of an agent's turn, when it was reported."""
    latency: TurnLatency


class Detached(Event, frozen=True, gc=False):
    """The connection is gone. The call waits for the server to come back."""

    code: int


class Reattached(Event, frozen=True, gc=False):
    """The server is back, and what waited may leave."""


class UnknownCallJudged(Event, frozen=True, gc=False):
    """Of a call that came by `session:reconnect` alone it is known now whether it had begun.

    Until this comes nothing leaves, and nobody should act on the call. If it had not begun, it may begin now.
    """

    begun: bool


class AbortConnection(Event, frozen=True, gc=False):
    """The adapter must cut the current connection now, without a close frame; the server will come back."""

    reason: str


class CommandRefused(Event, frozen=True, gc=False):
    """A command that waited for the server to come back was dropped instead of sent."""

    command: str
    """The wire name of the command."""
    reason: str


class CommandRepeated(Event, frozen=True, gc=False):
    """A command was written before the connection was lost, and nothing proves that it was read: it is sent
    again. The server may carry it out twice.
    """

    command: str
    """The wire name of the command."""


class CommandLost(Event, frozen=True, gc=False):
    """A command was written before the connection was lost, nothing proves that it was read, and it is not
    sent again, because it would act twice, or has no purpose any more.
    """

    command: str
    """The wire name of the command."""
    reason: str
    """``acts twice``, ``replaced``, ``call ended`` or ``call over``."""


class ReceiptsMissing(Event, frozen=True, gc=False):
    """The connection has answered no ping yet though messages come, or for long, so nothing proves what the
    server has read; time takes the place of proof until a pong comes after all. A proxy may answer or swallow
    pings. Of a connection that has answered before, everything stays unproved, and this is not told.
    """


class LimitReached(Event, frozen=True, gc=False):
    """A limit was reached, and something was dropped, or not remembered, for it."""

    limit: str
    """The name of the limit: a field of `CallOptions`, or a constant of the core."""
    what: str
    """What was dropped, in words of the wire: ``call:status``, the names of fields."""


class CallOver(Event, frozen=True, gc=False):
    """The call is over; nothing comes after this."""

    reason: str
    """``completed``: the server reported its end. ``closed``: this side gave it up. ``expired``: the server
    did not come back.
    """
