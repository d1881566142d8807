"""Audio streams with the official SDKs' face: events with `on`, and methods by the names people know."""

from __future__ import annotations

import base64
import inspect
from collections.abc import AsyncIterable, Callable, Iterable, Mapping
from typing import Any, Literal, overload

import anyio
from anyio.abc import TaskGroup
from anyio.lowlevel import checkpoint

from jambonz_core.audio import audio_commands as core
from jambonz_core.audio.audio_events import AudioEvent, Dtmf, MarkSettled, PlayDone, PlayOutcome
from jambonz_core.audio.pcm import owned
from jambonz_core.wire.errors import CallEnded, LocalProtocolError

from ... import call
from ...posted import Posted

Handler = Callable[..., Any]

CLIP_OPTIONS = frozenset({"audioContentType", "sampleRate", "id", "queuePlay"})
"""What a clip may be given besides its audio, as the wire calls it."""


class AudioStream:
    """One audio stream. Events are ``audio`` (PCM), ``dtmf`` (a dict with `digit` and `duration`),
    ``playDone`` (with `id`), ``mark`` (with `name` and `event`: ``playout`` or ``cleared``), ``close`` and
    ``error``. What the stream is told it does at once, awaited or not: see `Posted`.

    Attributes of the library's own `AudioStream`, such as `call_sid` and `sample_rate`, are here, too.
    """

    def __init__(self, stream: call.AudioStream) -> None:
        self.stream = stream
        """The stream behind this face."""
        self._handlers: dict[str, list[Handler]] = {}
        self._listened = anyio.Event()
        """Set when something has a handler, or when nothing will get one any more."""
        self._tasks: TaskGroup | None = None
        self._told_of_end = False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)

    @overload
    def on(self, event: Literal["audio"], handler: Callable[[bytes], object]) -> AudioStream: ...
    @overload
    def on(
        self, event: Literal["dtmf", "playDone", "mark"], handler: Callable[[dict[str, Any]], object]
    ) -> AudioStream: ...
    @overload
    def on(self, event: Literal["close"], handler: Callable[[int, str], object]) -> AudioStream: ...
    @overload
    def on(self, event: Literal["error"], handler: Callable[[Exception], object]) -> AudioStream: ...
    def on(self, event: str, handler: Handler) -> AudioStream:
        """Call `handler` when this happens."""
        self._handlers.setdefault(event, []).append(handler)
        self._listened.set()
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

    async def _run_stream(self, connected: Iterable[Handler]) -> None:
        """Call those who want to know of the stream, and hand out everything that comes until it is over.

        Both at once: who waits for audio in the first handler gets it. What comes waits until somebody has
        registered for anything.
        """
        # From now on, before anything can come.
        events = self.stream.events()
        try:
            async with anyio.create_task_group() as self._tasks:
                self._tasks.start_soon(self._hand_out, events)
                for handler in connected:
                    result = handler(self)
                    if inspect.isawaitable(result):
                        await result
                self._listened.set()
        except Exception as exc:
            error: Exception = exc
            while isinstance(error, ExceptionGroup) and len(error.exceptions) == 1:
                error = error.exceptions[0]
            await self._emit("error", error)
            raise
        finally:
            self._tasks = None

    async def _hand_out(self, events: AsyncIterable[AudioEvent]) -> None:
        async def notify() -> None:
            async for event in events:
                name, data = _as_message(event)
                if name:
                    await self._emit(name, data)

        await self._listened.wait()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(notify)
            async for pcm in self.stream:
                await self._emit("audio", pcm)
        closed = self.stream.closed_as
        await self._emit("close", closed.code if closed else 1006, closed.reason if closed else "")

    # --- what goes --------------------------------------------------------------------------------------

    def _post(self, what: core.AudioCommand) -> Posted[None]:
        """`stream.post`, but for a stream that is over: nothing can be played on it any more."""
        try:
            posted = self.stream.post(what)
        except CallEnded as error:
            ended: LocalProtocolError | None = error
        else:
            ended = posted.refusal
            if not isinstance(ended, CallEnded):
                return posted
        if not self._told_of_end:
            self._told_of_end = True
            self.stream.log.info("The stream does nothing any more: %s", ended)
        return Posted(checkpoint)

    def send_audio(self, pcm: bytes | bytearray | memoryview) -> Posted[None]:
        """Play raw PCM, in streaming playback.

        Raises `OutboxFull` where more would wait to be sent than may: a loop that awaits does not get there.
        """
        return self._post(core.SendAudio(owned(pcm)))

    def play_audio(
        self,
        audio_content: str,
        options: Mapping[str, Any] | None = None,
        /,
        *,
        audio_content_type: str = "raw",
        sample_rate: int = 8000,
        id: str | None = None,
        queue_play: bool = False,
    ) -> Posted[None]:
        """Play a clip that is given in base64. ``playDone`` comes when it is over.

        Options come by keywords, or in a dict with the names that they have on the wire: `audioContentType`,
        `sampleRate` (the stream's own when left out), `id` and `queuePlay`.
        """
        rate: int | None = sample_rate
        if options is not None:
            if unknown := set(options) - CLIP_OPTIONS:
                raise LocalProtocolError(
                    f"play_audio() has no option {min(unknown)!r}; "
                    f"there are {', '.join(sorted(CLIP_OPTIONS))}"
                )
            audio_content_type = options.get("audioContentType", audio_content_type)
            rate = options.get("sampleRate")
            id, queue_play = options.get("id", id), options.get("queuePlay", queue_play)
        try:
            audio = base64.b64decode("".join(audio_content.split()), validate=True)
        except (ValueError, AttributeError) as exc:
            raise LocalProtocolError(f"play_audio() takes audio in base64: {exc}") from None
        clip = core.PlayClip(
            audio, content_type=audio_content_type, sample_rate=rate, id=id, queue=queue_play
        )
        return self._post(clip)

    def kill_audio(self) -> Posted[None]:
        """Stop playing, and forget what waits, here too."""
        return self._post(core.KillAudio())

    def disconnect(self) -> Posted[None]:
        """End the `listen` verb."""
        return self._post(core.Disconnect())

    def send_mark(self, name: str) -> Posted[None]:
        """Set a mark. ``mark`` comes when it was played, or never will be."""
        return self._post(core.SetMark(name))

    def clear_marks(self) -> Posted[None]:
        """Forget all marks."""
        return self._post(core.ClearMarks())

    def close(self) -> Posted[None]:
        """Close the connection, behind what was sent; awaited, it waits for that."""
        if self._tasks is not None:
            self._tasks.start_soon(self.stream.close)
        return Posted(self.stream.close)


def _as_message(event: AudioEvent) -> tuple[str, dict[str, Any]]:
    """An event's name, and the dict that its handlers are used to."""
    match event:
        case Dtmf():
            duration = (event.raw or {}).get("duration")
            if isinstance(duration, str) and duration.isdecimal():
                duration = int(duration)
            return "dtmf", {"digit": event.digit, "duration": duration}
        case PlayDone():
            return "playDone", {"id": event.id or None, **event.data}
        case MarkSettled():
            name = "playout" if event.outcome is PlayOutcome.PLAYED else event.outcome.value
            return "mark", {"name": event.name, "event": name}
    return "", {}
