"""The verbs that a caller hears: `say`, `play`, `pause`, `dtmf`, `dub`."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from ..engine_events import DigitsSent
from ..legs.legs import Playback
from ..processes import Steps
from ..sessions.session import CallSession
from ..sessions.task import Kill, Needs, VerbError
from ..sessions.verb import Verb

PIECE = 900
"""Characters after which a long text is split."""

_RETRIES = 5
_SILENCE = re.compile(r"silence_stream://(\d+)")


def as_list(value: Any) -> list[Any]:
    """A property that may be one thing or several."""
    return list(value) if isinstance(value, (list, tuple)) else [value]


def rounds(loop: Any, *, zero_is_forever: bool) -> Iterable[int]:
    """How often to repeat: a number, or for ever."""
    if loop == "forever" or (zero_is_forever and loop in {0, "0"}):
        return iter(int, 1)
    try:
        return range(max(int(loop if loop is not None else 1), 1))
    except (TypeError, ValueError):
        return range(1)


def pieces(text: str, limit: int = PIECE) -> list[str]:
    """A long text in parts, each ending with a word where there is one."""
    parts = []
    while len(text) > limit:
        cut = text.rfind(" ", 1, limit) + 1 or limit
        parts.append(text[:cut])
        text = text[cut:]
    return [*parts, text] if text else parts


class Say(Verb):
    """Text to speech. Has no hooks; what becomes of it shows in `verb:status` only."""

    name = "say"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.playing: Playback | None = None
        self.texts: list[str] = []
        """The texts that are spoken in this run."""
        self._began = False
        """Whether playing was announced: then its end is, too."""
        self._stopped = False
        """Whether the end of a text was."""

    @property
    def streaming(self) -> bool:
        """Whether the text goes through the text buffer."""
        return bool(self.spec.get("stream", self.session.settings.auto_stream_tts))

    def run(self) -> Steps[None]:
        self.texts = self._choose()
        if self.streaming:
            yield from self._stream()
            return
        if not self._rendered():
            return
        self._synthesized()
        self.status("start-playback")
        self._began = True
        for _ in rounds(self.spec.get("loop"), zero_is_forever=not self.world.strict):
            for text in self.texts:
                if self.killed or self.ended.settled:
                    break
                self.playing = self._hear(text)
                if (yield self.playing.done):
                    self._stopped = True
                    self.status("stop-playback")
            else:
                # A loop without end over nothing must not spin.
                if self.texts:
                    continue
            break
        self._began = False

    def kill(self, reason: Kill) -> None:
        if self._began and self.killed is None:
            if not self._stopped:
                self.status("stop-playback")
            self.status("kill-playback")
        super().kill(reason)
        if self.playing is not None:
            self.playing.stop()

    def _choose(self) -> list[str]:
        texts = [str(text) for text in as_list(self.spec.get("text", "")) if text]
        if len(texts) > 1 and not self.world.strict and isinstance(self.spec.get("text"), (list, tuple)):
            # The documented meaning of several texts: one of them, by chance. Chance is a counter here.
            return [texts[(self.world.number("choice of text") - 1) % len(texts)]]
        return texts

    def _hear(self, text: str) -> Playback:
        silence = _SILENCE.match(text)
        if silence:
            return self.leg.hear_clip(text, int(silence[1]) / 1000)
        if text.startswith(("http://", "https://")):
            return self.leg.hear_clip(text, self.world.options.clip(text))
        return self.leg.hear_text(text)

    def _rendered(self) -> bool:
        """Whether the vendor renders the text, or the fallback vendor does."""
        details = self.session.faults.tts_fails()
        if details is None:
            return True
        synthesizer = {**self.session.settings.synthesizer, **(self.spec.get("synthesizer") or {})}
        fallback = bool(synthesizer.get("fallbackVendor") or synthesizer.get("fallback_vendor"))
        failover = fallback and not self.session.settings.on_fallback
        self.report_error("TTS error", details, "in progress" if failover else "not available")
        if failover:
            self.session.settings.on_fallback = True
        return failover

    def _synthesized(self) -> None:
        """Every text is rendered, and told of, before the first one plays."""
        synthesizer = self.spec.get("synthesizer")
        for text in self.texts:
            self.status(
                "synthesized-audio",
                vendor=self.session.settings.speaks_with(synthesizer),
                language=(synthesizer or self.session.settings.synthesizer).get("language", "en-US"),
                served_from_cache=False,
                characters=len(text),
                elapsed_time=100,
            )

    def _stream(self) -> Steps[None]:
        voice = self.session.voice
        if voice is None:
            raise VerbError("a streaming say needs a websocket application and a session with a text buffer")
        if not voice.start(self.session.settings.speaks_with(self.spec.get("synthesizer")), self.name):
            return
        # Streamed, it is told of by `tts:streaming-event` only.
        empty = voice.empty()
        for text in self.texts:
            for piece in pieces(text):
                yield from self._feed(piece)
        if self.texts and not self.killed:
            voice.buffer.flush(self.world.now)
        yield self.world.scheduler.wait(self.ended, empty)
        voice.release(killed=self.killed is not None)

    def _feed(self, piece: str) -> Steps[None]:
        assert self.session.voice is not None
        pause = 1.0
        for _ in range(_RETRIES + 1):
            if self.killed or (yield self.session.voice.buffer.put(piece)) != "full":
                return
            yield self.sleep(pause)
            pause = min(pause * 1.5, 10.0)
        self.world.warn("say-text-dropped", "Text of a streaming say found no room in the text buffer.")


class Play(Verb):
    """A sound file. Its action hook is sent at the end, also when it was cut off."""

    name = "play"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.playing: Playback | None = None
        self._began = False

    def run(self) -> Steps[None]:
        began = self.world.now
        missing = False
        urls = [str(url) for url in as_list(self.spec.get("url", ""))]
        self.status("start-playback")
        self._began = True
        for _ in rounds(self.spec.get("loop"), zero_is_forever=False):
            for url in urls:
                seconds = self._length(url)
                missing = missing or seconds <= 0
                if self.ended.settled or missing:
                    break
                self.playing = self.leg.hear_clip(url, seconds)
                yield self.playing.done
            if self.ended.settled or missing:
                break
        self._began = False
        if missing:
            yield from self.act({"status": "fail", "reason": "playFailed"})
            return
        milliseconds = round((self.world.now - began) * 1000)
        yield from self.act(
            {
                "reason": "playCompleted",
                "playbackSeconds": milliseconds // 1000,
                "playbackMilliseconds": milliseconds,
                "playbackLastOffsetPos": str(milliseconds * 8),
            }
        )

    def kill(self, reason: Kill) -> None:
        if self._began and self.killed is None:
            self.status("kill-playback")
        super().kill(reason)
        if self.playing is not None:
            self.playing.stop()

    def stop(self) -> None:
        """Cut the sound, as another verb's doing: nothing is reported as killed."""
        self.ended.settle(None)
        if self.playing is not None:
            self.playing.stop()

    def cut(self) -> None:
        """A sound that fills a wait is cut by the answer."""
        self.stop()

    def _length(self, url: str) -> float:
        seconds = self.world.options.clip(url)
        limit = self.spec.get("timeoutSecs")
        return min(seconds, float(limit)) if limit else seconds


class Pause(Verb):
    """Silence. Does not answer the call."""

    name = "pause"
    needs = Needs.NOTHING

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.ends_at: float | None = None
        """When it is over; None before it has begun."""

    def run(self) -> Steps[None]:
        seconds = float(self.spec.get("length", 1))
        self.ends_at = self.world.now + seconds
        yield self.sleep(seconds)


class Dtmf(Verb):
    """The `dtmf` verb: it sends keys to the far end."""

    name = "dtmf"

    def run(self) -> Steps[None]:
        digits = str(self.spec.get("dtmf", ""))
        duration = float(self.spec.get("duration", 500))
        self.world.emit(DigitsSent(self.leg.name, digits))
        yield self.sleep((len(digits) * (duration + 250) + 750) / 1000)


class Dub(Verb):
    """A second sound track. Returns at once; what it plays goes on beside the next verbs."""

    name = "dub"

    def run(self) -> Steps[None]:
        action = self.spec.get("action")
        leg = self.leg
        text = self.spec.get("say")
        if action == "playOnTrack" and self.spec.get("play"):
            url = str(self.spec["play"])
            leg.hear_clip(url, self.world.options.clip(url))
        elif action == "sayOnTrack" and text:
            for one in as_list(text.get("text", "") if isinstance(text, dict) else text):
                leg.hear_text(str(one))
        return
        yield
