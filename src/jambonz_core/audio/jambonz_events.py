"""What happens on an audio connection, as seen from the media server."""

from __future__ import annotations

from typing import Any, TypeAlias

from jambonz_core.wire.event import Event


class AudioPlayed(Event, frozen=True, gc=False):
    """The other party heard this PCM."""

    pcm: bytes


class MarkPlayed(Event, frozen=True, gc=False):
    """A mark was passed, and reported."""

    name: str


class MarkCleared(Event, frozen=True, gc=False):
    """A mark was thrown away, and reported."""

    name: str


class ClipStarted(Event, frozen=True, gc=False):
    """jambonz begins to play a clip to the caller."""

    id: str
    audio: bytes
    data: dict[str, Any]
    """The data of the `playAudio` message that brought the clip."""


class ClipOver(Event, frozen=True, gc=False):
    """A clip was played, or was cut off; the application is told."""

    id: str
    seconds: float
    """How many seconds of the clip the caller heard."""


class DisconnectWanted(Event, frozen=True, gc=False):
    """The application ends the `listen` verb; the adapter closes the connection with 1000."""


class AudioUnheard(Event, frozen=True, gc=False):
    """Something was dropped that the application may have counted on. A real server says nothing."""

    what: str


class AudioClosed(Event, frozen=True, gc=False):
    """The audio connection is closed."""

    code: int


JambonzAudioEvent: TypeAlias = (
    AudioPlayed
    | MarkPlayed
    | MarkCleared
    | ClipStarted
    | ClipOver
    | DisconnectWanted
    | AudioUnheard
    | AudioClosed
)
