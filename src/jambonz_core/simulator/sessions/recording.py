"""Call recording: a small state machine whose invalid inputs a real server ignores."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..engine_events import SipSent
from .session import CallSession

TRANSITIONS: Mapping[tuple[str, str], str] = {
    ("off", "startCallRecording"): "on",
    ("on", "pauseCallRecording"): "paused",
    ("paused", "resumeCallRecording"): "on",
    ("on", "stopCallRecording"): "off",
    ("paused", "stopCallRecording"): "off",
}
"""State and action to next state; what is missing is ignored."""


def record(session: CallSession, request: Mapping[str, Any]) -> None:
    """Act on `record`, of `config` or as a command."""
    action = str(request.get("action", ""))
    state = session.settings.record
    after = TRANSITIONS.get((state, action))
    if after is None:
        session.world.warn("record-ignored", f"record {action!r} is ignored while recording is {state}.")
        return
    session.settings.record = after
    detail = {"X-Reason": action, "type": request.get("type", "siprec")}
    session.world.emit(SipSent(session.leg.name, "INFO", detail))
