"""What can be done to a simulated call from the outside: by the people on it, by vendors, and by a bad
network.

Every action is plain data for `CallEngine.act`. Those of a person name the person's leg, `CALLER` unless said
otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from .engine_events import CALLER

# --- people -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Speak:
    """Say something. It takes `duration` seconds, or as long as so many words usually take.

    A recogniser that listens hears interim results on the way and a final one after a short silence; one
    that began to listen halfway hears the rest.
    """

    text: str
    duration: float | None = None
    interims: int | None = None
    """How many interim results there are; by default about two a second."""
    confidence: float = 0.95
    leg: str = CALLER

    def seconds(self, words_per_second: float) -> float:
        """How long it takes, spoken to its end.

        >>> Speak("good morning").seconds(2.5), Speak("good morning", 3.0).seconds(2.5)
        (0.8, 3.0)
        """
        return len(self.text.split()) / words_per_second if self.duration is None else self.duration


@dataclass(frozen=True, slots=True)
class StaySilent:
    """Stop speaking in the middle of what was being said."""

    leg: str = CALLER


@dataclass(frozen=True, slots=True)
class PressKeys:
    """Press keys, one after the other."""

    digits: str
    gap: float = 0.2
    """Seconds from one key to the next."""
    duration_ms: int = 100
    leg: str = CALLER


@dataclass(frozen=True, slots=True)
class HangUp:
    """Hang up; a caller who was not answered yet gives up."""

    leg: str = CALLER
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ring:
    """A dialled party's phone rings; with `early_media` it is heard."""

    leg: str = "b1"
    early_media: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A dialled party picks up."""

    leg: str = "b1"


@dataclass(frozen=True, slots=True)
class Busy:
    """A dialled party is busy."""

    leg: str = "b1"


@dataclass(frozen=True, slots=True)
class Decline:
    """A dialled party refuses, or cannot be reached."""

    leg: str = "b1"
    status: int = 603


@dataclass(frozen=True, slots=True)
class Hold:
    """A party puts the other one on hold, or takes it back."""

    leg: str = CALLER
    on: bool = True


@dataclass(frozen=True, slots=True)
class Refer:
    """A party asks to be transferred."""

    to: str
    leg: str = CALLER
    referred_by: str | None = None
    """The header Referred-By; the leg's own number when it is not given. Without one (an empty text) the
    server refuses the request.
    """
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendSip:
    """A SIP request within the dialog: INFO or MESSAGE."""

    method: str
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    leg: str = CALLER


@dataclass(frozen=True, slots=True)
class NotifyTransfer:
    """A NOTIFY for a `sip:refer`: the status of the new call. 200 and above is final."""

    status: int


@dataclass(frozen=True, slots=True)
class RefuseTransfer:
    """A `sip:refer` or `sip:request` is answered with this status, instead of 202 or 200."""

    status: int


@dataclass(frozen=True, slots=True)
class ReachMachine:
    """What answering machine detection finds: one of its types, such as ``amd_machine_detected``."""

    type: str
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class JoinConference:
    """Somebody else enters a conference, which starts it when `start` is set."""

    name: str
    member: str = "other"
    start: bool = True


@dataclass(frozen=True, slots=True)
class LeaveConference:
    """Somebody else leaves a conference; `end` ends it for all."""

    name: str
    member: str = "other"
    end: bool = False


@dataclass(frozen=True, slots=True)
class TakeFromQueue:
    """Somebody takes the waiting call out of its queue; the two are connected until `LeaveQueue` or a
    hang-up.
    """

    name: str


@dataclass(frozen=True, slots=True)
class WaitInQueue:
    """Somebody else waits in a queue, so that a `dequeue` finds them."""

    name: str
    member: str = "other"


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """The other end of a queue's connection hangs up, or stops waiting."""

    name: str


@dataclass(frozen=True, slots=True)
class SendAudio:
    """A leg's microphone: PCM for the audio streams that listen to it, in their own sample rate."""

    pcm: bytes
    leg: str = CALLER


# --- vendors ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ModelSends:
    """The model behind the running `llm`, `agent` or bot sends an event, in its vendor's own spelling."""

    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ModelCallsTool:
    """The model of the running `llm` or `agent` verb wants a tool to be run."""

    name: str
    args: Mapping[str, Any] = field(default_factory=dict)
    tool_call_id: str = ""
    """The id of the tool call; the simulator makes one up when it is empty."""


@dataclass(frozen=True, slots=True)
class ModelCallsTools:
    """The model wants several tools to be run, and asks for them in one message of its own."""

    calls: Sequence[ModelCallsTool]


@dataclass(frozen=True, slots=True)
class ModelTurn:
    """The model of the running `llm` or `agent` verb says something.

    Without a transcript it answers what the caller has said since its last turn, and waits for that. With a
    transcript that is what the caller is taken to have said, and with an empty one it speaks unasked.
    """

    response: str
    transcript: str | None = None
    latency: Mapping[str, Any] = field(default_factory=dict)
    """Latencies that the `agent` verb reports, in milliseconds."""


@dataclass(frozen=True, slots=True)
class ModelFails:
    """The model's vendor fails, which ends the conversation of the running `llm` or `agent` verb."""

    details: str = "the model failed"
    reason: str = "server error"


@dataclass(frozen=True, slots=True)
class ModelEnds:
    """The conversation of the running `llm`, `agent` or bot ends."""

    reason: str = "normal conversation end"
    error: Any = None


@dataclass(frozen=True, slots=True)
class SttFailure:
    """Speech recognition fails, wherever it is running."""

    details: str = "recognizer stopped"


@dataclass(frozen=True, slots=True)
class TtsFailure:
    """The next texts cannot be rendered."""

    details: str = "synthesis failed"
    count: int = 1


@dataclass(frozen=True, slots=True)
class VendorDown:
    """The streaming speech vendor goes away, and cannot be reached."""


@dataclass(frozen=True, slots=True)
class VendorUp:
    """The speech vendor can be reached again."""


@dataclass(frozen=True, slots=True)
class SlowVendor:
    """The streaming speech vendor takes this long for each chunk of text; 0 makes it fast again."""

    seconds: float


@dataclass(frozen=True, slots=True)
class RefuseTokens:
    """The next `tts:tokens` are refused as if the buffer were full."""

    count: int = 1


# --- the network, and the server's other interfaces ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DropConnection:
    """The control connection breaks. With a `code` the server sees that close code, else an abrupt end."""

    code: int = 1006
    socket: int | None = None
    """The newest control connection, when not given."""


@dataclass(frozen=True, slots=True)
class UpdateCall:
    """Live call control over the REST API, with the body of that request."""

    data: Mapping[str, Any]
    call_sid: str = ""


Action: TypeAlias = (
    Speak
    | StaySilent
    | PressKeys
    | HangUp
    | Ring
    | Answer
    | Busy
    | Decline
    | Hold
    | Refer
    | SendSip
    | NotifyTransfer
    | RefuseTransfer
    | ReachMachine
    | JoinConference
    | LeaveConference
    | TakeFromQueue
    | WaitInQueue
    | LeaveQueue
    | SendAudio
    | ModelSends
    | ModelCallsTool
    | ModelCallsTools
    | ModelTurn
    | ModelFails
    | ModelEnds
    | SttFailure
    | TtsFailure
    | VendorDown
    | VendorUp
    | SlowVendor
    | RefuseTokens
    | DropConnection
    | UpdateCall
)
"""Everything that `CallEngine.act` takes."""

ACTIONS: Sequence[type[Any]] = Action.__args__
