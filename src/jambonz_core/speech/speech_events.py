"""What happens to streamed text, as seen by an application.

All of these are made by the core itself, so their `raw` is None; the messages that caused them are events
of the control protocol (`TokensResult`, `StreamingEvent`). `speech` is the number that `SpeechOpened` told,
or 0 for an event of a bare `TokenFlow`.
"""

from __future__ import annotations

from enum import Enum

from jambonz_core.wire.event import Event

NO_STREAM = (
    "no text stream is open on this call: send config(ttsStream={'enable': True}), or say(stream=True), "
    "before streaming text"
)
NO_BUFFER = (
    "this session has no text buffer, so streamed text cannot be spoken: enable a stream with "
    "config(ttsStream={'enable': True}); a session that began as a dialled leg never has one"
)


class SpeechEvent(Event, frozen=True, gc=False):
    """The base of the events about streamed text."""


class Outcome(Enum):
    """What became of a speech."""

    ACCEPTED = "accepted"
    """The server took all of it, and nothing is known to have stopped it."""
    CUT = "cut"
    """The server took at least a part; then the caller interrupted, or it was cleared."""
    DISCARDED = "discarded"
    """The server took none of it."""


class TextAccepted(SpeechEvent, frozen=True, gc=False):
    """The server took this text into its buffer."""

    text: str
    speech: int = 0
    confirmed: bool = True
    """False when the server did not answer in time, on a stream that works: a refusal comes at once."""


class TextDiscarded(SpeechEvent, frozen=True, gc=False):
    """This text was written, but it will not be spoken, or nobody can know whether it is."""

    text: str
    reason: str
    """``cleared``, ``barge-in``, ``stream missing``, ``stream closed``, ``vendor failed``, ``call over``."""
    speech: int = 0


class TextOfferedAgain(SpeechEvent, frozen=True, gc=False):
    """No result came for this text, so it is sent once more: the caller may hear it twice."""

    text: str
    reason: str
    """``connection lost`` or ``no answer``."""
    speech: int = 0


class WindowOpen(SpeechEvent, frozen=True, gc=False):
    """There is room for more text again. Comes only after `room` was False."""


class DeliveryDone(SpeechEvent, frozen=True, gc=False):
    """The text that was written with this ticket was accepted, all of it, or will never be."""

    ticket: int
    accepted: bool


class SpeechStreamMissing(SpeechEvent, frozen=True, gc=False):
    """Text was sent to a session that has no text stream. It cannot be spoken, and was discarded."""

    message: str
    """What is missing, in a sentence for the programmer."""
    speech: int = 0


class SpeechVendorFailed(SpeechEvent, frozen=True, gc=False):
    """The server refused text for another reason than a full buffer. What was not accepted was discarded."""

    reason: str
    """In the server's words, such as ``connection to deepgram failed``, or ``stalled``."""
    speech: int = 0


class SpeechOpened(SpeechEvent, frozen=True, gc=False):
    """A speech begins; what is written carries its number."""

    speech: int


class SpeechDelivered(SpeechEvent, frozen=True, gc=False):
    """A closed speech was accepted to the last character; the flush behind it is the next thing to leave."""

    speech: int


class SpeechCut(SpeechEvent, frozen=True, gc=False):
    """The caller interrupted a speech, or the application cleared it."""

    speech: int
    accepted: str
    """What the server had taken: the caller has heard a beginning of this."""
    discarded: str
    """What had not been taken; the caller has heard none of this."""
    by: str
    """``barge-in`` or ``cleared``."""
    spoken: str | None = None
    """What the caller heard, where the server reported it (`trackTtsPlayout`)."""


class SpeechSettled(SpeechEvent, frozen=True, gc=False):
    """Nothing can happen to this speech any more."""

    speech: int
    outcome: Outcome
    accepted: str
    discarded: str
    spoken: str | None = None
    """What the caller heard, where the server reported it (`trackTtsPlayout`), else None: not known."""


class SpeechReportDropped(SpeechEvent, frozen=True, gc=False):
    """The server reports more of a speech as heard than `FlowLimits.spoken_units`. Nothing of it is kept."""

    speech: int


class SpeechSpoken(SpeechEvent, frozen=True, gc=False):
    """The server reported what was heard of a speech after it had settled."""

    speech: int
    spoken: str
    bargein: bool
