"""The turns of a simulated call, as the caller feels them: from the last word to the first sound.

The simulator knows both, so nothing is reported or guessed here. What the machine of the core is told stands
in the records of the call: who spoke for how long, which hook brought the words, what was answered, and when
something was heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from jambonz_core.call import TurnLatency, TurnMeasured
from jambonz_core.call.turn_latency import TurnLatencies
from jambonz_core.call.turn_states import TurnState
from jambonz_core.simulator import (
    CALLER,
    AudioHeard,
    CallCompleted,
    CommandTaken,
    HookAnswered,
    HookSent,
    ModelHeard,
    ModelSpeaks,
    Played,
    PressKeys,
    Speak,
    SpeechStarted,
    StaySilent,
)

from .records import Acted, Record

PARTS = {"recognition": "recognition", "app": "the application", "voice": "the voice"}
"""The parts that a simulated call can tell apart, in words."""

_SAME = 1e-6
"""Times that differ by less are one."""


class HeardTurns:
    """Follows the records of a call, and measures its turns."""

    def __init__(self, words_per_second: float) -> None:
        self.turns: list[TurnMeasured] = []
        """Those of which everything is known."""
        self.silent_at: float | None = None
        """When the caller fell silent last, or will."""
        self._words_per_second = words_per_second
        self._machine = TurnLatencies(hears=True)
        self._read = 0
        self._ids: dict[tuple[str, str], str] = {}
        """The ids of the latest messages, by type and hook."""

    def follow(self, records: list[Record]) -> None:
        """Take the records that came since the last time."""
        for record in records[self._read :]:
            self.turns += self._take(record)
        self._read = len(records)

    def of_last_words(self) -> TurnLatency | None:
        """The latency of the turn that the caller's last words began, once it is known."""
        for turn in reversed(self.turns):
            recognition = turn.latency.recognition
            if self.silent_at is None or recognition is None:
                continue
            if abs(turn.came - recognition - self.silent_at) < _SAME:
                return turn.latency
        return None

    def what_is_missing(self) -> str:
        """Why nothing is known of the last words."""
        if self._machine.state is TurnState.HEARD:
            return "the application has the words, and has answered nothing"
        if self._machine.state is TurnState.ANSWERED:
            return f"nothing was heard of the answer ({in_words(self._machine.latency)})"
        return "no hook has brought the words to the application"

    def _take(self, record: Record) -> Iterable[TurnMeasured]:
        machine, at, what = self._machine, record.at, record.what
        match what:
            case Acted(Speak(leg=leg) as speech) if leg == CALLER:
                self._silent(at + speech.seconds(self._words_per_second))
            case Acted(StaySilent(leg=leg)) if leg == CALLER:
                self._silent(at)
            case Acted(PressKeys(leg=leg) as keys) if leg == CALLER:
                self._silent(at + keys.gap * (len(keys.digits) - 1))
            case HookSent():
                self._ids[what.type, what.hook] = what.msgid
                return machine.received(_message(what.type, what.msgid, what.hook, what.data), at)
            case HookAnswered():
                msgid = self._ids.get((what.type, what.hook), "")
                return machine.sent(_message("ack", msgid, what.hook, what.data), at)
            case CommandTaken():
                command = {"type": "command", "command": what.command, "data": what.data}
                return machine.sent({**command, "queueCommand": what.queue}, at)
            case ModelHeard():
                return machine.words("model", at)
            case ModelSpeaks():
                return machine.answered("model", at)
            case SpeechStarted(leg=leg, speaker=speaker) if leg == CALLER and not speaker:
                return machine.sound(at)
            case AudioHeard(leg=leg) if leg == CALLER:
                return machine.sound(at)
            case Played(leg=leg) if leg == CALLER:
                return machine.sound(at - what.seconds)
            case CallCompleted():
                return machine.over()
            case _:
                pass
        return ()

    def _silent(self, at: float) -> None:
        self.silent_at = at
        self._machine.fell_silent(at)


def in_words(latency: TurnLatency) -> str:
    """The parts that are known.

    >>> in_words(TurnLatency(recognition=0.5, app=0.25, voice=0.1))
    'recognition 0.50 s, the application 0.25 s, the voice 0.10 s'
    """
    known = ((words, getattr(latency, part)) for part, words in PARTS.items())
    return ", ".join(f"{words} {seconds:.2f} s" for words, seconds in known if seconds is not None)


def _message(type: str, msgid: str, hook: str, data: Any) -> Mapping[str, Any]:
    return {"type": type, "msgid": msgid, "hook": hook, "data": data}
