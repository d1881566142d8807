"""What happened on a call, in order: the one list that everything else of the test kit reads.

A record is a time and a thing. Most things are events of the simulator (`jambonz_core.simulator`); those that
are not are here. Times are seconds since the phone was picked up to dial.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from jambonz_core.simulator import (
    Action,
    CommandTaken,
    Event,
    HookAnswered,
    HookSent,
    HookUnanswered,
    VerbEnded,
    VerbStarted,
)


@dataclass(frozen=True, slots=True)
class Acted:
    """Somebody on the phone, a vendor or the network did something."""

    action: Action


@dataclass(frozen=True, slots=True)
class FrameReceived:
    """A text message came from the application."""

    socket: int
    text: str


@dataclass(frozen=True, slots=True)
class FrameSent:
    """A text message went to the application."""

    socket: int
    text: str


@dataclass(frozen=True, slots=True)
class AppLogged:
    """The application wrote to its log, at level WARNING or above."""

    level: str
    message: str
    error: BaseException | None = None


@dataclass(frozen=True, slots=True)
class AppFailed:
    """What serves the application's connections raised an exception."""

    error: BaseException


@dataclass(frozen=True, slots=True)
class Noted:
    """Something worth a line: what the phone could not do, or what a test wants to remember."""

    text: str


What: TypeAlias = Event | Acted | FrameReceived | FrameSent | AppLogged | AppFailed | Noted
"""Everything that a record can hold."""


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened, and when."""

    at: float
    what: What


class ExpectationFailed(AssertionError):
    """Something that was expected on a call did not happen. The message ends with the transcript so far."""

    _of_the_whole: bool = False
    """Whether it was found when the call was over, so that no line of the test is to blame."""


@dataclass(slots=True)
class HookSeen:
    """One message of the server that wanted an answer, with the answer."""

    at: float
    type: str
    """The type of the message, such as ``verb:hook``."""
    hook: str
    data: Any
    answer: Any = None
    latency: float | None = None
    """How many seconds the application took to answer."""
    unanswered: str = ""
    """Why there was no answer; empty while it may come, and when it came."""

    @property
    def answered(self) -> bool:
        """Whether an answer came in time."""
        return self.latency is not None


@dataclass(slots=True)
class VerbSeen:
    """A verb that the server ran."""

    at: float
    verb: str
    id: str
    leg: str
    outcome: str = ""
    """``finished``, ``killed``, ``skipped`` or ``failed``; empty while it runs."""
    ended_at: float | None = None


@dataclass(slots=True)
class Seen:
    """Hooks, verbs and commands of a call, put together from their events."""

    hooks: list[HookSeen] = field(default_factory=list)
    verbs: list[VerbSeen] = field(default_factory=list)
    commands: list[CommandTaken] = field(default_factory=list)


def seen(records: Iterable[Record]) -> Seen:
    """Put together what belongs together."""
    result = Seen()
    for record in records:
        at, what = record.at, record.what
        match what:
            case HookSent():
                result.hooks.append(HookSeen(at, what.type, what.hook, what.data))
            case HookAnswered():
                # The event tells how long ago its hook was sent, and that names it among others of its path.
                sent = at - what.latency
                open_hooks = _open(result, what.type, what.hook)
                hook = min(open_hooks, key=lambda hook: abs(hook.at - sent), default=None)
                if hook is not None:
                    hook.answer, hook.latency = what.data, what.latency
            case HookUnanswered():
                oldest = next(iter(_open(result, what.type, what.hook)), None)
                if oldest is not None:
                    oldest.unanswered = what.reason
            case VerbStarted():
                result.verbs.append(VerbSeen(at, what.verb, what.id, what.leg))
            case VerbEnded():
                for verb in reversed(result.verbs):
                    if (verb.verb, verb.id, verb.leg, verb.outcome) == (what.verb, what.id, what.leg, ""):
                        verb.outcome, verb.ended_at = what.outcome, at
                        break
            case CommandTaken():
                result.commands.append(what)
            case _:
                pass
    return result


def _open(result: Seen, type: str, hook: str) -> list[HookSeen]:
    return [
        seen_hook
        for seen_hook in result.hooks
        if (seen_hook.type, seen_hook.hook) == (type, hook)
        and not seen_hook.answered
        and not seen_hook.unanswered
    ]
