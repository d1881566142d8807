"""The base of every event of the core.

It stands alone so that the control protocol, the speech machines and the audio protocol can each define
their events without importing one another.
"""

from __future__ import annotations

from typing import Any

from msgspec import Struct


class Event(Struct, frozen=True, gc=False, kw_only=True):
    """Something that a machine of the core reports to its adapter."""

    raw: dict[str, Any] | None = None
    """The message on the wire, or None for an event that the core made up itself."""
