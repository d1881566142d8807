"""Answering machine detection: what answered, told to a hook. What is found is an action of the outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..legs.legs import Leg
from ..processes import Future, Steps
from .session import CallSession
from .task import BadVerbs

NO_SPEECH_MS = 5000
DECISION_MS = 15000
VERDICTS = frozenset(
    {"amd_human_detected", "amd_machine_detected", "amd_no_speech_detected", "amd_decision_timeout"}
)
"""After each of these comes an `amd_stopped`."""


class Detection:
    """One detection that is under way."""

    def __init__(self, session: CallSession, leg: Leg, spec: Mapping[str, Any]) -> None:
        self.session = session
        self.leg = leg
        self.spec = spec
        self._found: Future[tuple[str, Mapping[str, Any]]] = Future()

    def found(self, type: str, detail: Mapping[str, Any]) -> None:
        """Report a finding; a verdict ends the detection."""
        if type in VERDICTS:
            self._found.settle((type, detail))
        else:
            self._tell(type, detail)

    def run(self) -> Steps[None]:
        """Listen until there is a verdict or a timer ends."""
        timers = self.spec.get("timers") or {}
        scheduler = self.session.world.scheduler
        no_speech = timers.get("noSpeechTimeoutMs", NO_SPEECH_MS) / 1000
        decision = timers.get("decisionTimeoutMs", DECISION_MS) / 1000
        first = yield scheduler.wait(self._found, self.leg.ended, timeout=no_speech)
        if first is None:
            if self.leg.speaking:
                left = max(decision - no_speech, 0)
                first = yield scheduler.wait(self._found, self.leg.ended, timeout=left)
                if first is None:
                    self.found("amd_decision_timeout", {})
            else:
                self.found("amd_no_speech_detected", {})
        if self._found.settled:
            type, detail = self._found.value
            self._tell(type, detail)
            self._tell("amd_stopped", {})

    def _tell(self, type: str, detail: Mapping[str, Any]) -> None:
        self.session.world.scheduler.spawn(self._ask(type, detail))

    def _ask(self, type: str, detail: Mapping[str, Any]) -> Steps[None]:
        session = self.session
        data = {**session.info.standard(), "type": type, **detail}
        answer = yield session.requestor.request("verb:hook", data, self.spec["actionHook"])
        try:
            session.reply(answer.data, "the amd hook")
        except BadVerbs as bad:
            session.refused(bad, "the answer to the amd hook")


def start_amd(session: CallSession, leg: Leg, spec: Mapping[str, Any]) -> None:
    """Begin to detect answering machines on a leg."""
    detection = Detection(session, leg, spec)
    session.world.amd_found = detection.found
    session.world.scheduler.spawn(detection.run())
