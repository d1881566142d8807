"""How a simulated call stands at one instant: who is on it, what runs, and until when.

Events tell what has happened. A person who looks at a call that has fallen silent, or a page that draws one,
asks what is there now; that is answered from here and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .legs.legs import Leg
from .sessions.session import CallSession, FeatureServer
from .sessions.task import Task
from .verbs.gather import Gather
from .verbs.speech import Pause


@dataclass(frozen=True, slots=True)
class PartyNow:
    """Somebody on the phone."""

    leg: str
    number: str
    """The number or address that a dialled leg was sent to."""
    state: str
    """``trying``, ``ringing``, ``answered`` or ``ended``."""
    hears: bool
    """Whether something is being played to it."""
    speaks: bool
    """Whether it is in the middle of saying something, or has just ended."""
    words_are_heard: bool
    """Whether anybody would hear its words: a recogniser, an audio stream, or another party."""
    keys_are_heard: bool
    """Whether anything waits for its keys."""
    talks_to: str
    """The leg that it is connected to; empty when there is none."""


@dataclass(frozen=True, slots=True)
class VerbNow:
    """A verb that runs, or waits for its turn."""

    verb: str
    id: str
    leg: str
    spec: Mapping[str, Any] = field(repr=False)
    until: float | None = None
    """When it ends by itself if nothing happens, where that is known."""
    listens_to: tuple[str, ...] = ()
    """What a `gather` takes: ``speech``, ``digits``."""


@dataclass(frozen=True, slots=True)
class Situation:
    """The call at one instant."""

    parties: tuple[PartyNow, ...]
    running: tuple[VerbNow, ...]
    """The verb that each session runs."""
    queued: tuple[VerbNow, ...]
    """Verbs whose turn has not come."""
    beside: tuple[VerbNow, ...]
    """What runs beside the verbs: barge-in, transcription, an audio stream."""
    idle: bool
    """Whether the application's own call has run out of verbs."""

    def party(self, leg: str) -> PartyNow | None:
        """The party with that name, if there is one."""
        return next((party for party in self.parties if party.leg == leg), None)


def situation_of(world: FeatureServer, session: CallSession) -> Situation:
    """How the call of `session`, with everybody else on it, stands now."""
    sessions = world.sessions
    return Situation(
        parties=tuple(_party(leg) for leg in world.legs.values()),
        running=tuple(_verb(one.current) for one in sessions if one.current is not None),
        queued=tuple(_verb(task) for one in sessions for task in one.stack),
        beside=tuple(_verb(task) for one in sessions for task in one.background.values()),
        idle=session.idle,
    )


def _party(leg: Leg) -> PartyNow:
    return PartyNow(
        leg=leg.name,
        number=leg.info.to if leg.info.parent_call_sid else "",
        state=leg.state.value,
        hears=leg.hearing,
        speaks=leg.speaking,
        words_are_heard=leg.heard,
        keys_are_heard=bool(leg.key_watchers),
        talks_to=leg.bridged.name if leg.bridged is not None else "",
    )


def _verb(task: Task) -> VerbNow:
    until: float | None = None
    listens_to: tuple[str, ...] = ()
    if isinstance(task, Gather):
        until, listens_to = task.times_out_at, tuple(task.input)
    elif isinstance(task, Pause):
        until = task.ends_at
    return VerbNow(task.name, task.id, task.leg.name, task.spec, until, listens_to)
