"""Running a recorded call again, and finding the first place where it goes another way.

A player is the machine of the journal's role, made anew. Each entry is played to it, and what comes of it
must be what is written, bit for bit: compared is the JSON of both. The first difference ends the replay,
because what follows one is noise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from ..wire.errors import JambonzError
from ..wire.registry import REGISTRY, Registry
from .app_journal import ROLE, AppPlayer
from .entries import Entry, Header, InvalidJournal, Journal, as_text


class RedactedJournal(JambonzError):
    """A journal without content cannot be replayed: the machine never saw the placeholders that are in it."""

    def __init__(self) -> None:
        super().__init__(
            "this journal was written without content, so it can be read and drawn, but not replayed and not "
            "made a test: record with content switched on for that"
        )


class Player(Protocol):
    """A machine that entries are played to."""

    def play(self, entry: Entry) -> dict[str, Any]:
        """Do what the entry says, and tell what came of it, in the form of `Entry.gave`."""
        ...


MakePlayer: TypeAlias = Callable[[Header, Registry], Player]

PLAYERS: Mapping[str, MakePlayer] = {ROLE: AppPlayer}
"""Players by role. The simulator brings its own (`jambonz_core.simulator.journal`)."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a replay left the recorded way."""

    line: int
    """The line of the journal, the header being the first."""
    entry: Entry
    found: dict[str, Any]
    """What came of it now, in the form of `Entry.gave`."""

    def __str__(self) -> str:
        return (
            f"line {self.line}, {self.entry.call} at {self.entry.at:.3f}: "
            f"the journal has {self.entry.gave!r}, and the replay gave {self.found!r}"
        )


def replay(
    journal: Journal, players: Mapping[str, MakePlayer] = PLAYERS, *, registry: Registry = REGISTRY
) -> Difference | None:
    """Run a journal again; None when everything came as it is written. `registry` knows the messages and
    commands that are in it.

    Raises `RedactedJournal` for a journal without content, and `InvalidJournal` for one that no machine here
    can play.
    """
    if journal.header.redacted:
        raise RedactedJournal
    make = players.get(journal.header.role)
    if make is None:
        raise InvalidJournal(f"there is no machine for the role {journal.header.role!r}")
    missing = journal.header.settings.get("missing")
    if missing:
        raise InvalidJournal(f"the first {missing} entries were dropped, so this journal cannot be replayed")
    player = make(journal.header, registry)
    for line, entry in enumerate(journal.entries, 2):
        try:
            found = player.play(entry)
        except (KeyError, TypeError, ValueError) as error:
            raise InvalidJournal(f"line {line} of the journal cannot be played: {error!r}") from error
        if as_text(found) != as_text(entry.gave):
            return Difference(line, entry, found)
    return None
