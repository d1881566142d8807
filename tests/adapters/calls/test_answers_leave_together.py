"""Answers to hooks that were read in one turn of the event loop leave together, and none is left behind.

In real time and over real sockets, because this is about when the kernel is given what was written.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest
from anyio.abc import TaskGroup

from jambonz_anyio import App, Call, ServerLimits
from jambonz_anyio._call.departures import LONGEST_WAIT_SECONDS, Departures
from jambonz_anyio._net.byte_streams import ByteStream
from jambonz_anyio._net.fast_streams import SocketStream, _SocketIncoming
from jambonz_anyio._net.server import Server

from .conftest import Dial, Phone, call_url

pytestmark = [pytest.mark.anyio, pytest.mark.real_time, pytest.mark.usefixtures("nothing_left_behind")]

Log = list[str]
CALLS = 5


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Log:
    """Learns of each write of the server, when the kernel is given it."""
    log: Log = []
    open_stream = _SocketIncoming.open

    async def opened(incoming: _SocketIncoming, tasks: TaskGroup) -> ByteStream:
        stream = await open_stream(incoming, tasks)
        assert isinstance(stream, SocketStream)
        send = stream._send

        def recorded(data: Any) -> int:
            log.append("sent")
            return send(data)

        stream._send = recorded  # type: ignore[assignment]  # it is called with what was written, and no flags
        return stream

    monkeypatch.setattr(_SocketIncoming, "open", opened)
    return log


class Phones(list[Phone]):
    """Calls of one server."""

    url: str


@asynccontextmanager
async def phones(app: App, count: int, *, receipts: bool = True) -> AsyncIterator[Phones]:
    """So many calls in one process, each answered."""
    async with anyio.create_task_group() as tasks:
        limits = ServerLimits(close_seconds=0.1)
        server: Server = await tasks.start(partial(app.serve, port=0, limits=limits, receipts=receipts))
        async with AsyncExitStack() as stack:
            opened = Phones()
            opened.url = f"ws://127.0.0.1:{server.port}/"
            for number in range(count):
                phone = await stack.enter_async_context(call_url(opened.url, call_sid=f"call-{number}"))
                await phone.answered()
                if receipts:
                    await phone.proves()
                opened.append(phone)
            await anyio.wait_all_tasks_blocked()
            yield opened
            for phone in opened:
                phone.transport.abort()
        await server.drain(0)


def answering(log: Log, then: Callable[[Call], Any] = lambda call: call.say(text="Yes")) -> App:
    """An application that says when the handler of a hook begins."""
    app = App()

    @app.call("/")
    async def answer(call: Call) -> None:
        async def heard(payload: object) -> Any:
            log.append("begins")
            given = then(call)
            return await given if inspect.iscoroutine(given) else given

        call.on("/heard", heard)
        await call.gather(input=["speech"], actionHook="/heard").send()

    return app


async def test_while_handlers_are_about_to_run_answers_wait_for_them(
    sent: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is just now.
    monkeypatch.setattr("jambonz_anyio._call.departures.LONGEST_WAIT_SECONDS", 60.0)
    monkeypatch.setattr("jambonz_anyio._call.timers.LEAST_SLEEP_SECONDS", 60.0)
    async with phones(answering(sent), CALLS) as calls:
        sent.clear()
        msgids = [phone.hook("/heard", {"reason": "timeout"}) for phone in calls]
        for phone, msgid in zip(calls, msgids, strict=True):
            assert [verb["verb"] for verb in await phone.ack(msgid)] == ["say"]
        before = CALLS - 1
        assert sent == ["begins"] * before + ["sent"] * before + ["begins", "sent"]


async def test_an_answer_that_is_alone_waits_for_nobody(sent: Log) -> None:
    async with phones(answering(sent), 2) as calls:
        sent.clear()
        for phone in calls:
            await phone.ack(phone.hook("/heard", {"reason": "timeout"}))
        assert sent == ["begins", "sent"] * 2


async def test_where_time_takes_the_place_of_receipts_an_answer_leaves_at_once(sent: Log) -> None:
    async with phones(answering(sent), CALLS, receipts=False) as calls:
        sent.clear()
        msgids = [phone.hook("/heard", {"reason": "timeout"}) for phone in calls]
        for phone, msgid in zip(calls, msgids, strict=True):
            await phone.ack(msgid)
        assert sent == ["begins", "sent"] * CALLS


async def test_calls_that_end_while_their_handlers_are_about_to_run_keep_nobody_waiting() -> None:
    app = answering([])
    async with phones(app, 6) as calls:
        for phone in calls:
            phone.hook("/heard", {"reason": "timeout"})
        gone, over, *rest = calls
        gone.transport.abort()
        over.status("completed")
        for phone in rest:
            await phone.next()
        await over.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
        departures = app._context.timers.loop.departures
        assert (departures.expected, departures.waiting) == (0, [])
        msgid = rest[0].hook("/heard", {"reason": "timeout"})
        await rest[0].ack(msgid)


async def test_a_call_that_hangs_up_behind_its_answer_says_both() -> None:
    """What is sent behind an answer that waits takes it along, in its place."""

    def then(call: Call) -> Any:
        call.start_soon(call.hangup)
        return call.say(text="Bye")

    async with phones(answering([], then), CALLS) as calls:
        msgids = [phone.hook("/heard", {"reason": "timeout"}) for phone in calls]
        for phone, msgid in zip(calls, msgids, strict=True):
            assert [verb["verb"] for verb in await phone.ack(msgid)] == ["say"]
            await phone.next()


async def test_a_call_that_begins_meanwhile_is_no_part_of_that() -> None:
    async with phones(answering([]), CALLS) as calls, anyio.create_task_group() as tasks:

        async def call_once(number: int) -> None:
            async with call_url(calls.url, call_sid=f"late-{number}") as phone:
                await phone.answered()

        for number in range(20):
            tasks.start_soon(call_once, number)
            msgids = [phone.hook("/heard", {"reason": "timeout"}) for phone in calls]
            for phone, msgid in zip(calls, msgids, strict=True):
                await phone.ack(msgid)


async def test_what_a_handler_sends_itself_leaves_at_once(sent: Log) -> None:
    async def then(call: Call) -> None:
        await call.say(text="Yes").reply()

    async with phones(answering(sent, then), CALLS) as calls:
        sent.clear()
        msgids = [phone.hook("/heard", {"reason": "timeout"}) for phone in calls]
        for phone, msgid in zip(calls, msgids, strict=True):
            await phone.ack(msgid)
        assert sent == ["begins", "sent"] * CALLS


@pytest.mark.parametrize("lost", [True, False], ids=["lost", "replaced"])
async def test_an_answer_that_waits_while_its_connection_goes_is_given_once_on_the_next(
    monkeypatch: pytest.MonkeyPatch, dial: Dial, lost: bool
) -> None:
    monkeypatch.setattr("jambonz_anyio._call.timers.LEAST_SLEEP_SECONDS", 60.0)  # nothing else sends it
    app = answering([])
    async with dial(app) as phone:
        await phone.answered()
        await phone.proves()
        departures = app._context.timers.loop.departures
        departures.expected += 1
        phone.hook("/heard", {"reason": "timeout"})
        await anyio.wait_all_tasks_blocked()
        assert departures.waiting
        await phone.silence()
        if lost:
            phone.transport.abort()
        async with dial(app) as again:
            assert await again.ack(again.say("session:reconnect", again.session())) == []
            assert [verb["verb"] for verb in await again.redirect(queued=False)] == ["say"]
            departures.expected -= 1
            departures.leave()
            await again.silence()
            again.transport.abort()


class Answered:
    """Something with an answer that waits."""

    def __init__(self, log: Log, name: str) -> None:
        self._log = log
        self._name = name

    def depart(self) -> None:
        if self._name == "broken":
            raise ZeroDivisionError
        self._log.append(self._name)


async def test_behind_a_millisecond_an_answer_waits_for_nobody_who_begins(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now, log = 100.0, Log()
    monkeypatch.setattr("jambonz_anyio._call.departures.monotonic", lambda: now)
    departures = Departures()
    departures.expected = 2
    departures.wait(Answered(log, "a"))
    departures.expected = 1
    departures.look()
    assert log == []
    now += LONGEST_WAIT_SECONDS * 1.5
    departures.wait(Answered(log, "b"))
    departures.look()
    assert log == ["a", "b"]
    departures.wait(Answered(log, "c"))
    departures.expected = 0
    departures.look()
    assert log == ["a", "b", "c"]


async def test_an_answer_that_cannot_be_sent_stops_no_other(caplog: pytest.LogCaptureFixture) -> None:
    log = Log()
    departures = Departures()
    for name in ("a", "broken", "b"):
        departures.wait(Answered(log, name))
    departures.look()
    assert log == ["a", "b"]
    assert [record.exc_info is not None for record in caplog.records] == [True]


async def test_of_handlers_that_compute_each_answer_leaves_before_the_one_behind_the_next(sent: Log) -> None:
    """In real time: on uvloop the loop's own clock stands still while they do."""

    def then(call: Call) -> Any:
        time.sleep(2 * LONGEST_WAIT_SECONDS)
        return call.say(text="Yes")

    async with phones(answering(sent, then), CALLS) as calls:
        sent.clear()
        msgids = [phone.hook("/heard", {"reason": "timeout"}) for phone in calls]
        for phone, msgid in zip(calls, msgids, strict=True):
            await phone.ack(msgid)
        waited = 0
        for what in sent:
            waited += 1 if what == "begins" else -1
            assert waited <= 2
