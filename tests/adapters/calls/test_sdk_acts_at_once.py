"""What the familiar face is told it does at once, whether or not anybody awaits what its methods return."""

from __future__ import annotations

import asyncio
import base64
import gc
import inspect
import json
import logging
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import anyio
import anyio.to_thread
import pytest

from jambonz_anyio import App, Posted, ServerLimits, Session
from jambonz_anyio._net.memory import open_memory_websocket
from jambonz_anyio.sdk.websocket.endpoint import MakeService
from jambonz_core.audio.audio_commands import SendAudio
from jambonz_core.call import FlushText, Mute, Send, WriteText
from jambonz_core.verbs.declared import VerbMethods
from jambonz_core.wire.errors import (
    CallEnded,
    InvalidVerb,
    LocalProtocolError,
    OutboxFull,
    QueueFull,
    SpeechFailed,
)

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

STREAM = {"enable": True}
AUDIO = ("audio.drachtio.org",)

Does = Callable[[Session], Posted[Any]]

TOLD: list[tuple[Does, str]] = [
    (lambda s: s.clear_tts_tokens(), "tts:clear"),
    (lambda s: s.send_tts_tokens("Hello. "), "tts:tokens"),
    (lambda s: s.flush_tts_tokens(), "tts:flush"),
    (lambda s: s.tool_output("t1", "sunny"), "llm:tool-output"),
    (lambda s: s.send_tool_output("t2", {"weather": "sunny"}), "llm:tool-output"),
    (lambda s: s.update_llm({"type": "session.update"}), "llm:update"),
    (lambda s: s.update_agent({"type": "generate_reply", "user_input": "x"}), "agent:update"),
    (lambda s: s.inject_command("custom", {"a": 1}), "custom"),
    (lambda s: s.send_command("custom", {"a": 2}), "custom"),
    (lambda s: s.send_command(Mute(mute=True)), "mute:status"),
    (lambda s: s.inject_record("startCallRecording", siprec_server_url="sip:r@x"), "record"),
    (lambda s: s.inject_whisper({"verb": "say", "text": "psst"}), "whisper"),
    (lambda s: s.inject_mute("mute"), "mute:status"),
    (lambda s: s.inject_conference_mute("unmute"), "conf:mute-status"),
    (lambda s: s.inject_conference_hold("hold"), "conf:hold-status"),
    (lambda s: s.inject_listen_status("pause"), "listen:status"),
    (lambda s: s.inject_transcribe_status("resume"), "transcribe:status"),
    (lambda s: s.inject_noise_isolation("enable", vendor="krisp"), "noiseIsolation:status"),
    (lambda s: s.inject_dtmf("1"), "dtmf"),
    (lambda s: s.inject_tag({"a": 1}), "tag"),
    (lambda s: s.inject_redirect("/next"), "redirect"),
    (lambda s: s.inject_say("Hello, all."), "room:say"),
    (lambda s: s.inject_play("https://example.com/a.wav"), "room:play"),
    (lambda s: s.inject_stt_reconfigure(["de"]), "stt:reconfigure"),
    (lambda s: s.mute(), "mute:status"),
    (lambda s: s.unmute(), "mute:status"),
    (lambda s: s.apply_dub(action="silenceTrack", track="x"), "dub"),
    (lambda s: s.boost_audio("3 dB"), "boostAudioSignal"),
    (lambda s: s.conference_hold(), "conf:hold-status"),
    (lambda s: s.conference_unhold(), "conf:hold-status"),
    (lambda s: s.conference_mute(), "conf:mute-status"),
    (lambda s: s.conference_unmute(), "conf:mute-status"),
    (lambda s: s.conference_participant("coach"), "conf:participant-action"),
    (lambda s: s.configure(notifyEvents=True), "config"),
    (
        lambda s: s.dial_out({"to": {"type": "phone", "number": "+47"}, "from": "+47", "call_hook": "/x"}),
        "dial",
    ),
    (lambda s: s.media_path("full-media"), "media:path"),
    (lambda s: s.noise_isolation(True), "noiseIsolation:status"),
    (lambda s: s.pause_listen(), "listen:status"),
    (lambda s: s.resume_listen(), "listen:status"),
    (lambda s: s.pause_transcribe(), "transcribe:status"),
    (lambda s: s.resume_transcribe(), "transcribe:status"),
    (lambda s: s.raw_command("custom", {"a": 3}), "custom"),
    (lambda s: s.reconfigure_stt(["de"]), "stt:reconfigure"),
    (lambda s: s.record("start", siprecServerURL="sip:r@x"), "record"),
    (lambda s: s.redirect_call("/next"), "redirect"),
    (lambda s: s.redirect_child("/next"), "redirect"),
    (lambda s: s.redirect_parent({"verb": "hangup"}), "redirect"),
    (lambda s: s.room_play("https://example.com/a.wav"), "room:play"),
    (lambda s: s.room_say(text="Hello, all."), "room:say"),
    (lambda s: s.send_dtmf("1"), "dtmf"),
    (lambda s: s.send_sip_request("INFO", content="x", content_type="text/plain"), "sip:request"),
    (lambda s: s.set_tag({"a": 1}), "tag"),
    (lambda s: s.whisper({"verb": "say", "text": "psst"}), "whisper"),
    (lambda s: s.say(text="queued").send(), "redirect"),
    (lambda s: s.say(text="replacing").reply(), "redirect"),
]


def a_call(handle: Callable[[Session], Awaitable[object]], **options: Any) -> App:
    """An application in which `handle` is told of a call that was answered, and may stream text."""
    app = App(**options)

    async def answered(session: Session) -> None:
        session.config(ttsStream=STREAM)
        session.send()
        await handle(session)

    MakeService(app)(path="/").on("session:new", answered)
    return app


def accept(phone: Any, message: dict[str, Any]) -> None:
    """Take streamed text, as the server does."""
    if message.get("command") == "tts:tokens":
        phone.say("tts:tokens-result", {"id": message["data"]["id"], "status": "ok"})


async def dropped(returned: Coroutine[Any, Any, object]) -> None:
    """What people do who are used to it."""


async def awaited(returned: Coroutine[Any, Any, object]) -> None:
    await returned


async def in_a_task_group(returned: Coroutine[Any, Any, object]) -> None:
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: returned)


async def in_a_task_of_asyncio(returned: Coroutine[Any, Any, object]) -> None:
    task = asyncio.create_task(returned)
    assert "Posted" in repr(task)
    await task


WAYS = [dropped, awaited, in_a_task_group, in_a_task_of_asyncio]


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
async def test_everything_is_sent_once_when_it_is_called(
    dial: Any, way: Callable[..., Any], anyio_backend_name: str
) -> None:
    if way is in_a_task_of_asyncio and anyio_backend_name == "trio":
        return
    done: list[str] = []

    async def handle(session: Session) -> None:
        for does, name in TOLD:
            returned = does(session)
            assert isinstance(returned, Posted)
            done.append(name)
            await way(returned)
            del returned
            gc.collect()  # a coroutine that nobody awaits would complain now
        done.append("end")

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        sent: list[str] = []
        for _ in TOLD:
            message = await phone.next()
            sent.append(message["command"])
            accept(phone, message)
        await phone.silence()
    assert done == [*(name for _, name in TOLD), "end"]
    # Text waits for the result of the text before it, and lets everything else pass.
    assert [name for name in sent if not name.startswith("tts:")] == done[3:-1]
    assert [name for name in sent if name.startswith("tts:")] == done[:3]


async def test_all_that_a_session_can_be_told_is_tried() -> None:
    tried = {name for does, _ in TOLD for name in does.__code__.co_names}
    can_be_told = {
        name
        for name, method in inspect.getmembers(Session, inspect.isfunction)
        if not name.startswith("_") and not hasattr(VerbMethods, name)
    }
    # What gathers, tells or registers sends nothing, and the end of a call has tests of its own.
    assert can_be_told - tried == {
        *("add_verbs", "notify_events", "to_list", "to_json"),
        *("on", "emit"),
        "close",
    }


async def test_it_is_sent_before_anybody_else_runs(dial: Any) -> None:
    """Behind the call, in the order of the calls, and without a chance for another task in between."""
    seen: list[int] = []

    async def handle(session: Session) -> None:
        await anyio.wait_all_tasks_blocked()
        for digit in "123":
            session.inject_dtmf(digit)
        seen.append(session.call.post(FlushText()) is not None)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        for digit in "123":
            assert (await phone.command("dtmf"))["data"]["digit"] == digit
    assert seen == [True]


async def test_hooks_are_answered_without_await(dial: Any) -> None:
    async def handle(session: Session) -> None:
        def heard(data: dict[str, Any]) -> None:
            session.say(text=data["digits"])
            session.reply() if data["digits"] == "1" else session.send()

        session.on("/heard", heard)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        for digits in "12":
            msgid = phone.hook("/heard", {"reason": "dtmfDetected", "digits": digits})
            assert (await phone.ack(msgid))[0]["text"] == digits
        await phone.silence()


async def test_what_is_returned_has_the_values_that_people_are_used_to(dial: Any) -> None:
    got: list[object] = []

    async def handle(session: Session) -> None:
        got.append(await session.tool_output("t", 1) is session)
        got.append(await session.call.post(WriteText("Hello. ")))
        got.append(await session.call.post(Send(session.call.say(text="x").take())))
        returned = session.call.post(WriteText("Gone."))
        await session.clear_tts_tokens()
        got.append(await returned)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        await phone.command("llm:tool-output")
        accept(phone, await phone.command("tts:tokens"))
        await phone.redirect(queued=True)
        await phone.command("tts:tokens")
        await phone.command("tts:clear")
        await phone.silence()
    assert got == [True, True, None, False]


async def test_mistakes_are_raised_where_they_are_made(dial: Any) -> None:
    raised: list[str] = []

    async def handle(session: Session) -> None:
        wrong: list[tuple[type[Exception], Callable[[], object]]] = [
            (LocalProtocolError, lambda: session.inject_mute("mut")),  # type: ignore[arg-type]
            (LocalProtocolError, lambda: session.inject_noise_isolation("loud")),  # type: ignore[arg-type]
            (LocalProtocolError, lambda: session.inject_noise_isolation("on", {"volume": 1})),
            (LocalProtocolError, lambda: session.inject_listen_status("stop")),  # type: ignore[arg-type]
            (LocalProtocolError, lambda: session.inject_play({"uri": "x"})),
            (LocalProtocolError, lambda: session.inject_whisper({"verb": "hangup"})),
            (LocalProtocolError, lambda: session.send_tts_tokens(5)),  # type: ignore[arg-type]
            (LocalProtocolError, lambda: session.update_agent({"type": "dance"})),
            (LocalProtocolError, lambda: session.inject_record("start")),  # type: ignore[arg-type]
            (InvalidVerb, lambda: session.say(txt="x")),  # type: ignore[call-arg]
        ]
        for kind, does in wrong:
            with pytest.raises(kind) as info:
                does()
            raised.append(str(info.value))

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        await phone.silence()
    assert len(raised) == 10
    assert "'mute', 'unmute'" in raised[0]
    assert "vendor, level and model" in raised[2]


async def test_text_without_a_stream_is_a_mistake(dial: Any) -> None:
    app = App()
    raised: list[str] = []

    async def handle(session: Session) -> None:
        session.answer().send()
        with pytest.raises(SpeechFailed) as info:
            session.send_tts_tokens("Hello.")
        raised.append(str(info.value))

    MakeService(app)(path="/").on("session:new", handle)
    async with dial(app) as phone:
        await phone.answered()
        await phone.silence()
    assert "ttsStream" in raised[0]


async def test_after_the_end_of_the_call_nothing_is_done_and_that_is_logged(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "jambonz_anyio")
    told: list[str] = []
    sessions: list[Session] = []

    async def handle(session: Session) -> None:
        sessions.append(session)

        async def ended(code: int, reason: str) -> None:
            for does, name in TOLD:
                does(session)
                await does(session)
                told.append(name)

        session.on("close", ended)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
        assert phone.received[1:] == []
    assert told == [name for _, name in TOLD]
    lines = [record.message for record in caplog.records if "does nothing any more" in record.message]
    assert len(lines) == 1
    assert lines[0].startswith("[call-1] ")
    with pytest.raises(CallEnded):
        sessions[0].call.post(FlushText())


async def test_a_hook_that_is_answered_after_the_end_is_let_go_of(dial: Any) -> None:
    told: list[str] = []

    async def handle(session: Session) -> None:
        async def heard(data: dict[str, Any]) -> None:
            await session.call.hangup()
            session.say(text="too late").reply()
            told.append("replied")

        session.on("/heard", heard)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        phone.hook("/heard", {"reason": "timeout"})
        with anyio.fail_after(10):
            while not told:
                await anyio.wait_all_tasks_blocked()
    assert told == ["replied"]


async def test_un_awaited_it_raises_before_the_connection_is_cut_and_awaited_it_waits(dial: Any) -> None:
    progress: list[str] = []
    done = anyio.Event()
    big = {"text": "x" * 20_000}

    async def handle(session: Session) -> None:
        await session.inject_mute("mute")
        await proved.wait()

        def never_waits() -> None:
            for _ in range(100):
                session.inject_command("custom", big)
                progress.append("sent")

        with pytest.raises(OutboxFull, match="outbox_bytes"):
            never_waits()
        # Nobody else had a turn, so the peer could read nothing. Now it can, and has to for what follows.
        await anyio.wait_all_tasks_blocked()
        for _ in range(30):
            await session.inject_command("custom", big)
            progress.append("awaited")
        done.set()

    proved = anyio.Event()
    limits = ServerLimits(outbox_bytes=200_000, high_water_bytes=50_000)
    async with dial(a_call(handle), limits=limits) as phone:
        await phone.answered()
        await phone.command("mute:status")
        proved.set()
        with anyio.fail_after(10):
            await done.wait()
        for _ in progress:
            assert (await phone.command("custom"))["data"] == big
        assert phone.closed_as is None
    assert 5 <= progress.count("sent") <= 10


async def test_without_a_connection_more_than_may_wait_is_refused(dial: Any) -> None:
    refused: list[int] = []
    gone = anyio.Event()

    async def handle(session: Session) -> None:
        await gone.wait()
        for number in range(10_000):
            try:
                session.inject_dtmf("1")
            except QueueFull:
                refused.append(number)
                break

    app = a_call(handle)
    async with dial(app) as phone:
        await phone.answered()
        phone.transport.abort()
        await anyio.wait_all_tasks_blocked()
        gone.set()
        await anyio.wait_all_tasks_blocked()
    assert len(refused) == 1


async def test_another_thread_is_sent_to_the_event_loop(dial: Any) -> None:
    raised: list[str] = []

    async def handle(session: Session) -> None:
        def in_a_thread() -> None:
            with pytest.raises(LocalProtocolError, match="event loop") as info:
                session.flush_tts_tokens()
            raised.append(str(info.value))
            anyio.from_thread.run_sync(session.flush_tts_tokens)

        await anyio.to_thread.run_sync(in_a_thread)

    async with dial(a_call(handle)) as phone:
        await phone.answered()
        await phone.command("tts:flush")
        await phone.silence()
    assert len(raised) == 1


# --- audio ------------------------------------------------------------------------------------------------


class Media:
    """The media server's end of an audio connection."""

    def __init__(self) -> None:
        self.frames: list[str | bytes] = []
        self.closed_as: Any = None

    def frame(self, data: str | bytes) -> None:
        self.frames.append(data)

    def receipt(self, count: int) -> None: ...

    def closed(self, closed: Any) -> None:
        self.closed_as = closed


async def streaming(
    connection: Callable[[Any], object], ends: anyio.Event, limits: ServerLimits | None = None
) -> Media:
    """Open an audio stream of an application, until `ends`; what the media server got."""
    app = App()
    MakeService(app).audio(path="/audio").on("connection", connection)
    media = Media()
    async with (
        open_memory_websocket(app, "/audio", subprotocols=AUDIO, limits=limits) as transport,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(transport.run, media)
        transport.push('{"callSid": "c", "sampleRate": 8000}')
        with anyio.fail_after(10):
            await ends.wait()
        await anyio.wait_all_tasks_blocked()
        await transport.close(1000)
    return media


async def test_audio_is_sent_without_await() -> None:
    ends = anyio.Event()

    async def connection(stream: Any) -> None:
        stream.on("audio", lambda pcm: None)
        stream.send_audio(bytes(320))
        stream.send_mark("m")
        stream.clear_marks()
        stream.kill_audio()
        stream.disconnect()
        stream.stream.post(SendAudio(bytes(640)))
        gc.collect()
        ends.set()

    media = await streaming(connection, ends)
    kinds = [frame if isinstance(frame, bytes) else frame[9:20] for frame in media.frames]
    # The audio before the kill was never to be heard, so it did not leave; behind it, silence for the mark.
    assert kinds[-1] == bytes(640)
    texts = [json.loads(frame)["type"] for frame in media.frames if isinstance(frame, str)]
    assert texts == ["clearMarks", "killAudio", "disconnect"]


async def test_more_audio_than_may_wait_raises_and_the_connection_stays() -> None:
    ends = anyio.Event()
    told: list[object] = []

    async def connection(stream: Any) -> None:
        def never_waits() -> None:
            while True:
                stream.send_audio(bytes(3200))
                told.append("sent")

        with pytest.raises(OutboxFull, match="outbox_bytes"):
            never_waits()
        clip = base64.b64encode(bytes(80_000)).decode()
        with pytest.raises(LocalProtocolError):
            stream.play_audio(clip)
        await anyio.wait_all_tasks_blocked()
        for _ in range(50):
            await stream.send_audio(bytes(3200))
        told.append(stream.stream.closed_as)
        ends.set()

    media = await streaming(connection, ends, ServerLimits(outbox_bytes=64_000, high_water_bytes=16_000))
    assert told[-1] is None
    assert 10 <= len(told) - 1 <= 20
    assert sum(len(frame) for frame in media.frames) >= 3200 * (len(told) - 1 + 50)


async def test_a_stream_that_is_over_takes_nothing_and_says_so_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "jambonz_anyio")
    told: list[object] = []
    ends = anyio.Event()

    async def connection(stream: Any) -> None:
        async def closed(code: int, reason: str) -> None:
            for _ in range(100):
                stream.send_audio(bytes(320))
                await stream.send_mark("m")
                stream.close()
            with pytest.raises(CallEnded):
                stream.stream.post(SendAudio(bytes(320)))
            told.append(code)

        stream.on("close", closed)
        stream.close()
        ends.set()

    await streaming(connection, ends)
    assert told == [1000]
    assert len([1 for record in caplog.records if "does nothing any more" in record.message]) == 1


async def test_a_stream_that_was_kept_may_be_closed_long_after_its_end() -> None:
    kept: list[Any] = []
    ends = anyio.Event()

    def connection(stream: Any) -> None:
        kept.append(stream)
        ends.set()

    await streaming(connection, ends)
    await kept[0].close()
    kept[0].close()


async def test_who_waits_for_audio_in_the_first_handler_gets_it() -> None:
    app = App()
    got: list[bytes] = []
    done = anyio.Event()

    async def connection(stream: Any) -> None:
        enough = anyio.Event()

        def audio(pcm: bytes) -> None:
            got.append(pcm)
            if len(got) == 3:
                enough.set()

        await anyio.wait_all_tasks_blocked()  # what comes before anybody has registered for it waits
        stream.on("audio", audio)
        await enough.wait()
        done.set()

    MakeService(app).audio(path="/audio").on("connection", connection)
    async with (
        open_memory_websocket(app, "/audio", subprotocols=AUDIO) as transport,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(transport.run, Media())
        transport.push('{"callSid": "c", "sampleRate": 8000}')
        for number in range(3):
            transport.push(bytes([number, 0]) * 160)
        with anyio.fail_after(10):
            await done.wait()
        await transport.close(1000)
    assert [pcm[0] for pcm in got] == [0, 1, 2]


# --- the coroutine object ---------------------------------------------------------------------------------


class Waits:
    """Makes waits, and counts them."""

    def __init__(self) -> None:
        self.made = 0

    async def __call__(self) -> str:
        self.made += 1
        await anyio.lowlevel.checkpoint()
        return "waited"


async def test_the_wait_is_made_when_somebody_begins_to_await_it() -> None:
    begin = Waits()
    dropped = Posted(begin)
    del dropped
    gc.collect()
    assert begin.made == 0
    assert await Posted(begin) == "waited"
    assert begin.made == 1


async def test_it_is_closed_and_thrown_into_as_any_coroutine() -> None:
    begin = Waits()
    closed = Posted(begin)
    closed.close()
    with pytest.raises(RuntimeError):
        await closed
    with pytest.raises(LookupError, match="x"):
        Posted(begin).throw(LookupError("x"))
    with pytest.raises(LookupError):
        Posted(begin).throw(LookupError)
    with pytest.raises(LookupError, match="y"):
        Posted(begin).throw(LookupError, LookupError("y"), None)
    assert begin.made == 0


async def test_its_task_can_be_cancelled() -> None:
    async def for_ever() -> None:
        await anyio.sleep_forever()

    with anyio.move_on_after(0.01) as scope:
        await Posted(for_ever)
    assert scope.cancelled_caught
