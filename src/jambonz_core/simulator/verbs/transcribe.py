"""`transcribe`: speech of one leg or two, sent to a hook as it is understood.

On the open server the verb blocks until it is killed, and `config.transcribe` runs it in the background;
version 10 runs the verb there as well. Every result wants an ack, and the reply replaces the stack unless the
verb is nested in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..legs.legs import Heard, Leg
from ..processes import Steps
from ..sessions.session import CallSession
from ..sessions.verb import Verb
from ..vendors.recognizer import Recognition, speech_payload

_LAST_FINAL_SECONDS = 1.5


class Transcribe(Verb):
    """The `transcribe` verb: it writes down what is said."""

    name = "transcribe"

    def __init__(self, session: CallSession, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.channels: dict[int, Leg] = {1: self.leg}
        """The legs by channel; nested in `dial` both parties' as a rule, on channels 1 and 2."""
        self.paused: bool = False
        self.recognizer: Mapping[str, Any] = spec.get("recognizer") or {}

    def hear_both(self, caller: Leg, called: Leg) -> None:
        """Listen to both parties of the `dial` around it, on channels of their own."""
        both = {1: caller, 2: called}
        channel = self.spec.get("channel")
        if channel in both:
            self.channels = {channel: both[channel]}
        elif self.recognizer.get("separateRecognitionPerChannel") is False:
            self.channels = {1: caller}
        else:
            self.channels = both

    def run(self) -> Steps[None]:
        if not (self.world.strict or self.nested or self.in_background):
            self._leave_the_stack()
            return
        legs = list(self.channels.values())
        running = [self._recognition(leg, channel) for channel, leg in self.channels.items()]
        for recognition in running:
            recognition.start()
        yield self.ended
        if any(leg.speaking for leg in legs):
            # A last result may still come.
            yield self.world.scheduler.wait(*(leg.ended for leg in legs), timeout=_LAST_FINAL_SECONDS)
        for recognition in running:
            recognition.stop()

    def _leave_the_stack(self) -> None:
        """Version 10: the verb is over at once, and its work goes on (or, with `enable: false`, ends)."""
        if self.spec.get("enable") is False:
            self.session.stop_beside(self.name)
        else:
            self.session.start_beside(Transcribe(self.session, self.spec))

    def pause(self, on: bool) -> None:
        """Perform the application's `transcribe:status`."""
        self.paused = on

    def _recognition(self, leg: Leg, channel: int) -> Recognition:
        return Recognition(
            self.session.faults,
            leg,
            on_final=lambda heard: self._send(heard, channel),
            on_interim=lambda heard: self._interim(heard, channel),
            on_failure=self._failed,
        )

    def _interim(self, heard: Heard, channel: int) -> None:
        if self.recognizer.get("interim"):
            self._send(heard, channel)

    def _send(self, heard: Heard, channel: int) -> None:
        hook = self.spec.get("transcriptionHook")
        if not hook or self.paused:
            return
        settings = self.session.settings
        vendor, language = settings.hears_with(self.recognizer), settings.language(self.recognizer)
        speech = speech_payload([heard], vendor, language, final=heard.final, channel=channel)
        data = {**self.session.info.raw(), "speech": speech}
        self.world.scheduler.spawn(self.ask(hook, data, replies=True))
        if heard.final and self.spec.get("translationHook"):
            self._translate(heard, channel)

    def _translate(self, heard: Heard, channel: int) -> None:
        """The translation is the text itself, marked: languages are not simulated."""
        language = "translated"
        translation = {"channel": channel, "language": language, "translation": heard.text}
        data = {**self.session.info.raw(), "translation": translation}
        self.world.scheduler.spawn(self.ask(self.spec["translationHook"], data, replies=True))

    def _failed(self, details: str) -> None:
        self.report_error("ASR error", details)
        self.ended.settle(None)
