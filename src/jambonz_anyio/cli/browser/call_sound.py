"""The sound of a call: to the page that has it, and from that page's microphone.

What an audio stream plays to the caller goes to the page as it is heard. What the microphone hears goes to
the audio streams that listen to the caller, in their rate, and, when the page wants that, to the program's
recognizer, whose words are then said. Texts are spoken by the program's voice, by the browser or by nobody,
as the page wants it.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any, Protocol

import anyio
from anyio.abc import TaskGroup

from jambonz_core.simulator import (
    CALLER,
    AudioHeard,
    ClipHeard,
    SendAudio,
    Situation,
    SpeechStarted,
    Spoken,
    VerbNow,
)
from jambonz_core.wire.limits import AUDIO_RATE

from ...testing import Record
from ..errors import plain_error
from ..live_call import LiveCall
from .page_messages import STREAM, VOICE, TakeSound, sound_frame, told
from .utterances import Utterances
from .voices import Recognizer, Voice

FRAME_SECONDS = 0.02
"""How much sound a microphone sends to a stream at once."""

JITTER_SECONDS = 0.25
"""By how much a clip may seem shorter than it is, without having been cut off."""

WAITING_UTTERANCES = 8
"""What may wait for the recognizer."""

NO_RESAMPLER = (
    "The microphone has another rate than the audio stream. To try it: pip install 'jambonz-anyio[audio]'."
)


class Page(Protocol):
    """One browser tab."""

    def tell(self, message: str) -> None:
        """Send a message."""

    def play(self, frame: bytes) -> None:
        """Send sound."""


class Resample(Protocol):
    """Brings sound to another rate, piece by piece."""

    def __call__(self, pcm: bytes) -> bytes:
        """The next piece."""
        ...


class CallSound:
    """Whose the sound is, and what becomes of it."""

    def __init__(self, tasks: TaskGroup, voice: Voice | None, recognizer: Recognizer | None) -> None:
        self._tasks = tasks
        self._voice = voice
        self._recognizer = recognizer
        self._page: Page | None = None
        self._wanted = TakeSound(on=False)
        self._live: LiveCall | None = None
        self._speaking: anyio.CancelScope | None = None
        self._texts: list[SpeechStarted] = []
        self._clip_seconds = 0.0
        self._resamplers: dict[tuple[int, int], Resample | None] = {}
        self._to_streams = b""
        self._utterances: Utterances | None = None
        self._said: list[bytes] = []
        self._understanding = False

    @property
    def offers(self) -> Mapping[str, str]:
        """What the program can speak and understand with; empty for nothing."""
        voice, ears = self._voice, self._recognizer
        return {"voice": voice.name if voice else "", "recognizer": ears.name if ears else ""}

    # --- whose it is ------------------------------------------------------------------------------------

    def take(self, page: Page, wanted: TakeSound) -> None:
        """Give the sound to a page, or take it from the one that has it."""
        if wanted.on:
            if self._page is not None and self._page is not page:
                self._page.tell(told("silenced"))
            self._page, self._wanted = page, wanted
        elif page is self._page:
            self.leave(page)

    def leave(self, page: Page) -> None:
        """A page is gone, or wants no sound."""
        if page is self._page:
            self._hush()
            self._page, self._wanted = None, TakeSound(on=False)

    # --- to the page ------------------------------------------------------------------------------------

    def follow(self, live: LiveCall) -> None:
        """Let a call be heard."""
        self._live = live
        live.phone.watch(self._take)

    def _take(self, record: Record) -> None:
        page = self._page
        if page is None:
            return
        match record.what:
            case SpeechStarted(leg=leg) as speech if leg == CALLER:
                self._speak(page, speech)
            case Spoken(leg=leg, cut=True) if leg == CALLER:
                self._hush()
            case AudioHeard(leg=leg, pcm=pcm, sample_rate=rate) if leg == CALLER:
                self._clip_seconds = len(pcm) / 2 / rate
                page.play(sound_frame(STREAM, rate, pcm))
            case ClipHeard(leg=leg, seconds=seconds) if leg == CALLER:
                if seconds + JITTER_SECONDS < self._clip_seconds:
                    page.tell(told("hush"))
            case _:
                pass

    def _speak(self, page: Page, speech: SpeechStarted) -> None:
        if self._wanted.voice and self._voice is not None:
            self._texts.append(speech)
            if self._speaking is None:
                self._speaking = anyio.CancelScope()
                self._tasks.start_soon(self._say, self._speaking, self._voice)
        else:
            page.tell(told("speak", text=speech.text, seconds=speech.seconds))

    async def _say(self, scope: anyio.CancelScope, voice: Voice) -> None:
        """Speak texts in their order, until there are no more."""
        with scope:
            while self._texts and self._speaking is scope:
                speech = self._texts.pop(0)
                try:
                    sound = await voice.speak(speech.text, speech.seconds)
                except Exception as error:
                    # A voice is somebody else's program: without it, texts are read.
                    self._complain(f"{voice.name} cannot speak: {plain_error(error)}")
                    continue
                if self._page is not None:
                    self._page.play(sound_frame(VOICE, sound.rate, sound.pcm))
        if self._speaking is scope:
            self._speaking = None

    def _hush(self) -> None:
        self._texts.clear()
        scope, self._speaking = self._speaking, None
        if scope is not None:
            scope.cancel()
        if self._page is not None:
            self._page.tell(told("hush"))

    def _complain(self, text: str) -> None:
        if self._page is not None:
            self._page.tell(told("refused", why=text))

    # --- from the page ----------------------------------------------------------------------------------

    def hear(self, page: Page, rate: int, pcm: bytes) -> None:
        """Take a piece of the microphone of the page that has the sound."""
        live = self._live
        if page is not self._page or live is None or live.phone.over:
            return
        situation = live.phone.situation
        stream = _stream(situation)
        if stream is not None:
            self._send(live, stream, rate, pcm)
        caller = situation.party(CALLER)
        heard = caller is not None and caller.words_are_heard
        if heard and self._wanted.ears and self._recognizer is not None:
            self._listen(self._recognizer, rate, pcm)

    def _send(self, live: LiveCall, stream: VerbNow, rate: int, pcm: bytes) -> None:
        wanted = int(stream.spec.get("sampleRate") or AUDIO_RATE)
        resampled = self._resampled(rate, wanted, pcm)
        if resampled is None:
            return
        self._to_streams += resampled
        size = 2 * round(wanted * FRAME_SECONDS)
        while len(self._to_streams) >= size:
            frame, self._to_streams = self._to_streams[:size], self._to_streams[size:]
            if stream.spec.get("mixType") == "stereo":
                frame = _beside_silence(frame)
            live.phone.act(SendAudio(frame, CALLER))

    def _listen(self, recognizer: Recognizer, rate: int, pcm: bytes) -> None:
        resampled = self._resampled(rate, recognizer.rate, pcm)
        if resampled is None:
            return
        if self._utterances is None:
            self._utterances = Utterances(recognizer.rate)
        for said in self._utterances.feed(resampled):
            if len(self._said) == WAITING_UTTERANCES:
                self._complain(f"{recognizer.name} is too slow: something that you said was left out")
                continue
            self._said.append(said)
            if not self._understanding:
                self._understanding = True
                self._tasks.start_soon(self._understand, recognizer)

    async def _understand(self, recognizer: Recognizer) -> None:
        """Say what was said, in its order, until there is no more."""
        while self._said:
            pcm = self._said.pop(0)
            try:
                text = await recognizer.understand(pcm)
            except Exception as error:
                self._complain(f"{recognizer.name} cannot understand: {plain_error(error)}")
                continue
            live = self._live
            if text.strip() and live is not None and not live.phone.over:
                live.says(text.strip())
        self._understanding = False

    def _resampled(self, rate: int, wanted: int, pcm: bytes) -> bytes | None:
        """Sound at another rate; None when nothing can bring it there, which is told once."""
        if rate == wanted:
            return pcm
        key = (rate, wanted)
        if key not in self._resamplers:
            self._resamplers[key] = resampler(rate, wanted)
            if self._resamplers[key] is None:
                self._complain(NO_RESAMPLER)
        found = self._resamplers[key]
        return None if found is None else found(pcm)


def resampler(rate: int, wanted: int) -> Resample | None:
    """What brings L16 mono from one rate to another, piece by piece; None when soxr is not installed."""
    try:
        soxr, numpy = importlib.import_module("soxr"), importlib.import_module("numpy")
    except ModuleNotFoundError:
        return None
    stream = soxr.ResampleStream(rate, wanted, 1, dtype="int16")

    def resample(pcm: bytes) -> bytes:
        samples: Any = stream.resample_chunk(numpy.frombuffer(pcm, "<i2"))
        return bytes(samples.astype("<i2").tobytes())

    return resample


def _stream(situation: Situation) -> VerbNow | None:
    """The verb by which the application hears the caller's sound, if there is one."""
    verbs = (*situation.running, *situation.beside)
    return next((verb for verb in verbs if verb.verb in {"listen", "stream"} and verb.leg == CALLER), None)


def _beside_silence(pcm: bytes) -> bytes:
    """Mono as the left of two channels, whose right one is silent."""
    return b"".join(pcm[place : place + 2] + b"\0\0" for place in range(0, len(pcm), 2))
