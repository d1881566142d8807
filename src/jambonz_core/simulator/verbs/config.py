"""`config`: sets what holds for the rest of the session, and starts and stops what runs beside the verbs.

It returns at once and has no hook. Whether it answers the call depends on what it sets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..processes import Steps
from ..sessions.amd import start_amd
from ..sessions.recording import record
from ..sessions.session import CallSession
from ..sessions.task import Needs
from ..sessions.verb import Verb
from .barge_in import BARGE_IN, start_barge_in
from .listen import Listen
from .speech import as_list
from .transcribe import Transcribe


class Config(Verb):
    """The `config` verb: it changes settings of the session."""

    name = "config"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.needs = Needs.MEDIA if _wants_media(spec) else Needs.NOTHING

    def run(self) -> Steps[None]:
        spec, settings = self.spec, self.session.settings
        if spec.get("reset"):
            settings.reset([str(what) for what in as_list(spec["reset"])])
        for name, target in (("synthesizer", settings.synthesizer), ("recognizer", settings.recognizer)):
            if isinstance(spec.get(name), Mapping):
                target.update({key: value for key, value in spec[name].items() if value != "default"})
        if spec.get("notifyEvents"):
            # Switching it off again is accepted and has no effect.
            settings.notify_events = True
        for name, attribute in _PLAIN.items():
            if name in spec:
                setattr(settings, attribute, spec[name])
        self._filler_noise(spec.get("fillerNoise"))
        if isinstance(spec.get("actionHookDelayAction"), Mapping):
            settings.delay.configure(spec["actionHookDelayAction"])
        self._tts_stream(spec.get("ttsStream"))
        self._barge_in(spec.get("bargeIn"))
        self._tasks()
        if isinstance(spec.get("record"), Mapping):
            record(self.session, spec["record"])
        if isinstance(spec.get("amd"), Mapping):
            start_amd(self.session, self.session.leg, spec["amd"])
        return
        yield

    def _filler_noise(self, noise: Any) -> None:
        if isinstance(noise, Mapping):
            self.session.settings.filler_noise = str(noise.get("url", "")) if noise.get("enable") else ""

    def _tts_stream(self, stream: Any) -> None:
        voice = self.session.voice
        if not isinstance(stream, Mapping):
            return
        if voice is None:
            self.world.warn("no-text-buffer", "ttsStream is ignored: this session has no text buffer.")
        elif stream.get("enable"):
            synthesizer = self.spec.get("synthesizer")
            if stream.get("synthesizer"):
                if self.world.strict:
                    self.world.warn(
                        "nested-synthesizer-ignored",
                        "ttsStream.synthesizer is ignored; the voice is that of config.synthesizer.",
                    )
                else:
                    synthesizer = stream["synthesizer"]
            if not self.session.leg.has_media:
                self.world.warn(
                    "stream-before-answer",
                    "ttsStream is set up before the call is answered; the open server may fail to.",
                    "Put answer, or something to be heard, before it.",
                )
            voice.background = voice.start(self.session.settings.speaks_with(synthesizer), "ttsStream")
        elif voice.background:
            voice.stop()

    def _barge_in(self, barge_in: Any) -> None:
        if not isinstance(barge_in, Mapping) or "enable" not in barge_in:
            return
        if barge_in["enable"]:
            start_barge_in(self.session, {k: v for k, v in barge_in.items() if k != "enable"})
        else:
            self.session.stop_beside(BARGE_IN)

    def _tasks(self) -> None:
        if "stream" in self.spec:
            self.world.warn("config-stream-ignored", "config.stream does nothing; use config.listen.")
        for name, kind in (("listen", Listen), ("transcribe", Transcribe)):
            spec = self.spec.get(name)
            if not isinstance(spec, Mapping):
                continue
            if spec.get("enable"):
                wanted = {k: v for k, v in spec.items() if k != "enable"}
                self.session.start_beside(kind(self.session, wanted))
            else:
                self.session.stop_beside(name)


_PLAIN = {
    "notifySttLatency": "notify_stt_latency",
    "trackTtsPlayout": "track_tts_playout",
    "autoStreamTts": "auto_stream_tts",
    "onHoldMusic": "on_hold_music",
    "referHook": "refer_hook",
    "sipRequestWithinDialogHook": "sip_request_hook",
}


def _wants_media(spec: Mapping[str, Any]) -> bool:
    def inside(name: str, key: str) -> bool:
        value = spec.get(name)
        return bool(isinstance(value, Mapping) and value.get(key))

    return (
        inside("bargeIn", "enable")
        or inside("record", "action")
        or inside("listen", "url")
        or inside("transcribe", "enable")
        or bool(spec.get("amd"))
        or "boostAudioSignal" in spec
    )
