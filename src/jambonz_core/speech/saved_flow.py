"""The saved form of the token flow."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Struct

from jambonz_core.wire.errors import InvalidSnapshot

from .flow_states import FlowState, StreamState
from .messages import ClearMessage, ControlMessage, FlushMessage

ControlName: TypeAlias = Literal["flush", "clear"]


def control_name(message: ControlMessage | None) -> ControlName | None:
    """A message that carries no text, as a word."""
    if message is None:
        return None
    return "flush" if isinstance(message, FlushMessage) else "clear"


def control_message(name: ControlName | None) -> ControlMessage | None:
    """The control message of that name, or None."""
    return None if name is None else FlushMessage() if name == "flush" else ClearMessage()


class SavedFlow(Struct, kw_only=True):
    """The state of a `TokenFlow`, field by field; its plain form is what goes into a snapshot."""

    version: Literal[1] = 1
    state: FlowState
    stream: StreamState
    server_opened: bool
    attached: bool
    proven: bool
    accepted: str
    discarded: str
    written_units: int
    settled_units: int
    runs: list[str]
    in_flight: tuple[int, str] | None
    next_id: int
    held: int
    floor: int
    ceiling: int
    behind_flush: bool
    out: list[bool]
    """Flushes (False) and clears (True): text is never among the messages that wait."""
    tickets: list[tuple[int, int]]
    nothing_to_flush: bool
    unproven: ControlName | None
    control_at: float
    unheard: ControlName | None
    now: float
    missed: int
    refusals: int
    result_by: float | None
    retry_at: float | None
    flush_at: float | None
    give_up_at: float | None

    def plain(self) -> dict[str, Any]:
        """Dicts, lists, strings and numbers, as JSON has them."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def of(cls, state: object) -> SavedFlow:
        """Read the plain form back.

        Raises `InvalidSnapshot` for anything else, so that a half-read state never comes to life.
        """
        try:
            saved = msgspec.convert(state, cls)
        except msgspec.ValidationError as error:
            raise InvalidSnapshot(f"this is not the state of a token flow of version 1: {error}") from error
        if not saved.runs:
            raise InvalidSnapshot(
                "this is not the state of a token flow: it has no text, not even an empty one"
            )
        return saved
