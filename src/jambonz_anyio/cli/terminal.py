"""What may be written to a terminal: texts of callers, servers and journals may hold anything."""

from __future__ import annotations

import codecs
from typing import TextIO

_ASCII = str.maketrans(
    {"“": '"', "”": '"', "’": "'", "…": "...", "→": "->", "·": ".", "—": "-", "–": "-", "×": "x", "✓": "+"}
)


def printable(text: str) -> str:
    """A text without what could move a cursor, end a line, or be no character at all.

    >>> printable("one\\x1b[31m two\\nthree")
    'one·[31m two three'
    """
    return "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in text)


def is_utf8(stream: TextIO) -> bool:
    """Whether a stream takes every character."""
    try:
        return codecs.lookup(stream.encoding or "ascii").name == "utf-8"
    except (AttributeError, LookupError):
        return False


def ascii_text(text: str) -> str:
    """A text in the characters that every terminal has; what has no likeness there is a question mark.

    >>> ascii_text("“Grüezi” → …")
    '"Gr?ezi" -> ...'
    """
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def can_show(text: str, stream: TextIO) -> str:
    """A text as the stream can take it: as it is where it can, else in the characters that it has."""
    encoding = getattr(stream, "encoding", None) or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return text.translate(_ASCII).encode(encoding, "replace").decode(encoding)
    return text
