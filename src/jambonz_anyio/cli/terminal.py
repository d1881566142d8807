"""What may be written to a terminal: texts of callers, servers and journals may hold anything."""

from __future__ import annotations


def printable(text: str) -> str:
    """A text without what could move a cursor, end a line, or be no character at all.

    >>> printable("one\\x1b[31m two\\nthree")
    'one·[31m two three'
    """
    return "".join(c if c.isprintable() else " " if c.isspace() else "·" for c in text)
