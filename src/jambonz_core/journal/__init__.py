"""Journals: recordings of calls that can be read, drawn, replayed and made tests."""

from .app_journal import AppPlayer, JournaledCall
from .as_test import journal_to_test
from .entries import Entry, Header, InvalidJournal, Journal, read_journal
from .ladder import LadderReader, Step, steps
from .redaction import redact_entry
from .replay import PLAYERS, Difference, Player, RedactedJournal, replay
from .writer import JournalWriter

__all__ = [
    "JournaledCall",
    "JournalWriter",
    "Journal",
    "Header",
    "Entry",
    "read_journal",
    "InvalidJournal",
    "redact_entry",
    "replay",
    "Difference",
    "Player",
    "AppPlayer",
    "PLAYERS",
    "RedactedJournal",
    "journal_to_test",
    "Step",
    "steps",
    "LadderReader",
]
