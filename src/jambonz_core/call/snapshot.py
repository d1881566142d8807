"""The saved form of a call, composed of those of its machines.

A snapshot is plain data that any JSON library can write. It is for a process that takes a call over, so what
comes out of `AppCall.restore` is a call that has just lost its connection: what was open towards the server
has died with it, and everything else is as it was. Times are not in it, because clocks do not travel.

An answer that was owed died, too: the program that would have given it is gone. One thing is kept of the acks
that may not have arrived: the first verbs of the call, which are given again with the next
`session:reconnect`. That is harmless to a server that has them, and one that has not would reject the call.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from msgspec import Struct

from ..tools.tool_calls import ToolCall
from ..wire.errors import InvalidSnapshot
from ..wire.events import HookKind
from .connection import SavedConnection
from .delivery import SavedDelivery
from .given_names import GivenNames
from .pending_results import SavedResults
from .session_facts import SessionFacts
from .states import CallState, LegState, MarkerState


class SavedLife(Struct, frozen=True, kw_only=True):
    """The part of a snapshot that tells of the call itself."""

    state: CallState
    leg: LegState
    call_sid: str
    session: dict[str, Any]
    early_statuses: list[dict[str, Any]]
    marker: MarkerState = MarkerState.NONE


class CallSnapshot(Struct, frozen=True, kw_only=True):
    """The state of an `AppCall`; its plain form is the snapshot."""

    version: Literal[1] = 1
    life: SavedLife
    connection: SavedConnection
    delivery: SavedDelivery
    roles: dict[str, HookKind]
    facts: SessionFacts
    names: GivenNames
    results: SavedResults
    speech: dict[str, Any]
    tools: list[ToolCall]

    def plain(self) -> dict[str, Any]:
        """Dicts, lists, strings and numbers, as JSON has them."""
        plain: dict[str, Any] = msgspec.to_builtins(self)
        return plain

    @classmethod
    def of(cls, saved: object) -> CallSnapshot:
        """Read the plain form back.

        Raises `InvalidSnapshot` for anything else, so that a half-read state never comes to life.
        """
        try:
            return msgspec.convert(saved, cls)
        except msgspec.ValidationError as error:
            raise InvalidSnapshot(f"this is not the state of a call of version 1: {error}") from error
