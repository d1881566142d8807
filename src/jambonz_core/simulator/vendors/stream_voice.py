"""Streamed speech: the session's text buffer on one side, and the leg that hears its text on the other.

The vendor is between the two. It takes text in chunks (how fast, the buffer models) and speaks them one
after the other. It reports *empty* when it was told to flush and has spoken everything; on that a streaming
`say` ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from ..legs.legs import Leg, Playback
from ..processes import Future, Steps
from ..world import World
from .token_buffer import (
    BufferEvent,
    Result,
    Streaming,
    TokenBuffer,
    ToVendor,
    Unheard,
    VendorClear,
    VendorFlush,
    streams,
)


class Notice(Protocol):
    """Sends the application a message that wants no ack."""

    def __call__(self, type: str, data: Mapping[str, Any], /) -> None: ...


class StreamVoice:
    """The streamed speech of one session."""

    def __init__(self, world: World, leg: Leg, notice: Notice, tracked: Callable[[], bool]) -> None:
        self.world = world
        self.leg = leg
        self.notice = notice
        self._tracked = tracked
        self.buffer: TokenBuffer = TokenBuffer(
            connect_seconds=self.world.options.vendor_connect_seconds,
            scheduler=self.world.scheduler,
            emit=self._buffer_event,
        )
        self.background: bool = False
        """Whether `ttsStream` keeps the stream open."""
        self.refusals: int = 0
        """How many of the next texts are refused, by order."""
        self._texts: list[str | None] = []
        self._playing: Playback | None = None
        self._busy = False
        self._empty: list[Future[None]] = []

    @property
    def open(self) -> bool:
        """Whether something of the session wants text."""
        return self.buffer.is_open

    def start(self, vendor: str, verb: str) -> bool:
        """Open the stream; False when the vendor cannot stream."""
        if not streams(vendor):
            self.world.warn(
                "vendor-cannot-stream",
                f"{verb} wants to stream text to {vendor}, which cannot; the stream is closed.",
                "Use deepgram, cartesia, elevenlabs, rimelabs, google or a custom vendor.",
            )
            self.notice("tts:streaming-event", {"event_type": "stream_closed"})
            return False
        self.buffer.vendor = vendor
        self.buffer.open(self.world.now)
        return True

    def offer(self, data: Mapping[str, Any]) -> None:
        """A `tts:tokens` command, unless it was ordered that some are refused."""
        if self.refusals and data.get("id") is not None:
            self.refusals -= 1
            if not self.buffer.full:
                self.buffer.full = True
                self._buffer_event(Streaming("stream_paused"))
            self._buffer_event(Result({"id": data["id"], "status": "failed", "reason": "full"}))
            return
        self.buffer.offer(data, self.world.now)

    def release(self, *, killed: bool) -> None:
        """A streaming `say` or `gather` is through with the stream."""
        if self.background:
            if killed:
                self.buffer.clear(self.world.now)
        elif killed:
            self._cut()
            self.buffer.close(self.world.now)
        else:
            self.buffer.suspend(self.world.now)

    def interrupt(self) -> None:
        """A barge-in: announced, then cleared."""
        if self.open:
            self.buffer.interrupt(self.world.now)

    def stop(self) -> None:
        """The session ends, or `ttsStream` was switched off."""
        self._cut()
        if self.background or self.open:
            self.background = False
            self.buffer.close(self.world.now)

    def empty(self) -> Future[None]:
        """Settles when the vendor next reports that it has spoken everything."""
        future: Future[None] = Future()
        self._empty.append(future)
        return future

    def _buffer_event(self, event: BufferEvent) -> None:
        match event:
            case Result():
                self.notice("tts:tokens-result", event.data)
            case Streaming():
                self.notice("tts:streaming-event", {"event_type": event.event_type})
            case ToVendor():
                self._say(event.text)
            case VendorFlush():
                self._say(None)
            case VendorClear():
                self._cut()
            case Unheard():
                self.world.warn("stream-command-ignored", f"{event.what}.")

    def _say(self, text: str | None) -> None:
        self._texts.append(text)
        if not self._busy:
            self._busy = True
            self.world.scheduler.spawn(self._speak())

    def _cut(self) -> None:
        self._texts.clear()
        if self._playing is not None:
            self._playing.stop()

    def _speak(self) -> Steps[None]:
        while self._texts:
            text = self._texts.pop(0)
            if text is None:
                waiting, self._empty = self._empty, []
                for future in waiting:
                    future.settle(None)
                continue
            # Halves of a character that came in two messages meet again here.
            whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
            self._playing = playing = self.leg.hear_text(whole, streamed=True)
            complete = yield playing.done
            self._playing = None
            part = 1.0 if complete else playing.part(self.world.scheduler.now)
            self._report(whole[: int(len(whole) * part)], cut=not complete)
        self._busy = False

    def _report(self, heard: str, *, cut: bool) -> None:
        if self._tracked() and not self.world.strict:
            self.notice("tts:streaming-event", {"event_type": "tts_spoken", "text": heard, "bargein": cut})
