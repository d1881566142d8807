"""What the call engine reports to the outside: to an adapter that owns sockets, and to whoever watches the
call.

Three families: what the adapter must *do* (connect, close, make an HTTP request), what people on the legs
of the call *notice* (speech, sounds, ringing, the end), and what an engineer would like to *see* (verbs,
hooks, messages, faults). A phone, a test kit or a ladder diagram can be built on these alone. Legs have
names: ``caller`` is the far end of the application's own call, in whichever direction it was made; parties
that it dials are ``b1``, ``b2`` and so on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from ..journal.remarks import REMARKS

CALLER = "caller"
"""The leg of whoever is connected to the application."""


# --- what the adapter must do -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Connect:
    """Open a websocket, and answer with `connected` or `connect_failed` for the same `socket`."""

    socket: int
    url: str
    subprotocol: str
    credentials: tuple[str, str] | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CloseConnection:
    """Close a websocket with this code. Nothing about that socket is to be reported afterwards."""

    socket: int
    code: int


@dataclass(frozen=True, slots=True)
class AbortConnection:
    """Cut a websocket without a close frame. Nothing about that socket is to be reported afterwards."""

    socket: int


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """Make an HTTP request, and answer with `http_answered` for the same `number`."""

    number: int
    url: str
    method: str
    body: str
    headers: Mapping[str, str] = field(default_factory=dict)
    credentials: tuple[str, str] | None = field(default=None, repr=False)


# --- what people notice -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class LegChanged:
    """A leg rang, was answered, failed or ended: the status and SIP status that `call:status` would carry."""

    leg: str
    status: str
    sip_status: int
    number: str = ""
    """The number or address that a dialled leg was sent to."""


@dataclass(frozen=True, slots=True)
class SpeechStarted:
    """A leg begins to hear this text."""

    leg: str
    text: str
    seconds: float = 0.0
    """How long it takes to say, if nothing cuts it off."""
    speaker: str = ""
    """The leg that says it; empty when it is the application."""
    streamed: bool = False
    """Whether it is a piece of streamed text, which more pieces may follow."""


@dataclass(frozen=True, slots=True)
class Spoken:
    """A leg has heard this text, or as much of it as came before something cut it off."""

    leg: str
    text: str
    heard: str
    """Equal to `text`, unless cut."""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Played:
    """A leg has heard a sound file, or the beginning of it."""

    leg: str
    url: str
    seconds: float
    cut: bool = False


@dataclass(frozen=True, slots=True)
class DigitsSent:
    """A leg hears keys being pressed for it."""

    leg: str
    digits: str


@dataclass(frozen=True, slots=True)
class AudioHeard:
    """A leg heard PCM that an audio stream sent."""

    leg: str
    pcm: bytes
    sample_rate: int


@dataclass(frozen=True, slots=True)
class ClipHeard:
    """A clip of an audio stream was heard, or cut off after so many seconds."""

    leg: str
    id: str
    seconds: float


@dataclass(frozen=True, slots=True)
class MarkReported:
    """An audio stream's mark was passed (``playout``) or thrown away (``cleared``)."""

    name: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Bridged:
    """Two parties can hear each other: a connected `dial`, a queue that was answered, a conference."""

    leg: str
    other: str


@dataclass(frozen=True, slots=True)
class SipSent:
    """A SIP request left for a leg: BYE with headers, REFER, INFO, or a provisional answer."""

    leg: str
    method: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CallCompleted:
    """The caller's leg is over. Late hooks and the close of the control connection may still follow."""

    reason: str
    """``caller`` or ``jambonz`` ended it, or a status such as ``failed``."""
    duration: int
    """Seconds since it was answered; 0 when it never was."""


# --- what an engineer would like to see ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class VerbStarted:
    """A verb was taken from the stack."""

    verb: str
    id: str
    leg: str = CALLER


@dataclass(frozen=True, slots=True)
class VerbEnded:
    """A verb has ended; the next one starts, or the call idles."""

    verb: str
    id: str
    outcome: str
    """``finished``, ``killed``, ``skipped`` or ``failed``."""
    leg: str = CALLER


@dataclass(frozen=True, slots=True)
class Idle:
    """The stack has run dry; the call waits for a command."""

    leg: str = CALLER


@dataclass(frozen=True, slots=True)
class HookSent:
    """A message that wants an ack was handed to the connection (or to HTTP)."""

    type: str
    hook: str
    data: Mapping[str, Any]
    """The payload, as it travels."""
    msgid: str = ""


@dataclass(frozen=True, slots=True)
class HookAnswered:
    """The application has answered a hook."""

    type: str
    hook: str
    data: Any
    latency: float


@dataclass(frozen=True, slots=True)
class HookUnanswered:
    """A hook got no answer."""

    type: str
    hook: str
    reason: str


@dataclass(frozen=True, slots=True)
class StatusSent:
    """A `call:status` was handed to the connection."""

    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class MessageSent:
    """Any other message was handed to the connection."""

    type: str
    hook: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class CommandTaken:
    """The application sent a command."""

    command: str
    data: Any
    queue: bool = False


@dataclass(frozen=True, slots=True)
class ModelHeard:
    """A model understood the caller."""

    text: str


@dataclass(frozen=True, slots=True)
class ModelSpeaks:
    """A model begins to say something."""

    text: str
    transcript: str
    """What it answers; empty when it speaks unasked."""


@dataclass(frozen=True, slots=True)
class ModelInterrupted:
    """A model was cut off while it said this."""

    text: str


@dataclass(frozen=True, slots=True)
class ToolWanted:
    """A model wants a tool to be run, and waits for its output."""

    tool_call_id: str
    name: str
    args: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ToolAnswered:
    """The output of a tool reached the model."""

    tool_call_id: str
    name: str
    data: Any


@dataclass(frozen=True, slots=True)
class ConnectionDropped:
    """The control connection was lost; the server may come back."""

    socket: int
    code: int


@dataclass(frozen=True, slots=True)
class Warned:
    """Something that a real server writes to its log at most, though the application counts on it."""

    code: str
    """A stable name, such as ``hangup-before-answer``."""
    text: str
    hint: str = ""

    @property
    def fault(self) -> bool:
        """Whether it should not happen; otherwise it is a remark on what ordinary calls do as well."""
        return self.code not in REMARKS


@dataclass(frozen=True, slots=True)
class Finished:
    """Nothing more will happen: every verb is over and the control connection is closed."""


Event: TypeAlias = (
    Connect
    | CloseConnection
    | AbortConnection
    | HttpRequest
    | LegChanged
    | SpeechStarted
    | Spoken
    | Played
    | DigitsSent
    | AudioHeard
    | ClipHeard
    | MarkReported
    | Bridged
    | SipSent
    | CallCompleted
    | VerbStarted
    | VerbEnded
    | Idle
    | HookSent
    | HookAnswered
    | HookUnanswered
    | StatusSent
    | MessageSent
    | CommandTaken
    | ModelHeard
    | ModelSpeaks
    | ModelInterrupted
    | ToolWanted
    | ToolAnswered
    | ConnectionDropped
    | Warned
    | Finished
)
