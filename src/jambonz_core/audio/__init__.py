"""The audio connection of a `listen` verb, from both ends."""

from .app_role import AudioApp
from .audio_commands import (
    AudioCommand,
    ClearMarks,
    Disconnect,
    EndUtterance,
    KillAudio,
    PlayClip,
    SendAudio,
    SetMark,
)
from .audio_events import (
    AudioEvent,
    AudioFrame,
    AudioLimitReached,
    AudioOver,
    AudioStarted,
    BadAudioMessage,
    Dtmf,
    MarkSettled,
    PlayDone,
    PlayOutcome,
    UnknownAudioMessage,
)
from .jambonz_events import (
    AudioClosed,
    AudioPlayed,
    AudioUnheard,
    ClipOver,
    ClipStarted,
    DisconnectWanted,
    JambonzAudioEvent,
    MarkCleared,
    MarkPlayed,
)
from .jambonz_role import AudioJambonz, Hear, JambonzAudioCommand, PauseListening, PressKey, ResumeListening
from .options import AudioOptions
from .pcm import FrameCutter, silence
from .playout import PlayoutOptions

__all__ = [
    "AudioApp",
    "AudioOptions",
    "AudioCommand",
    "SendAudio",
    "EndUtterance",
    "SetMark",
    "ClearMarks",
    "KillAudio",
    "PlayClip",
    "Disconnect",
    "AudioEvent",
    "AudioStarted",
    "AudioFrame",
    "AudioLimitReached",
    "AudioOver",
    "Dtmf",
    "PlayDone",
    "MarkSettled",
    "PlayOutcome",
    "BadAudioMessage",
    "UnknownAudioMessage",
    "FrameCutter",
    "silence",
    "AudioJambonz",
    "PlayoutOptions",
    "JambonzAudioCommand",
    "Hear",
    "PressKey",
    "PauseListening",
    "ResumeListening",
    "JambonzAudioEvent",
    "AudioPlayed",
    "MarkPlayed",
    "MarkCleared",
    "ClipStarted",
    "ClipOver",
    "DisconnectWanted",
    "AudioUnheard",
    "AudioClosed",
]
