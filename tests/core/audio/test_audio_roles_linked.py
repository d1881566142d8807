"""Both ends of an audio connection, linked by a network that takes its time.

1. Every mark is settled, once, and within bounded time, whatever the server's quirks do to it.
2. As long as nothing is killed or cleared and no mark is destroyed, every mark is played, and not before the audio
   that was sent before it was heard.
3. What is heard is what was sent, but for samples of -1.
4. Every clip that was taken is over, once.
"""

from __future__ import annotations

import json
from collections import deque
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from jambonz_core.audio import (
    AudioApp,
    AudioEvent,
    AudioJambonz,
    AudioPlayed,
    AudioUnheard,
    ClearMarks,
    EndUtterance,
    JambonzAudioEvent,
    KillAudio,
    MarkSettled,
    PlayClip,
    PlayDone,
    PlayOutcome,
    PlayoutOptions,
    SendAudio,
    SetMark,
)
from jambonz_core.audio.pcm import without_mark_samples
from jambonz_core.wire.errors import QueueFull

chunks = st.builds(
    lambda pattern, times: pattern * times,
    st.sampled_from([b"\x00\x00", b"\xff\xff", b"\x00\xff\xff\x01", b"\x01\x02\x03"]),
    st.integers(1, 600),
)


class LinkedRoles(RuleBasedStateMachine):
    """What both linked tests share: the link, and time."""

    streaming = True

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.to_server: deque[tuple[float, str | bytes]] = deque()
        self.to_app: deque[tuple[float, str | bytes]] = deque()
        self.delay = 0.02
        self.link(PlayoutOptions())

    def link(self, options: PlayoutOptions) -> None:
        self.app = AudioApp(streaming=self.streaming)
        self.server = AudioJambonz(
            {"callSid": "c1"}, streaming=self.streaming, playback_rate=8000, options=options
        )
        self.app.connected(self.now)
        self.server.connected(self.now)
        for frame in self.server.outgoing():
            self.app.receive(frame, self.now)

    @rule(seconds=st.sampled_from([0.005, 0.02, 0.1, 0.5, 3.0]))
    def wait(self, seconds: float) -> None:
        self.pass_time(self.now + seconds)

    def pass_time(self, to: float) -> None:
        """Let everything happen that happens until then, in order."""
        while True:
            due = [at for at in (self.app.deadline, self.server.deadline) if at is not None]
            due += [queue[0][0] for queue in (self.to_server, self.to_app) if queue]
            if not due or min(due) > to:
                break
            self.now = max(self.now, min(due))
            self.server_did(self.server.tick(self.now))
            while self.to_server and self.to_server[0][0] <= self.now:
                self.server_did(self.server.receive(self.to_server.popleft()[1], self.now))
            while self.to_app and self.to_app[0][0] <= self.now:
                self.app_did(self.app.receive(self.to_app.popleft()[1], self.now))
            self.app_did(self.app.tick(self.now))
        self.now = max(self.now, to)

    def app_did(self, events: list[AudioEvent]) -> None:
        for event in events:
            self.app_event(event)
        self.to_server += [(self.now + self.delay, frame) for frame in self.app.outgoing()]

    def server_did(self, events: list[JambonzAudioEvent]) -> None:
        for event in events:
            self.server_event(event)
        self.to_app += [(self.now + self.delay, frame) for frame in self.server.outgoing()]

    def app_event(self, event: AudioEvent) -> None:
        """Something happened at the application's end."""

    def server_event(self, event: JambonzAudioEvent) -> None:
        """Something happened at the media server's end."""


class StreamedPlayback(LinkedRoles):
    """Marks and streamed audio."""

    def __init__(self) -> None:
        super().__init__()
        self.unkind = False
        """Whether anything happened that may cost a mark."""
        self.sent = b""
        self.heard = b""
        self.open: list[tuple[str, int]] = []
        self.settled: list[tuple[str, PlayOutcome]] = []
        self.number = 0

    @initialize(
        slow=st.booleans(),
        destroys_every=st.sampled_from([0, 0, 0, 1, 2]),
        swallows=st.booleans(),
        clear_reports=st.booleans(),
    )
    def start(self, slow: bool, destroys_every: int, swallows: bool, clear_reports: bool) -> None:
        self.unkind = destroys_every > 0
        self.link(
            PlayoutOptions(
                first_seconds=0.16 if slow else 0.08,
                more_seconds=0.08 if slow else 0.04,
                swallows=swallows,
                clear_reports=clear_reports,
                destroys_every=destroys_every,
            )
        )

    @rule(pcm=chunks)
    def send(self, pcm: bytes) -> None:
        self.app_did(self.app.do(SendAudio(pcm), self.now))

    @rule(often=st.sampled_from([1, 1, 1, 40]), same_name=st.booleans())
    def mark(self, often: int, same_name: bool) -> None:
        for _ in range(often):
            name = self.name(same_name)
            self.open.append((name, len(self.sent)))
            self.app_did(self.app.do(SetMark(name), self.now))

    @rule(marked=st.booleans())
    def end_utterance(self, marked: bool) -> None:
        name = self.name(False) if marked else None
        if name is not None:
            self.open.append((name, len(self.sent)))
        self.app_did(self.app.do(EndUtterance(name), self.now))

    @rule()
    def kill(self) -> None:
        self.unkind = True
        self.app_did(self.app.do(KillAudio(), self.now))

    @rule()
    def clear_marks(self) -> None:
        self.unkind = True
        self.app_did(self.app.do(ClearMarks(), self.now))

    def name(self, same_name: bool) -> str:
        self.number += not same_name
        return f"m{self.number}"

    def app_did(self, events: list[AudioEvent]) -> None:
        before = len(self.to_server)
        super().app_did(events)
        for _, frame in list(self.to_server)[before:]:
            if isinstance(frame, bytes):
                assert len(frame) % 2 == 0
                assert without_mark_samples(frame) == frame
                self.sent += frame
            else:
                assert self.app._marks.outstanding <= 30
                assert json.loads(frame)["type"] in ("mark", "killAudio", "clearMarks")

    def app_event(self, event: AudioEvent) -> None:
        if not isinstance(event, MarkSettled):
            return
        name, before = next(mark for mark in self.open if mark[0] == event.name)
        self.open.remove((name, before))
        self.settled.append((name, event.outcome))
        if not self.unkind:
            assert event.outcome is PlayOutcome.PLAYED
            assert len(self.heard) >= before

    def server_event(self, event: JambonzAudioEvent) -> None:
        assert not isinstance(event, AudioUnheard) or self.unkind
        if isinstance(event, AudioPlayed):
            self.heard += event.pcm
            assert self.unkind or self.sent.startswith(self.heard)

    def teardown(self) -> None:
        end = self.now + 60.0
        while self.app.deadline is not None:
            assert self.now < end
            self.pass_time(self.now + 1.0)
        assert self.open == []
        assert self.app._marks.open == 0


class ClipPlayback(LinkedRoles):
    """Both roles of an audio stream that plays whole clips."""

    streaming = False

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.number = 0

    @rule(seconds=st.sampled_from([0.0, 0.1, 2.0]), queue=st.booleans())
    def play(self, seconds: float, queue: bool) -> None:
        self.number += 1
        name = str(self.number)
        clip = PlayClip(bytes(int(seconds * 16000)), id=name, queue=queue)
        try:
            events = self.app.do(clip, self.now)
        except QueueFull:
            assert len(self.open) > 10
            return
        self.open.append(name)
        self.app_did(events)

    @precondition(lambda self: self.open)
    @rule()
    def kill(self) -> None:
        self.app_did(self.app.do(KillAudio(), self.now))

    def app_event(self, event: AudioEvent) -> None:
        assert isinstance(event, PlayDone)
        assert event.outcome is not PlayOutcome.UNKNOWN
        if event.id in self.open:
            self.open.remove(event.id)

    def server_event(self, event: JambonzAudioEvent) -> None:
        assert not isinstance(event, AudioUnheard)

    def teardown(self) -> None:
        self.pass_time(self.now + 60.0)
        assert self.app.deadline is None
        assert self.open == []


TestStreamedPlayback: Any = StreamedPlayback.TestCase
TestStreamedPlayback.settings = settings(max_examples=100, stateful_step_count=30)
TestClipPlayback: Any = ClipPlayback.TestCase
TestClipPlayback.settings = settings(max_examples=60, stateful_step_count=30)
