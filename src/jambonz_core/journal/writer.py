"""Writing a journal line by line, with what people say or without."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..wire.call_token import without_tokens
from .entries import Entry, Header, as_text
from .redaction import redact_entry, redact_settings


class JournalWriter:
    """Turns headers and entries into lines, without what callers say unless `content` is true.

    The tokens of calls, which open their audio, are in no line.

    `write` takes one line, with its end. Where it goes is not this package's business: see
    `jambonz_anyio.journals` for files.
    """

    def __init__(
        self,
        write: Callable[[str], object],
        *,
        content: bool = False,
        began: str = "",
        about: Mapping[str, Any] | None = None,
    ) -> None:
        self._write = write
        self.content = content
        """Whether what people say is written, too."""
        self._began = began
        self._about = dict(about or {})

    def begin(self, role: str, profile: str, settings: Mapping[str, Any]) -> None:
        """Write the header, which is the journal's first line."""
        header = Header(
            role=role,
            profile=profile,
            settings=dict(settings) if self.content else redact_settings(settings),
            redacted=not self.content,
            began=self._began,
            about=self._about,
        )
        self._write(without_tokens(as_text(header)) + "\n")

    def add(self, entry: Entry) -> None:
        """Write one entry, without the content of the call unless `content` is set."""
        self._write(without_tokens(as_text(entry if self.content else redact_entry(entry))) + "\n")
