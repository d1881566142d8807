"""`gather`: collects speech and digits, with an optional prompt; and the same in the background, as barge-in.

The parts that applications stumble over:

1. The main timer starts when the prompt ends, and non-empty interim speech restarts it. A digit does not.
2. `interDigitTimeout` works only together with `minDigits`; without it, digits that are there when the main
   timer runs out count for nothing.
3. The first digit ends recognition. A key that is `finishOnKey` is not part of the digits.
4. In the background it announces an interruption once per cycle, whether or not anything was playing, and
   also when it is switched off without having heard anything.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..legs.legs import Heard
from ..processes import Future, Steps, Timer
from ..sessions.session import CallSession
from ..sessions.task import Kill
from ..sessions.verb import Verb
from ..vendors.recognizer import Recognition, speech_payload
from .speech import Play, Say

_TERMINATION_SECONDS = 1.0
"""After the digit that ends continuous recognition."""

_NO_ANSWER = frozenset({"timeout", "connection lost", "not connected", "reconnect failed", "closed"})
"""Why a hook may have got no answer at all."""


class Gather(Verb):
    """The `gather` verb: it collects speech and keys."""

    name = "gather"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.input: list[str] = list(spec.get("input") or ["digits"])
        if "dtmf" in self.input:
            self.world.warn("gather-input-ignored", "gather ignores the input 'dtmf'.", "Use digits.")
        self.background = False
        self.on_event: Callable[[], None] = lambda: None
        """Called in the background at the first digit, voice, transcript or time-out."""
        self.timeout: float = float(spec.get("timeout", 15))
        self.bargein: bool = bool(spec.get("bargein", False))
        self.dtmf_bargein: bool = bool(spec.get("dtmfBargein", "digits" in self.input))
        self.recognizer: Mapping[str, Any] = spec.get("recognizer") or {}
        self.digits: str = ""
        self.result: Future[dict[str, Any] | None] = Future()
        self.prompt: Say | Play | None = None
        self._finals: list[Heard] = []
        self._interim: Heard | None = None
        self._timer: Timer | None = None
        self._digit_timer: Timer | None = None
        self._asr_timer: Timer | None = None
        self._fast_timer: Timer | None = None
        self._interrupted = False
        self._told = False
        """Whether a barge-in was detected."""
        self._stt_began = 0.0
        self._voice_began: float | None = None
        self._recognition = Recognition(
            session.faults,
            self.leg,
            on_final=self._final,
            on_interim=self._heard_interim,
            on_voice=self._voice,
            on_failure=self._failed,
        )

    @classmethod
    def for_barge_in(cls, session: CallSession, barge_in: Mapping[str, Any]) -> Gather:
        """The gather behind `config.bargeIn`."""
        spec = {"input": ["speech"], **barge_in, "timeout": 0, "bargein": True}
        gather = cls(session, spec)
        gather.background = True
        return gather

    @property
    def times_out_at(self) -> float | None:
        """When it gives up if nothing is said or pressed; None while its prompt is played, or for never."""
        return self._timer.when if self._timer is not None and not self.result.settled else None

    # Its course.

    def run(self) -> Steps[None]:
        leg = self.leg
        if self._minds_keys:
            leg.key_watchers.append(self._key)
        if "speech" in self.input and self.spec.get("listenDuringPrompt", True):
            self._listen()
        if not self.result.settled:
            self._start_prompt()
        result = yield self.result
        self._stop()
        if self._minds_keys:
            leg.key_watchers.remove(self._key)
        if result is None or self.session.gone:
            return
        yield from self._report(result)

    def kill(self, reason: Kill) -> None:
        super().kill(reason)
        if self.background and not self._interrupted:
            self._announce()
        self.result.settle(None)

    def take_timeout(self, seconds: Any) -> None:
        """A skipped gather's time limit, in the background from now on."""
        self.timeout = float(seconds)
        self._start_timer()

    def _start_prompt(self) -> None:
        for name, kind in (("say", Say), ("play", Play)):
            spec = self.spec.get(name)
            if isinstance(spec, Mapping):
                self.prompt = kind(
                    self.session, {name_: value for name_, value in spec.items() if name_ != "verb"}
                )
        if self.prompt is None:
            self._prompt_over()
            return
        self.prompt.nested = True
        done = self.world.scheduler.spawn(self.prompt.run())
        done.watch(lambda _: self._prompt_over())

    def _prompt_over(self) -> None:
        self.prompt = None
        if not self.result.settled:
            if "speech" in self.input and not self.digits:
                self._listen()
            self._start_timer()

    def _stop(self) -> None:
        for timer in (self._timer, self._digit_timer, self._asr_timer, self._fast_timer):
            if timer is not None:
                timer.cancel()
        self._recognition.stop()
        self._stop_prompt()

    def _stop_prompt(self) -> None:
        if self.prompt is not None:
            self.prompt.kill(Kill.BARGE_IN)

    def _report(self, result: dict[str, Any]) -> Steps[None]:
        session = self.session
        if not self.hook:
            return
        session.settings.delay.start(session, self.spec.get("actionHookDelayAction"))
        noise = self._filler_noise()
        # Only verbs in the answer end the delay's actions; after an empty one they go on.
        failure = yield from self.act({**result, **self._latency(result)})
        if noise is not None:
            noise.stop()
        if failure:
            # A time-out says no more than that.
            why = "" if failure in _NO_ANSWER else failure
            error = {"msg": "invalid actionHook response", **({"details": why} if why else {})}
            session.error({**error, "verb": self.name, **self.identity()})
            session.send_status(error="invalid actionHook response", reason=failure)

    def _filler_noise(self) -> Any:
        own = self.spec.get("fillerNoise")
        url = own.get("url", "") if isinstance(own, Mapping) and own.get("enable") else ""
        url = url or self.session.settings.filler_noise
        if not url:
            return None
        return self.leg.hear_clip(url, self.world.options.clip(url))

    def _resolve(self, reason: str, **more: Any) -> None:
        self.result.settle({"reason": reason, **more})

    # Time.

    def _start_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self.timeout:
            self._timer = self.world.scheduler.after(self.timeout, self._timed_out)

    def _timed_out(self) -> None:
        self._timer = None
        minimum = self.spec.get("minDigits")
        if self.background:
            self._interrupt()
        if self._finals:
            self._resolve_speech(self._finals)
        elif self.digits and minimum is not None and len(self.digits) >= minimum:
            self._resolve("dtmfDetected", digits=self.digits)
        else:
            self._resolve("timeout")

    # Digits.

    @property
    def _minds_keys(self) -> bool:
        """Whether a key changes anything."""
        ends_speech = "asrDtmfTerminationDigit" in self.recognizer
        return "digits" in self.input or self.dtmf_bargein or ends_speech

    def _key(self, digit: str, duration: int) -> None:
        if self.result.settled:
            return
        if self.dtmf_bargein:
            self._barged_in("dtmf-bargein-detected", dtmf=digit, duration=duration, source="rtp")
        if digit == self.recognizer.get("asrDtmfTerminationDigit") and self._continuous:
            self._asr_timer = self._restart(self._asr_timer, _TERMINATION_SECONDS, self._asr_over)
            return
        if "digits" not in self.input:
            return
        if self.background:
            self._interrupt()
        self._recognition.stop()
        if digit == self.spec.get("finishOnKey"):
            self._resolve("dtmfDetected", digits=self.digits)
            return
        self.digits += digit
        if len(self.digits) in {self.spec.get("numDigits"), self.spec.get("maxDigits")}:
            self._resolve("dtmfDetected", digits=self.digits)
            return
        minimum, pause = self.spec.get("minDigits"), self.spec.get("interDigitTimeout")
        if pause and minimum is not None and len(self.digits) >= minimum:
            self._digit_timer = self._restart(
                self._digit_timer, pause, lambda: self._resolve("dtmfDetected", digits=self.digits)
            )

    def _restart(self, timer: Timer | None, seconds: float, action: Callable[[], None]) -> Timer:
        if timer is not None:
            timer.cancel()
        return self.world.scheduler.after(seconds, action)

    # Speech.

    @property
    def _continuous(self) -> bool:
        return bool(self._asr_timeout)

    @property
    def _asr_timeout(self) -> float:
        own = {**self.session.settings.recognizer, **self.recognizer}
        seconds = float(own.get("asrTimeout", 0) or 0)
        if seconds and self.session.settings.hears_with(self.recognizer) == "deepgram":
            return min(max(seconds, 1.0), 5.0)
        return seconds

    def _listen(self) -> None:
        if not self._recognition.running:
            self._stt_began = self.world.now
            self._recognition.start()

    def _voice(self) -> None:
        self._voice_began = self.world.now
        if self.bargein and self.spec.get("minBargeinWordCount", 1) == 0:
            self._barged_in("speech-bargein-detected", **self._speech([Heard("", 0.0, False)], final=False))

    def _heard_interim(self, heard: Heard) -> None:
        if self.result.settled:
            return
        self._interim = heard
        if self._timer is not None:
            self._start_timer()
        if self._asr_timer is not None:
            self._asr_timer = self._restart(self._asr_timer, self._asr_timeout, self._asr_over)
        fast = float(self.recognizer.get("fastRecognitionTimeout", 0) or 0)
        if fast:
            self._fast_timer = self._restart(self._fast_timer, fast, self._promote)
        payload = self._speech([heard], final=False)
        if self.bargein and len(heard.text.split()) >= self.spec.get("minBargeinWordCount", 1):
            self._barged_in("speech-bargein-detected", **payload)
        hook = self.spec.get("partialResultHook")
        if hook and not self.background:
            self.tell(hook, {**self.session.info.standard(), "speech": payload, **self.about()})

    def _promote(self) -> None:
        if self._interim is not None:
            self._final(Heard(self._interim.text, self._interim.confidence, True))

    def _final(self, heard: Heard) -> None:
        if self.result.settled:
            return
        if self.background:
            self._interrupt()
        if self._continuous:
            self._finals.append(heard)
            self._asr_timer = self._restart(self._asr_timer, self._asr_timeout, self._asr_over)
        else:
            self._resolve_speech([heard])

    def _asr_over(self) -> None:
        if self._finals:
            self._resolve_speech(self._finals)

    def _resolve_speech(self, heard: list[Heard]) -> None:
        speech = self._speech(heard, final=True)
        minimum = self.recognizer.get("minConfidence")
        low = minimum is not None and speech["alternatives"][0]["confidence"] < minimum
        self._resolve("stt-low-confidence" if low else "speechDetected", speech=speech)

    def _speech(self, heard: list[Heard], *, final: bool) -> dict[str, Any]:
        settings = self.session.settings
        vendor, language = settings.hears_with(self.recognizer), settings.language(self.recognizer)
        return speech_payload(heard, vendor, language, final=final)

    def _failed(self, details: str) -> None:
        self.report_error("ASR error", details)
        self._resolve("error", details=details)

    def _latency(self, result: Mapping[str, Any]) -> dict[str, Any]:
        if not self.session.settings.notify_stt_latency or "speech" not in result:
            return {}
        now, began = self.world.now, self._voice_began if self._voice_began is not None else self._stt_began
        return {
            "stt_latency_ms": str(int(self.world.options.endpointing_seconds * 1000)),
            "stt_talkspurts": f"[[{began:.3f},{now:.3f}]]",
            "stt_start_time": self._stt_began,
            "stt_stop_time": now,
            "stt_usage": int(now - self._stt_began),
        }

    # Barge-in.

    def _barged_in(self, event: str, **more: Any) -> None:
        """The caller interrupts: whatever is playing stops. Told once, also when nothing plays."""
        first, self._told = not self._told, True
        if self.background:
            if not self._interrupted:
                self.status(event, **more)
            self._interrupt()
            return
        if first:
            self.status(event, **more)
        self._stop_prompt()
        if first and self.bargein and self.session.voice is not None:
            # Text that is streamed meanwhile is interrupted as in the background.
            self.session.voice.interrupt()

    def _interrupt(self) -> None:
        """First sign of the caller in the background: announced once, then the stack is cleared."""
        if not self._interrupted:
            self._announce()
        self.on_event()

    def _announce(self) -> None:
        self._interrupted = True
        self.leg.quiet()
        if self.session.voice is not None:
            self.session.voice.interrupt()
