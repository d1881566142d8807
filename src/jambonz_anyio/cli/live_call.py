"""A call as a person conducts it while it happens: what the phones on the screen and in a browser share.

`LiveCall` turns what happens into lines that grow, and does at once what it is told. It knows nothing of
screens:

1. A line (`LiveLine`) has a number and stays what it is. Its text may grow, word by word in the time in which
   it is said, until it is `over`. Watchers are given a line when it is new and whenever it has changed, so
   that one who keeps lines by number has the whole call.
2. Nothing waits for its turn. What is said is said now, what is pressed is pressed now; whether that
   interrupts anything is for the simulated server to decide. Where nobody listens, a line says so at once.
3. `run` moves the words. Without it the lines are right as well, but a text appears when it is over.

```python
async with dial(app, "/") as phone:
    live = LiveCall(phone)
    live.watch(lambda line: print(line.who, line.text))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(live.run)
        live.says("good morning")
```
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import anyio

from jambonz_core.simulator import (
    CALLER,
    Action,
    Answer,
    AudioHeard,
    Busy,
    Decline,
    HangUp,
    Hold,
    LegChanged,
    PartyNow,
    PressKeys,
    Ring,
    SendAudio,
    Speak,
    SpeechStarted,
    Spoken,
    StaySilent,
    VerbStarted,
)

from ..testing.records import Acted, FrameReceived, FrameSent, Record
from .live_lines import Kind, LiveLine, told_of
from .silence import WORDS_PER_SECOND, explain

if TYPE_CHECKING:
    from ..testing import Phone

STREAM_PAUSE = 1.0
"""Seconds without new text after which a line of streamed text is over."""

_KEYS = set("0123456789*#ABCD")


@dataclass(slots=True)
class _Speech:
    """A text that is being said: a whole line, or the last piece of a streamed one."""

    line: LiveLine
    text: str
    began: float
    seconds: float
    streamed: bool = False
    before: str = ""
    """What the line holds of earlier pieces."""
    ended: float | None = None
    words: list[tuple[int, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.words = [match.span() for match in re.finditer(r"\S+", self.text)]

    def said(self, now: float) -> str:
        """The words that were begun until now."""
        ends = [end for start, end in self.words if self._begins(start) <= now + 1e-9]
        return self.before + (self.text[: ends[-1]] if ends else "")

    def next_word(self, now: float) -> float | None:
        """When the next word begins, if there is one."""
        starts = (self._begins(start) for start, _ in self.words)
        return next((at for at in starts if at > now + 1e-9), None)

    def _begins(self, position: int) -> float:
        return self.began + self.seconds * position / max(len(self.text), 1)


class LiveCall:
    """A call in progress, and the one who conducts it."""

    def __init__(self, phone: Phone, *, words_per_second: float = WORDS_PER_SECOND) -> None:
        self.phone = phone
        self.lines: list[LiveLine] = []
        """The call so far, in the order in which things began."""
        self._words_per_second = words_per_second
        self._watchers: list[Callable[[LiveLine], None]] = []
        self._speeches: list[_Speech] = []
        self._passed_on: list[tuple[str, str]] = []
        """What legs hear of each other: their own lines have it already."""
        self._wake = anyio.Event()
        self._read = 0
        self._telling: list[Record] = []
        """The records without sound, and without frames but for the last one: there may be many of these."""
        self._catch_up()
        phone.watch(lambda record: self._catch_up())

    # --- watching ---------------------------------------------------------------------------------------

    def watch(self, watcher: Callable[[LiveLine], None]) -> None:
        """Call a function with every line that is new or has changed, from now on."""
        self._watchers.append(watcher)

    async def run(self) -> None:
        """Let texts grow word by word, until the call is over."""
        while not self.phone.over:
            self._wake = anyio.Event()
            due = self._grow()
            with anyio.move_on_after(max(due - self.phone.at, 0.0)):
                await self._wake.wait()
        self._grow()

    def why(self) -> list[str]:
        """What the call waits for, or waited for when it was last silent: the most important first."""
        return explain(self.phone.situation, self._telling, self.phone.at)

    def state(self) -> str:
        """What the call does, in one short sentence."""
        situation = self.phone.situation
        if self.phone.over:
            return "The call is over."
        caller = situation.party(CALLER)
        if caller is not None and caller.hears:
            words = "words interrupt it" if caller.words_are_heard else "words do not interrupt it"
            return f"You hear something; {words}."
        if caller is not None and caller.speaks:
            return "You speak, or have just ended."
        return self.why()[0]

    def tell(self, text: str) -> None:
        """Say something to whoever holds the phone."""
        self._add(Kind.TOLD, "", text)

    # --- what people do, now ----------------------------------------------------------------------------

    def says(self, text: str, leg: str = CALLER) -> None:
        """Say something now."""
        party = self._somebody(leg)
        if party is None:
            return
        if party.state != "answered" and not party.words_are_heard:
            self.tell(f"Nobody hears that: {_not_connected(party)}.")
            return
        instead = "" if party.words_are_heard else self._instead(leg, party)
        self.phone.act(Speak(text, leg=leg))
        if instead:
            self.tell(f"Nothing listens to {_whose(leg)} words now: {instead}.")

    def presses(self, keys: str, leg: str = CALLER) -> None:
        """Press keys now."""
        party = self._somebody(leg)
        if party is None:
            return
        if not keys or set(keys.upper()) - _KEYS:
            self.tell(f"{keys!r} cannot be pressed: a telephone has the keys 0-9, *, # and A-D.")
            return
        instead = "" if party.keys_are_heard else self._instead(leg, party)
        self.phone.act(PressKeys(keys, leg=leg))
        if instead:
            self.tell(f"Nothing waits for {_whose(leg)} keys now: {instead}.")

    def falls_silent(self, leg: str = CALLER) -> None:
        """Stop in the middle of a sentence."""
        if self._somebody(leg) is not None:
            self.phone.act(StaySilent(leg))

    def hangs_up(self, leg: str = CALLER) -> None:
        """Hang up; a caller who was not answered yet gives up."""
        self._does(HangUp(leg), leg)

    def answers(self, leg: str = CALLER) -> None:
        """Pick up a phone that rings, or is about to."""
        party = self._somebody(leg)
        if party is None:
            return
        if party.state == "answered":
            self.tell(f"{leg} has picked up already.")
            return
        if party.state == "trying":
            self.phone.act(Ring(leg))
        self.phone.act(Answer(leg))

    def busy(self, leg: str = CALLER) -> None:
        """Let the phone be busy."""
        self._does(Busy(leg), leg)

    def declines(self, leg: str = CALLER, status: int = 603) -> None:
        """Refuse a call, with a SIP status."""
        self._does(Decline(leg, status), leg)

    def holds(self, leg: str = CALLER, *, on: bool = True) -> None:
        """Put the other side on hold, or take it back."""
        self._does(Hold(leg, on), leg)

    # --- what goes wrong, now ---------------------------------------------------------------------------

    def drops(self, code: int = 1006) -> None:
        """The connection to the application breaks; the server comes back by itself."""
        try:
            self.phone.drops(code)
        except AssertionError as failure:
            self.tell(_sentence(failure))

    def slow(self, seconds: float) -> None:
        """Whatever the application answers arrives so much later; 0 ends it."""
        self.phone.slow_acks(seconds)
        self.tell(
            f"Answers of the application arrive {seconds:g} s late from now on; 0 ends it."
            if seconds
            else "Answers of the application are in time again."
        )

    # --- in common --------------------------------------------------------------------------------------

    def leg_of(self, name: str) -> str:
        """The leg that somebody means: its own name, or a part of the number or address that was dialled.

        Raises `LookupError` with a sentence for whoever meant it.
        """
        parties = self.phone.situation.parties
        if name in {party.leg for party in parties}:
            return name
        meant = [party.leg for party in parties if party.number and name.lower() in party.number.lower()]
        if len(meant) == 1:
            return meant[0]
        there = ", ".join(f"{one.leg}{f' ({one.number})' if one.number else ''}" for one in parties)
        raise LookupError(
            f"There is {'more than one' if meant else 'no'} {name} on this call: there is {there}."
        )

    def _does(self, action: Action, leg: str) -> None:
        if self._somebody(leg) is not None:
            self.phone.act(action)

    def _somebody(self, leg: str) -> PartyNow | None:
        """The party that is to do something; tells why nobody can."""
        party = self.phone.situation.party(leg)
        if self.phone.over and leg == CALLER:
            self.tell("The call is over.")
        elif party is None:
            self.tell(f"There is no {leg} on this call.")
        elif party.state == "ended":
            self.tell(f"The call of {leg} is over.")
        else:
            return party
        return None

    def _instead(self, leg: str, party: PartyNow) -> str:
        """Why nobody hears a party, in the fewest words."""
        situation = self.phone.situation
        running = next((verb for verb in situation.running if verb.leg == leg), None)
        if running is not None and running.verb == "gather":
            return f"the gather takes {' and '.join(running.listens_to)}"
        if party.hears:
            return "it cannot be interrupted (no barge-in)"
        if running is not None:
            return f"{running.verb} is running"
        return "; ".join(self.why()[:1]).removesuffix(".").lower() or "no verb listens"

    # --- lines ------------------------------------------------------------------------------------------

    def _add(self, kind: Kind, who: str, text: str) -> None:
        self._changed(self._new(kind, who, text))

    def _new(self, kind: Kind, who: str, text: str, *, to: str = "", over: bool = True) -> LiveLine:
        line = LiveLine(len(self.lines), self.phone.at, kind, who, text, to, over)
        self.lines.append(line)
        return line

    def _changed(self, line: LiveLine) -> None:
        for watcher in self._watchers:
            watcher(line)

    def _catch_up(self) -> None:
        for record in self.phone.records[self._read :]:
            self._read += 1
            self._take(record)
        if self.phone.over:
            self._wake.set()

    def _take(self, record: Record) -> None:
        what = record.what
        match what:
            case AudioHeard() | Acted(SendAudio()):
                return
            case FrameSent() | FrameReceived():
                if self._telling and isinstance(self._telling[-1].what, FrameSent | FrameReceived):
                    self._telling.pop()
                self._telling.append(record)
                return
            case _:
                self._telling.append(record)
        match what:
            case SpeechStarted(speaker=speaker) if speaker:
                self._passed_on.append((what.leg, what.text))
            case SpeechStarted():
                self._app_speaks(what)
            case Spoken():
                self._spoken(what)
            case Acted(Speak() as speech):
                self._person_speaks(speech)
            case Acted(StaySilent(leg=leg)):
                self._falls_silent(leg)
            case Acted():
                self._show(what)
            case _:
                if isinstance(what, LegChanged) and what.status in _ENDED:
                    self._falls_silent(what.leg)
                if isinstance(what, VerbStarted):
                    self._end_streams()
                self._show(what)

    def _show(self, what: Any) -> None:
        for kind, who, text in told_of(what, self.phone.call_sid):
            self._add(kind, who, text)

    # --- speech -----------------------------------------------------------------------------------------

    def _app_speaks(self, what: SpeechStarted) -> None:
        last = next((one for one in reversed(self._speeches) if one.line.to == what.leg), None)
        if what.streamed and last is not None and last.streamed and last.ended is not None:
            joint = "" if last.text[-1:].isspace() or what.text[:1].isspace() else " "
            self._speeches.remove(last)
            line, before = last.line, last.before + last.text + joint
        else:
            self._end_streams()
            line, before = self._new(Kind.SAID, "app", "", to=what.leg, over=False), ""
        self._begin(_Speech(line, what.text, self.phone.at, what.seconds, what.streamed, before))

    def _person_speaks(self, speech: Speak) -> None:
        self._end_streams()
        seconds = speech.seconds(self._words_per_second)
        line = self._new(Kind.SAID, speech.leg, "", over=False)
        mine = [one for one in self._speeches if one.line.who == speech.leg]
        # People say one thing after the other.
        began = max([self.phone.at, *(one.began + one.seconds for one in mine)])
        self._begin(_Speech(line, speech.text, began, seconds))

    def _begin(self, speech: _Speech) -> None:
        self._speeches.append(speech)
        self._grow()
        self._wake.set()

    def _spoken(self, what: Spoken) -> None:
        if (what.leg, what.text) in self._passed_on:
            self._passed_on.remove((what.leg, what.text))
            return
        for speech in self._speeches:
            if speech.ended is None and (speech.line.to, speech.text) == (what.leg, what.text):
                speech.ended = self.phone.at
                self._settle(speech, speech.before + what.heard, cut=what.cut)
                return

    def _falls_silent(self, leg: str) -> None:
        now = self.phone.at
        for speech in [one for one in self._speeches if one.line.who == leg]:
            self._settle(speech, speech.said(now), cut=speech.next_word(now) is not None)

    def _end_streams(self) -> None:
        """Somebody else has the word, or another verb: what was streamed is a line of its own."""
        for speech in [one for one in self._speeches if one.ended is not None]:
            self._end(speech)

    def _settle(self, speech: _Speech, text: str, *, cut: bool) -> None:
        """It is known what was heard. More may follow on streamed text that was not cut off."""
        speech.line.text, speech.line.cut = text, cut
        if cut or not speech.streamed:
            self._end(speech)
        else:
            self._changed(speech.line)
            self._wake.set()

    def _end(self, speech: _Speech) -> None:
        self._speeches.remove(speech)
        speech.line.over = True
        self._changed(speech.line)

    def _grow(self) -> float:
        """Show the words that were begun until now. Returns when to look again."""
        now, due = self.phone.at, float("inf")
        for speech in self._speeches[:]:
            line = speech.line
            if speech.ended is not None:
                if now >= speech.ended + STREAM_PAUSE - 1e-9:
                    self._end(speech)
                else:
                    due = min(due, speech.ended + STREAM_PAUSE)
                continue
            said, later = speech.said(now), speech.next_word(now)
            person_is_through = not line.to and now >= speech.began + speech.seconds - 1e-9
            if person_is_through:
                self._settle(speech, speech.text, cut=False)
                continue
            if said != line.text:
                line.text = said
                self._changed(line)
            if not line.to:
                later = speech.began + speech.seconds if later is None else later
            due = min(due, float("inf") if later is None else later)
        return due


_ENDED = frozenset({"completed", "failed", "busy", "no-answer"})


def _whose(leg: str) -> str:
    return "your" if leg == CALLER else f"{leg}'s"


def _not_connected(party: PartyNow) -> str:
    return "the call is not answered yet" if party.leg == CALLER else f"{party.leg} has not picked up"


def _sentence(failure: BaseException) -> str:
    text = str(failure).partition("\n")[0]
    return f"{text[:1].upper()}{text[1:]}."
