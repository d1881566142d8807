"""What an application can tell a call to do.

Commands are frozen values; `AppCall.do(command, now)` checks one against the state of the call and raises
before anything has changed. There are four families:

* **verbs and answers**: `Send`, `Replace`, `Reply`, `EndCall`. How they travel is the core's business: the
  same `Send` is the ack of `session:new` while that is open, and a `redirect` command afterwards.
* **live commands** (`wire/live_commands.py`): one class for each command of the wire that acts on a running
  call, each of which builds its own message for the server profile in use.
* **speech**: text for the call's token stream.
* **tools**: `TakeToolCall`, whose output is the live command `ToolOutput`; `NoteTool` and `NoteToolOutcome`
  for a tool that the program runs by itself.

Verbs are plain dicts, already validated and lowered: ``{"verb": "say", "text": "Hello"}``.
"""

from __future__ import annotations

from enum import Enum
from typing import Any, Literal, Protocol, TypeAlias

from msgspec import Struct

from jambonz_core.wire.live_command_base import LiveCommand
from jambonz_core.wire.tool_call import ToolRequest
from jambonz_core.wire.unproved import UnsureChoice

Verbs: TypeAlias = list[dict[str, Any]]
"""An array of verbs as it goes on the wire."""


class CallCommand(Struct, frozen=True, gc=False):
    """The base of the commands that `AppCall` itself gives a meaning to.

    Like events, they are kept out of the garbage collector's lists: they hold what goes on the wire.
    """


class Send(CallCommand, frozen=True):
    """Run these verbs after those that are queued.

    While the first answer of the call is still open, this is (a part of) that answer: several of them that
    come before it has left are joined into one array.
    """

    verbs: Verbs
    if_unsure: UnsureChoice | None = None
    """What becomes of it when the connection is lost and nothing proves that it was read. Left out, verbs
    that act (`dial`, `message`, …) are reported as lost, and others are sent again.
    """
    awaited: bool = False
    """Whether somebody waits for what the verbs report, or for their end. When a connection is lost that may
    have taken it along, a verb is queued behind them then, a `config`, that tells when they are over.
    """


class Replace(CallCommand, frozen=True):
    """Stop what runs, forget what is queued, and run these verbs. Empty is refused: it would end an idle
    call.
    """

    verbs: Verbs
    if_unsure: UnsureChoice | None = None
    """What becomes of it when the connection is lost and nothing proves that it was read. Left out, verbs
    that act (`dial`, `message`, …) are reported as lost, and others are sent again.
    """


class WantsReply(Protocol):
    """What an answer says of the event that it answers. Every `HookEvent` is one."""

    @property
    def msgid(self) -> str:
        """The id that the ack carries."""
        ...

    @property
    def hook(self) -> str:
        """The hook's path or URL."""
        ...

    @property
    def kind(self) -> Enum:
        """What the answer can do."""
        ...


class Reply(CallCommand, frozen=True):
    """Answer a held hook: exactly once for each event that came with `acked=False`.

    An answer is never too late to be understood, as long as it says what it answers: `Reply.to(event, verbs)`
    does. With the id alone, the core knows only the hooks of the last while.
    """

    msgid: str
    verbs: Verbs | dict[str, Any] = []
    """Almost always verbs. The tool hook of `dialogflow` is the exception: it wants an object."""
    hook: str = ""
    """The event's hook."""
    kind: str = ""
    """The value of the event's kind."""

    @classmethod
    def to(cls, event: WantsReply, verbs: Verbs | dict[str, Any] | None = None) -> Reply:
        """The answer to this event."""
        return cls(event.msgid, [] if verbs is None else verbs, event.hook, event.kind.value)


class EndCall(CallCommand, frozen=True):
    """End the call, whatever state it is in.

    A call that was never answered is declined with `status`; an answered one is hung up. Nothing can be sent
    after it.
    """

    headers: dict[str, str] | None = None
    """SIP headers for the BYE, or for the refusal."""
    status: int = 603
    """The SIP status with which an unanswered call is declined."""
    reason: str | None = None
    """The SIP reason phrase that goes with `status`."""


class Conclude(CallCommand, frozen=True):
    """Hang up behind the verbs that are queued: when they are over, so is the call.

    Does nothing when the last verb that was sent ends the call anyway. A call that has had no answer at all
    is declined with `status`.
    """

    status: int = 603


class OpenSpeech(CallCommand, frozen=True):
    """Begin a speech. The event `SpeechOpened` gives its number."""


class WriteText(CallCommand, frozen=True):
    """Say this text on the call's token stream."""

    text: str
    speech: int | None = None
    """The number of the open speech; None for text that belongs to no speech in particular."""
    ticket: int | None = None
    """When given, `DeliveryDone` with this number follows once the text was accepted, or is gone."""


class FlushText(CallCommand, frozen=True):
    """Speak what was written without waiting for the end of its sentence."""

    speech: int | None = None


class ClearText(CallCommand, frozen=True):
    """Forget everything that was written and is not yet spoken."""

    speech: int | None = None


class CloseSpeech(CallCommand, frozen=True):
    """No more text will come in this speech."""

    speech: int | None = None


class TakeToolCall(CallCommand, frozen=True):
    """A tool that a model has called is run here, or somebody here answers for it.

    From now on the call sees to it that the model gets one output: the first `ToolOutput` of this id, or an
    error when that takes too long. `ToolCallTaken` follows when the tool is to run, `ToolCallSettled` when it
    has its outcome.
    """

    request: ToolRequest
    hook: str = ""
    """The path of the tool hook that it came by."""
    seconds: float = 10.0
    """How long the tool may take."""
    on_interrupt: Literal["finish", "cancel"] = "finish"
    """What becomes of it when the caller interrupts the model."""
    idempotent: bool = False
    """Whether another process may run the tool again, should this one die meanwhile."""
    vendor: str = ""
    """The vendor of the verb; left out, it is that of the `llm` verb that was sent last."""


class NoteTool(CallCommand, frozen=True):
    """A tool begins that the program runs by itself, for a model that it asks itself.

    Nothing is sent. `ToolCallTaken` follows, without a hook.
    """

    tool_call_id: str
    name: str
    arguments: dict[str, Any] = {}


class NoteToolOutcome(CallCommand, frozen=True):
    """A tool of which `NoteTool` told is over. `ToolCallSettled` follows, without a hook."""

    tool_call_id: str
    name: str
    by: Literal["value", "error", "time-out", "interrupted", "over"]


CALL_COMMANDS: tuple[type[CallCommand], ...] = (
    Send,
    Replace,
    Reply,
    EndCall,
    Conclude,
    OpenSpeech,
    WriteText,
    FlushText,
    ClearText,
    CloseSpeech,
    TakeToolCall,
    NoteTool,
    NoteToolOutcome,
)
"""All of them. The commands of the wire are in the registry (`wire/registry.py`)."""

BRING_VERBS = frozenset({Send, Replace, Reply})
"""Commands that have `verbs` for the server. Asking for the exact type costs a third of `isinstance`."""

Command: TypeAlias = CallCommand | LiveCommand
"""Anything that `AppCall.do` takes."""

__all__ = [
    "Verbs",
    "Command",
    "CallCommand",
    "Send",
    "Replace",
    "Reply",
    "EndCall",
    "Conclude",
    "OpenSpeech",
    "WriteText",
    "FlushText",
    "ClearText",
    "CloseSpeech",
    "TakeToolCall",
    "NoteTool",
    "NoteToolOutcome",
]
