"""Commands that act on one leg of a call, chosen by its call sid."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .engine_events import SipSent
from .legs.legs import Leg
from .processes import Steps
from .sessions.session import CallSession
from .sessions.task import Task
from .verbs.conference import Conference
from .verbs.dial import Dial
from .verbs.speech import Play, Say


def leg_of(session: CallSession, call_sid: str) -> Leg:
    """The leg that a command means: a connected one that was dialled, else the session's own."""
    dialled = session.current.connected if isinstance(session.current, Dial) else None
    return dialled if dialled is not None and dialled.info.call_sid == call_sid else session.leg


def mute(session: CallSession, call_sid: str, *, on: bool) -> bool:
    """Mute or unmute; only in a dial or a conference."""
    if not isinstance(session.current, (Dial, Conference)):
        return False
    leg_of(session, call_sid).muted = on
    return True


def boost(session: CallSession, data: Any, call_sid: str) -> bool:
    """Change the volume; only where there is media."""
    leg = leg_of(session, call_sid)
    if not leg.has_media:
        return False
    session.world.emit(SipSent(leg.name, "gain", {"gain": data}))
    return True


def media_path(session: CallSession, data: Any) -> bool:
    """Move the media of a connected dial."""
    if not isinstance(session.current, Dial):
        return False
    path = data.get("media_path") if isinstance(data, Mapping) else data
    session.world.emit(SipSent(session.leg.name, "re-INVITE", {"media_path": path}))
    return True


def dub_leg(session: CallSession, verb: Task, call_sid: str) -> None:
    """Run a dub on the leg that is meant."""
    verb.leg = leg_of(session, call_sid)
    session.world.scheduler.spawn(verb.run())


def whisper(session: CallSession, data: Any, call_sid: str) -> str:
    """Say or play something to one leg while the verb goes on. Returns why not."""
    if session.current is None or session.current.name not in {"dial", "listen"}:
        return "there is neither a dial nor a listen"
    wanted = data.get("whisper") if isinstance(data, Mapping) else None
    verbs = session.make(wanted if isinstance(wanted, list) else [wanted])
    if any(not isinstance(verb, (Say, Play)) for verb in verbs):
        return "only say and play can be whispered"
    if session.world.strict and session.current.name == "listen" and isinstance(verbs[0], Say):
        return "the open server fails to whisper a say during listen"
    session.world.scheduler.spawn(_whisper(verbs, leg_of(session, call_sid)))
    return ""


def _whisper(verbs: list[Task], leg: Leg) -> Steps[None]:
    for verb in verbs:
        # Each once, whatever it says.
        verb.spec = {**verb.spec, "loop": 1}
        verb.leg = leg
        yield from verb.run()
