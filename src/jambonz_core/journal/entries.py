"""The journal of a call: what went into a protocol core, and what came out of it.

A core is a pure machine: the same inputs at the same times give the same outputs. So a list of its inputs is
a complete recording of a call, and running it again is a proof of what happened, on another machine and next
year. The format is JSON Lines, for `grep` and `tail -f`:

* the first line is the header: the version of the format, which machine was recorded and with which settings;
* every further line is one call of one of the machine's methods: when, which, what it was given, what it
  gave. Nothing is left out, and nothing is told twice.

Text, digits and whatever else callers say is not in a journal unless somebody asked for it (see
`redaction`). Such a journal shows what happened and when, and cannot be replayed: the machine would be given
other messages than those that were.

Times are those of the recording machine's own clock, in seconds; they order and measure, and are not dates.
The header's `began` is the date.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import msgspec
from msgspec import Struct, field

from ..wire.errors import JambonzError

VERSION = 1
"""The version of the format. Another one is refused by name, because a wrong reading would be silent."""


class InvalidJournal(JambonzError):
    """This is not a journal, or one of another version, or it is damaged; the message says where."""


class Header(Struct, frozen=True, kw_only=True):
    """The first line of a journal."""

    journal: int = VERSION
    role: str
    """Which machine: ``app`` for `AppCall`, ``jambonz`` for the simulator's `CallEngine`."""
    profile: str
    """The server profile, ``0.9`` or ``v10``."""
    settings: dict[str, Any] = {}
    """What the machine was made with; its role knows how to read it."""
    redacted: bool = True
    """Whether what people said, typed and were told is replaced by placeholders."""
    began: str = ""
    """When the call began, as a date that people read; a replay does not use it."""
    about: dict[str, Any] = {}
    """Anything else worth knowing, such as versions; for people."""


class Entry(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One call of a method of the machine."""

    at: float
    call: str
    """The name of the machine's method that was called."""
    given: dict[str, Any] = {}
    """The method's arguments, but for the time."""
    gave: dict[str, Any] = {}
    """What came of it: ``events``, ``frames``, a ``value``, or the ``refusal`` that it raised."""


class Journal(Struct, frozen=True):
    """A journal as it was read: its header and its entries."""

    header: Header
    entries: list[Entry] = field(default_factory=list)
    complete: bool = True
    """False when the last line was cut off, as it is when the writer was killed."""


_entries = msgspec.json.Decoder(Entry)


def as_text(value: Any) -> str:
    """A value as JSON, from which exactly the same value can be read."""
    try:
        return msgspec.json.encode(value).decode()
    except (UnicodeEncodeError, OverflowError):
        # Halves of a character and endless numbers have to come back as they were, or a replay would differ.
        # Only escapes can carry them.
        return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def _entry(line: str) -> Entry:
    try:
        return _entries.decode(line)
    except msgspec.ValidationError:
        raise
    except (msgspec.DecodeError, UnicodeError) as error:
        try:
            return msgspec.convert(json.loads(line), Entry)
        except ValueError:
            raise error from None


def read_journal(lines: Iterable[str]) -> Journal:
    """Read a journal from its lines.

    Raises `InvalidJournal`; a last line that was cut off in the middle is left away, because that is how the
    journal of a process ends that was killed, and it is just then that somebody wants to read it.

    >>> journal = read_journal([
    ...     '{"journal":1,"role":"app","profile":"v10","redacted":false}',
    ...     '{"at":0.0,"call":"connected"}',
    ... ])
    >>> journal.entries[0].call
    'connected'
    """
    numbered = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not numbered:
        raise InvalidJournal("the journal is empty")
    header = _header(numbered[0][1])
    entries: list[Entry] = []
    complete = True
    for number, line in numbered[1:]:
        try:
            entries.append(_entry(line))
        except (msgspec.DecodeError, UnicodeError) as error:
            if number != numbered[-1][0] or isinstance(error, msgspec.ValidationError):
                raise InvalidJournal(f"line {number} of the journal cannot be read: {error}") from error
            complete = False
    return Journal(header, entries, complete)


def _header(line: str) -> Header:
    try:
        # The reader that takes halves of characters: the state of a restored call may hold one.
        found = json.loads(line)
        version = found["journal"]
    except (ValueError, RecursionError, KeyError, TypeError):
        raise InvalidJournal("this is not a journal: its first line has no `journal` version") from None
    if version != VERSION:
        raise InvalidJournal(f"this journal has version {version!r}; this library reads version {VERSION}")
    try:
        return msgspec.convert(found, Header)
    except msgspec.ValidationError as error:
        raise InvalidJournal(f"the first line of the journal cannot be read: {error}") from error
