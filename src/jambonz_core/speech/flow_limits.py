"""What bounds the flow of streamed text: the server's numbers, and this side's patience."""

from __future__ import annotations

from dataclasses import dataclass

from jambonz_core.wire.limits import MESSAGE_BYTES, TOKENS_HIGH_WATER

_ENVELOPE_BYTES = 128
"""More than a `tts:tokens` command takes without its text."""

_WORST_BYTES_PER_UNIT = 6
"""What one UTF-16 code unit can take in JSON, written as an escape such as ``\\u0000``."""


@dataclass(frozen=True, slots=True)
class FlowLimits:
    """Sizes in UTF-16 code units, times in seconds."""

    message_units: int = TOKENS_HIGH_WATER
    """The most that one message carries: the server's buffer never accepts more at once."""

    message_bytes: int = MESSAGE_BYTES
    """The most that one message measures as UTF-8 JSON."""

    window_units: int = 4000
    """How much may be written ahead of what the server accepted before `room` is False."""

    queue_units: int = 1_000_000
    """How much a writer that never looks at `room` may pile up before it gets `QueueFull`."""

    spoken_units: int = 100_000
    """How much is kept of what the server reports as heard of one speech. Of more nothing is kept: then
    nobody knows what was heard.
    """

    resume_seconds: float = 0.25
    """After a refusal: offer again then, unless `stream_resumed` comes first. Doubles up to a second."""

    missing_seconds: float = 0.25
    """After a result without a status: ask once more, for the buffer of an inbound call comes up late."""

    result_seconds: float = 5.0
    """How long a result may take. A refusal is immediate; an acceptance waits for the speech vendor."""

    reconnect_seconds: float = 1.0
    """How long after a reconnect a result may take for text that was in flight at the drop."""

    stall_seconds: float = 2.5
    """After so long of refusals only, a flush goes out: the buffer may hold text that nothing else moves."""

    give_up_seconds: float = 60.0
    """After this long of refusals only, the speech vendor counts as failed."""

    def __post_init__(self) -> None:
        if self.message_units < 2 or self.message_bytes < _ENVELOPE_BYTES + 2 * _WORST_BYTES_PER_UNIT:
            raise ValueError("a message must have room for a surrogate pair: 2 units and 140 bytes at least")

    @property
    def piece_units(self) -> int:
        """The longest text that fits a message, whatever characters it is made of."""
        return min(self.message_units, (self.message_bytes - _ENVELOPE_BYTES) // _WORST_BYTES_PER_UNIT)


DEFAULT_LIMITS = FlowLimits()
