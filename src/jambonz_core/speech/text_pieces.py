"""Cutting text into pieces of a bounded number of UTF-16 code units.

The server counts characters as JavaScript does, in UTF-16 code units, and refuses a message that is too
long. A cut in the wrong place does harm: half a surrogate pair is not a character, and an accent or a skin
tone that travels apart from its letter may be spoken as one. So a cut is made, in this order of preference,

1. behind the last sentence end in reach, because the server speaks complete sentences at once and so starts
   the next piece with an empty buffer;
2. behind the last white space in reach, which the server can take out after a second;
3. at the last boundary between two user-perceived characters;
4. and inside such a character only when it alone is longer than the hard limit (a letter with hundreds of
   accents), and even then never inside a surrogate pair.

Boundaries between user-perceived characters follow the rules of Unicode's Annex 29, from the tables of
`unicodedata` and a few ranges that it does not tell. Where the two differ, this module keeps more together
than the annex does: nothing is cut behind a zero-width joiner or between a virama and a letter. The `regex`
package has the exact tables, and is not worth a dependency here: what is lost is a cut that could have been
made, never one that should not have been.
"""

from __future__ import annotations

import re
from unicodedata import category, combining

_WHITE = r"[\t-\r \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]"
"""White space as the server's JavaScript has it, which differs from Python's in six characters."""

_SENTENCE_END = re.compile(
    "|".join(
        [rf"{re.escape(mark)}(?<![0-9].)(?={_WHITE}|\Z)" for mark in ".!?\u061f\u06d4"]
        + [rf"{mark}(?<![0-9].)" for mark in "。！？"]
        + [r"\n\n"]
    )
)
"""Each alternative begins with one character: so `re` looks at nothing but those, three times as fast."""
_WHITE_CHARACTERS = frozenset(re.findall(_WHITE, "".join(map(chr, range(0x10000)))))
_PREPENDED = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\U000110bd\U000110cd\U000111c2\U000111c3"
    "\U000113d1\U0001193f\U00011941\U00011a3a\U00011a84\U00011a85\U00011a86\U00011a87\U00011a88\U00011a89\U00011d46\U00011f02"
)
"""Characters that belong to the one behind them: number signs, and letters written as marks."""
_BLANK = re.compile(rf"{_WHITE}*")


def utf16_units(text: str) -> int:
    """The length of `text` as the server counts it.

    >>> utf16_units("abc"), utf16_units("\N{GRINNING FACE}")
    (3, 2)
    """
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def is_blank(text: str) -> bool:
    """Whether the server takes `text` for white space only: alone in its buffer, that is thrown away."""
    return _BLANK.fullmatch(text) is not None


def last_sentence_end(text: str, start: int, stop: int) -> int:
    """Where the last sentence of ``text[start:stop]`` ends, as the server sees it, or `start` when none does.

    A mark counts only before white space or the end of the text, and not behind a digit.

    >>> last_sentence_end("It costs 3.50 now. Do you", 0, 25)
    18
    """
    end = start
    # One character more than allowed is looked at, so that a mark at `stop` knows what follows it.
    for match in _SENTENCE_END.finditer(text, start, stop + 1):
        if match.end() <= stop:
            end = match.end()
    return end


def cut_point(text: str, start: int, units: int, hard_units: int) -> int:
    """Where the piece of `text` that begins at `start` ends: an index above `start`.

    The piece holds at most `units` code units, and more only when its first user-perceived character alone
    does: then that character, as far as it has no more than `hard_units`.
    """
    stop = index_after(text, start, units)
    if stop == len(text):
        return stop
    end = last_sentence_end(text, start, stop)
    if end > start:
        # White space behind the sentence goes with it: alone in an empty buffer the server would drop it.
        end = _BLANK.match(text, end, stop).end()  # type: ignore[union-attr]  # it matches nothing, too
        if is_boundary(text, end, start):
            return end
    for end in range(stop, start, -1):
        if text[end - 1] in _WHITE_CHARACTERS and is_boundary(text, end, start):
            return end
    for end in range(stop, start, -1):
        if is_boundary(text, end, start):
            return end
    return _first_character_end(text, start, hard_units)


def split_text(text: str, units: int = 1000) -> list[str]:
    """All of `text` in pieces of at most `units` code units.

    >>> split_text("One sentence. Another sentence. More", 20)
    ['One sentence. ', 'Another sentence. ', 'More']
    """
    if units < 2:
        raise ValueError("a piece must have room for a surrogate pair: two code units at least")
    pieces = []
    at = 0
    while at < len(text):
        end = cut_point(text, at, units, units)
        pieces.append(text[at:end])
        at = end
    return pieces


def is_boundary(text: str, at: int, start: int = 0) -> bool:
    """Whether `text` may be cut before the character at index `at` without tearing a character apart.

    A user-perceived character begins at `start`: what is before that does not matter. Without it, a text of
    flags only would be counted from its beginning for every piece.

    >>> is_boundary("e\N{COMBINING ACUTE ACCENT}a", 1), is_boundary("e\N{COMBINING ACUTE ACCENT}a", 2)
    (False, True)
    """
    if at <= 0 or at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if before < "\u0300" and after < "\u0300":
        return not (before == "\r" and after == "\n")
    if before in "\r\n":
        return True
    if _extends(after):
        return False
    if before == "\u200d" or before in _PREPENDED:
        return category(after) == "Cc"
    if "\ud800" <= before <= "\udbff" and "\udc00" <= after <= "\udfff":
        return False
    if _is_flag_letter(before) and _is_flag_letter(after):
        return _flag_letters_before(text, at, start) % 2 == 0
    return not (_is_conjunct(text, at) or _one_syllable(before, after))


def index_after(text: str, start: int, units: int) -> int:
    """The index that lies at most `units` code units behind `start`."""
    stop = min(start + units, len(text))
    window = text[start:stop]
    if window.isascii() or max(window) <= "\uffff":
        return stop
    left = units
    for at in range(start, stop):
        left -= 2 if text[at] > "\uffff" else 1
        if left < 0:
            return at
    return stop


def _first_character_end(text: str, start: int, hard_units: int) -> int:
    """The end of the user-perceived character at `start`, or as far into it as `hard_units` allow."""
    stop = index_after(text, start, hard_units)
    for end in range(start + 1, stop + 1):
        if is_boundary(text, end, start):
            return end
    # Longer than a message can be: it has to be cut somewhere. Not between two halves of a pair, though.
    if stop - start > 1 and "\ud800" <= text[stop - 1] <= "\udbff" and "\udc00" <= text[stop] <= "\udfff":
        return stop - 1
    return stop


def _extends(character: str) -> bool:
    """Whether `character` belongs to the one before it."""
    return (
        category(character)[0] == "M"
        or character in "\u200c\u200d\u0e33\u0eb3\uff9e\uff9f"
        or "\U0001f3fb" <= character <= "\U0001f3ff"
        or "\U000e0020" <= character <= "\U000e007f"
    )


def _is_conjunct(text: str, at: int) -> bool:
    """Whether a virama, perhaps with other marks, ties the letter at `at` to the one before it."""
    if category(text[at])[0] != "L":
        return False
    while at > 0 and _extends(text[at - 1]):
        if combining(text[at - 1]) == 9:
            return True
        at -= 1
    return False


def _is_flag_letter(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _flag_letters_before(text: str, at: int, start: int) -> int:
    count = 0
    while at - count > start and _is_flag_letter(text[at - count - 1]):
        count += 1
    return count


def _one_syllable(before: str, after: str) -> bool:
    """Whether two jamo, or a Hangul syllable and a jamo, are one syllable."""
    if not ("\u1100" <= after <= "\u11ff" or "\ua960" <= after <= "\ud7fb"):
        return False
    kind_before, kind_after = _hangul(before), _hangul(after)
    if kind_before == "L":
        return kind_after in ("L", "V", "LV", "LVT")
    if kind_before in ("LV", "V"):
        return kind_after in ("V", "T")
    return kind_before in ("LVT", "T") and kind_after == "T"


def _hangul(character: str) -> str:
    if "\u1100" <= character <= "\u115f" or "\ua960" <= character <= "\ua97c":
        return "L"
    if "\u1160" <= character <= "\u11a7" or "\ud7b0" <= character <= "\ud7c6":
        return "V"
    if "\u11a8" <= character <= "\u11ff" or "\ud7cb" <= character <= "\ud7fb":
        return "T"
    if "\uac00" <= character <= "\ud7a3":
        return "LV" if (ord(character) - 0xAC00) % 28 == 0 else "LVT"
    return ""
