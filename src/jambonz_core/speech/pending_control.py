"""Flushes and clears that may not have reached the server, or may have been ignored there.

They have no result, so nobody says whether they did anything. Two cases are known:

1. One that nothing proves to have been read when the connection is lost may be lost with it: by a receipt,
   by text that was accepted since, or by the time that has passed. It is sent again; a flush or clear too
   many does nothing.
2. One that came before the speech vendor was connected may have been ignored. It is sent again at
   `stream_open`: a flush only if it stood behind an unfinished sentence, a clear only if no text has
   followed it.
"""

from __future__ import annotations

from .messages import ClearMessage, ControlMessage, SpeechMessage, TokensMessage


class PendingControl:
    """The last flush or clear that may have to be sent again."""

    __slots__ = ("left_at", "unheard", "unproven")

    def __init__(self) -> None:
        self.unproven: ControlMessage | None = None
        self.left_at: float = 0.0
        self.unheard: ControlMessage | None = None

    def left(self, messages: list[SpeechMessage], now: float, *, connected: bool, unfinished: bool) -> None:
        """These messages leave. Is the vendor connected, and did the text before end within a sentence?"""
        for message in messages:
            if isinstance(message, TokensMessage):
                if isinstance(self.unheard, ClearMessage):
                    self.unheard = None
                continue
            self.unproven, self.left_at = message, now
            if not connected and (unfinished or isinstance(message, ClearMessage)):
                self.unheard = message

    def cleared_by_server(self, *, connected: bool) -> None:
        """The server cleared its buffer, or would have, were its vendor connected."""
        self.unheard = None if connected else ClearMessage()

    def proven(self) -> None:
        """Text that left later was accepted."""
        self.unproven = None

    def unproved_since(self, now: float, within: float) -> ControlMessage | None:
        """What may be lost, where what left longer ago than `within` was read."""
        return self.unproven if now - self.left_at < within else None

    def lost(self, now: float, within: float) -> list[SpeechMessage]:
        """The connection is gone: what to send again when there is another."""
        message = self.unproved_since(now, within)
        self.unproven = None
        return [message] if message is not None else []

    def stream_opened(self) -> list[SpeechMessage]:
        """The vendor is connected: what to send again now."""
        message, self.unheard = self.unheard, None
        return [message] if message is not None else []
