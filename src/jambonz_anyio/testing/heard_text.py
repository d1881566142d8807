"""What a leg has heard, as one text that can be searched from where the last search ended.

A text is heard while it is spoken, not when it is over: whoever waits for its first words may act when those
were said, and interrupt the rest. So a piece that is being spoken counts with the part that time has reached,
and `search` tells when a match will have been heard, so that its caller can look again then.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

Pattern: TypeAlias = "str | re.Pattern[str]"


@dataclass(slots=True)
class Piece:
    """One text that was spoken, or is being spoken."""

    began: float
    text: str
    """The text that is said, until it is known how much of it was heard; then that part."""
    over: bool = False


class HeardText:
    """The text that one leg has heard, and how much of it a test has matched."""

    def __init__(self, characters_per_second: float) -> None:
        self._speed = characters_per_second
        self.pieces: list[Piece] = []
        self._piece = 0
        self._offset = 0
        """Where the last match ended: a piece, and a position in it."""

    def started(self, text: str, at: float) -> None:
        """Add a text that begins to be spoken."""
        self.pieces.append(Piece(at, text))

    def spoken(self, text: str, heard: str, at: float) -> None:
        """Take note that a text was heard, or as much of it as `heard` tells."""
        for piece in self.pieces:
            if not piece.over and piece.text == text:
                piece.text, piece.over = heard, True
                return
        self.pieces.append(Piece(at, heard, over=True))

    @property
    def speaking(self) -> bool:
        """Whether a text is being spoken."""
        return any(not piece.over for piece in self.pieces)

    @property
    def whole(self) -> str:
        """The text that was heard, or is being heard, from the beginning."""
        return " ".join(piece.text for piece in self.pieces)

    @property
    def unread(self) -> str:
        """The text that was heard, or is being heard, since the last match."""
        return " ".join(self._texts()).strip()

    def search(self, pattern: re.Pattern[str]) -> tuple[re.Match[str], float] | None:
        """The first match behind the last one, and when it will have been heard completely."""
        match = pattern.search(" ".join(self._texts()))
        return None if match is None else (match, self._when(match.end()))

    def take(self, match: re.Match[str]) -> None:
        """Go on behind this match from now on."""
        self._piece, self._offset = self._place(match.end())

    def _texts(self) -> list[str]:
        texts = [piece.text for piece in self.pieces[self._piece :]]
        if texts:
            texts[0] = texts[0][self._offset :]
        return texts

    def _place(self, position: int) -> tuple[int, int]:
        """A position in the joined text as a piece and a position in it."""
        index, offset = self._piece, self._offset
        for text in self._texts():
            if position <= len(text):
                break
            position -= len(text) + 1
            index, offset = index + 1, 0
        return index, offset + position

    def _when(self, position: int) -> float:
        index, offset = self._place(position)
        times = [
            piece.began + len(piece.text) / self._speed for piece in self.pieces[:index] if not piece.over
        ]
        if index < len(self.pieces) and not self.pieces[index].over:
            times.append(self.pieces[index].began + offset / self._speed)
        return max(times, default=0.0)


def compiled(what: Pattern) -> re.Pattern[str]:
    """A pattern as it is; a text as the pattern that finds it, whatever white space is between its words.

    >>> bool(compiled("two  words").search("There are two words."))
    True
    """
    if isinstance(what, re.Pattern):
        return what
    if not isinstance(what, str):
        raise TypeError(f"what is waited for is a text or a compiled regular expression, not {what!r}")
    words = what.split()
    if not words:
        raise ValueError("an empty text is always heard: say what to wait for")
    return re.compile(r"\s+".join(re.escape(word) for word in words))
