"""The ledger of marks: what was asked of the server, what it answered, and what it will never answer.

A mark asks the server to report when everything sent before it was played. The server keeps a list of names
and puts a special sample into its playout buffer; when such a sample passes, the *first name of the list* is
reported. That design has consequences, and the ledger absorbs them:

1. The list holds 30 names; one more is dropped without a word. So further marks wait here, and are sent as
places become free. A mark that waited comes later than it should, never earlier. 2. Reports come in the order
of the list. A report about a later mark tells that the earlier ones are not on the list any more: they are
settled as unknown. 3. Resampling can destroy the sample. Then no report comes, and the name stays on the
list. So every mark has a bound: the computed time at which it should be played, plus slack. Behind it the
mark is unknown to whoever waits, but keeps its place here, because it keeps its place on the server. 4.
`killAudio` answers every name on the list with `cleared`. If an answer does not come, the bound of the kill
ends the wait. 5. `clearMarks` answers nothing on the open server: the marks are cleared at once, and a report
that comes all the same changes nothing. 6. After 4 and 5 the server swallows as many later samples as it had
placed. From then on the list is longer than the samples that are on their way, and a report names an older
mark than the one that was played. So when a mark is reported that was given up long ago, and there was such a
kill, the report counts for the oldest open mark whose time has come. 7. If the whole list is made of names
that nobody waits for any more, marks would be useless from then on: `clearMarks` is sent to start with an
empty one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from jambonz_core.wire.errors import QueueFull

from .audio_events import AudioEvent, MarkSettled, PlayOutcome
from .options import AudioOptions

_EARLY = 0.25
"""How much earlier than computed a mark may be played: the computation starts when audio is sent."""


class _Mark:
    """A mark on the server's list, or on its way there."""

    __slots__ = ("bound", "expected", "killed", "name", "settled")

    def __init__(self, name: str, expected: float, bound: float) -> None:
        self.name = name
        self.expected = expected
        self.bound = bound
        self.settled = False
        self.killed = False


class MarkLedger:
    """Every mark of one audio stream, until it is settled: once, as played, cleared or unknown.

    >>> ledger = MarkLedger(AudioOptions())
    >>> ledger.set("greeting", expected=1.5)
    >>> ledger.to_send(expected=1.5)
    ['greeting']
    >>> ledger.reported("greeting", "playout", now=1.6)
    [MarkSettled(name='greeting', outcome=<PlayOutcome.PLAYED: 'played'>, raw=None)]
    """

    def __init__(self, options: AudioOptions) -> None:
        self._options = options
        self._sent: deque[_Mark] = deque()
        """What the server's list holds, as far as this side can know."""
        self._waiting: deque[_Mark] = deque()
        self._may_lag = False
        """Whether the server may report older names than it plays."""

    @property
    def any(self) -> bool:
        """Whether there is any mark, settled or not, that may still be reported."""
        return bool(self._sent or self._waiting)

    @property
    def waiting(self) -> bool:
        """Whether there are marks that have not been sent."""
        return bool(self._waiting)

    @property
    def open(self) -> int:
        """How many marks are not settled."""
        return sum(not mark.settled for mark in self._sent) + len(self._waiting)

    @property
    def outstanding(self) -> int:
        """How many names the server's list holds, as far as this side can know."""
        return len(self._sent)

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        return min((mark.bound for mark in self._open_marks()), default=None)

    def set(self, name: str, expected: float) -> None:
        """A mark is wanted; everything before it is played at about `expected`."""
        if len(self._waiting) >= self._options.marks_waiting:
            raise QueueFull(
                f"{self._options.marks_waiting} marks wait already, besides the {len(self._sent)} that the "
                "server keeps; set fewer marks, or wait for some to be settled"
            )
        self._waiting.append(_Mark(name, expected, expected + self._options.mark_slack))

    def to_send(self, expected: float) -> list[str]:
        """The names that the server has room for now. What is sent now is played at about `expected`."""
        names = []
        while self._waiting and len(self._sent) < self._options.marks_outstanding:
            mark = self._waiting.popleft()
            if expected > mark.expected:
                mark.expected = expected
                mark.bound = expected + self._options.mark_slack
            self._sent.append(mark)
            names.append(mark.name)
        return names

    @property
    def stuck(self) -> bool:
        """Whether marks wait for places that will never become free; `clear_list` frees them."""
        return (
            bool(self._waiting)
            and len(self._sent) >= self._options.marks_outstanding
            and all(mark.settled for mark in self._sent)
        )

    def clear_list(self) -> None:
        """`clearMarks` is sent to free the places of marks that were given up."""
        self._sent.clear()
        self._may_lag = True

    def reported(self, name: str, event: str, now: float) -> list[AudioEvent]:
        """The server reported `name`, with the event ``playout`` or ``cleared``."""
        if all(mark.name != name for mark in self._sent):
            return []
        for waiting in self._waiting:
            # The server is alive and places become free: what waits for one has its whole time again.
            waiting.bound = max(waiting.bound, now + self._options.mark_slack)
        events: list[AudioEvent] = []
        while (mark := self._sent.popleft()).name != name:
            events += self._settle(mark, PlayOutcome.UNKNOWN)
        if event == "cleared":
            return events + self._settle(mark, PlayOutcome.CLEARED)
        if mark.settled and self._may_lag:
            mark = next((mark for mark in self._sent if self._has_come(mark, now)), mark)
        return events + self._settle(mark, PlayOutcome.PLAYED)

    def killed(self, now: float) -> list[AudioEvent]:
        """Take note that `killAudio` was sent: marks that were not sent yet will not be."""
        events = self._drop_waiting()
        for mark in self._sent:
            self._may_lag = True
            mark.killed = True
            mark.bound = now + self._options.kill_seconds
        return events

    def cleared(self) -> list[AudioEvent]:
        """Take note that `clearMarks` was sent: jambonz will report none of the marks set before."""
        self._may_lag = self._may_lag or bool(self._sent)
        events = [event for mark in self._sent for event in self._settle(mark, PlayOutcome.CLEARED)]
        self._sent.clear()
        return events + self._drop_waiting()

    def tick(self, now: float) -> list[AudioEvent]:
        """Give up what is past its bound."""
        late = [mark for mark in self._open_marks() if mark.bound <= now]
        events: list[AudioEvent] = []
        for mark in late:
            events += self._settle(mark, PlayOutcome.UNKNOWN)
        # What was killed is off the server's list, reported or not; what never went there is on no list.
        self._sent = deque(mark for mark in self._sent if not (mark.killed and mark.settled))
        self._waiting = deque(mark for mark in self._waiting if not mark.settled)
        return events

    def close(self) -> list[AudioEvent]:
        """The connection is gone: no report will come any more."""
        events = [event for mark in self._open_marks() for event in self._settle(mark, PlayOutcome.UNKNOWN)]
        self._sent.clear()
        self._waiting.clear()
        return events

    def _open_marks(self) -> Iterable[_Mark]:
        return [mark for mark in (*self._sent, *self._waiting) if not mark.settled]

    def _drop_waiting(self) -> list[AudioEvent]:
        events = [event for mark in self._waiting for event in self._settle(mark, PlayOutcome.CLEARED)]
        self._waiting.clear()
        return events

    def _has_come(self, mark: _Mark, now: float) -> bool:
        return not mark.settled and not mark.killed and mark.expected <= now + _EARLY

    def _settle(self, mark: _Mark, outcome: PlayOutcome) -> list[AudioEvent]:
        if mark.settled:
            return []
        mark.settled = True
        return [MarkSettled(mark.name, outcome)]
