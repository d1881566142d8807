"""The recorder that the machines of both roles write their journals with.

A machine hands each call of one of its methods to `Recorder.events`, which makes the call and writes an entry
with what the machine was given and what it gave. What a machine calls of itself meanwhile is not written: a
replay of the outer call makes it happen again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, ParamSpec, TypeVar

from ..wire.bounded import BoundedQueue
from ..wire.errors import JambonzError
from .entries import Entry, as_text
from .writer import JournalWriter

HELD_ENTRIES = 1024
"""Entries that are held while there is no writer. A call that rings for minutes has reported a few."""

HELD_BYTES = 1024 * 1024
"""What these may hold, as they are written."""

P = ParamSpec("P")
EventT = TypeVar("EventT")


class Recorder:
    """Writes down what one machine is given and what it gives.

    It holds the entries in memory until `begin` names a writer, because a call's core exists before anybody
    knows which call it is for, and some never become one. Of too many the oldest are dropped, and the header
    tells how many are missing.
    """

    __slots__ = ("_as_data", "_held", "_inside", "_writer", "missing")

    def __init__(self, event_as_data: Callable[[Any], dict[str, Any]]) -> None:
        self._as_data = event_as_data
        self._writer: JournalWriter | None = None
        self._held = BoundedQueue[Entry](most=HELD_ENTRIES, most_bytes=HELD_BYTES)
        self.missing: int = 0
        """How many entries were dropped before there was a writer."""
        self._inside = False

    def begin(self, writer: JournalWriter, role: str, profile: str, settings: Mapping[str, Any]) -> None:
        """Write the header and the entries so far to `writer`, and all later ones as they come."""
        writer.begin(role, profile, {**settings, "missing": self.missing} if self.missing else settings)
        for entry in self._held.clear():
            writer.add(entry)
        self._writer = writer

    def events(
        self,
        method: str,
        now: float,
        given: dict[str, Any],
        really: Callable[P, list[EventT]],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> list[EventT]:
        """Call `really`, and write that `method` gave its events or raised its error."""
        if self._inside:
            return really(*args, **kwargs)
        self._inside = True
        gave: dict[str, Any] = {}
        try:
            events = really(*args, **kwargs)
            gave = gave_events(events, self._as_data)
        except JambonzError as refusal:
            gave = gave_refusal(refusal)
            raise
        finally:
            self._inside = False
            self._add(Entry(at=now, call=method, given=given, gave=gave))
        return events

    def value(self, method: str, now: float, gave: dict[str, Any]) -> None:
        """Write that `method` gave something other than events."""
        if not self._inside:
            self._add(Entry(at=now, call=method, gave=gave))

    def _add(self, entry: Entry) -> None:
        if self._writer is None:
            self.missing += len(self._held.put(entry, len(as_text(entry))))
        else:
            self._writer.add(entry)


def outcome(
    event_as_data: Callable[[Any], dict[str, Any]],
    really: Callable[P, Iterable[object]],
    *args: P.args,
    **kwargs: P.kwargs,
) -> dict[str, Any]:
    """Call `really`, and return its events or its refusal in the form of `Entry.gave`, for a replay."""
    try:
        events = really(*args, **kwargs)
    except JambonzError as refusal:
        return gave_refusal(refusal)
    return gave_events(events, event_as_data)


def gave_events(events: Iterable[object], event_as_data: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
    """Events in the form of `Entry.gave`."""
    found = [event_as_data(event) for event in events]
    return {"events": found} if found else {}


def gave_refusal(refusal: JambonzError) -> dict[str, Any]:
    """An error of this library in the form of `Entry.gave`."""
    return {"refusal": {"type": type(refusal).__name__, "text": str(refusal)}}
