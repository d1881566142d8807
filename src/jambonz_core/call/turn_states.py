"""What is legal for the latency of turns: state, input, next state. `turn_latency.py` is the machine."""

from __future__ import annotations

from collections.abc import Mapping

from ..wire.table_enum import TableEnum


class TurnState(TableEnum):
    """Whose turn it is, as far as a latency depends on it."""

    QUIET = "quiet"
    """Nothing of the caller waits for an answer."""
    HEARD = "heard"
    """Words have come, and nothing was written that answers them."""
    ANSWERED = "answered"
    """The answer has left. Its receipt or its first sound may still tell more."""


class TurnInput(TableEnum):
    """What can happen to a turn."""

    WORDS = "words"
    """The caller said something, or pressed keys. The turn before is told."""
    ANSWER = "answer"
    """The first thing was written that answers the words."""
    PART = "part"
    """A part of the latency has become known."""
    KNOWN = "known"
    """All is known that can be, or the time for it has passed: the turn is told."""
    END = "end"
    """The call is over, or a model has taken the turn: what there is of one is told."""


_S, _I = TurnState, TurnInput

TURN: Mapping[TurnState, Mapping[TurnInput, TurnState]] = {
    _S.QUIET: {
        _I.WORDS: _S.HEARD,
    },
    _S.HEARD: {
        _I.WORDS: _S.HEARD,
        _I.ANSWER: _S.ANSWERED,
        _I.END: _S.QUIET,
    },
    _S.ANSWERED: {
        _I.WORDS: _S.HEARD,
        _I.PART: _S.ANSWERED,
        _I.KNOWN: _S.QUIET,
        _I.END: _S.QUIET,
    },
}
