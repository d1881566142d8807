"""What an application may choose about an audio stream."""

from __future__ import annotations

from dataclasses import dataclass

from jambonz_core.wire.limits import (
    CLIPS_QUEUED,
    MARKS_OUTSTANDING,
    PLAY_AUDIO_BYTES,
    PLAYOUT_FIRST_SECONDS,
)


@dataclass(frozen=True, slots=True)
class AudioOptions:
    """How long the application's side of an audio stream waits for what, in seconds."""

    playback_rate: int | None = None
    """Samples per second of what is sent: the verb's `bidirectionalAudio.sampleRate`. None: as comes in,
    which is what the library gives to a verb that has none.
    """

    keep_mark_samples: bool = False
    """True sends samples of -1 as they are. The server takes them for marks, so it is for who sets none."""

    tail_seconds: float = PLAYOUT_FIRST_SECONDS
    """The silence behind an utterance: as much as the server may hold back before it plays anything."""

    mark_slack: float = 2.0
    """How much later than computed a mark may be reported before it counts as lost."""

    kill_seconds: float = 2.0
    """How long the reports may take that `killAudio` causes."""

    marks_outstanding: int = MARKS_OUTSTANDING
    """How many marks the server keeps; more of them wait on this side."""

    marks_waiting: int = 1000
    """How many marks may wait on this side."""

    clips_queued: int = CLIPS_QUEUED
    """How many clips may wait behind the one that plays."""

    clip_slack: float = 5.0
    """How much later than computed the end of a clip may be reported."""

    metadata_bytes: int = 128 * 1024
    """What is kept of the first message. Of a larger one the largest fields are left out."""

    clip_bytes: int = PLAY_AUDIO_BYTES
    """No `playAudio` message above this is sent."""


DEFAULT_OPTIONS = AudioOptions()
