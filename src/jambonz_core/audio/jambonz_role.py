"""The media server's end of an audio connection: what a `listen` verb does.

Simulator and tests are made from it. Like the real one it drops without a word what does not fit the
playback mode, and plays no streamed audio, and reports no mark, unless the verb has given its rate
(`bidirectionalAudio.sampleRate`). Unlike the real one it says so, in `AudioUnheard` events for whoever runs
it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from msgspec import Struct

from jambonz_core.wire import codec
from jambonz_core.wire.errors import LocalProtocolError, RemoteProtocolError

from .audio_messages import record, text
from .clip_player import ClipPlayer
from .jambonz_events import (
    AudioClosed,
    AudioUnheard,
    ClipOver,
    DisconnectWanted,
    JambonzAudioEvent,
    MarkCleared,
    MarkPlayed,
)
from .playout import PlayoutBuffer, PlayoutOptions

_METADATA_BYTES = 8192
"""The media server has no room for a larger first frame."""


class Hear(Struct, frozen=True):
    """The call sounds like this: PCM for the application."""

    pcm: bytes


class PressKey(Struct, frozen=True):
    """The caller presses a key."""

    digit: str
    seconds: float = 0.2


class PauseListening(Struct, frozen=True):
    """No audio goes to the application until further notice."""


class ResumeListening(Struct, frozen=True):
    """Audio goes to the application again."""


JambonzAudioCommand: TypeAlias = Hear | PressKey | PauseListening | ResumeListening


class AudioJambonz:
    """One `listen` verb's connection, from the side that opened it.

    >>> audio = AudioJambonz({"callSid": "c1"}, streaming=True, playback_rate=8000)
    >>> audio.connected(now=0.0)
    []
    >>> audio.outgoing()
    ['{"sampleRate":8000,"mixType":"mono","callSid":"c1"}']
    >>> audio.receive('{"type":"mark","data":{"name":"start"}}', now=0.1)
    [MarkPlayed(name='start', raw=None)]
    >>> audio.outgoing()
    ['{"type":"mark","data":{"name":"start","event":"playout"}}']
    """

    def __init__(
        self,
        call: Mapping[str, Any],
        *,
        metadata: Mapping[str, Any] | None = None,
        sample_rate: int = 8000,
        mix_type: str = "mono",
        streaming: bool = False,
        bidirectional: bool = True,
        playback_rate: int | None = None,
        pass_dtmf: bool = True,
        options: PlayoutOptions | None = None,
    ) -> None:
        self.metadata: dict[str, Any] = {
            "sampleRate": sample_rate,
            "mixType": mix_type,
            **call,
            **(metadata or {}),
        }
        """The first frame; the verb's `metadata` is merged last and may overwrite what the server says."""
        self.streaming = streaming
        """Whether it plays audio as it comes, or in clips."""
        self.bidirectional = bidirectional
        """Whether it plays anything at all."""
        self.paused: bool = False
        """Whether the verb is paused, so that nothing is heard of the call."""
        self.over: bool = False
        """Whether the connection has ended."""
        self.pass_dtmf = pass_dtmf
        """Whether keys are told."""
        self.audible: bool = bool(playback_rate)
        """Whether streamed audio is played: the media server does so for a verb that gives its rate only."""
        self._playout = PlayoutBuffer(sample_rate=playback_rate or sample_rate, options=options)
        self._clips = ClipPlayer()
        self._warned = False
        self._out: list[str | bytes] = []

    def connected(self, now: float) -> list[JambonzAudioEvent]:
        """The connection is there: the first frame leaves."""
        first = codec.encode(self.metadata)
        if len(first.encode()) > _METADATA_BYTES:
            raise LocalProtocolError(
                f"the first frame of an audio connection has room for {_METADATA_BYTES} bytes"
            )
        self._out.append(first)
        return []

    def receive(self, frame: str | bytes, now: float) -> list[JambonzAudioEvent]:
        """One message of the application."""
        events = self.tick(now)
        events += self._tell(
            self._receive_text(frame, now) if isinstance(frame, str) else self._receive_pcm(frame, now)
        )
        # What is idle plays, and reports, at once.
        return events + self.tick(now)

    def do(self, command: JambonzAudioCommand, now: float) -> list[JambonzAudioEvent]:
        """Do what happens on the call, such as a key or a pause."""
        match command:
            case Hear(pcm):
                if not self.paused:
                    self._out.append(pcm)
            case PressKey(digit, seconds):
                if self.pass_dtmf:
                    self._push({"event": "dtmf", "dtmf": digit, "duration": str(round(seconds * 8000))})
            case PauseListening():
                self.paused = True
            case ResumeListening():
                self.paused = False
            case _:
                raise LocalProtocolError(f"{command!r} does not happen on a call")
        return []

    def lost(self, code: int, now: float) -> list[JambonzAudioEvent]:
        """The connection is closed, by whomever."""
        self.over = True
        self._out.clear()
        return [AudioClosed(code)]

    def outgoing(self) -> list[str | bytes]:
        """The messages to send now, in order."""
        out, self._out = self._out, []
        return out

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        due = (self._playout.deadline, self._clips.deadline)
        return None if self.over else min((at for at in due if at is not None), default=None)

    def tick(self, now: float) -> list[JambonzAudioEvent]:
        """Play what is due at `now`."""
        return self._tell([*self._playout.tick(now), *self._clips.tick(now)])

    def _plays(self, *, streaming: bool) -> bool:
        return self.bidirectional and self.streaming is streaming

    def _push(self, message: dict[str, Any]) -> None:
        self._out.append(codec.encode(message))

    def _receive_pcm(self, frame: bytes, now: float) -> list[JambonzAudioEvent]:
        if not self._plays(streaming=True):
            return [AudioUnheard("PCM is dropped: playback is not streaming")]
        return self._playout.feed(frame, now) if self.audible else self._silent()

    def _silent(self) -> list[JambonzAudioEvent]:
        """Streamed audio without a rate is never played. Said once: there are fifty frames a second."""
        if self._warned:
            return []
        self._warned = True
        return [AudioUnheard("streamed audio is silent, because bidirectionalAudio has no sampleRate")]

    def _receive_text(self, frame: str, now: float) -> list[JambonzAudioEvent]:
        try:
            message = codec.decode(frame)
        except RemoteProtocolError as error:
            return [AudioUnheard(str(error))]
        data = record(message.get("data"))
        match message.get("type"):
            case "playAudio":
                if not self._plays(streaming=False):
                    return [AudioUnheard("playAudio is dropped: playback is streaming, or one-way")]
                return self._clips.play(data, len(frame.encode()), now)
            case "killAudio":
                return [*self._playout.kill(now), *self._clips.kill(now)]
            case "mark":
                if not self._plays(streaming=True):
                    return [AudioUnheard("a mark is dropped: playback is not streaming")]
                return self._playout.mark(text(data.get("name")), now) if self.audible else self._silent()
            case "clearMarks":
                return self._playout.clear_marks(now)
            case "disconnect":
                return [DisconnectWanted()]
            case kind:
                return [AudioUnheard(f"a message of type {kind!r} has no effect")]

    def _tell(self, events: Iterable[JambonzAudioEvent]) -> list[JambonzAudioEvent]:
        """Report to the application what it is told of these events."""
        told = list(events)
        for event in told:
            match event:
                case MarkPlayed(name):
                    self._push({"type": "mark", "data": {"name": name, "event": "playout"}})
                case MarkCleared(name):
                    self._push({"type": "mark", "data": {"name": name, "event": "cleared"}})
                case ClipOver(id, seconds):
                    self._push({"type": "playDone", "data": _play_done(id, seconds)})
                case _:
                    pass
        return told


def _play_done(id: str, seconds: float) -> dict[str, str]:
    milliseconds = round(seconds * 1000)
    data = {
        "playbackSeconds": str(milliseconds // 1000),
        "playbackMilliseconds": str(milliseconds),
        "playbackLastOffsetPos": str(milliseconds * 8),
    }
    return {"id": id, **data} if id else data
