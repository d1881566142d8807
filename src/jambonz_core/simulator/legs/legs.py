"""A leg: one party on the phone. What it hears, what it says, which keys it presses, and whether it is
still there.

A leg knows nothing of verbs. Verbs play to it, and add listeners (recognisers) and watchers of keys and sound
to it. Three rules of what is heard are worth their code, because applications depend on them:

1. Hearing takes time. A text is heard at so many characters a second, and what is cut off is reported with
   the part that was heard.
2. A listener hears only what is said while it listens. One that is added in the middle of a sentence gets its
   rest.
3. Legs that are bridged hear each other: what one says, the other hears in the time that it takes to say it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from ..actions import PressKeys, Refer, SendSip, Speak
from ..engine_events import LegChanged, Played, SpeechStarted, Spoken
from ..processes import Future, Steps
from ..world import World
from .call_info import CallInfo

_INTERIMS_PER_SECOND = 2.0


class LegState(Enum):
    """How far a leg has come."""

    TRYING = "trying"
    RINGING = "ringing"
    ANSWERED = "answered"
    ENDED = "ended"


@dataclass(slots=True)
class Heard:
    """What a listener understood of somebody's speech."""

    text: str
    confidence: float
    final: bool


class SpeechListener(Protocol):
    """Something that listens to a leg."""

    def voice(self) -> None:
        """Take note that somebody begins to speak."""

    def interim(self, heard: Heard, /) -> None:
        """Take what was understood so far."""

    def final(self, heard: Heard, /) -> None:
        """The whole was understood, after a short silence."""


class LegOwner(Protocol):
    """The session or outgoing call that a leg belongs to. It takes what the party does about the call."""

    def ring(self, *, early_media: bool) -> None:
        """Take note that the phone rings."""

    def pick_up(self) -> None:
        """Take note that the party answers."""

    def fail(self, status: int) -> None:
        """The party is busy, refuses, or cannot be reached."""

    def party_hangs_up(self, headers: Mapping[str, str]) -> None:
        """The party hangs up, or gives up."""

    def hold(self, *, on: bool) -> None:
        """The party puts the other side on hold."""

    def refer(self, refer: Refer) -> None:
        """The party asks for a transfer."""

    def sip(self, request: SendSip) -> None:
        """The party sends a request within the dialog."""


class Playback:
    """Something that is being played to a leg. `done` tells at its end whether it was heard to the end."""

    def __init__(self, seconds: float, began: float) -> None:
        self.seconds = seconds
        self.began = began
        self.done: Future[bool] = Future()

    def part(self, now: float) -> float:
        """The part of the playback that was played until now, from 0 to 1."""
        return min((now - self.began) / self.seconds, 1.0) if self.seconds else 1.0

    def stop(self) -> None:
        """Cut it off; what is over already stays as it is."""
        self.done.settle(False)


@dataclass(slots=True)
class _Utterance:
    words: Sequence[str]
    said: int
    confidence: float
    stopped: Future[None]


class Leg:
    """One party of a call, with what it says and hears."""

    def __init__(self, world: World, name: str, info: CallInfo) -> None:
        self.world = world
        self.name = name
        self.info = info
        self.state: LegState = LegState.TRYING
        self.early_media = False
        self.on_hold = False
        self.muted = False
        self.owner: LegOwner | None = None
        self.answered_at: float = 0.0
        self.stream_credentials: tuple[str, str] | None = None
        """What the last audio stream was connected with; it stays set on the media server's channel."""
        self.key_watchers: list[Callable[[str, int], None]] = []
        self.pcm_watchers: list[Callable[[bytes], None]] = []
        self.ended: Future[str] = Future()
        """Settles with who or what ended it."""
        self.bridged: Leg | None = None
        """The leg that this one is bridged to: each hears what the other says."""
        self._listeners: dict[SpeechListener, int] = {}
        self._speaking: _Utterance | None = None
        self._to_say: list[Speak] = []
        self._playing: list[Playback] = []

    @property
    def answered(self) -> bool:
        """Whether two-way audio is possible."""
        return self.state is LegState.ANSWERED

    @property
    def has_media(self) -> bool:
        """Whether the party can hear anything: answered, or ringing with early media."""
        return self.answered or (self.early_media and self.state is not LegState.ENDED)

    @property
    def over(self) -> bool:
        """Whether the leg has ended."""
        return self.state is LegState.ENDED

    @property
    def hearing(self) -> bool:
        """Whether something is being played to it."""
        return bool(self._playing)

    @property
    def listened_to(self) -> bool:
        """Whether anybody would understand it if it spoke now."""
        return bool(self._listeners)

    @property
    def heard(self) -> bool:
        """Whether anybody would hear it: somebody who understands, an audio stream, or another leg."""
        return bool(self._listeners or self.pcm_watchers or self.bridged)

    @property
    def duration(self) -> int:
        """Whole seconds since it was answered."""
        return self.world.seconds_since(self.answered_at) if self.answered_at else 0

    # States.

    def became(self, status: str, sip_status: int, reason: str = "") -> None:
        """Take a new status, and let the world know."""
        self.info.became(status, sip_status, reason)
        if status in {"ringing", "early-media"} and self.state is LegState.TRYING:
            self.state = LegState.RINGING
        elif status == "in-progress":
            self.state = LegState.ANSWERED
            self.answered_at = self.world.now
        elif status not in {"trying", "ringing", "early-media"}:
            self.state = LegState.ENDED
        number = self.info.to if self.info.parent_call_sid else ""
        self.world.emit(LegChanged(self.name, status, sip_status, number))

    def end(self, by: str) -> None:
        """Cut everything that is going on with it."""
        self.state = LegState.ENDED
        for playback in self._playing[:]:
            playback.stop()
        self.fall_silent()
        self.ended.settle(by)

    def bridge(self, other: Leg) -> None:
        """Let the two hear each other."""
        self.bridged, other.bridged = other, self

    def unbridge(self) -> None:
        """End that, if it has begun."""
        other, self.bridged = self.bridged, None
        if other is not None:
            other.bridged = None

    # Hearing.

    def hear_text(
        self, text: str, *, speed: float | None = None, speaker: str = "", streamed: bool = False
    ) -> Playback:
        """Speak a text to the party; `speaker` is the leg that says it, where it is one."""
        characters = speed or self.world.options.characters_per_second
        playback = Playback(len(text) / characters, self.world.scheduler.now)
        self.world.emit(SpeechStarted(self.name, text, playback.seconds, speaker, streamed))
        self.world.scheduler.spawn(self._hear(playback, text, ""))
        return playback

    def hear_clip(self, url: str, seconds: float) -> Playback:
        """Play a sound file to the party."""
        playback = Playback(seconds, self.world.scheduler.now)
        self.world.scheduler.spawn(self._hear(playback, "", url))
        return playback

    def quiet(self) -> None:
        """Cut off whatever is being played."""
        for playback in self._playing[:]:
            playback.stop()

    def _hear(self, playback: Playback, text: str, url: str) -> Steps[None]:
        scheduler = self.world.scheduler
        if self.over:
            playback.stop()
            return
        self._playing.append(playback)
        cut = (yield scheduler.wait(playback.done, timeout=playback.seconds)) is not None
        self._playing.remove(playback)
        if url:
            self.world.emit(Played(self.name, url, scheduler.now - playback.began, cut))
        else:
            heard = text[: int(len(text) * playback.part(scheduler.now))] if cut else text
            self.world.emit(Spoken(self.name, text, heard, cut))
        playback.done.settle(not cut)

    # Speaking.

    def listen(self, listener: SpeechListener) -> None:
        """Add a listener. It hears the rest of what is being said."""
        self._listeners[listener] = self._speaking.said if self._speaking is not None else 0
        if self._speaking is not None:
            listener.voice()

    def unlisten(self, listener: SpeechListener) -> None:
        """Remove a listener."""
        self._listeners.pop(listener, None)

    @property
    def speaking(self) -> bool:
        """Whether the party is in the middle of saying something."""
        return self._speaking is not None

    def speak(self, speech: Speak) -> None:
        """Let the party say something, after what it is saying now."""
        self._to_say.append(speech)
        if self._speaking is None:
            self.world.scheduler.spawn(self._speak())

    def fall_silent(self) -> None:
        """Let the party stop in the middle."""
        self._to_say.clear()
        if self._speaking is not None:
            self._speaking.stopped.settle(None)

    def _speak(self) -> Steps[None]:
        while self._to_say and not self.over:
            speech = self._to_say.pop(0)
            utterance = self._speaking = _Utterance(speech.text.split(), 0, speech.confidence, Future())
            for listener in list(self._listeners):
                self._listeners[listener] = 0
                listener.voice()
            yield from self._utter(utterance, speech)
            yield self.world.scheduler.wait(self.ended, timeout=self.world.options.endpointing_seconds)
            if not self.over:
                self._understood(utterance, final=True)
        self._speaking = None

    def _utter(self, utterance: _Utterance, speech: Speak) -> Steps[None]:
        words = len(utterance.words)
        duration = speech.seconds(self.world.options.words_per_second)
        self._tell_other(utterance, speech.text, duration)
        interims = speech.interims
        if interims is None:
            interims = max(1, int(duration * _INTERIMS_PER_SECOND))
        steps = max(min(interims, words), 1)
        for step in range(steps):
            stopped = yield self.world.scheduler.wait(utterance.stopped, timeout=duration / steps)
            if stopped is not None:
                return
            utterance.said = words * (step + 1) // steps
            if interims:
                self._understood(utterance, final=False)

    def _tell_other(self, utterance: _Utterance, text: str, duration: float) -> None:
        other = self.bridged
        if other is None or not text or self.muted or self.on_hold:
            return
        speed = len(text) / duration if duration else None
        heard = other.hear_text(text, speed=speed, speaker=self.name)
        utterance.stopped.watch(lambda _: heard.stop())

    def _understood(self, utterance: _Utterance, *, final: bool) -> None:
        for listener, since in list(self._listeners.items()):
            text = " ".join(utterance.words[since : utterance.said])
            heard = Heard(text, utterance.confidence, final)
            if listener not in self._listeners or not text:
                continue
            if final:
                listener.final(heard)
            else:
                listener.interim(heard)

    # Keys and microphone.

    def press(self, keys: PressKeys) -> None:
        """Let the party press keys."""
        self.world.scheduler.spawn(self._press(keys))

    def _press(self, keys: PressKeys) -> Steps[None]:
        for position, digit in enumerate(keys.digits):
            if position:
                yield keys.gap
            if self.over:
                return
            for watcher in self.key_watchers[:]:
                watcher(digit, keys.duration_ms)

    def microphone(self, pcm: bytes) -> None:
        """Let the party be heard as audio."""
        for watcher in self.pcm_watchers[:]:
            watcher(pcm)
