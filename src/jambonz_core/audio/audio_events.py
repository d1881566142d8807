"""What happens on an audio stream, as seen by an application.

Every event keeps the message that it came from in `raw`, or None when the core made it up or it came as PCM.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

from jambonz_core.wire.errors import RemoteProtocolError
from jambonz_core.wire.event import Event


class AudioEvent(Event, frozen=True, gc=False):
    """The base of the events of an audio stream."""


class PlayOutcome(Enum):
    """What became of a mark or of a clip."""

    PLAYED = "played"
    """The server reported that it was played to here."""
    CLEARED = "cleared"
    """The audio was thrown away before it was played."""
    UNKNOWN = "unknown"
    """No report came, and none will be waited for."""


class AudioStarted(AudioEvent, frozen=True, gc=False):
    """The stream begins: this is what the server tells about it."""

    call_sid: str
    sample_rate: int
    """Samples per second of the audio that comes in."""
    channels: int
    """2 when both parties come in one stream (`mixType` ``stereo``), else 1."""
    mix_type: str
    metadata: dict[str, Any]
    """Everything the first frame said: the call's fields in camelCase, and the `metadata` of the verb."""


class AudioFrame(AudioEvent, frozen=True, gc=False):
    """Audio of the call: whole samples, of any number."""

    pcm: bytes


class Dtmf(AudioEvent, frozen=True, gc=False):
    """The caller pressed a key (`passDtmf`)."""

    digit: str
    seconds: float | None
    """How long it was pressed, where that was told."""


class PlayDone(AudioEvent, frozen=True, gc=False):
    """A clip that the application sent has ended."""

    id: str
    """The clip's id, or empty when the server did not say which clip it was."""
    outcome: PlayOutcome
    data: dict[str, Any]
    """What the server told about it; empty when nothing came in time."""


class MarkSettled(AudioEvent, frozen=True, gc=False):
    """A mark is over. Every mark that was set gets this event once."""

    name: str
    outcome: PlayOutcome


class UnknownAudioMessage(AudioEvent, frozen=True, gc=False):
    """A message of a kind that this version does not know; see `raw`."""


class BadAudioMessage(AudioEvent, frozen=True, gc=False):
    """A text frame that is not a message. The stream goes on."""

    error: RemoteProtocolError
    text: str
    """The first characters of the message that could not be read."""


class AudioLimitReached(AudioEvent, frozen=True, gc=False):
    """Something that the server has sent is not kept, because it passes a bound."""

    limit: str
    """The name of the bound."""
    what: str


class AudioOver(AudioEvent, frozen=True, gc=False):
    """The connection is closed, and with it the stream: audio does not reconnect."""

    code: int
