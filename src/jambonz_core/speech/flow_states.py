"""What can happen to streamed text: state, input, next state.

`FLOW` is the message that is not yet accepted, `STREAM` the text stream as the verbs that were sent open and
close it. A machine looks the next state up and stores it; `token_flow.py` owns both.
"""

from __future__ import annotations

from collections.abc import Mapping

from jambonz_core.wire.table_enum import TableEnum


class FlowState(TableEnum):
    """Where the first message that is not yet accepted stands."""

    IDLE = "idle"
    """None is on its way; the next one may leave."""
    IN_FLIGHT = "in flight"
    """One is on its way, and its result is awaited."""
    UNSURE = "unsure"
    """One was on its way when the connection was lost."""
    WAITING = "waiting"
    """The server refused it; it is offered again at the timer, or on `stream_resumed`."""


class FlowInput(TableEnum):
    """What can happen to a `TokenFlow`."""

    SEND = "send"
    """A message of text leaves."""
    ACCEPT = "accept"
    """Its result says that the server took it, or its silence does."""
    REFUSE = "refuse"
    """Its result says that the buffer is full, or not there yet."""
    TAKE_BACK = "take back"
    """Nobody knows whether it arrived; it is offered again."""
    RETRY = "retry"
    """The timer, or the server's word that there is room."""
    DISCARD = "discard"
    """It will not be spoken any more."""
    LOSE = "lose"
    """The connection is lost."""
    CONNECT = "connect"
    """Messages can leave again."""


_S, _I = FlowState, FlowInput

FLOW: Mapping[FlowState, Mapping[FlowInput, FlowState]] = {
    _S.IDLE: {
        _I.SEND: _S.IN_FLIGHT,
        _I.DISCARD: _S.IDLE,
        _I.LOSE: _S.IDLE,
        _I.CONNECT: _S.IDLE,
    },
    _S.IN_FLIGHT: {
        _I.ACCEPT: _S.IDLE,
        _I.REFUSE: _S.WAITING,
        _I.TAKE_BACK: _S.IDLE,
        _I.DISCARD: _S.IDLE,
        _I.LOSE: _S.UNSURE,
        _I.CONNECT: _S.UNSURE,
    },
    _S.UNSURE: {
        _I.ACCEPT: _S.IDLE,
        _I.REFUSE: _S.WAITING,
        _I.TAKE_BACK: _S.IDLE,
        _I.DISCARD: _S.IDLE,
        _I.LOSE: _S.UNSURE,
        _I.CONNECT: _S.UNSURE,
    },
    _S.WAITING: {
        _I.RETRY: _S.IDLE,
        _I.DISCARD: _S.IDLE,
        _I.LOSE: _S.WAITING,
        _I.CONNECT: _S.WAITING,
    },
}


class StreamState(TableEnum):
    """The text stream, as far as the verbs and commands that were sent decide it."""

    CLOSED = "closed"
    """None of them has opened it, or one has closed it."""
    OPEN = "open"
    """It was opened."""
    CLOSING = "closing"
    """A verb that is queued will close it, and until then what was written may still be spoken."""


class StreamInput(TableEnum):
    """What opens and closes the server's text stream."""

    OPEN = "open"
    """A verb or command opens it."""
    CLOSE = "close"
    """A command closes it at once, or a verb behind which nothing is on its way any more."""
    CLOSE_LATER = "close later"
    """A verb closes it when it is reached."""
    CLOSED_BY_SERVER = "closed by the server"
    """The event `stream_closed`: a queued verb was reached, or the speech vendor failed."""


_T, _N = StreamState, StreamInput

STREAM: Mapping[StreamState, Mapping[StreamInput, StreamState]] = {
    _T.CLOSED: {
        _N.OPEN: _T.OPEN,
        _N.CLOSE: _T.CLOSED,
        _N.CLOSE_LATER: _T.CLOSING,
        _N.CLOSED_BY_SERVER: _T.CLOSED,
    },
    _T.OPEN: {
        _N.OPEN: _T.OPEN,
        _N.CLOSE: _T.CLOSED,
        _N.CLOSE_LATER: _T.CLOSING,
        _N.CLOSED_BY_SERVER: _T.OPEN,
    },
    _T.CLOSING: {
        _N.OPEN: _T.OPEN,
        _N.CLOSE: _T.CLOSED,
        _N.CLOSE_LATER: _T.CLOSING,
        _N.CLOSED_BY_SERVER: _T.CLOSED,
    },
}
