"""What pages are told of one call: its conversation, its ladder, and how it stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec

from jambonz_core.journal import Entry, JournalWriter, LadderReader, Step
from jambonz_core.simulator import CALLER, CallCompleted, HookAnswered, LegChanged, PartyNow, VerbNow, Warned

from ...testing import AppFailed, Record
from ..call_summary import how_it_ended
from ..ladder import is_minor
from ..live_call import LiveCall
from ..live_lines import Kind, LiveLine
from .page_messages import PlaceCall, told

KEPT_LINES = 2000
"""Lines of a conversation that a page gets that comes to it late; the journal has all."""

KEPT_STEPS = 2000

DETAIL_LETTERS = 16_000
"""How much of a message an arrow shows; the journal has all."""

WHOLE_BYTES = 1_000_000
"""What a late page gets at most of the lines, and of the steps: the newest."""

_SOUND = frozenset({"audio", "send audio"})
"""Labels of steps that come fifty times a second: one stands for all of those in a row."""


class CallLog:
    """One call, as pages see it."""

    def __init__(
        self, number: int, asked: PlaceCall, tell: Callable[[str], None], journal: Path, began: str
    ) -> None:
        self.number = number
        self.asked = asked
        self.journal = journal
        """Where the journal of the call is."""
        self.began = began
        self.state: str = "calling"
        """``calling``, ``ringing``, ``answered``, ``over``."""
        self.ended: str = ""
        """Why it is over, in words."""
        self._tell = tell
        """Sends a message to all pages."""
        self._seconds = 0.0
        self._hooks = 0
        self._faults = 0
        self._lines: dict[int, Mapping[str, Any]] = {}
        self._steps: deque[Mapping[str, Any]] = deque(maxlen=KEPT_STEPS)
        self._now: Mapping[str, Any] = {}
        self._ladder = LadderReader("jambonz")
        self._sounding: set[tuple[str, str, str]] = set()
        """What sounds since the last step that is something else."""

    # --- what happens -----------------------------------------------------------------------------------

    def follow(self, live: LiveCall) -> None:
        """Tell what has happened on a call, and whatever happens from now on."""
        for line in live.lines:
            self._line(line)
        live.watch(self._line)
        for record in live.phone.records:
            self._take(record, live)
        live.phone.watch(lambda record: self._take(record, live))

    def note(self, text: str) -> None:
        """Add a line that is no line of the call itself."""
        number = -1 - len(self._lines)
        self._line(LiveLine(number, self._seconds, Kind.FAULT, "", text))

    def over(self, why: str) -> None:
        """The call is over; whatever comes then is told all the same."""
        if self.state != "over":
            self.ended = why
            self._became("over")

    def _take(self, record: Record, live: LiveCall) -> None:
        self._seconds = record.at
        match record.what:
            case LegChanged(leg=leg, status=status) if leg == CALLER:
                if status in {"ringing", "early-media"}:
                    self._became("ringing")
                elif status == "in-progress":
                    self._became("answered")
            case HookAnswered():
                self._hooks += 1
            case Warned(fault=True) | AppFailed():
                self._faults += 1
            case CallCompleted(reason=reason):
                self.over(how_it_ended(reason))
            case _:
                pass
        self._look(live)

    def _became(self, state: str) -> None:
        self.state = state
        self._tell(told("call", **self.facts()))

    def _line(self, line: LiveLine) -> None:
        shown = msgspec.to_builtins(line)
        self._lines[line.number] = shown
        if len(self._lines) > KEPT_LINES:
            del self._lines[next(iter(self._lines))]
        self._tell(told("line", call=self.number, **shown))

    def _look(self, live: LiveCall) -> None:
        """Tell how the call stands, if it stands in another way than before."""
        found = live.phone.situation
        now = {
            "running": [_verb(verb) for verb in found.running],
            "queued": [_verb(verb) for verb in found.queued],
            "beside": [_verb(verb) for verb in found.beside],
            "parties": [_party(party) for party in found.parties],
        }
        if now != self._now:
            self._now = now
            self._tell(told("now", call=self.number, **now))

    # --- the ladder -------------------------------------------------------------------------------------

    def read(self, entry: Entry) -> None:
        """Draw a new entry of the call's journal."""
        self._draw(self._ladder.read(entry))

    def end_ladder(self) -> None:
        """There are no further entries."""
        self._draw(self._ladder.end())

    def _draw(self, steps: Iterable[Step]) -> None:
        for step in steps:
            if not self._repeats_sound(step):
                shown = step_for_page(step)
                self._steps.append(shown)
                self._tell(told("step", call=self.number, **shown))

    def _repeats_sound(self, step: Step) -> bool:
        if step.label not in _SOUND:
            if not is_minor(step):
                self._sounding.clear()
            return False
        sound = (step.source, step.target, step.label)
        repeats = sound in self._sounding
        self._sounding.add(sound)
        return repeats

    # --- for a page that comes late ---------------------------------------------------------------------

    def facts(self) -> dict[str, Any]:
        """What stands in the list of calls."""
        return {
            "number": self.number,
            "path": self.asked.path,
            "direction": self.asked.direction,
            "began": self.began,
            "state": self.state,
            "ended": self.ended,
            "seconds": round(self._seconds, 2),
            "hooks": self._hooks,
            "faults": self._faults,
        }

    def whole(self) -> dict[str, Any]:
        """Everything that pages were told."""
        lines, steps = _newest(self._lines.values()), _newest(self._steps)
        return {**self.facts(), "lines": lines, "steps": steps, "now": self._now}


class WatchedJournal(JournalWriter):
    """A journal whose entries are drawn while they are written."""

    def __init__(self, writer: JournalWriter, read: Callable[[Entry], None]) -> None:
        super().__init__(lambda line: None, content=writer.content)
        self._writer = writer
        self._read = read

    def begin(self, role: str, profile: str, settings: Mapping[str, Any]) -> None:
        """Write the header."""
        self._writer.begin(role, profile, settings)

    def add(self, entry: Entry) -> None:
        """Write an entry, and show it."""
        self._writer.add(entry)
        self._read(entry)


def _newest(told: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """As many of the newest as fit."""
    kept: list[Mapping[str, Any]] = []
    room = WHOLE_BYTES
    for one in reversed(list(told)):
        room -= len(msgspec.json.encode(one))
        if room < 0:
            break
        kept.append(one)
    return kept[::-1]


def step_for_page(step: Step) -> dict[str, Any]:
    """A step of a ladder as the page draws it."""
    shown = msgspec.to_builtins(step)
    detail = msgspec.json.encode(shown["detail"]).decode()
    if len(detail) > DETAIL_LETTERS:
        shown["detail"] = f"{detail[:DETAIL_LETTERS]} … The journal has all {len(detail)} letters."
    if step.label in _SOUND:
        shown["detail"] = "Sound comes in pieces of 20 ms; this arrow stands for all of those in a row."
    return {**shown, "minor": is_minor(step)}


def _verb(verb: VerbNow) -> dict[str, Any]:
    text = verb.spec.get("text")
    return {"verb": verb.verb, "leg": verb.leg, "text": text if isinstance(text, str) else ""}


def _party(party: PartyNow) -> dict[str, Any]:
    return {
        "leg": party.leg,
        "number": party.number,
        "state": party.state,
        "heard": party.words_are_heard,
        "keys": party.keys_are_heard,
        "with": party.talks_to,
    }
