"""`listen` (and `stream`): the call's sound on a websocket of its own, and what the application sends back.

The connection itself is `AudioJambonz`; this is the verb around it. It blocks until a finish key,
`maxLength`, the far end's close or `disconnect`, a failure, or a kill, and then sends its action hook.

A real stream never pauses: while nobody says anything it carries silence. So does this one (`stream_silence`
of the options), and a buzz while somebody speaks, except where actions of the outside give it sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any
from urllib.parse import urljoin, urlsplit, urlunsplit

from ...audio.jambonz_events import (
    AudioPlayed,
    AudioUnheard,
    ClipOver,
    ClipStarted,
    DisconnectWanted,
    JambonzAudioEvent,
    MarkCleared,
    MarkPlayed,
)
from ...audio.jambonz_role import AudioJambonz, Hear, PauseListening, PressKey, ResumeListening
from ...audio.pcm import pcm_seconds
from ...wire.errors import LocalProtocolError
from ...wire.limits import AUDIO_RATE, AUDIO_SUBPROTOCOL, CLOSE_GRACEFUL
from ..engine_events import AudioHeard, ClipHeard, MarkReported
from ..processes import Steps, Timer
from ..sessions.session import CallSession
from ..sessions.verb import Verb

FRAME_SECONDS = 0.02
"""How much sound the media server sends at once."""

BEEP = "beep"
"""What the caller hears of `playBeep`, by the name under which a sound is reported."""

BEEP_SECONDS = 0.5
"""How long it lasts."""

LATE_SECONDS = 0.2
"""How late a piece of sound from outside may be before the stream is filled with silence instead."""

_LOUD = 4000


@lru_cache(maxsize=32)
def _voiced(voices: tuple[bool, ...], rate: int) -> bytes:
    """20 ms of silence or of a buzz of 100 Hz, with as many channels as there are voices."""
    samples = round(rate * FRAME_SECONDS)
    up, period = rate // 200, rate // 100
    frame = bytearray()
    for n in range(samples):
        level = _LOUD if n % period < up else -_LOUD
        for voice in voices:
            frame += (level if voice else 0).to_bytes(2, "little", signed=True)
    return bytes(frame)


def frame_of(voices: Iterable[bool], rate: int) -> bytes:
    """What an audio stream carries in 20 ms, given who of its channels is speaking.

    >>> frame_of([False], 8000) == bytes(320), frame_of([True, False], 8000)[:8].hex()
    (True, 'a00f0000a00f0000')
    """
    return _voiced(tuple(voices), rate)


class Listen(Verb):
    """The `listen` and `stream` verbs: an audio stream to the application."""

    name = "listen"
    subprotocol = AUDIO_SUBPROTOCOL

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.audio: AudioJambonz | None = None
        self.socket: int = 0
        self.connected_at: float | None = None
        self.digits: str = ""
        self._timer: Timer | None = None
        self._covered_until = -LATE_SECONDS
        """Until when the sound of the outside lasts that has been sent."""

    # Its course.

    def run(self) -> Steps[None]:
        if self.spec.get("playBeep"):
            beep = self.leg.hear_clip(BEEP, BEEP_SECONDS)
            if (yield self.world.scheduler.wait(self.ended, beep.done)) == 0:
                beep.stop()
                yield from self.act({})
                return
        self.audio = self._stream()
        self.socket = self.session.sockets.open(
            self, self._url(), AUDIO_SUBPROTOCOL, self._credentials(), {"user-agent": "jambonz"}
        )
        self.leg.pcm_watchers.append(self._hear)
        minds_keys = bool(self.spec.get("passDtmf") or self.spec.get("finishOnKey"))
        if minds_keys:
            self.leg.key_watchers.append(self._key)
        limit = self.spec.get("maxLength")
        yield self.sleep(float(limit) if limit else None)
        self.leg.pcm_watchers.remove(self._hear)
        if minds_keys:
            self.leg.key_watchers.remove(self._key)
        self._set_timer(over=True)
        self.session.sockets.close(self.socket, CLOSE_GRACEFUL)
        results: dict[str, Any] = {}
        if self.connected_at is not None:
            results["dial_call_duration"] = self.world.seconds_since(self.connected_at)
        if self.digits:
            results["digits"] = self.digits
        yield from self.act(results)

    def _stream(self) -> AudioJambonz:
        info = self.session.info.raw() if self.nested else self.session.info.standard()
        spec = self.spec
        both = spec.get("bidirectionalAudio") or {}
        return AudioJambonz(
            info,
            metadata=spec.get("metadata"),
            sample_rate=self._rate,
            mix_type=str(spec.get("mixType", "mono")),
            streaming=bool(both.get("streaming")),
            bidirectional=not spec.get("disableBidirectionalAudio")
            and both.get("enabled", True) is not False,
            playback_rate=both.get("sampleRate"),
            pass_dtmf=bool(spec.get("passDtmf")),
        )

    def _url(self) -> str:
        url = urljoin(self.session.requestor.url, str(self.spec.get("url", "")))
        scheme, *rest = urlsplit(url)
        return urlunsplit(({"http": "ws", "https": "wss"}.get(scheme, scheme), *rest))

    def _credentials(self) -> tuple[str, str] | None:
        """Its own, or the application's for a relative URL; otherwise what the last stream of the leg left
        behind, whoever it was for.
        """
        auth, relative = self.spec.get("wsAuth"), not urlsplit(str(self.spec.get("url", ""))).netloc
        if isinstance(auth, Mapping):
            self.leg.stream_credentials = str(auth.get("username")), str(auth.get("password"))
        elif relative and self.session.requestor.credentials is not None:
            self.leg.stream_credentials = self.session.requestor.credentials
        elif not relative and self.leg.stream_credentials is not None:
            self.world.warn(
                "listen-credentials",
                f"A listen to {self._url()} has no wsAuth: it is sent the credentials of the stream before.",
                "Give wsAuth for every absolute url.",
            )
        return self.leg.stream_credentials

    def pause(self, status: str) -> None:
        """Perform the application's `listen:status`."""
        assert self.audio is not None
        if status == "pause":
            self._after(self.audio.do(PauseListening(), self.world.now))
        elif status == "resume":
            self._after(self.audio.do(ResumeListening(), self.world.now))
        else:
            self.world.warn(
                "command-invalid", f"listen_status {status!r} is ignored.", "Use pause or resume."
            )

    # The party.

    def _hear(self, pcm: bytes) -> None:
        if self.connected_at is not None and self.audio is not None:
            now = self.world.now
            channels = 2 if self._stereo else 1
            self._covered_until = max(self._covered_until, now) + pcm_seconds(len(pcm), self._rate, channels)
            self._after(self.audio.do(Hear(pcm), now))

    @property
    def _rate(self) -> int:
        return int(self.spec.get("sampleRate", AUDIO_RATE))

    @property
    def _stereo(self) -> bool:
        return self.spec.get("mixType") == "stereo"

    def _carry(self) -> Steps[None]:
        """Fill the stream with what is going on, as long as it is connected."""
        assert self.audio is not None
        while (yield self.world.scheduler.wait(self.ended, timeout=FRAME_SECONDS)) is None:
            if self.world.now - self._covered_until >= LATE_SECONDS and not self.audio.over:
                self._after(self.audio.do(Hear(self._frame()), self.world.now))

    def _frame(self) -> bytes:
        voices = [self.leg.speaking and not self.leg.muted]
        if self.spec.get("mixType", "mono") != "mono":
            voices.append(self.leg.hearing)
        if not self._stereo:
            voices = [any(voices)]
        return frame_of(voices, self._rate)

    def _key(self, digit: str, duration: int) -> None:
        if digit == self.spec.get("finishOnKey"):
            self.digits = digit
            self.ended.settle(None)
        elif self.connected_at is not None and self.audio is not None:
            self._after(self.audio.do(PressKey(digit, duration / 1000), self.world.now))

    # As the user of a socket.

    def opened(self, protocol: str) -> None:
        assert self.audio is not None
        self.connected_at = self.world.now
        try:
            self._after(self.audio.connected(self.world.now))
        except LocalProtocolError as error:
            self.world.warn("metadata-too-large", f"The audio stream fails: {error}.")
            self.session.sockets.cut(self.socket)
            self.ended.settle(None)
            return
        if self.world.options.stream_silence:
            self.world.scheduler.spawn(self._carry())

    def failed(self, reason: str | int) -> None:
        self.session.sockets.gone(self.socket)
        self.world.warn(
            "audio-not-connected", f"The audio stream could not connect ({reason}); the verb ends."
        )
        self.ended.settle(None)

    def frames(self, frames: Sequence[str | bytes]) -> None:
        assert self.audio is not None
        for frame in frames:
            self._after(self.audio.receive(frame, self.world.now))

    def asked(self) -> None:
        """Nothing is put off here."""

    def closed(self, code: int) -> None:
        assert self.audio is not None
        self.session.sockets.gone(self.socket)
        self.audio.lost(code, self.world.now)
        self.ended.settle(None)

    # What the stream reports.

    def _after(self, events: list[JambonzAudioEvent]) -> None:
        assert self.audio is not None
        leg = self.leg.name
        for event in events:
            match event:
                case AudioPlayed(pcm):
                    self.world.emit(AudioHeard(leg, pcm, self.audio._playout.sample_rate))
                case ClipStarted():
                    self.world.emit(AudioHeard(leg, event.audio, int(event.data.get("sampleRate", 8000))))
                case ClipOver():
                    self.world.emit(ClipHeard(leg, event.id, event.seconds))
                case MarkPlayed(name):
                    self.world.emit(MarkReported(name, "playout"))
                case MarkCleared(name):
                    self.world.emit(MarkReported(name, "cleared"))
                case AudioUnheard(what):
                    self.world.warn("audio-unheard", f"{what}.")
                case DisconnectWanted():
                    self.ended.settle(None)
                case _:
                    pass
        for frame in self.audio.outgoing():
            self.session.sockets.send(self.socket, frame)
        self._set_timer()

    def _set_timer(self, *, over: bool = False) -> None:
        assert self.audio is not None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        deadline = self.audio.deadline
        if deadline is not None and not over:
            self._timer = self.world.scheduler.after(deadline - self.world.now, self._tick)

    def _tick(self) -> None:
        assert self.audio is not None
        self._timer = None
        self._after(self.audio.tick(self.world.now))
