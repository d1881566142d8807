"""The audio streams of one path."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from .audio_stream import AudioStream, Handler

if TYPE_CHECKING:
    from ... import call


class AudioClient:
    """The audio streams of one path: what `make_service.audio(path=…)` returns. Its event is
    ``connection``."""

    def __init__(self, path: str) -> None:
        self.path = path
        """The path that it serves."""
        self._handlers: dict[str, list[Handler]] = {}

    def on(self, event: Literal["connection"], handler: Callable[[AudioStream], object]) -> AudioClient:
        """Call `handler` with each new stream."""
        self._handlers.setdefault(event, []).append(handler)
        return self

    async def _serve_stream(self, stream: call.AudioStream) -> None:
        """The handler of the path's streams."""
        await AudioStream(stream)._run_stream(self._handlers.get("connection", ()))
