"""The websocket in memory keeps the rules of the seam, and does what a network does."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._net.memory import MemoryTransport, memory_connection, open_memory_websocket
from jambonz_anyio._net.transport import Closed, HttpResponse, Peer, UpgradeRefused
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.errors import LocalProtocolError

pytestmark = pytest.mark.anyio


class Ends:
    """Both ends, each with a sink, and both running."""

    def __init__(self, sinks: tuple[Any, Any], **settings: Any) -> None:
        peer = Peer("/calls", subprotocol="ws.jambonz.org")
        self.app, self.phone = memory_connection(peer, **settings)
        self.at_app, self.at_phone = sinks
        self.cable = self.app.connection

    def run(self, tasks: Any) -> None:
        tasks.start_soon(self.app.run, self.at_app)
        tasks.start_soon(self.phone.run, self.at_phone)


@pytest.fixture
def sinks(recording_sink: Any) -> Any:
    return recording_sink, type(recording_sink)()


def closings(ends: Ends) -> tuple[list[Closed], list[Closed]]:
    return ends.at_app.ends, ends.at_phone.ends


async def test_messages_both_ways(sinks: Any) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        assert it.app.peer.path == "/calls"
        assert it.phone.peer.subprotocol == "ws.jambonz.org"
        it.app.push("one")
        it.app.push(b"two")
        it.phone.push("three")
        # Nothing is handed over inside a push.
        assert it.at_phone.frames == []
        assert it.app.backlog == 6
        await anyio.wait_all_tasks_blocked()
        assert it.at_phone.frames == ["one", b"two"]
        assert it.at_app.frames == ["three"]
        assert it.app.backlog == 0
        it.cable.cut()


async def test_a_close_comes_after_everything_before_it(sinks: Any) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        it.app.push("before")
        it.app.push(b"audio that nobody waits for")
        await it.app.close(1012, "restart")
        it.app.push("after")
        it.phone.push("too late")
    assert it.at_phone.frames == ["before"]
    assert it.at_app.frames == []
    assert closings(it) == ([Closed(1012, "restart", local=True)], [Closed(1012, "restart")])


async def test_both_close_at_once(sinks: Any) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        tasks.start_soon(it.app.close, 1001)
        tasks.start_soon(it.phone.close, 1000)
    [mine], [theirs] = closings(it)
    assert (mine.code, theirs.code) in {(1001, 1000), (1001, 1001), (1000, 1000)}


async def test_close_without_a_reader_reads_by_itself(sinks: Any) -> None:
    app, phone = memory_connection()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(phone.run, sinks[0])
        phone.push("nobody wants this")
        await app.close(1011)
        await app.close(1000)
    assert sinks[0].ends == [Closed(1011)]
    assert await app.run(sinks[1]) == Closed(1011, local=True)
    assert sinks[1].ends == [Closed(1011, local=True)]


async def test_a_close_that_nobody_answers_ends_in_time(sinks: Any) -> None:
    app, phone = memory_connection(limits=ServerLimits(close_seconds=0.02))
    with anyio.fail_after(5):
        await app.close(1012, "restart")
    assert await app.run(sinks[0]) == Closed(1012, "restart", local=True)
    assert await phone.run(sinks[1]) == Closed(1012, "restart")


async def test_codes_that_no_close_frame_may_carry_are_refused() -> None:
    app, _ = memory_connection()
    with pytest.raises(LocalProtocolError, match="1006"):
        await app.close(1006)


async def test_aborting_delivers_what_was_sent(sinks: Any) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        it.app.push("on its way")
        it.phone.push("not read any more")
        it.app.abort()
        it.app.push("too late")
    assert it.at_phone.frames == ["on its way"]
    assert it.at_app.frames == []
    assert closings(it) == ([Closed(1006, "aborted", local=True)], [Closed(1006, "connection lost")])


@pytest.mark.parametrize("deliver", [True, False])
async def test_cutting_the_cable(sinks: Any, deliver: bool) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        it.app.push("in flight")
        it.cable.cut(deliver=deliver)
        it.cable.cut()
        await it.app.close()
        await it.app.room()
    assert it.at_phone.frames == (["in flight"] if deliver else [])
    assert closings(it) == ([Closed(1006, "connection lost")], [Closed(1006, "connection lost")])


async def test_a_half_open_connection_swallows_everything(sinks: Any) -> None:
    it = Ends(sinks, limits=ServerLimits(close_seconds=0.02))
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        it.app.push("arrives")
        it.cable.lose()
        it.app.push("does not")
        await it.app.close(1012)
        await anyio.wait_all_tasks_blocked()
        assert it.at_phone.frames == ["arrives"]
        # The other end knows nothing of it.
        assert closings(it) == ([Closed(1012, "", local=True)], [])
        it.cable.lose(False)
        it.phone.push("to nobody")
        it.cable.cut()
    assert it.at_phone.ends == [Closed(1006, "connection lost")]


async def test_frames_keep_their_order_and_audio_in_flight_can_be_dropped(sinks: Any) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        it.app.push(b"pcm 1")
        it.app.push("mark 1")
        it.app.push(b"pcm 2")
        it.app.push("mark 2")
        await anyio.wait_all_tasks_blocked()
        assert it.at_phone.frames == [b"pcm 1", "mark 1", b"pcm 2", "mark 2"]
        it.app.push(b"pcm 3")
        it.app.push("mark 3")
        it.app.drop_audio()
        it.app.push("kill")
        await anyio.wait_all_tasks_blocked()
        assert it.at_phone.frames[4:] == ["mark 3", "kill"]
        it.cable.cut()


async def test_room_and_a_full_outbox(sinks: Any) -> None:
    app, phone = memory_connection(limits=ServerLimits(high_water_bytes=10, outbox_bytes=30))
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app.run, sinks[0])
        await app.room()
        app.push(b"x" * 10)
        with anyio.move_on_after(0.01) as scope:
            await app.room()
        assert scope.cancelled_caught
        app.push("y" * 21)
    assert sinks[0].ends == [Closed(1006, "outbox_bytes (30) reached", local=True)]
    assert await phone.run(sinks[1]) == Closed(1006, "connection lost")
    assert sinks[1].frames == [b"x" * 10]
    await app.room()


async def test_a_message_above_the_limit_closes_both_with_1009(sinks: Any) -> None:
    it = Ends(sinks, peer_limits=ServerLimits(message_bytes=10))
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        it.app.push("é" * 6)
        it.app.push("never seen")
    assert it.at_phone.frames == []
    assert closings(it) == (
        [Closed(1009, "message_bytes (10) passed")],
        [Closed(1009, "message_bytes (10) passed", local=True)],
    )


async def test_cancelling_run_cuts(sinks: Any) -> None:
    app, phone = memory_connection()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(phone.run, sinks[1])
        with anyio.move_on_after(0.01):
            await app.run(sinks[0])
    assert sinks[0].ends == [Closed(1006, "cancelled", local=True)]
    assert sinks[1].ends == [Closed(1006, "connection lost")]


async def test_what_a_sink_raises_ends_the_connection(sinks: Any) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    app, phone = memory_connection()
    sinks[0].on_frame = fail
    phone.push("x")
    with pytest.raises(ZeroDivisionError):
        await app.run(sinks[0])
    assert sinks[0].ends
    assert (await phone.run(sinks[1])).code == 1006


async def test_a_frame_may_abort_the_connection_it_came_on(sinks: Any) -> None:
    app, phone = memory_connection()
    sinks[0].on_frame = app.abort
    phone.push("one")
    phone.push("two")
    assert await app.run(sinks[0]) == Closed(1006, "aborted", local=True)
    assert sinks[0].frames == ["one"]


async def test_two_readers_are_refused(sinks: Any) -> None:
    it = Ends(sinks)
    async with anyio.create_task_group() as tasks:
        it.run(tasks)
        await anyio.wait_all_tasks_blocked()
        with pytest.raises(LocalProtocolError, match="once"):
            await it.app.run(sinks[0])
        it.cable.cut()


def test_half_a_character_is_refused_where_it_is_pushed() -> None:
    async def play() -> None:
        app, _ = memory_connection()
        with pytest.raises(LocalProtocolError, match="surrogate"):
            app.push("\ud800")

    anyio.run(play)


async def test_opening_one_to_an_application(echo_application: Any, recording_sink: Any) -> None:
    application = echo_application
    async with open_memory_websocket(
        application,
        "/a b",
        query="c=d",
        subprotocols=["x", "y"],
        credentials=("me", "pass"),
        headers={"h": "1"},
    ) as phone:
        assert isinstance(phone, MemoryTransport)
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(phone.run, recording_sink)
            phone.push("hello")
            await recording_sink.until(lambda: recording_sink.frames)
            await phone.close(1000)
    [request] = application.requests
    assert request.subprotocols == ("x", "y")
    peer = application.transports[0].peer
    assert (peer.path, peer.query, peer.subprotocol) == ("/a b", "c=d", "x")
    assert peer.credentials == ("me", "pass")
    assert peer.headers == {"h": "1"}
    assert application.results == [Closed(1000)]


async def test_a_refused_one(echo_application: Any) -> None:
    with pytest.raises(UpgradeRefused) as refused:
        async with open_memory_websocket(echo_application, "/refuse"):
            pass
    assert isinstance(refused.value.response, HttpResponse)
    assert refused.value.response.status == 401


@pytest.mark.parametrize(("path", "code"), [("/return", 1001), ("/fail-later", 1011)])
async def test_an_application_that_leaves_it_open(
    echo_application: Any, recording_sink: Any, path: str, code: int
) -> None:
    """As the server would do it; but what it raises comes out, for a test to see."""

    async def play() -> None:
        async with open_memory_websocket(echo_application, path) as phone:
            await phone.run(recording_sink)

    if path == "/return":
        await play()
    else:
        with pytest.raises(BaseExceptionGroup) as raised:
            await play()
        assert raised.group_contains(RuntimeError, match="as asked")
    assert recording_sink.ends[0].code == code


@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from(["app", "phone"]),
            st.booleans(),
            st.one_of(st.text(max_size=5), st.binary(max_size=5)),
        ),
        max_size=30,
    ),
    end=st.sampled_from(["close", "abort", "cut"]),
)
def test_whatever_is_pushed_arrives_in_order(steps: Any, end: str) -> None:
    class Sink:
        def __init__(self) -> None:
            self.frames: list[Any] = []
            self.ends: list[Closed] = []
            self.receipts: list[int] = []

        def receipt(self, count: int) -> None:
            self.receipts.append(count)

        def frame(self, data: Any) -> None:
            self.frames.append(data)

        def closed(self, closed: Closed) -> None:
            self.ends.append(closed)

    async def play() -> None:
        app, phone = memory_connection()
        at_app, at_phone = Sink(), Sink()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(app.run, at_app)
            tasks.start_soon(phone.run, at_phone)
            await anyio.wait_all_tasks_blocked()
            for who, receipt, frame in steps:
                (app if who == "app" else phone).push(frame, receipt=receipt)
            await anyio.wait_all_tasks_blocked()
            if end == "close":
                await app.close(1001)
            elif end == "abort":
                phone.abort()
            else:
                app.connection.cut()
        for sender, sink in (("app", at_phone), ("phone", at_app)):
            sent = [(receipt, frame) for who, receipt, frame in steps if who == sender]
            assert sink.frames == [frame for _, frame in sent]
            assert len(sink.ends) == 1
            proof = [number for number, (receipt, _) in enumerate(sent, 1) if receipt]
            assert (at_app if sender == "app" else at_phone).receipts == proof

    anyio.run(play)
