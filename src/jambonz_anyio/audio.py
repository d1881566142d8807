"""The audio of a call, in and out.

```python
@app.audio("/audio")
async def loopback(stream: AudioStream) -> None:
    async for pcm in stream:
        await stream.send(pcm)
```

A stream is one connection of the media server, opened by a `listen` verb, and it lives as long as that: audio
does not reconnect. Iterating over it gives the caller's audio as it comes; `frames(seconds)` cuts it to a
duration of your own.

On asyncio and uvloop the task that iterates goes on right where its frame was read, before the next
connection is, up to where it waits again; on trio, and over TLS, in the next turn of the loop.

`on_audio(function)` has a plain function called with each frame, without waking a task. It runs where
connections are read, everywhere, and can wait for nothing: see there for what it may do.

What is not taken yet is kept, up to `CallLimits.audio_frames` and `CallLimits.audio_bytes`; when one more
comes, the oldest is dropped and counted in `dropped`. Marks, digits and ends never wait behind audio. Sending
waits only while the connection has more to send than it should, so a loop that sends is as fast as the
network.

The handler may outlive the connection for a while, to store what it has: the iterators end, everything that
was awaited settles, and after `CallLimits.stream_end_seconds` the handler is cancelled. When the handler
returns, the stream is closed, which ends the `listen` verb; the call goes on with its next one. An exception
of the handler is logged with the call's id, given to `app.on_error`, and ends the stream, not the call.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextvars import Context, copy_context
from threading import get_ident
from typing import Any, NoReturn, Self

import anyio
from anyio.lowlevel import checkpoint

from jambonz_core.audio import AudioApp
from jambonz_core.audio import audio_commands as core
from jambonz_core.audio.audio_events import (
    AudioEvent,
    AudioLimitReached,
    AudioStarted,
    BadAudioMessage,
    Dtmf,
    MarkSettled,
    PlayDone,
    PlayOutcome,
)
from jambonz_core.audio.pcm import FrameCutter, owned
from jambonz_core.wire.bounded import BoundedQueue
from jambonz_core.wire.errors import CallEnded, LocalProtocolError, OutboxFull, WrongPlaybackMode

from ._call.app_context import AppContext, AudioRoute
from ._call.call_log import CallLog
from ._call.event_loop import CALLS_BETWEEN_YIELDS, Wakeup
from ._call.inbox import Inbox
from ._call.invoke import checked_handler, is_async
from ._call.marks import AwaitedMarks, Mark
from ._call.one_shot import OneShot
from ._net.transport import Closed, Transport
from .posted import Posted

LONG_BYTES = 256 * 1024
"""Audio beyond this is sent in pieces, each when there is room for it."""

COMMAND_BYTES = 1024
"""More than a command of a stream takes on the wire, without the audio of a clip."""


def _take_nothing(pcm: bytes) -> None:
    """Take the audio that comes when the function of `on_audio()` has failed."""


STREAM_OVER = "the audio stream is over: nothing can be played any more"
READ_ALREADY = "a task, or the function of on_audio(), reads this stream already: each frame is given once"


class AudioConnection:
    """An audio stream, but for the call that it belongs to: see `AudioStream`, and the module for how it
    behaves.
    """

    # Slots, because with more than thirty attributes instances share no keys, and looking one up costs more.
    __slots__ = (
        "__weakref__",
        "_bound",
        "_bound_bytes",
        "_cancelled",
        "_clips",
        "_clock",
        "_context",
        "_core",
        "_digits",
        "_early",
        "_frames",
        "_function",
        "_function_failure",
        "_function_over",
        "_limits",
        "_long",
        "_loop",
        "_marks",
        "_observer",
        "_scope",
        "_size",
        "_started",
        "_timer",
        "_transport",
        "_wakeup",
        "_watchers",
        "call_sid",
        "channels",
        "closed_as",
        "dropped",
        "error",
        "locals",
        "log",
        "metadata",
        "mix_type",
        "params",
        "received",
        "sample_rate",
    )

    def __init__(
        self, context: AppContext, route: AudioRoute, params: dict[str, str], transport: Transport
    ) -> None:
        self.params: dict[str, str] = params
        """The segments of the path that the route captured, by name."""
        self.locals: dict[str, Any] = {}
        """For the program: whatever belongs to this stream."""
        self.call_sid: str = ""
        """The id of the call that the stream belongs to, whichever process has it."""
        self.sample_rate: int = 8000
        """Samples per second of what comes in."""
        self.channels: int = 1
        """2 when both parties come in one stream, the caller first."""
        self.mix_type: str = "mono"
        """Whose audio comes in: ``mono`` is the caller's, ``mixed`` and ``stereo`` are both parties'."""
        self.metadata: dict[str, Any] = {}
        """All that the first message said: the call's fields in camelCase, and the `metadata` of the verb."""
        self.received: int = 0
        """How many audio frames came."""
        self.dropped: int = 0
        """Frames that were lost because nobody took them: see `CallLimits.audio_frames` and `audio_bytes`."""
        self.closed_as: Closed | None = None
        """How the connection ended; None while it is open."""
        self.error: Exception | None = None
        """The exception of the handler, if it raised one."""
        self.log: CallLog = CallLog(context.logger, "")
        """A logger whose lines carry the `call_sid`."""
        self._transport = transport
        self._core = AudioApp(streaming=route.streaming)
        self._scope: anyio.CancelScope | None = None
        """In which the handler runs."""
        self._observer = context.observer
        self._bound = context.limits.audio_frames
        self._bound_bytes = context.limits.audio_bytes
        # Of frames that are no longer than this, `audio_frames` hold no more than `audio_bytes`, and nobody
        # has to count. With the first longer one that ends: see `_make_room()`.
        self._long = self._bound_bytes // self._bound
        self._limits = context.limits
        self._clock = context.timers.clock
        self._loop = context.timers.loop
        self._cancelled = self._loop.cancelled
        self._timer = context.timers.timer(self._ring)
        self._core.connected(self._clock())
        self._frames: deque[bytes] = deque()
        self._wakeup: Wakeup | None = None
        """What a task waits for that iterates, as soon as one has."""
        self._function: Callable[[bytes], object] | None = None
        """What `on_audio()` was given, and ..."""
        self._context: Context
        """... the context of who gave it."""
        self._function_over = OneShot[None]()
        """Whether it is called no more."""
        self._function_failure: Exception | None = None
        self._started = OneShot[bool]()
        self._marks = AwaitedMarks("mark")
        self._clips = AwaitedMarks("clip")
        # What came before anybody could ask for it: kept until somebody has.
        self._early = BoundedQueue[AudioEvent](
            most=context.limits.inbox, most_bytes=context.limits.inbox_bytes
        )
        self._size = 0
        """How many characters the latest message has."""
        self._watchers: weakref.WeakSet[Inbox[AudioEvent]] = weakref.WeakSet()
        self._digits: weakref.WeakSet[Inbox[Dtmf]] = weakref.WeakSet()

    # --- what comes -------------------------------------------------------------------------------------

    def _make_room(self, size: int) -> bool:
        """Drop the oldest frames where one more passes a bound. False: it would do so alone."""
        if size > self._long:
            self._long = 0
        frames, held = self._frames, 0
        if not self._long:
            held = sum(map(len, frames))
        if size > self._bound_bytes:
            self._count_drop("CallLimits.audio_bytes", self._bound_bytes)
            return False
        while frames and len(frames) >= self._bound:
            held -= len(frames.popleft())
            self._count_drop("CallLimits.audio_frames", self._bound)
        while frames and held + size > self._bound_bytes:
            held -= len(frames.popleft())
            self._count_drop("CallLimits.audio_bytes", self._bound_bytes)
        return True

    def _count_drop(self, limit: str, bound: int) -> None:
        self.dropped += 1
        self.log.dropped[limit] += 1
        if self._observer is not None:
            self._observer.audio_dropped(limit)
        if self.dropped == 1:
            self.log.warning("%s (%d) is reached: the oldest is dropped", limit, bound)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        """The next frame of audio: whole samples, of any number."""
        frames = self._frames
        if frames:
            await self._loop.checkpoint()
        while not frames:
            if self.closed_as is not None:
                await checkpoint()
                raise StopAsyncIteration
            wakeup = self._wakeup
            if wakeup is None or wakeup.spent:
                wakeup = self._wakeup = self._loop.new_wakeup()
            if wakeup.waits or self._function is not None:
                raise LocalProtocolError(READ_ALREADY)
            await wakeup
        return frames.popleft()

    def on_audio(self, function: Callable[[bytes], object]) -> None:
        """Have a plain function called with each frame of the caller's audio, right when it comes.

        ```python
        @app.audio("/echo", streaming=True)
        async def echo(stream: AudioStream) -> None:
            stream.on_audio(stream.send_nowait)
        ```

        No task is woken for a frame, which costs less than any iterator. The price: the function runs where
        the connections of all calls are read, and nothing else happens until it returns. So it should take
        microseconds, and nothing in it can wait; what takes longer belongs into a task, behind a bounded
        queue. It may call whatever is no coroutine, `send_nowait()` and `post()` among it.

        What had come before is given to it at once. The stream stays open until its connection ends, also
        when the handler has returned. An exception of the function counts as one of the handler: it cancels
        the handler, is logged and given to `app.on_error`, and ends the stream.
        """
        checked_handler(function, "on_audio()", "the audio")
        if is_async(function):
            raise LocalProtocolError(
                "on_audio() takes a plain function, because nothing can wait between two frames: iterate "
                "over the stream in a coroutine"
            )
        self._loop.check_thread("a stream is given its function in its", "stream.on_audio, function")
        if self._function is not None or (self._wakeup is not None and self._wakeup.waits):
            raise LocalProtocolError(READ_ALREADY)
        while self._frames:
            function(self._frames.popleft())
        # Its log lines carry the call's id, like those of the handler.
        self._function, self._context = function, copy_context()

    def _function_failed(self, error: Exception) -> None:
        trace = error.__traceback__
        if trace is not None and trace.tb_next is not None:
            error.__traceback__ = trace.tb_next  # the program's frames, without the reader's
        self._function = _take_nothing
        self._function_failure = error
        self._function_over.settle(None)
        if self._scope is not None:
            self._scope.cancel()

    async def frames(self, seconds: float) -> AsyncIterator[bytes]:
        """The caller's audio, cut into pieces of a duration. The last piece may be shorter.

        ```python
        async for pcm in stream.frames(0.1):
            recognizer.feed(pcm)
        ```
        """
        cutter = FrameCutter(
            milliseconds=seconds * 1000, sample_rate=self.sample_rate, channels=self.channels
        )
        async for pcm in self:
            for frame in cutter.feed(pcm):
                yield frame
        if rest := cutter.rest():
            yield rest

    def dtmf(self) -> Inbox[Dtmf]:
        """The keys that the caller presses, to be iterated over. The verb needs `passDtmf`."""
        inbox: Inbox[Dtmf] = self._inbox("dtmf()")
        self._digits.add(inbox)
        for event, size in self._early.items:
            if isinstance(event, Dtmf):
                inbox._put(event, size)
        if self.closed_as is not None:
            inbox._finish()
        return inbox

    def events(self) -> Inbox[AudioEvent]:
        """Everything but audio, to be iterated over: keys, marks, the ends of clips."""
        inbox: Inbox[AudioEvent] = self._inbox("events()")
        self._watchers.add(inbox)
        for event, size in self._early.items:
            inbox._put(event, size)
        if self.closed_as is not None:
            inbox._finish()
        return inbox

    def _inbox(self, name: str) -> Inbox[Any]:
        limits = self._limits
        return Inbox(
            name, "CallLimits.inbox", limits.inbox, limits.inbox_bytes, loop=self._loop, log=self.log
        )

    # --- what goes --------------------------------------------------------------------------------------

    @property
    def streaming(self) -> bool | None:
        """Whether what is sent plays as it comes, or in clips; None where the `listen` verb is not known."""
        return self._core.streaming

    @property
    def playback_rate(self) -> int:
        """Samples per second of what is sent."""
        return self._core.playback_rate

    async def send(self, pcm: bytes | bytearray | memoryview) -> None:
        """Play audio: 16-bit little-endian samples, one channel, at `playback_rate`.

        For streaming playback. Returns at once as long as the connection keeps up; what is long is sent in
        pieces, as it does. Raises `CallEnded` when the stream is over, which ends the handler quietly.
        """
        loop = self._loop
        loop.calls += 1
        # `_checkpoint()`, without a coroutine for every frame.
        if loop.calls >= CALLS_BETWEEN_YIELDS or self.closed_as is not None or self._cancelled():
            loop.calls = 0
            await checkpoint()
        if type(pcm) is not bytes:
            pcm = owned(pcm)
        if len(pcm) > LONG_BYTES:
            # All at once it could be more than a connection may have waiting.
            for start in range(0, len(pcm), LONG_BYTES):
                await self.send(pcm[start : start + LONG_BYTES])
            return
        frame = self._core.pcm_to_send(pcm, self._clock())
        if not frame:
            self._turn([])  # a mark may have waited for this audio
            await self._transport.room()
        elif not self._transport.push(frame):
            await self._room()

    def send_nowait(self, pcm: bytes | bytearray | memoryview) -> None:
        """`send()` for a plain function, such as that of `on_audio()`: play audio, without waiting for room.

        Raises `CallEnded` when the stream is over, and `OutboxFull`, with nothing sent, when this is more
        than may wait to be sent (`ServerLimits.outbox_bytes`).
        """
        # Both checks as they are, without a call of each for every frame.
        if get_ident() != self._loop.thread:
            self._loop.check_thread("audio is sent in its", "stream.send_nowait, pcm")
        if self.closed_as is not None:
            raise CallEnded(STREAM_OVER)
        if type(pcm) is not bytes:
            pcm = owned(pcm)
        transport = self._transport
        if not transport.fits(len(pcm)):
            self._refuse(len(pcm))
        frame = self._core.pcm_to_send(pcm, self._clock())
        if frame:
            transport.push(frame)
        else:
            self._turn([])  # a mark may have waited for this audio

    async def end_utterance(self) -> None:
        """Nothing follows for now: what the server still holds back is played, too."""
        await self.send_command(core.EndUtterance())

    async def play(
        self,
        audio: bytes | bytearray | memoryview,
        *,
        content_type: str = "raw",
        sample_rate: int | None = None,
        queue: bool = False,
    ) -> PlayOutcome:
        """Play a clip and wait for its end: played, cleared or unknown.

        With streaming playback the audio is sent as it is, behind what was sent before. Otherwise it goes as
        one clip, which replaces what plays, or with `queue` waits for it.
        """
        await self._checkpoint()
        if self._core.streaming:
            if content_type != "raw" or sample_rate not in (None, self._core.playback_rate):
                raise WrongPlaybackMode(
                    f"streaming playback takes raw audio of {self._core.playback_rate} samples per second"
                )
            await self.send(audio)
            mark = self._mark(core.EndUtterance)
            await self._transport.room()
            return await mark
        audio = owned(audio)
        clip = self._clips.add()
        try:
            await self.send_command(
                core.PlayClip(
                    audio, content_type=content_type, sample_rate=sample_rate, id=clip.name, queue=queue
                )
            )
        except LocalProtocolError:
            self._clips.refused(clip)
            raise
        return await clip

    def mark(self, name: str = "") -> Mark:
        """Mark this point in what is sent. `await stream.mark()` waits until it was played, or never will
        be."""
        return self._mark(core.SetMark, name)

    def _mark(self, command: Callable[[str], core.AudioCommand], name: str = "") -> Mark:
        mark = self._marks.add(name)
        try:
            self._do(command(mark.name))
        except LocalProtocolError:
            self._marks.refused(mark)
            raise
        return mark

    async def _checkpoint(self) -> None:
        """Begin a coroutine that programs call; see `event_loop`."""
        if self.closed_as is None:
            await self._loop.checkpoint()
        else:
            await checkpoint()

    async def _room(self) -> None:
        """Wait for room. Raises when the connection turns out to be over: what was sent has gone nowhere."""
        await self._transport.room()
        if self.closed_as is not None:
            raise CallEnded(STREAM_OVER)

    async def clear_marks(self) -> None:
        """Forget all marks; the audio plays on."""
        await self.send_command(core.ClearMarks())

    async def kill(self) -> None:
        """Stop playing, and forget what waits to be played, here too."""
        await self.send_command(core.KillAudio())

    async def disconnect(self) -> None:
        """End the `listen` verb; the call goes on with its next one."""
        await self.send_command(core.Disconnect())

    async def close(self) -> None:
        """Close the connection, which ends the verb, too."""
        await checkpoint()
        await self._transport.close(1000)

    def _do(self, command: core.AudioCommand) -> None:
        """Have the protocol core do something. Raises `LocalProtocolError` before any change."""
        events = self._core.do(command, self._clock())
        if type(command) is core.KillAudio:
            self._transport.drop_audio()
        self._turn(events)

    async def send_command(self, command: core.AudioCommand) -> None:
        """Send a command object of `jambonz_core.audio`, such as a `PlayClip` with an id of your own.

        Raises `LocalProtocolError`, before any change, where the stream cannot do it.
        """
        await self._checkpoint()
        self._do(command)
        await self._transport.room()

    def post(self, command: core.AudioCommand) -> Posted[None]:
        """Do something at once, without an `await`: any command of `jambonz_core.audio`.

        ```python
        stream.post(SendAudio(pcm))
        ```

        What is returned is a coroutine object, to be awaited, given to a task, or dropped; awaited, it waits
        until there is room for more. Raises `CallEnded` when the stream is over, and `OutboxFull`, with
        nothing sent, when this is more than may wait to be sent (`ServerLimits.outbox_bytes`).
        """
        try:
            self._loop.check_thread("a stream is told what to do in its")
            if self.closed_as is not None:
                raise CallEnded(STREAM_OVER)
            size = COMMAND_BYTES
            if isinstance(command, core.SendAudio):
                size += len(command.pcm)
            elif isinstance(command, core.PlayClip):
                size += len(command.audio) * 4 // 3  # in base64
            if not self._transport.fits(size):
                self._refuse(size)
            self._do(command)
        except LocalProtocolError as error:
            return self._loop.refused(error)
        return Posted(self._catch_up)

    def _refuse(self, size: int) -> NoReturn:
        raise OutboxFull(
            f"no {size} bytes more may wait to be sent: await what you send, so that it waits for room "
            "(ServerLimits.outbox_bytes and outbox_frames)"
        )

    async def _catch_up(self) -> None:
        await self._checkpoint()
        await self._transport.room()

    # --- in between -------------------------------------------------------------------------------------

    def _frame(self, data: str | bytes) -> None:
        """Take a message."""
        if type(data) is str:
            self._size = len(data)
            self._turn(self._core.receive(data, self._clock()))
            return
        pcm: bytes = data  # type: ignore[assignment]  # not text, so it is binary
        if len(pcm) % self._core.whole_bytes:
            pcm = self._core.receive_pcm(pcm)
        if not pcm:
            return
        self.received += 1
        function = self._function
        if function is not None:
            try:
                self._context.run(function, pcm)
            except Exception as exc:  # it belongs to the handler, and not to who reads
                self._function_failed(exc)
            return
        self._loop.calls = 0  # the loop runs: see `EventLoop.checkpoint()`
        frames, wakeup = self._frames, self._wakeup
        if wakeup is not None and wakeup.waits:
            frames.append(pcm)
            # Where this is a callback of asyncio or uvloop, the handler goes on here and now, up to where it
            # waits again.
            wakeup.wake()
        elif (len(frames) < self._bound and len(pcm) <= self._long) or self._make_room(len(pcm)):
            frames.append(pcm)

    def _closed(self, closed: Closed) -> None:
        """Learn that the connection is gone."""
        self.closed_as = closed
        self._turn(self._core.lost(closed.code, self._clock()))
        self._timer.close()
        self._started.settle(False)
        self._function = None
        self._function_over.settle(None)
        if self._scope is not None:
            self._scope.deadline = self._clock() + self._limits.stream_end_seconds
        # It leads to the task, and the task to the stream: without this circle both go by themselves.
        wakeup, self._wakeup = self._wakeup, None
        if wakeup is not None and wakeup.waits:
            wakeup.wake()
        for watcher in list(self._watchers):
            watcher._finish()
        for digits in list(self._digits):
            digits._finish()

    def _ring(self) -> None:
        self._turn(self._core.tick(self._clock()))

    def _turn(self, events: list[AudioEvent]) -> None:
        for frame in self._core.outgoing():
            self._transport.push(frame)
        self._timer.set(self._core.deadline)
        for event in events:
            self._take(event)

    def _take(self, event: AudioEvent) -> None:
        match event:
            case AudioStarted():
                self.call_sid = event.call_sid
                self.sample_rate, self.channels = event.sample_rate, event.channels
                self.mix_type, self.metadata = event.mix_type, event.metadata
                self.log = CallLog(self.log.logger, event.call_sid)
                self._started.settle(True)
                return
            case Dtmf():
                for inbox in list(self._digits):
                    inbox._put(event, self._size)
            case MarkSettled():
                self._marks.settle(event.name, event.outcome)
            case PlayDone():
                self._clips.settle(event.id, event.outcome)
            case AudioLimitReached():
                self.log.reached(event.limit, event.what)
            case BadAudioMessage():
                if self.log.may_note(self._limits.log_lines):
                    self.log.warning("A message of the media server was not understood: %s", event.error)
        watchers = list(self._watchers)
        size = self._size if event.raw is not None else 0
        for watcher in watchers:
            watcher._put(event, size)
        if not watchers and not self._digits:
            for gone in self._early.put(event, size):
                limit = "CallLimits.inbox" if self._early.full else "CallLimits.inbox_bytes"
                self.log.reached(limit, f"a {type(gone).__name__} that nobody had asked for yet")
