"""What an application may choose about how its calls keep the protocol."""

from __future__ import annotations

from msgspec import Struct

from ..speech.flow_limits import FlowLimits
from ..wire.limits import (
    ACK_DEADLINE_SECONDS,
    MESSAGE_BYTES,
    RECONNECT_GRACE_SECONDS,
    SETTLE_SECONDS,
    UNPROVED_SECONDS,
)


class CallOptions(Struct, frozen=True):
    """Times in seconds, sizes in bytes of UTF-8."""

    ack_deadline: float = ACK_DEADLINE_SECONDS
    """After this the core answers a held hook by itself. The server waits 5 seconds, and the answer must
    travel.
    """
    settle: float = SETTLE_SECONDS
    """How long commands stay behind a non-empty ack on a connection that cannot prove what was read."""
    unproved: float = UNPROVED_SECONDS
    """What was written less than this before such a connection was lost counts as not received."""
    reconnect_grace: float = RECONNECT_GRACE_SECONDS
    """How long a call lives without a connection, and how long it waits for the close after it has ended."""
    message_bytes: int = MESSAGE_BYTES
    """No message above this leaves: the server would kill the connection."""
    waiting_messages: int = 256
    """How many messages may wait for a connection, or behind the settle time."""
    waiting_bytes: int = 2 * 1024 * 1024
    """What these messages may hold, and what the first answer may that nobody has asked for yet."""
    early_statuses: int = 64
    """Statuses that come before the call itself and are kept for it; the oldest are dropped first."""
    early_bytes: int = 256 * 1024
    """What these statuses may hold."""
    session_bytes: int = 128 * 1024
    """What is kept of the first payload of the call. Of a larger one the largest fields are left out."""
    doubt: float = 3.0
    """How long a result that may or may not still come is waited for, once its verb was stopped."""
    speech: FlowLimits = FlowLimits()
    """Limits of the text stream."""


DEFAULT_OPTIONS = CallOptions()
