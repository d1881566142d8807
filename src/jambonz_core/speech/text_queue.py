"""Text that waits to leave: runs of tokens, with a flush between each two runs.

The last run is a plain list that the writer appends to, because that happens for every token. Tokens are
joined only when a message is made of them, and what a message leaves over is kept as one string and an
offset: a long text is not copied once per message.
"""

from __future__ import annotations

from collections.abc import Iterable

from .text_pieces import cut_point, is_blank


class TextQueue:
    """Runs of text in order.

    >>> queue = TextQueue()
    >>> queue.last_run.extend(["One ", "sentence."])
    >>> queue.end_run()
    >>> queue.take(100, 100, patient=True), queue.at_boundary
    ('One sentence.', True)
    """

    __slots__ = ("_head", "_head_at", "_runs", "last_run")

    def __init__(self, runs: Iterable[str] = ("",)) -> None:
        self._runs = [[run] if run else [] for run in runs]
        self.last_run: list[str] = self._runs[-1]
        """The run that new text is added to. It is another list after `end_run`."""
        self._head = ""
        """The beginning of the first run, joined; it was taken up to `_head_at`."""
        self._head_at = 0

    def __bool__(self) -> bool:
        """Whether any text waits, or a flush."""
        return len(self._runs) > 1 or bool(self.last_run) or self._head_at < len(self._head)

    @property
    def text(self) -> str:
        """All text that waits."""
        return "".join(self.runs)

    @property
    def runs(self) -> list[str]:
        """The waiting text, cut where a flush stands in it."""
        runs = ["".join(run) for run in self._runs]
        runs[0] = self._head[self._head_at :] + runs[0]
        return runs

    def end_run(self) -> None:
        """A flush follows what was written so far. Nothing between two flushes makes them one."""
        if self.last_run or len(self._runs) == 1:
            self.last_run = []
            self._runs.append(self.last_run)

    @property
    def at_boundary(self) -> bool:
        """Whether a flush is the next thing to leave."""
        return len(self._runs) > 1 and not self._runs[0] and self._head_at == len(self._head)

    def pass_boundary(self) -> None:
        """Take note that the flush before the next run has left."""
        self._runs.pop(0)

    def take(self, units: int, hard_units: int, *, patient: bool) -> str:
        """The next piece, of at most `units` code units; empty when nothing waits before a flush.

        When `patient`, two things at the very end wait for what follows them: white space alone, and half
        of a surrogate pair.
        """
        run = self._runs[0]
        if run and len(self._head) - self._head_at < units:
            self._head = self._head[self._head_at :] + "".join(run)
            self._head_at = 0
            run.clear()
        text, at = self._head, self._head_at
        if at == len(text):
            return ""
        end = cut_point(text, at, units, hard_units)
        if patient and end == len(text) and len(self._runs) == 1 and not run:
            if "\ud800" <= text[end - 1] <= "\udbff":
                end -= 1
            if is_blank(text[at:end]):
                return ""
        self._head_at = end
        return text[at:end]

    def put_back(self, text: str) -> None:
        """`text` is the first to be taken again."""
        self._head = text + self._head[self._head_at :]
        self._head_at = 0
