"""What is legal for the jambonz role of the control connection: state, input, next state.

A missing entry is the rule: in that state the input is not possible, or has no effect.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum


class JambonzState(Enum):
    """The server's view of one call's connection."""

    IDLE = "idle"
    """Nothing has been said yet, so nothing was connected."""
    CONNECTING = "connecting"
    """A websocket is being opened; what is said waits."""
    OPEN = "open"
    """What is said leaves at once."""
    HELD = "held"
    """`session:reconnect` is un-acked; what is said waits."""
    DEAF = "deaf"
    """The first verbs came in the ack of a `session:reconnect`: what is said waits until the next
    connection.
    """
    WAITING = "waiting"
    """No connection; one try to come back is due after a delay."""
    DETACHED = "detached"
    """No connection, and none until there is something to say."""
    LEFT = "left"
    """The application closed with 1000. What is said is thrown away."""
    CLOSED = "closed"
    """The server has closed the connection."""


class JambonzInput(Enum):
    """What can happen to the server's side of a call."""

    SEND = "send"
    RECEIVE = "receive"
    CONNECT = "connect"
    CONNECTED = "connected"
    CONNECT_FAILED = "connect failed"
    INTRODUCE = "introduce"
    """`session:reconnect` was sent."""
    RELEASE = "release"
    """The first message was acked, or given up."""
    DEAFEN = "deafen"
    """The first message was acked with the first verbs."""
    LOST = "lost"
    DROP = "drop"
    """The loss allows one more try."""
    LEAVE = "leave"
    """The application closed with 1000."""
    CLOSE = "close"


_S, _I = JambonzState, JambonzInput

JAMBONZ: Mapping[JambonzState, Mapping[JambonzInput, JambonzState]] = {
    _S.IDLE: {
        _I.SEND: _S.IDLE,
        _I.CONNECT: _S.CONNECTING,
        _I.CLOSE: _S.CLOSED,
    },
    _S.CONNECTING: {
        _I.SEND: _S.CONNECTING,
        _I.CONNECTED: _S.OPEN,
        _I.CONNECT_FAILED: _S.DETACHED,
        _I.CLOSE: _S.CLOSED,
    },
    _S.OPEN: {
        _I.SEND: _S.OPEN,
        _I.RECEIVE: _S.OPEN,
        _I.INTRODUCE: _S.HELD,
        _I.LOST: _S.DETACHED,
        _I.LEAVE: _S.LEFT,
        _I.CLOSE: _S.CLOSED,
    },
    _S.HELD: {
        _I.SEND: _S.HELD,
        _I.RECEIVE: _S.HELD,
        _I.RELEASE: _S.OPEN,
        _I.DEAFEN: _S.DEAF,
        _I.LOST: _S.DETACHED,
        _I.LEAVE: _S.LEFT,
        _I.CLOSE: _S.CLOSED,
    },
    _S.DEAF: {
        _I.SEND: _S.DEAF,
        _I.RECEIVE: _S.DEAF,
        _I.LOST: _S.DETACHED,
        _I.LEAVE: _S.LEFT,
        _I.CLOSE: _S.CLOSED,
    },
    _S.DETACHED: {
        _I.SEND: _S.DETACHED,
        _I.CONNECT: _S.CONNECTING,
        _I.DROP: _S.WAITING,
        _I.CLOSE: _S.CLOSED,
    },
    _S.WAITING: {
        _I.SEND: _S.WAITING,
        _I.CONNECT: _S.CONNECTING,
        _I.CLOSE: _S.CLOSED,
    },
    _S.LEFT: {
        _I.CLOSE: _S.CLOSED,
    },
    _S.CLOSED: {},
}
