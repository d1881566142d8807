"""The ledger of marks, rule by rule."""

from __future__ import annotations

import pytest

from jambonz_core.audio import AudioEvent, AudioOptions, MarkSettled, PlayOutcome
from jambonz_core.audio.marks import MarkLedger
from jambonz_core.wire.errors import QueueFull

PLAYED, CLEARED, UNKNOWN = PlayOutcome.PLAYED, PlayOutcome.CLEARED, PlayOutcome.UNKNOWN


def ledger_of(*names: str, expected: float = 1.0, outstanding: int = 30) -> MarkLedger:
    """A ledger with these marks on the server's list, as far as it has room for them."""
    ledger = MarkLedger(AudioOptions(marks_outstanding=outstanding, marks_waiting=3))
    for name in names:
        ledger.set(name, expected)
    ledger.to_send(expected)
    return ledger


def settled(events: list[AudioEvent]) -> list[tuple[str, PlayOutcome]]:
    return [(event.name, event.outcome) for event in events if isinstance(event, MarkSettled)]


def test_a_mark_is_settled_as_it_is_reported() -> None:
    ledger = ledger_of("a", "b")
    assert settled(ledger.reported("a", "playout", 1.0)) == [("a", PLAYED)]
    assert settled(ledger.reported("b", "cleared", 1.0)) == [("b", CLEARED)]
    assert (ledger.open, ledger.outstanding, ledger.deadline) == (0, 0, None)


def test_a_report_about_a_mark_that_is_not_there_is_nothing() -> None:
    ledger = ledger_of("a")
    assert ledger.reported("b", "playout", 1.0) == []
    assert ledger.open == 1


def test_a_report_about_a_later_mark_settles_the_earlier_ones_as_unknown() -> None:
    ledger = ledger_of("a", "b", "c")
    assert settled(ledger.reported("b", "playout", 1.0)) == [("a", UNKNOWN), ("b", PLAYED)]
    assert ledger.open == 1


def test_marks_of_one_name_are_settled_in_order() -> None:
    ledger = ledger_of("a", "a")
    assert settled(ledger.reported("a", "playout", 1.0)) == [("a", PLAYED)]
    assert settled(ledger.reported("a", "cleared", 1.0)) == [("a", CLEARED)]


def test_what_the_list_has_no_room_for_waits_here() -> None:
    ledger = ledger_of("a", "b", "c", outstanding=2)
    assert (ledger.outstanding, ledger.open) == (2, 3)
    assert ledger.to_send(1.0) == []
    ledger.reported("a", "playout", 1.0)
    assert ledger.to_send(5.0) == ["c"]
    # It is played behind what was sent meanwhile.
    assert ledger.tick(6.9) == [MarkSettled("b", UNKNOWN)]
    assert ledger.deadline == 7.0


def test_a_mark_that_waits_keeps_waiting_while_places_become_free() -> None:
    ledger = ledger_of("a", "b", "c", outstanding=1)
    ledger.reported("a", "playout", 2.5)
    assert ledger.to_send(2.5) == ["b"]
    assert ledger.deadline == 4.5
    assert ledger.open == 2


def test_waiting_marks_are_bounded() -> None:
    ledger = ledger_of("a", "b", "c", outstanding=1)
    ledger.set("d", 1.0)
    with pytest.raises(QueueFull, match="3 marks"):
        ledger.set("e", 1.0)


def test_a_mark_that_is_not_reported_in_time_is_unknown() -> None:
    ledger = ledger_of("a", "b", outstanding=1)
    assert ledger.deadline == 3.0
    assert ledger.tick(2.9) == []
    assert settled(ledger.tick(3.0)) == [("a", UNKNOWN), ("b", UNKNOWN)]
    # The server's list may still hold the one that was sent; the other never went there.
    assert (ledger.open, ledger.outstanding) == (0, 1)
    assert ledger.reported("a", "playout", 3.5) == []
    assert ledger.outstanding == 0


def test_a_kill_is_answered_for_every_mark() -> None:
    ledger = ledger_of("a", "b", "c", outstanding=2)
    assert settled(ledger.killed(1.0)) == [("c", CLEARED)]
    assert settled(ledger.reported("a", "playout", 1.1)) == [("a", PLAYED)]
    assert settled(ledger.reported("b", "cleared", 1.1)) == [("b", CLEARED)]


def test_a_kill_that_is_not_answered_ends_after_a_while() -> None:
    ledger = ledger_of("a", expected=100.0)
    ledger.killed(1.0)
    assert ledger.deadline == 3.0
    assert settled(ledger.tick(3.0)) == [("a", UNKNOWN)]
    assert ledger.outstanding == 0


def test_a_kill_also_frees_the_places_of_marks_that_were_given_up() -> None:
    ledger = ledger_of("a")
    ledger.tick(3.0)
    ledger.killed(3.0)
    ledger.tick(3.0)
    assert ledger.outstanding == 0


def test_clearing_settles_at_once_and_a_late_report_changes_nothing() -> None:
    ledger = ledger_of("a", "b", outstanding=1)
    assert settled(ledger.cleared()) == [("a", CLEARED), ("b", CLEARED)]
    assert ledger.reported("a", "cleared", 1.0) == ledger.reported("a", "playout", 1.0) == []


def test_clearing_nothing_leaves_reports_as_they_are() -> None:
    ledger = ledger_of()
    assert ledger.cleared() == []
    ledger.set("a", 1.0)
    ledger.to_send(1.0)
    ledger.tick(3.0)
    ledger.set("b", 3.0)
    ledger.to_send(3.0)
    # Nothing was swallowed, so a late report is about the mark it names.
    assert ledger.reported("a", "playout", 3.1) == []
    assert ledger.open == 1


def test_after_a_kill_a_report_that_lags_counts_for_the_mark_whose_time_has_come() -> None:
    ledger = ledger_of("old")
    ledger.killed(1.0)
    ledger.reported("old", "cleared", 1.1)
    # The server swallows the next mark. It is given up, and stays on the server's list.
    ledger.set("a", 2.0)
    ledger.to_send(2.0)
    assert settled(ledger.tick(4.0)) == [("a", UNKNOWN)]
    ledger.set("b", 5.0)
    ledger.set("c", 9.0)
    ledger.to_send(5.0)
    # The sample of b passes, and the server reports the first name of its list.
    assert settled(ledger.reported("a", "playout", 5.0)) == [("b", PLAYED)]
    # Nobody's time has come: the report is about nothing that waits.
    assert settled(ledger.reported("b", "playout", 5.1)) == []
    assert settled(ledger.reported("c", "playout", 9.0)) == [("c", PLAYED)]


def test_a_list_full_of_marks_that_were_given_up_is_cleared() -> None:
    ledger = ledger_of("a", "b", outstanding=2)
    ledger.tick(3.0)
    assert not ledger.stuck
    ledger.set("c", 3.0)
    assert ledger.stuck
    assert ledger.to_send(3.0) == []
    ledger.clear_list()
    assert ledger.to_send(3.0) == ["c"]


def test_nothing_is_left_open_at_the_end() -> None:
    ledger = ledger_of("a", "b", outstanding=1)
    assert settled(ledger.close()) == [("a", UNKNOWN), ("b", UNKNOWN)]
    assert ledger.close() == []
