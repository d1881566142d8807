"""The nearest correct spelling of a name, for error messages."""

from __future__ import annotations

from collections.abc import Iterable


def _folded(name: str) -> str:
    return name.replace("_", "").replace("-", "").replace(":", "").casefold()


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was most likely meant, or None.

    Case and separators are forgiven first (``action_hook`` means ``actionHook``), then single letters.

    >>> nearest("numDigit", ["input", "numDigits", "minDigits"])
    'numDigits'
    """
    import difflib  # slow to import, and only needed once something is wrong

    by_fold = {_folded(each): each for each in known}
    wanted = _folded(name)
    if wanted in by_fold:
        return by_fold[wanted]
    close = difflib.get_close_matches(wanted, by_fold, n=1, cutoff=0.65)
    return by_fold[close[0]] if close else None
