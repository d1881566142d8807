"""Texts of others in one line of a log."""

from __future__ import annotations


def one_line(text: str) -> str:
    """A text with everything escaped that could end a line or steer a terminal.

    >>> one_line("ok\\n[other-call] forged \\x1b[2J")
    'ok\\\\n[other-call] forged \\\\x1b[2J'
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)
