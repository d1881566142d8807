"""The application's end of an audio connection.

The connection is one call's `listen` verb: the media server sends what is said, and plays what it is sent.
How it plays is decided by the verb (`bidirectionalAudio.streaming`), and the server drops what fits the other
way without a word; so where the mode is known, the wrong kind is refused here (`WrongPlaybackMode`).

The rules of marks and clips are in `marks.py` and `clips.py`. Here are those of the audio that is sent:

1. Whole samples are sent; half a sample waits for the next bytes. 2. A sample of -1 is sent as -2, because
the server takes it for a mark. 3. The server plays nothing before it has 160 ms, and then whatever has come
when that is 80 ms: what is less stays unheard until more comes. `EndUtterance` sends silence behind the
audio. When audio ran out and marks are still open, the silence is sent unasked. 4. A mark behind audio that
is held back so would be reported before that audio is heard. It waits on this side, and leaves right before
the next audio, or before the silence. 5. How long the server still plays is computed from what was sent. It
bounds the wait for marks.

PCM takes the short way: `receive_pcm` and `pcm_to_send` make no event, no command and no list.
"""

from __future__ import annotations

from typing import Any

from msgspec import structs

from jambonz_core.wire import codec
from jambonz_core.wire.errors import (
    CallEnded,
    LocalProtocolError,
    MessageTooLarge,
    RemoteProtocolError,
    WrongPlaybackMode,
)
from jambonz_core.wire.limits import PLAY_AUDIO_RATES, PLAYOUT_FIRST_SECONDS, PLAYOUT_MORE_SECONDS

from . import audio_messages as messages
from .audio_commands import (
    AudioCommand,
    ClearMarks,
    Disconnect,
    EndUtterance,
    KillAudio,
    PlayClip,
    SendAudio,
    SetMark,
)
from .audio_events import (
    AudioEvent,
    AudioFrame,
    AudioLimitReached,
    AudioOver,
    AudioStarted,
    BadAudioMessage,
    Dtmf,
    UnknownAudioMessage,
)
from .clips import ClipLedger, clip_seconds
from .marks import MarkLedger
from .options import DEFAULT_OPTIONS, AudioOptions
from .pcm import MARK_SAMPLE, SAMPLE_BYTES, SampleAligner, owned, pcm_seconds, silence, without_mark_samples

_RUN_OUT_SECONDS = 0.2
"""After the audio ran out with marks open, this long is waited for more of it before silence is sent."""

_SHOWN = 200
"""Characters of a bad message that are shown."""

_NONE_IS_WHOLE = 1 << 62
"""No message has a length that is a multiple of it."""


class AudioApp:
    """One audio stream, from its connection to its end.

    >>> audio = AudioApp(streaming=True)
    >>> [started] = audio.receive('{"callSid": "c1", "sampleRate": 8000, "mixType": "mono"}', now=0.0)
    >>> started.sample_rate
    8000
    >>> audio.receive(b"\\x01\\x00\\x02", now=0.02)
    [AudioFrame(pcm=b'\\x01\\x00', raw=None)]
    >>> audio.do(EndUtterance(mark="done"), now=0.02)
    []
    >>> [frame if isinstance(frame, str) else len(frame) for frame in audio.outgoing()]
    ['{"type":"mark","data":{"name":"done"}}', 2560]
    """

    __slots__ = (
        "_byte_seconds",
        "_clips",
        "_held",
        "_held_below",
        "_incoming",
        "_marks",
        "_more_bytes",
        "_next_clip",
        "_out",
        "_outgoing",
        "_padded_until",
        "_playback_rate",
        "_playing_until",
        "_run_out_at",
        "_straight",
        "_streaming",
        "channels",
        "metadata",
        "options",
        "over",
        "sample_rate",
        "started",
        "whole_bytes",
    )

    def __init__(self, *, options: AudioOptions = DEFAULT_OPTIONS, streaming: bool | None = None) -> None:
        self.options: AudioOptions = options
        """The options that it was made with."""
        self._streaming = streaming
        self._playback_rate = options.playback_rate
        self.started: bool = False
        """Whether the first frame came."""
        self.over: bool = False
        """Whether the connection has ended."""
        self.sample_rate: int = 8000
        """Samples per second of what comes, once the first message has told."""
        self.channels: int = 1
        """How many channels come: 2 for both parties in one stream, the caller first."""
        self.metadata: dict[str, Any] = {}
        """All that the first message said."""
        self._marks: MarkLedger = MarkLedger(options)
        self._clips: ClipLedger = ClipLedger(options)
        self.whole_bytes: int = SAMPLE_BYTES
        """A binary message whose length is a multiple of it needs no `receive_pcm`: it is whole samples, and
        no part of one came before. Once one was cut, there is no such length."""
        # Most streams never cut a sample, and both of these stay None: one thing less to look at per frame.
        self._incoming: SampleAligner | None = None
        self._outgoing: SampleAligner | None = None
        self._out: list[str | bytes] = []
        self._playing_until = 0.0
        """When the server has played everything, as computed."""
        self._padded_until = 0.0
        """The value of `_playing_until` when silence was last sent: later audio has none behind it yet."""
        self._held = 0
        """Bytes that the server holds back, as computed from what was sent."""
        self._straight = streaming is not False
        """Whether PCM may be sent without looking at anything: it is allowed, and no mark waits for it."""
        self._run_out_at: float | None = None
        self._next_clip = 1
        self._byte_seconds: float
        """How long a byte of what is sent plays."""
        self._held_below: int
        """How many bytes the server holds back at most before it plays them, and ..."""
        self._more_bytes: int
        """... how many when it has begun to play."""
        self._measure()

    @property
    def streaming(self) -> bool | None:
        """`bidirectionalAudio.streaming` of the verb, or None where it is not known."""
        return self._streaming

    def learn_playback(self, *, streaming: bool | None, sample_rate: int | None = None) -> None:
        """Learn what the `listen` verb of this stream asks for, once it is known which one that was."""
        self._streaming = streaming
        self._playback_rate = self._playback_rate or sample_rate
        self._straight = streaming is not False and not self.over
        self._measure()

    @property
    def playback_rate(self) -> int:
        """Samples per second of the audio that is sent."""
        return self._playback_rate or self.sample_rate

    @property
    def playing_until(self) -> float:
        """When the server has played all audio that was sent, as computed from its length."""
        return self._playing_until

    # --- what comes -----------------------------------------------------------------------------------------

    def connected(self, now: float) -> list[AudioEvent]:
        """The connection is there. The first frame tells what it is for."""
        self._playing_until = self._padded_until = now
        return []

    def receive(self, frame: str | bytes, now: float) -> list[AudioEvent]:
        """Take one message of jambonz and return what it means."""
        if isinstance(frame, str):
            return self._receive_text(frame, now)
        pcm = self.receive_pcm(frame)
        return [AudioFrame(pcm)] if pcm else []

    def receive_pcm(self, data: bytes) -> bytes:
        """One binary message, without an event: the whole samples in it, with what was left of the last."""
        if not len(data) % self.whole_bytes:
            return data
        if self._incoming is None:
            self._incoming = SampleAligner(self.whole_bytes)
            self.whole_bytes = _NONE_IS_WHOLE
        return self._incoming.feed(data)

    def lost(self, code: int, now: float) -> list[AudioEvent]:
        """The connection is closed, by whomever. Everything that is open is settled."""
        self.over = True
        self._straight = False
        self._out.clear()
        self._run_out_at = None
        return [*self._marks.close(), *self._clips.close(), AudioOver(code)]

    # --- what goes ------------------------------------------------------------------------------------------

    def do(self, command: AudioCommand, now: float) -> list[AudioEvent]:
        """Do what the application wants, or raise before anything has changed."""
        if self.over:
            raise CallEnded("the audio stream is over: nothing can be played or marked any more")
        match command:
            case SendAudio(pcm):
                self.send_pcm(pcm, now)
                return []
            case EndUtterance(name):
                self._require_streaming("EndUtterance")
                if name is not None:
                    self._set_mark(name, now)
                if name is not None or self._playing_until != self._padded_until:
                    self._send_silence(now)
                return []
            case SetMark(name):
                self._require_streaming("SetMark")
                self._set_mark(name, now)
                return []
            case ClearMarks():
                self._push(messages.clear_marks())
                self._straight = self._streaming is not False
                return self._marks.cleared()
            case KillAudio():
                return self._kill(now)
            case PlayClip():
                return self._play_clip(command, now)
            case Disconnect():
                self._push(messages.disconnect())
                return []
            case _:
                raise LocalProtocolError(f"{command!r} is not a command of an audio stream")

    def send_pcm(self, data: bytes, now: float) -> None:
        """Play this PCM; the same as `SendAudio`, without a command."""
        data = self.pcm_to_send(owned(data), now)
        if data:
            self._out.append(data)

    def pcm_to_send(self, data: bytes, now: float) -> bytes:
        """Play this PCM, and give what is to be sent for it, past `outgoing()`, where nothing must wait.

        For who sends fifty frames a second, in bytes that nobody else changes. What comes is empty when half
        a sample waits for the other half, or when something has to leave before it: then both are in
        `outgoing()`.
        """
        if not self._straight:
            return self._behind_marks(data, now)
        size = len(data)
        if self._outgoing is not None or size % SAMPLE_BYTES:
            self._outgoing = self._outgoing or SampleAligner()
            data = self._outgoing.feed(data)
            size = len(data)
        if size:
            # Not `in`: it takes what it is given for a number first, and half its time goes into that error.
            if data.rfind(MARK_SAMPLE) >= 0 and not self.options.keep_mark_samples:
                data = without_mark_samples(data)
            held = self._held + size
            if held >= self._held_below:
                held = 0
                self._held_below = self._more_bytes
            self._held = held
            start = self._playing_until
            self._playing_until = (start if start > now else now) + size * self._byte_seconds
        return data

    def outgoing(self) -> list[str | bytes]:
        """The messages to send now, in order. Each call gives only what is new."""
        out, self._out = self._out, []
        return out

    # --- time -----------------------------------------------------------------------------------------------

    @property
    def deadline(self) -> float | None:
        """The time at which `tick` is to be called, or None."""
        if self._run_out_at is None and not self._marks.any and not self._clips.any:
            return None  # the usual case, and asked for after every frame
        due = (self._marks.deadline, self._clips.deadline, self._run_out_at)
        return min((at for at in due if at is not None), default=None)

    def tick(self, now: float) -> list[AudioEvent]:
        """Do what is due at `now`; the adapter calls `tick` when the `deadline` has come."""
        if self._run_out_at is not None and now >= self._run_out_at:
            self._run_out(now)
        events = self._marks.tick(now) + self._clips.tick(now)
        self._send_marks(now)
        return events

    # --- inside ---------------------------------------------------------------------------------------------

    def _receive_text(self, frame: str, now: float) -> list[AudioEvent]:
        try:
            message = codec.decode(frame)
        except RemoteProtocolError as error:
            return [BadAudioMessage(error.as_value(), frame[:_SHOWN])]
        if not self.started:
            return self._start(message, len(frame))
        data = messages.record(message.get("data"))
        match message.get("type"):
            case "mark":
                name, event = messages.text(data.get("name")), messages.text(data.get("event"))
                events = self._marks.reported(name, event, now)
                self._send_marks(now)
                return events
            case "playDone":
                return [self._clips.reported(messages.text(data.get("id")), data, message)]
        if message.get("event") == "dtmf":
            duration = messages.number(message.get("duration"), 0)
            return [Dtmf(messages.text(message.get("dtmf")), duration / 8000 or None, raw=message)]
        return [UnknownAudioMessage(raw=message)]

    def _start(self, message: dict[str, Any], size: int) -> list[AudioEvent]:
        """The first frame has no type; being the first is what marks it."""
        metadata, left_out = message, ""
        # No character takes more than four bytes, so most messages need not be measured.
        if 4 * size > self.options.metadata_bytes:
            metadata, left_out = codec.fields_that_fit(message, self.options.metadata_bytes)
        self.started = True
        self.metadata = metadata
        self.sample_rate = messages.number(metadata.get("sampleRate"), 8000)
        mix_type = messages.text(metadata.get("mixType")) or "mono"
        self.channels = 2 if mix_type == "stereo" else 1
        self.whole_bytes = SAMPLE_BYTES * self.channels
        self._incoming = None
        self._measure()
        events: list[AudioEvent] = [
            AudioStarted(
                messages.text(metadata.get("callSid")),
                self.sample_rate,
                self.channels,
                mix_type,
                metadata,
                raw=message,
            )
        ]
        if left_out:
            what = f"of the first message: {left_out[:_SHOWN]}"
            events.append(AudioLimitReached("AudioOptions.metadata_bytes", what))
        return events

    def _measure(self) -> None:
        """Compute what depends on the rate of the audio that is sent."""
        self._byte_seconds = pcm_seconds(1, self.playback_rate)
        self._more_bytes = self._bytes(PLAYOUT_MORE_SECONDS)
        self._held_below = self._bytes(PLAYOUT_FIRST_SECONDS)

    def _bytes(self, seconds: float) -> int:
        return round(seconds * self.playback_rate) * SAMPLE_BYTES

    def _push(self, message: dict[str, Any]) -> None:
        self._out.append(codec.encode(message))

    def _require_streaming(self, what: str) -> None:
        if self.streaming is False:
            raise WrongPlaybackMode(
                f"{what} needs bidirectionalAudio.streaming, which is off on this stream: play whole clips "
                "with PlayClip, or set streaming=True in the listen verb"
            )

    def _refuse_pcm(self) -> None:
        self._require_streaming("sending PCM")
        raise CallEnded("the audio stream is over: nothing can be played any more")

    def _behind_marks(self, data: bytes, now: float) -> bytes:
        """The long way for PCM: it is refused, or marks that waited for it leave right before it."""
        if self.over or self.streaming is False:
            self._refuse_pcm()
        self._straight = True
        expected = max(self._playing_until, now)
        data = self.pcm_to_send(data, now)
        if not data:
            self._straight = False
            return b""
        self._push_marks(expected)
        self._out.append(data)
        return b""

    def _send_silence(self, now: float) -> None:
        self._push_marks(max(self._playing_until, now))
        rest = self._cut_sample()
        padding = rest + silence(self.options.tail_seconds, self.playback_rate)
        self._out.append(padding)
        self._straight = self._streaming is not False
        self._held += len(padding)
        if self._held >= self._held_below:
            self._held, self._held_below = 0, self._more_bytes
        self._playing_until = max(self._playing_until, now) + len(padding) * self._byte_seconds
        self._padded_until = self._playing_until

    def _cut_sample(self) -> bytes:
        """The sample of which only a part was given, filled up, or nothing."""
        outgoing, self._outgoing = self._outgoing, None
        return outgoing.finish() if outgoing is not None else b""

    def _set_mark(self, name: str, now: float) -> None:
        if not isinstance(name, str):
            raise LocalProtocolError(f"the name of a mark is a str, not {type(name).__name__}")
        self._marks.set(name, max(self._playing_until, now))
        self._send_marks(now)

    def _send_marks(self, now: float) -> None:
        """Send the marks that the server has room for, unless it would report them too early."""
        if self._marks.stuck:
            self._push(messages.clear_marks())
            self._marks.clear_list()
        expected = max(self._playing_until, now)
        if self._held and self._marks.waiting:
            self._straight = False
            self._run_out_at = expected + _RUN_OUT_SECONDS
        else:
            self._push_marks(expected)

    def _push_marks(self, expected: float) -> None:
        for name in self._marks.to_send(expected):
            self._push(messages.mark(name))
            self._run_out_at = expected + _RUN_OUT_SECONDS

    def _run_out(self, now: float) -> None:
        """The audio should have been played. A mark in its last 80 ms fires only when more follows."""
        self._run_out_at = None
        if not self._marks.open:
            return
        if self._playing_until > now:
            self._run_out_at = self._playing_until + _RUN_OUT_SECONDS
        else:
            self._send_silence(now)

    def _kill(self, now: float) -> list[AudioEvent]:
        self._push(messages.kill_audio())
        self._cut_sample()
        self._straight = self._streaming is not False
        self._playing_until = self._padded_until = now
        self._run_out_at = None
        return self._marks.killed(now) + self._clips.killed(now)

    def _play_clip(self, clip: PlayClip, now: float) -> list[AudioEvent]:
        if self.streaming:
            raise WrongPlaybackMode(
                "PlayClip needs bidirectionalAudio.streaming to be off, and it is on: send PCM with "
                "SendAudio, or set streaming=False in the listen verb"
            )
        if type(clip.audio) is not bytes:
            clip = structs.replace(clip, audio=owned(clip.audio))
        sample_rate = self._clip_rate(clip)
        if clip.queue:
            self._clips.check_room()
        id = clip.id or f"clip-{self._next_clip}"
        frame = codec.encode(messages.play_audio(clip, id, sample_rate))
        size, limit = len(frame.encode()), self.options.clip_bytes
        if size > limit:
            raise MessageTooLarge(
                f"a clip of {len(clip.audio)} bytes makes a message of {size}, and the server cuts off what "
                f"is above {limit}: play it in parts, the later ones with queue=True",
                part="playAudio",
                size=size,
                limit=limit,
            )
        self._next_clip += 1
        self._out.append(frame)
        return self._clips.played(id, clip_seconds(clip.audio, sample_rate), now, queue=clip.queue)

    def _clip_rate(self, clip: PlayClip) -> int | None:
        """The rate that goes into the message; a WAV file says its own."""
        if clip.content_type != "raw":
            if clip.content_type not in ("wav", "wave"):
                raise LocalProtocolError(f"a clip is 'raw' or 'wav', not {clip.content_type!r}")
            return None
        rate = clip.sample_rate or self.playback_rate
        if rate not in PLAY_AUDIO_RATES:
            known = ", ".join(map(str, PLAY_AUDIO_RATES))
            raise LocalProtocolError(f"the server plays raw clips of {known} samples per second, not {rate}")
        return rate
