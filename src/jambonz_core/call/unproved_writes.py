"""Acks that may not have arrived.

An ack that was written less than a second before a drop, with nothing heard from the server since, counts as
owed: it may have died with the connection, and an answer that is given twice does less harm than one that is
lost. What it owes is not just its own verbs, but the verb stack as everything written since has left it: if
the ack was lost, so was what came behind it, and giving only the ack again would replace what did arrive.

An ack to `session:new` is safe to repeat, for the server ignores the data of a `session:reconnect` unless it
still waits for its first verbs.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from .obligations import ACK_POLICIES, Late, Obligation
from .outbox import WaitingMessage


class Owed(Struct, frozen=True):
    """What is to be sent again after a connection was lost."""

    obligation: Obligation
    verbs: list[dict[str, Any]]
    first: bool
    """Whether it was the first answer of the call."""


class UnprovedWrites:
    """What was written since the server was last heard."""

    __slots__ = ("_at", "_discardable", "_first_at", "_obligation", "_verbs", "any")

    def __init__(self) -> None:
        self.any: bool = False
        """Whether there is anything to be unsure of."""
        self._obligation: Obligation | None = None
        self._verbs: list[dict[str, Any]] = []
        self._at = 0.0
        self._first_at: float | None = None
        self._discardable: list[tuple[Obligation, float]] = []

    def acked(self, obligation: Obligation, data: Any, now: float, *, first: bool = False) -> None:
        """Keep an ack that was written until the server proves that it read it."""
        row = ACK_POLICIES[obligation.kind]
        if first or (data and row.late is not Late.DISCARDED):
            # Verbs that replace the first ones take their place, also as what the server may ask for again.
            if first:
                self._first_at = now
            self._obligation = obligation
            self._verbs = list(data)
            self._at = now
        elif row.late is Late.DISCARDED and not row.on_arrival:
            self._discardable.append((obligation, now))
        else:
            return
        self.any = True

    def sent(self, entry: WaitingMessage) -> None:
        """A command was written; it matters when it changes the stack behind an ack that may be lost."""
        if self._obligation is not None and entry.verbs is not None:
            self._verbs = list(entry.verbs) if entry.replacing else [*self._verbs, *entry.verbs]

    def heard(self) -> None:
        """The server said something, so it has read what was written before."""
        self.any = False
        self._obligation = self._first_at = None
        self._verbs = []
        self._discardable.clear()

    def lost(self, now: float, within: float) -> tuple[Owed | None, list[Obligation]]:
        """The connection is gone. What is owed, and the answers that nobody wants any more."""
        owed = None
        if self._obligation is not None and now - self._at < within:
            first = self._first_at is not None and now - self._first_at < within
            owed = Owed(self._obligation, self._verbs, first)
        discarded = [obligation for obligation, at in self._discardable if now - at < within]
        self.heard()
        return owed, discarded

    @property
    def first_verbs(self) -> list[dict[str, Any]] | None:
        """What the first answer would have to be, if it has not arrived."""
        return None if self._first_at is None else self._verbs
