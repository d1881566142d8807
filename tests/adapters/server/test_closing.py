"""The machine that says how a connection ends, through every sequence of what can happen to it."""

from __future__ import annotations

import itertools
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._net.asgi import AsgiTransport
from jambonz_anyio._net.closing import (
    CONNECTION,
    ENDS_PER_TURN,
    Closing,
    ConnectionInput,
    ConnectionState,
)
from jambonz_anyio._net.parsers import frame_parser
from jambonz_anyio._net.transport import Closed, Peer, Transport
from jambonz_anyio._net.websocket import WebSocketTransport
from jambonz_anyio.limits import ServerLimits
from jambonz_core.wire.errors import LocalProtocolError

LIMITS = ServerLimits()


def test_everything_may_happen_at_any_time() -> None:
    assert set(CONNECTION) == set(ConnectionState)
    for row in CONNECTION.values():
        assert set(row) == set(ConnectionInput)


@given(
    steps=st.lists(st.sampled_from([*ConnectionInput, "claim", "tell"]), max_size=12),
)
def test_there_is_one_outcome_and_it_is_told_once(make_sink: Any, steps: list[Any]) -> None:
    async def play() -> None:
        closing = Closing()
        sink = make_sink()
        claimed = False
        chosen: Closed | None = None
        ended_by: Closed | None = None
        for number, step in enumerate(steps):
            if step == "claim":
                if claimed:
                    with pytest.raises(LocalProtocolError, match="once"):
                        closing.claim(make_sink())
                else:
                    closing.claim(sink)
                claimed = True
            elif step == "tell":
                closing.tell()
            elif step is ConnectionInput.CLOSE:
                began = closing.begin(4000 + number)
                assert began == (chosen is None and ended_by is None)
                if began:
                    chosen = Closed(4000 + number, local=True)
            else:
                closed = Closed(4000 + number)
                assert closing.end(step, closed) == (ended_by is None)
                ended_by = ended_by or closed
            expected = None if ended_by is None else chosen or ended_by
            assert closing.outcome == expected
            assert (closing.state is ConnectionState.OVER) == (ended_by is not None)
            assert (closing.state is ConnectionState.CLOSING) == (chosen is not None and ended_by is None)
        closing.tell()
        closing.tell()
        assert sink.ends == ([closing.outcome] if claimed and ended_by is not None else [])
        if ended_by is not None:
            assert await closing.wait() == closing.outcome

    anyio.run(play)


@pytest.mark.anyio
async def test_of_connections_that_end_at_once_a_few_are_told_of_in_each_turn(make_sink: Any) -> None:
    sinks = [make_sink() for _ in range(100)]
    counts = [0]

    async def end(sink: Any) -> None:
        closing = Closing()
        closing.claim(sink)
        closing.end(ConnectionInput.LOST, Closed(1006))
        await closing.tell_in_turn()

    async with anyio.create_task_group() as tasks:
        for sink in sinks:
            tasks.start_soon(end, sink)
        with anyio.fail_after(5):
            while counts[-1] < 100:
                await anyio.lowlevel.checkpoint()
                counts.append(sum(len(sink.ends) for sink in sinks))
    assert all(sink.ends == [Closed(1006)] for sink in sinks)
    # A turn of trio's may hold two of each task's.
    assert max(after - before for before, after in itertools.pairwise(counts)) <= 2 * ENDS_PER_TURN


@pytest.mark.anyio
@pytest.mark.parametrize("kind", ["socket", "asgi"])
async def test_whatever_carries_them_connections_that_are_lost_at_once_wait_for_their_turn(
    make_sink: Any, make_stream: Any, kind: str
) -> None:
    sinks = [make_sink() for _ in range(100)]
    lost, reading = anyio.Event(), []
    counts = [0]

    async def receive() -> dict[str, Any]:
        reading.append(True)
        await lost.wait()
        return {"type": "websocket.disconnect", "code": 1006}

    async def send(message: Any) -> None:
        raise AssertionError(f"nothing is sent here: {message}")

    async with anyio.create_task_group() as tasks:
        streams = []
        for sink in sinks:
            transport: Transport
            if kind == "asgi":
                transport = AsgiTransport(receive, send, Peer("/"), LIMITS, tasks)
            else:
                streams.append(make_stream())
                parser = frame_parser("wsproto")(client=False, message_bytes=1000)
                transport = WebSocketTransport(streams[-1], parser, Peer("/"), LIMITS)
            tasks.start_soon(transport.run, sink)
        with anyio.fail_after(5):
            while (
                not all(stream.pumping.is_set() for stream in streams)
                or len(reading) < (kind == "asgi") * 100
            ):
                await anyio.lowlevel.checkpoint()
            lost.set()
            for stream in streams:
                stream.end()
            while counts[-1] < 100:
                await anyio.lowlevel.checkpoint()
                counts.append(sum(len(sink.ends) for sink in sinks))
    assert max(after - before for before, after in itertools.pairwise(counts)) <= 2 * ENDS_PER_TURN


@pytest.mark.anyio
async def test_a_connection_that_is_cancelled_waits_for_no_turn(make_sink: Any) -> None:
    closing, sink = Closing(), make_sink()
    closing.claim(sink)
    closing.end(ConnectionInput.LOST, Closed(1006))
    with anyio.CancelScope() as scope:
        scope.cancel()
        await closing.tell_in_turn()
    assert scope.cancelled_caught
    assert sink.ends == []
    closing.tell()
    assert sink.ends == [Closed(1006)]
