"""Does it add up over several processes? The rules of `tests.soak.accounts`, and those of who has a call.

A call has one *life* in each process that had it. The rules, for one call:

1. What a life said before a checkpoint that returned is heard, or it is reported; also what the library had taken
   at all, if its process was drained and not killed. What was said behind the last checkpoint of a process that was
   killed, nobody else can know.
2. A life goes on from the newest state: from no older one than any earlier checkpoint that returned.
3. When a life has said something new, no earlier one does any more; and no earlier one has anything saved that it
   began to save after the later one had begun.
4. The handler is started once, unless the server had read nothing of what it said before.
5. When the call is over, each life has ended whose process is still there.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import msgspec
from tests.soak.accounts import WORD, Verdict, judge
from tests.soak.application import Account

import jambonz_core.call as core
from jambonz_anyio.testing import FrameReceived, Record

SLACK = 0.2
"""So long before its death a process may have done what it had no time to write down."""


@dataclass(slots=True)
class Life:
    """One call in one process."""

    pid: int
    began: float
    resumed: bool
    step: int
    words: list[str] = field(default_factory=list)
    ways: dict[str, str] = field(default_factory=dict)
    """How each of them went: ``verbs`` or ``command``."""
    taken: set[str] = field(default_factory=set)
    """Those that the library has taken: a handler that is cancelled where it begins to say one has not said it."""
    promised: int = 0
    """How many of them were said before a checkpoint that returned."""
    keeping: float = 0.0
    said: int = 0
    """How many words were said when the checkpoint was called that is under way."""
    kept: list[tuple[float, float, int]] = field(default_factory=list)
    """When a checkpoint was called and when it returned, with the step."""
    not_kept: int = 0
    dropped: dict[str, str] = field(default_factory=dict)
    reports: list[Any] = field(default_factory=list)
    ended: str = ""


class Accounts:
    """What workers have written, read as they write it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[Path, tuple[int, bytes]] = {}
        self._read_next = anyio.Event()
        self._read_after = anyio.Event()
        self.calls: dict[int, dict[str, Life]] = defaultdict(dict)

    async def read(self) -> None:
        """Wait until everything was read that is written by now."""
        await self._read_after.wait()

    def update(self) -> None:
        """Read what is new."""
        for path in self._folder.glob("*.jsonl"):
            place, rest = self._read.get(path, (0, b""))
            with path.open("rb") as file:
                file.seek(place)
                data = file.read()
            *lines, rest_now = (rest + data).split(b"\n")
            self._read[path] = (place + len(data), rest_now)
            for line in lines:
                self._take(int(path.stem), json.loads(line))
        self._read_next.set()
        self._read_next, self._read_after = self._read_after, anyio.Event()

    def _take(self, pid: int, line: list[Any]) -> None:
        at, number, name, what, *more = line
        lives = self.calls[number]
        if what in {"new", "resumed"}:
            lives[name] = Life(pid, at, what == "resumed", more[0])
            return
        life = lives[name]
        match what:
            case "word":
                life.words.append(more[0])
                life.ways[more[0]] = more[1]
            case "taken":
                life.taken.add(more[0])
            case "keeping":
                life.keeping, life.said = at, len(life.words)
            case "kept":
                life.kept.append((life.keeping, at, more[0]))
                life.promised = life.said
            case "not kept":
                life.not_kept += 1
            case "dropped":
                life.dropped[more[0]] = more[1]
            case "report":
                life.reports.append(msgspec.convert(more[1], getattr(core, more[0]), strict=False))
            case "end":
                life.ended = more[0]

    def lives(self, number: int) -> list[Life]:
        """Those of a call, in their order."""
        return sorted(self.calls[number].values(), key=lambda life: life.began)

    def forget(self, number: int) -> None:
        """A call was judged."""
        del self.calls[number]


def judge_call(
    number: int,
    lives: Sequence[Life],
    records: Sequence[Record],
    *,
    killed: Mapping[int, float],
    drained: frozenset[int] | set[int],
    stuck: str,
    slow: bool,
) -> Verdict:
    """What is to be said of a call that is over. `killed` has the processes that were, and when."""
    new = _first_read(records)
    account = Account(number, "talk")
    for life in lives:
        known = (
            len(life.words)
            if life.ended and (life.pid in drained or life.ended != "moved")
            else life.promised
        )
        account.words.update((word, life.ways[word]) for word in life.words[:known] if word in life.taken)
        account.dropped.update(life.dropped)
        account.reports += life.reports
        account.ended = life.ended
    beginnings = [life for life in lives if not life.resumed]
    account.began = len([life for life in beginnings if {*life.words} & {*new}]) or bool(beginnings)
    verdict = judge(account, records, [], stuck=stuck, slow=slow)
    wrong = verdict.unexplained
    wrong += _stale(lives)
    wrong += _two_owners(lives, new)
    wrong += [
        f"process {life.pid} still has the call"
        for life in lives
        if not life.ended and life.pid not in killed
    ]
    excused = _died_while_repeating(lives, killed)
    if excused:
        verdict.unexplained = [line for line in wrong if "came twice" not in line]
    counts = verdict.counts
    counts["lives"] += len(lives)
    counts["moved"] += len(lives) > 1
    counts["came back"] += len(lives) - len({life.pid for life in lives})
    counts["promised"] += sum(life.promised for life in lives)
    counts["checkpoints"] += sum(len(life.kept) for life in lives)
    counts["checkpoints refused"] += sum(life.not_kept for life in lives)
    counts["begun twice"] += len(beginnings) > 1
    return verdict


def _first_read(records: Sequence[Record]) -> list[str]:
    """The words that the server has read, each where it came first."""
    texts = (record.what.text for record in records if isinstance(record.what, FrameReceived))
    return list(dict.fromkeys(word for text in texts for word in WORD.findall(text)))


def _stale(lives: Sequence[Life]) -> list[str]:
    """Rule 2."""
    wrong: list[str] = []
    for place, life in enumerate(lives):
        newest = max(
            (kept[2] for one in lives[:place] for kept in one.kept if kept[1] < life.began), default=0
        )
        if life.resumed and life.step < newest:
            wrong.append(f"process {life.pid} went on from step {life.step}, and {newest} was saved")
    return wrong


def _two_owners(lives: Sequence[Life], new: Sequence[str]) -> list[str]:
    """Rule 3."""
    wrong: list[str] = []
    whose = {word: place for place, life in enumerate(lives) for word in life.words}
    order = [whose[word] for word in new if word in whose]
    if order != sorted(order):
        wrong.append(f"two owners: lives {order} spoke in turns")
    for place, life in enumerate(lives[:-1]):
        later = lives[place + 1].began
        if any(began > later for began, _, _ in life.kept):
            wrong.append(
                f"two owners: process {life.pid} saved after process {lives[place + 1].pid} had begun"
            )
    return wrong


def _died_while_repeating(lives: Sequence[Life], killed: Mapping[int, float]) -> bool:
    """Whether a life was cut off in the moment in which it may have reported what it says again."""
    return any(
        life.resumed and not life.ended and killed.get(life.pid, 0.0) - life.began < SLACK for life in lives
    )
