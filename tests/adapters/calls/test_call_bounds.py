"""What a call keeps of what comes is bounded in bytes too, is dropped by name, and counted; and calls without a
connection count as calls."""

from __future__ import annotations

import gc
import json
from contextlib import AsyncExitStack
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, AudioStream, Call, CallLimits, CallOptions, ServerLimits
from jambonz_anyio._call.sent_verbs import PATHS, PATHS_CHARACTERS
from jambonz_anyio._net.client import open_websocket
from jambonz_anyio._net.memory import open_memory_websocket
from jambonz_anyio._net.transport import UpgradeRefused
from jambonz_core.wire.errors import ConnectionLost
from jambonz_core.wire.events import HookKind, VerbHook

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

PARTIAL = {"reason": "speechDetected", "speech": {"is_final": False}}


async def until(true: Any) -> None:
    with anyio.fail_after(10):
        while not true():
            await anyio.lowlevel.checkpoint()


# --- iterators ------------------------------------------------------------------------------------------------


async def test_hooks_that_nobody_takes_are_bounded_in_bytes(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(inbox_bytes=10_000))
    got: list[int] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        inbox = call.hooks("/key")
        await call.gather(input=["digits"], actionHook="/key").send()
        await go_on.wait()
        got.extend([(await anext(inbox)).raw["number"] for _ in range(len(inbox))])
        got.append(inbox.dropped)
        got.append(call.log.dropped["CallLimits.inbox_bytes"])

    async with dial(app) as phone:
        await phone.answered()
        for number in range(10):
            assert await phone.ack(phone.hook("/key", {"number": number, "pad": "x" * 3_000})) == []
        go_on.set()
        await phone.silence()
    assert got == [7, 8, 9, 7, 7]
    assert caplog.text.count("CallLimits.inbox_bytes (10000) is reached") == 1


async def test_events_that_nobody_takes_are_bounded_in_bytes(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(events_bytes=10_000))
    kept: list[int] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        events = call.events()
        await call.answer().send()
        await go_on.wait()
        kept.extend([len(events), events.dropped])

    async with dial(app) as phone:
        await phone.answered()
        for _ in range(10):
            phone.say("llm:event", {"pad": "x" * 3_000})
        await phone.ack(phone.hook("/a"))
        go_on.set()
        await phone.silence()
    # Three of the ten, and the hook, which is small.
    assert kept[0] == 4
    assert "events(): nobody takes what comes, and CallLimits.events_bytes (10000) is reached" in caplog.text
    assert "first a LlmEvent" in caplog.text or "first a SessionNew" in caplog.text


# --- handlers -------------------------------------------------------------------------------------------------


async def test_partial_results_make_way_for_a_hook_that_wants_an_answer(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(handlers=1, handlers_waiting=3))
    heard: list[str] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/partial")
        async def partially(payload: Any) -> None:
            heard.append(f"partial {payload.raw['number']}")
            await go_on.wait()

        @call.on("/heard")
        async def finally_(payload: Any) -> Any:
            heard.append(f"heard {payload.raw['number']}")
            return call.say(text="Yes.")

        await call.gather(input=["speech"], actionHook="/heard", partialResultHook="/partial").send()

    async with dial(app) as phone:
        await phone.answered()
        for number in range(6):
            await phone.ack(phone.hook("/partial", {**PARTIAL, "number": number}))
        hooks = [phone.hook("/heard", {"reason": "speechDetected", "number": number}) for number in range(4)]
        # All three that wait were partial results: they go. The fourth hook finds hooks only, and gets nothing.
        assert await phone.ack(hooks[3]) == []
        go_on.set()
        for hook in hooks[:3]:
            [verb] = await phone.ack(hook)
            assert verb["verb"] == "say"
        assert app.calls["call-1"].log.dropped == {"CallLimits.handlers_waiting": 6}
    assert heard == ["partial 0", "heard 0", "heard 1", "heard 2"]
    assert "/partial is not handled: CallLimits.handlers_waiting (3) is reached" in caplog.text


async def test_what_waits_for_handlers_is_bounded_in_bytes(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(handlers=1, handlers_bytes=10_000))
    heard: list[int] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("llm:event")
        async def slowly(payload: Any) -> None:
            heard.append(payload.raw["number"])
            await go_on.wait()

        @call.on("/key")
        async def key(payload: Any) -> None:
            heard.append(payload.raw["number"])

        await call.gather(input=["digits"], actionHook="/key").send()

    async with dial(app) as phone:
        await phone.answered()
        for number in range(10):
            phone.say("llm:event", {"number": number, "pad": "x" * 3_000})
        large = phone.hook("/key", {"number": 10, "pad": "x" * 3_000})
        assert await phone.ack(large) == []
        small = phone.hook("/key", {"number": 11})
        go_on.set()
        assert await phone.ack(small) == []
        await phone.silence()
        pool = app.calls["call-1"]._runtime.pool
        assert pool._bytes == 0
    assert heard == [0, 1, 2, 3, 11]
    assert "llm:event is not handled: CallLimits.handlers_bytes (10000) is reached" in caplog.text
    assert "/key is not handled: CallLimits.handlers_bytes (10000) is reached" in caplog.text


async def test_a_handler_that_fails_gives_its_bytes_back(dial: Any) -> None:
    app = App(limits=CallLimits(handlers=1))
    pools: list[Any] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        pools.append(call._runtime.pool)

        @call.on("llm:event")
        async def fail(payload: Any) -> None:
            await anyio.sleep(0.01)
            raise RuntimeError("as the test wants")

        await call.answer().send()

    async with dial(app) as phone:
        await phone.answered()
        for _ in range(5):
            phone.say("llm:event", {"pad": "x" * 3_000})
        await phone.redirect(queued=False)
        await phone.hang_up()
    assert pools[0]._bytes == 0


# --- before the call ------------------------------------------------------------------------------------------


async def test_statuses_before_a_call_are_bounded_in_bytes(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(options=CallOptions(early_bytes=10_000))
    early: list[int] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        early.extend(status.data["number"] for status in call.early_statuses)
        await call.answer().send()

    async with dial(app) as phone:
        for number in range(20):
            phone.status("ringing", number=number, pad="x" * 3_000)
            await anyio.lowlevel.checkpoint()
        await phone.answered(direction="outbound")
        call = app.calls["call-1"]
        assert len(call._runtime.receivers._early or ()) == 3
    assert early == [17, 18, 19]
    assert caplog.text.count("CallOptions.early_bytes is reached, and something is dropped: call:status") == 1


async def test_what_comes_before_the_first_answer_is_bounded(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(options=CallOptions(early_statuses=5))
    heard: list[Any] = []
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await go_on.wait()

        @call.on("llm:event")
        async def on_event(payload: Any) -> None:
            heard.append(payload.raw["number"])

        await call.answer().send()

    async with dial(app) as phone:
        msgid = phone.begin()
        for number in range(8):
            phone.say("llm:event", {"number": number})
        await anyio.wait_all_tasks_blocked()
        go_on.set()
        await phone.ack(msgid)
        await phone.silence()
    assert heard == [3, 4, 5, 6, 7]
    assert "CallOptions.early_statuses is reached" in caplog.text


@pytest.mark.parametrize(
    ("limits", "name"),
    [
        (CallLimits(opening_messages=10), "opening_messages (10)"),
        (CallLimits(opening_bytes=10_000), "opening_bytes (10000)"),
    ],
    ids=["messages", "bytes"],
)
async def test_a_connection_that_floods_before_its_call_is_found_is_cut(
    dial: Any, caplog: pytest.LogCaptureFixture, limits: CallLimits, name: str
) -> None:
    app = App(limits=limits)

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()

    async with dial(app) as phone:
        for _ in range(20):
            phone.status("ringing", pad="x" * 1_000)
        assert (await phone.wait_closed()).code == 1006
    assert f"CallLimits.{name} is reached before the call of a connection is known" in caplog.text


async def test_a_large_first_payload_is_not_kept_for_the_whole_call(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(options=CallOptions(session_bytes=1_000))

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        assert "sip" not in call.data
        await call.answer().send()

    def alive() -> list[Any]:
        gc.collect()
        # Strings have no marks, but what is in the event has the garbage collector's.
        return [
            one for one in gc.get_objects() if isinstance(one, list) and one[:1] == ["marked by the test"]
        ]

    async with dial(app) as phone:
        await phone.answered(sip=["marked by the test", "x" * 10_000])
        await phone.silence()
        assert alive() == []
    what = "CallOptions.session_bytes is reached, and something is dropped: of the first payload: sip"
    assert what in caplog.text


# --- audio ----------------------------------------------------------------------------------------------------


async def hear(limits: CallLimits, frames: list[bytes]) -> tuple[list[int], int, dict[str, int]]:
    """The sizes of the frames that are kept, how many are lost, and at which limits."""
    app = App(limits=limits)
    kept: list[int] = []
    counts: list[Any] = []
    go_on = anyio.Event()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        await go_on.wait()
        counts.extend([stream.dropped, dict(stream.log.dropped)])
        async for pcm in stream:
            kept.append(len(pcm))

    async with open_memory_websocket(app, "/audio", subprotocols=("audio.drachtio.org",)) as transport:
        transport.push(json.dumps({"callSid": "c", "sampleRate": 8000, "mixType": "mono"}))
        for frame in frames:
            transport.push(frame)
        await anyio.wait_all_tasks_blocked()
        go_on.set()
        await anyio.wait_all_tasks_blocked()
        await transport.close(1000)
    return kept, counts[0], counts[1]


async def test_audio_that_nobody_takes_is_bounded_in_bytes(caplog: pytest.LogCaptureFixture) -> None:
    limits = CallLimits(audio_frames=100, audio_bytes=10_000)
    kept, lost, dropped = await hear(limits, [bytes(3_000)] * 10)
    assert (kept, lost) == ([3_000] * 3, 7)
    assert dropped == {"CallLimits.audio_bytes": 7}
    assert caplog.text.count("CallLimits.audio_bytes (10000) is reached") == 1


async def test_short_frames_behind_long_ones_count_too() -> None:
    limits = CallLimits(audio_frames=100, audio_bytes=10_000)
    kept, lost, _ = await hear(limits, [bytes(9_000)] + [bytes(100)] * 50)
    assert (kept, lost) == ([100] * 50, 1)


async def test_a_frame_that_is_too_long_by_itself_takes_nobody_elses_place() -> None:
    limits = CallLimits(audio_frames=100, audio_bytes=10_000)
    kept, lost, _ = await hear(limits, [bytes(100), bytes(20_000), bytes(100)])
    assert (kept, lost) == ([100, 100], 1)


async def test_short_frames_are_bounded_in_number_and_that_bounds_their_bytes() -> None:
    limits = CallLimits(audio_frames=10, audio_bytes=1_000)
    kept, lost, dropped = await hear(limits, [bytes(100)] * 30)
    assert (kept, lost) == ([100] * 10, 20)
    assert dropped == {"CallLimits.audio_frames": 20}


async def test_events_of_a_stream_that_nobody_asked_for_are_bounded_in_bytes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    app = App(limits=CallLimits(inbox_bytes=10_000))
    kept: list[int] = []
    go_on = anyio.Event()

    @app.audio("/audio")
    async def handler(stream: AudioStream) -> None:
        await go_on.wait()
        kept.append(len(stream.events()))

    async with open_memory_websocket(app, "/audio", subprotocols=("audio.drachtio.org",)) as transport:
        transport.push(json.dumps({"callSid": "c", "sampleRate": 8000, "mixType": "mono"}))
        for _ in range(10):
            transport.push(json.dumps({"type": "unknown", "pad": "x" * 3_000}))
        await anyio.wait_all_tasks_blocked()
        go_on.set()
        await anyio.wait_all_tasks_blocked()
    assert kept == [3]
    assert caplog.text.count("CallLimits.inbox_bytes is reached") == 1


# --- detached calls count as calls ----------------------------------------------------------------------------


async def test_a_detached_call_counts_and_is_let_in_when_it_comes_back(
    dial_url: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()
    serving: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        serving.append(call.call_sid)
        await call.answer().send()

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        await anyio.sleep_forever()

    async with anyio.create_task_group() as tasks:
        limits = ServerLimits(calls=2, close_seconds=0.1)
        server = await tasks.start(partial(app.serve, port=0, limits=limits))
        url = f"ws://127.0.0.1:{server.port}/"
        async with AsyncExitStack() as stack:
            one = await stack.enter_async_context(dial_url(url, call_sid="one"))
            await one.answered()
            assert server.ready
            two = await stack.enter_async_context(dial_url(url, call_sid="two"))
            await two.answered()
            assert not server.ready
            two.transport.abort()
            await until(lambda: app.detached == 1)
            # It has lost its connection, and its place is kept: not for audio, nor for a new call.
            assert not server.ready
            with pytest.raises(UpgradeRefused):
                async with open_websocket(url + "audio", subprotocols=("audio.drachtio.org",)):
                    pass
            three = await stack.enter_async_context(dial_url(url, call_sid="three"))
            with pytest.raises(ConnectionLost, match="closed the connection before it answered"):
                async with open_websocket(url, subprotocols=("ws.jambonz.org",)):
                    pass
            [verb] = await three.ack(three.begin())
            assert verb["verb"] == "sip:decline"
            three.status("failed")
            await three.transport.close(1000)
            await until(lambda: server.calls == 1)
            again = await stack.enter_async_context(dial_url(url, call_sid="two"))
            await again.ack(again.say("session:reconnect", again.session()))
            assert app.detached == 0
            assert serving == ["one", "two"]
            await one.hang_up()
            await again.hang_up()
            await until(lambda: not app.calls)
        assert server.reached.counts == {"calls": 2, "turned away": 1}
        await server.drain(0)
    assert "ServerLimits.calls is reached, and this is a new call: it is declined" in caplog.text


# --- what verbs tell of what will come ------------------------------------------------------------------------


async def test_what_is_remembered_of_verbs_is_bounded(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    async with dial(app) as phone:
        await phone.answered()
        call = app.calls["call-1"]
        sent = call._runtime.sent
        for number in range(40):
            path = f"/{number:02}-" + "x" * 5_000
            sent.learn([{"verb": "gather", "actionHook": path}, {"verb": "listen", "url": path}])
        for known in (sent._classes, sent._playback):
            assert known is not None
            assert list(known.of)[-1] == path
            assert known.characters == sum(map(len, known.of)) <= PATHS_CHARACTERS
        for number in range(1000):
            sent.learn(
                [{"verb": "gather", "actionHook": f"/{number}"}, {"verb": "listen", "url": f"/{number}"}]
            )
        for known in (sent._classes, sent._playback):
            assert known is not None
            assert len(known.of) == PATHS
        assert call.log.dropped["PATHS or PATHS_CHARACTERS"] > 1000
        assert caplog.text.count("PATHS or PATHS_CHARACTERS is reached") == 1


async def test_a_hook_is_of_the_verb_that_named_it_last(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    async with dial(app) as phone:
        await phone.answered()
        sent = app.calls["call-1"]._runtime.sent

        def kind_after(*verbs: dict[str, Any]) -> str:
            sent.learn(list(verbs))
            return type(sent.of_hook(VerbHook("m", "/x", {}, HookKind.ACTION, acked=False))).__name__

        gather, play = ({"verb": name, "actionHook": "/x"} for name in ("gather", "play"))
        listen = {"verb": "listen", "actionHook": {"url": "/x"}, "url": "/audio"}
        assert kind_after({"verb": "say", "text": "x"}) == "HookPayload"
        assert kind_after(gather) == kind_after(gather) == "GatherResult"
        assert kind_after(play) == kind_after(play, {"verb": "made:up", "actionHook": "/x"}) == "PlayResult"
        assert kind_after(gather, listen) == "ListenResult"
        assert kind_after(gather) == "GatherResult"
        assert kind_after({**listen, "actionHook": "/x"}) == "ListenResult"
        assert kind_after({**listen, "actionHook": "/x", "url": "/other"}) == "ListenResult"
        assert kind_after({"verb": "config", "bargeIn": {"actionHook": "/x"}}) == "GatherResult"
        assert [sent.playback_mode(path) for path in ("/audio", "/other")] == [(False, None)] * 2


async def test_of_the_first_message_of_a_stream_a_part_is_kept(caplog: pytest.LogCaptureFixture) -> None:
    app = App()
    kept: list[dict[str, Any]] = []
    dropped: list[Any] = []

    @app.audio("/audio")
    async def audio(stream: AudioStream) -> None:
        kept.append(stream.metadata)
        dropped.append(stream.log.dropped)

    async with open_memory_websocket(app, "/audio", subprotocols=("audio.drachtio.org",)) as transport:
        first = {"callSid": "call-1", "sampleRate": 8000, "large": "x" * 200_000}
        transport.push(json.dumps(first))
        await until(lambda: kept)
        del first["large"]
        assert kept == [first]
        assert dropped == [{"AudioOptions.metadata_bytes": 1}]
    assert (
        "AudioOptions.metadata_bytes is reached, and something is dropped: of the first message"
        in caplog.text
    )
