"""`transcribe`: speech of one leg or two, sent to a hook as it is understood.

As a verb it blocks until it is killed; `config.transcribe` runs it in the background. Every result wants an
ack, and the reply replaces the stack unless the verb is nested in another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..legs.legs import Heard, Leg
from ..processes import Steps
from ..vendors.recognizer import Recognition, speech_payload
from .verb_stack import Verb

if TYPE_CHECKING:
    from ..session import Session

_LAST_FINAL_SECONDS = 1.5


class Transcribe(Verb):
    """Writes down what is said."""

    name = "transcribe"

    def __init__(self, session: Session, spec: Mapping[str, Any]) -> None:
        super().__init__(session, spec)
        self.legs: list[Leg] = [self.leg]
        """Whose speech; nested in `dial` both parties', on channels 1 and 2."""
        self.paused = False
        self.recognizer: Mapping[str, Any] = spec.get("recognizer") or {}

    def run(self) -> Steps[None]:
        running = [self._recognition(leg, channel) for channel, leg in enumerate(self.legs, 1)]
        for recognition in running:
            recognition.start()
        yield self.ended
        if any(leg.speaking for leg in self.legs):
            # A last result may still come.
            yield self.world.scheduler.wait(*(leg.ended for leg in self.legs), timeout=_LAST_FINAL_SECONDS)
        for recognition in running:
            recognition.stop()

    def pause(self, on: bool) -> None:
        """`transcribe:status`."""
        self.paused = on

    def _recognition(self, leg: Leg, channel: int) -> Recognition:
        return Recognition(
            self.session,
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
        data = {**self.session.info.raw(), **self.about(), "speech": speech}
        self.world.scheduler.spawn(self.ask(hook, data, replies=True))
        if heard.final and self.spec.get("translationHook"):
            self._translate(heard, channel)

    def _translate(self, heard: Heard, channel: int) -> None:
        """The translation is the text itself, marked: languages are not simulated."""
        language = "translated"
        translation = {"channel": channel, "language": language, "translation": heard.text}
        data = {**self.session.info.raw(), **self.about(), "translation": translation}
        self.world.scheduler.spawn(self.ask(self.spec["translationHook"], data, replies=True))

    def _failed(self, details: str) -> None:
        self.report_error("ASR error", details)
        self.ended.settle(None)
