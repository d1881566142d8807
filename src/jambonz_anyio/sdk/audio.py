"""Audio streams with the official SDKs' face: events with `on`, and methods by the names people know."""

from __future__ import annotations

import base64
import inspect
from collections.abc import Callable
from typing import Any, Literal, overload

import anyio
from anyio.lowlevel import checkpoint

from jambonz_core.audio import audio_commands as core
from jambonz_core.audio.audio_events import AudioEvent, Dtmf, MarkSettled, PlayDone
from jambonz_core.wire.errors import LocalProtocolError

from ..call import AudioStream

Handler = Callable[..., Any]


class FamiliarAudioStream:
    """One audio stream. Events are ``audio`` (PCM), ``dtmf``, ``playDone``, ``mark`` (dicts), ``close`` and
    ``error``.

    Attributes of `AudioStream`, such as `call_sid` and `sample_rate`, are here, too.
    """

    def __init__(self, stream: AudioStream) -> None:
        self.stream = stream
        """The stream behind this face."""
        self._handlers: dict[str, list[Handler]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @overload
    def on(self, event: Literal["audio"], handler: Callable[[bytes], object]) -> FamiliarAudioStream: ...
    @overload
    def on(
        self, event: Literal["dtmf", "playDone", "mark"], handler: Callable[[dict[str, Any]], object]
    ) -> FamiliarAudioStream: ...
    @overload
    def on(self, event: Literal["close"], handler: Callable[[int, str], object]) -> FamiliarAudioStream: ...
    @overload
    def on(self, event: Literal["error"], handler: Callable[[Exception], object]) -> FamiliarAudioStream: ...
    def on(self, event: str, handler: Handler) -> FamiliarAudioStream:
        """Call `handler` when this happens."""
        self._handlers.setdefault(event, []).append(handler)
        return self

    async def emit(self, event: str, *arguments: Any) -> None:
        """Call the handlers of an event, one after the other."""
        await checkpoint()
        await self._emit(event, *arguments)

    async def _emit(self, event: str, *arguments: Any) -> None:
        for handler in self._handlers.get(event, ()):
            result = handler(*arguments)
            if inspect.isawaitable(result):
                await result

    async def _run(self) -> None:
        """Hand out everything that comes, until the stream is over."""
        # From now on, before anything can come.
        events = self.stream.events()

        async def notify() -> None:
            async for event in events:
                name, data = _as_message(event)
                if name:
                    await self._emit(name, data)

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(notify)
                async for pcm in self.stream:
                    await self._emit("audio", pcm)
        except Exception as exc:
            await self._emit("error", exc)
            raise
        closed = self.stream.closed_as
        await self._emit("close", closed.code if closed else 1006, closed.reason if closed else "")

    async def send_audio(self, pcm: bytes) -> None:
        """Play raw PCM, in streaming playback."""
        await self.stream.send(pcm)

    async def play_audio(
        self,
        audio_content: str,
        *,
        audio_content_type: str = "raw",
        sample_rate: int = 8000,
        id: str | None = None,
        queue_play: bool = False,
    ) -> None:
        """Play a clip that is given in base64. ``playDone`` comes when it is over."""
        try:
            audio = base64.b64decode("".join(audio_content.split()), validate=True)
        except (ValueError, AttributeError) as exc:
            raise LocalProtocolError(f"play_audio() takes audio in base64: {exc}") from None
        clip = core.PlayClip(
            audio, content_type=audio_content_type, sample_rate=sample_rate, id=id, queue=queue_play
        )
        await checkpoint()
        await self.stream.send_command(clip)

    async def kill_audio(self) -> None:
        """Stop playing, and forget what waits."""
        await self.stream.kill()

    async def disconnect(self) -> None:
        """End the `listen` verb."""
        await self.stream.disconnect()

    async def send_mark(self, name: str) -> None:
        """Set a mark. ``mark`` comes when it was played, or never will be."""
        await self.stream.send_command(core.SetMark(name))

    async def clear_marks(self) -> None:
        """Forget all marks."""
        await self.stream.clear_marks()

    async def close(self) -> None:
        """Close the connection."""
        await self.stream.close()


class AudioService:
    """The audio streams of one path: what `make_service.audio(path=…)` returns. Its event is
    ``connection``."""

    def __init__(self, path: str) -> None:
        self.path = path
        """The path that it serves."""
        self._handlers: dict[str, list[Handler]] = {}

    def on(
        self, event: Literal["connection"], handler: Callable[[FamiliarAudioStream], object]
    ) -> AudioService:
        """Call `handler` with each new stream."""
        self._handlers.setdefault(event, []).append(handler)
        return self

    async def _serve_stream(self, stream: AudioStream) -> None:
        """The handler of the path's streams."""
        familiar = FamiliarAudioStream(stream)
        for handler in self._handlers.get("connection", ()):
            result = handler(familiar)
            if inspect.isawaitable(result):
                await result
        await familiar._run()


def _as_message(event: AudioEvent) -> tuple[str, dict[str, Any]]:
    """An event's name, and the dict that its handlers are used to."""
    match event:
        case Dtmf():
            return "dtmf", dict(event.raw or {})
        case PlayDone():
            return "playDone", dict(event.raw or {"data": {"id": event.id}, "outcome": event.outcome.value})
        case MarkSettled():
            name = "playout" if event.outcome.value == "played" else event.outcome.value
            return "mark", {"type": "mark", "data": {"name": event.name, "event": name}}
    return "", {}
