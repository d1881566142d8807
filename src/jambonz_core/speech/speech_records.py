"""What the speech tracker remembers of each speech, and its saved form."""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from jambonz_core.wire.errors import InvalidSnapshot

from .speech_events import Outcome, SpeechCut


class SpeechRecord(Struct, kw_only=True):
    """One speech that is not settled, or was the last to be."""

    number: int
    implicit: bool
    start_units: int
    """The position in all the call's text where it begins."""
    end_units: int | None = None
    """The position where it ends; None while it is open."""
    accepted: list[str] = []
    discarded: str = ""
    spoken: list[str] = []
    reported: bool = False
    """Whether the server has reported anything that was spoken of it."""
    report_dropped: bool = False
    """Whether the server has reported more than is kept, so that nobody knows what was spoken."""
    delivered: bool = False
    """Whether the speech is closed and nothing of it is on its way any more."""
    cut: bool = False
    failed: bool = False

    @property
    def outcome(self) -> Outcome:
        """What became of it, if nothing else happens."""
        if not (self.cut or self.failed or self.discarded):
            return Outcome.ACCEPTED
        return Outcome.CUT if self.accepted else Outcome.DISCARDED

    @property
    def accepted_text(self) -> str:
        """The part of the text that the server took."""
        return "".join(self.accepted)

    @property
    def spoken_text(self) -> str | None:
        """The text that was heard, where the server told."""
        return "".join(self.spoken) if self.reported else None

    @property
    def lives_on(self) -> bool:
        """Whether, once delivered, anything can still happen to it."""
        return bool(self.accepted) and not self.failed and not (self.reported and self.all_spoken)

    @property
    def all_spoken(self) -> bool:
        """Whether the reports cover everything that was accepted.

        The spacing of a report is the speech vendor's. A report that is the beginning of the text is one of
        several; one that is something else is taken as the whole, in other words.
        """
        said, meant = "".join("".join(self.spoken).split()), "".join(self.accepted_text.split())
        return said == meant or not meant.startswith(said)


class SavedSpeeches(Struct, kw_only=True):
    """The state of a `SpeechTracker`; its plain form is what goes into a snapshot."""

    version: Literal[1] = 1
    flow: dict[str, Any]
    speeches: list[SpeechRecord]
    open: int
    last: int
    ended: list[tuple[int, str]]
    cut: SpeechCut | None
    settled: SpeechRecord | None

    def plain(self) -> dict[str, Any]:
        """Dicts, lists, strings and numbers, as JSON has them."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def of(cls, state: object) -> SavedSpeeches:
        """Read the plain form back, or raise `InvalidSnapshot`."""
        try:
            return msgspec.convert(state, cls)
        except msgspec.ValidationError as error:
            raise InvalidSnapshot(
                f"this is not the state of a speech tracker of version 1: {error}"
            ) from error
