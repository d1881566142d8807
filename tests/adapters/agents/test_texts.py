"""What `texts` makes of streams of other kinds, and of what is none; and in which order it closes them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, LocalProtocolError
from jambonz_anyio.agents import ModelFailed, texts
from jambonz_anyio.testing import Checks, dial

pytestmark = pytest.mark.anyio


class Request:
    """Something like a client's stream, which notes how it is closed."""

    def __init__(self, *items: Any, failure: Exception | None = None) -> None:
        self.items = list(items)
        self.log: list[str] = []
        self.failure = failure

    def __aiter__(self) -> Request:
        return self

    async def __anext__(self) -> Any:
        if not self.items:
            raise StopAsyncIteration
        return self.items.pop(0)

    async def close(self) -> None:
        await anyio.lowlevel.checkpoint()
        self.log.append("closed")
        if self.failure is not None:
            raise self.failure


async def test_plain_text_and_lists() -> None:
    assert [text async for text in texts("One moment.")] == ["One moment."]
    assert [text async for text in texts(["One ", "", None, "moment."])] == ["One ", "moment."]
    assert [text async for text in texts(())] == []


async def test_generators_and_coroutines_that_give_them() -> None:
    async def words() -> AsyncIterator[str]:
        yield "One"

    async def asked() -> Any:
        return words()

    assert [text async for text in texts(words())] == ["One"]
    assert [text async for text in texts(asked())] == ["One"]
    again = texts("x")
    assert texts(again) is again


async def test_bytes_are_server_sent_events() -> None:
    data = 'data: {"choices": [{"delta": {"content": "schön"}}]}'.encode()

    async def body() -> AsyncIterator[bytes]:
        for at in range(len(data)):
            yield data[at : at + 1]

    assert [text async for text in texts(body())] == ["schön"]


async def test_what_was_opened_is_closed_once_and_inside_out() -> None:
    request = Request("One", "two")

    @asynccontextmanager
    async def managed() -> AsyncIterator[Request]:
        with anyio.CancelScope():  # open for as long as the manager is
            yield request
            request.log.append("left")

    async with texts(managed()) as stream:
        assert await anext(stream) == "One"
    await stream.aclose()
    assert request.log == ["closed", "left"]


async def test_a_scope_that_a_manager_has_open_survives_an_interruption_of_the_speech() -> None:
    """`feed` closes under a shield, which must not stand within the scope."""
    app, log = App(), []

    @asynccontextmanager
    async def managed() -> AsyncIterator[AsyncIterator[str]]:
        async def words() -> AsyncIterator[str]:
            yield "One moment, please. "
            await anyio.sleep_forever()

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(anyio.sleep_forever)
            try:
                yield words()
            finally:
                tasks.cancel_scope.cancel()
                log.append("left")

    @app.call("/")
    async def main(call: Call) -> None:
        async def turn(heard: Any) -> None:
            async with call.speak() as speech:
                await speech.feed(texts(managed()))

        barge_in = {"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/heard"}
        await call.config(ttsStream={"enable": True}, bargeIn=barge_in).say(text="Yes?").send()
        await call.turns("/heard", turn)

    async with dial(app) as phone:
        await phone.says("Hello?")
        await phone.hears("One moment")
        await phone.interrupts("Never mind.")
        await phone.hears("One moment")
        assert log == ["left"]
    assert log == ["left", "left"]


async def test_a_failure_of_the_stream_closes_it() -> None:
    request = Request("One", {"error": {"message": "busy"}})
    stream = texts(request)
    assert await anext(stream) == "One"
    with pytest.raises(ModelFailed, match="busy"):
        await anext(stream)
    assert request.log == ["closed"]
    assert [text async for text in stream] == []


async def test_what_is_wrong_with_closing_is_told_and_hides_nothing() -> None:
    broken = OSError("the socket is gone")
    with pytest.raises(OSError, match="the socket is gone"):
        await collect(Request("One", failure=broken))
    with pytest.raises(ModelFailed) as raised:
        await collect(Request({"error": "busy"}, failure=broken))
    assert "the socket is gone" in raised.value.__notes__[0]


async def collect(source: Any) -> list[str]:
    return [text async for text in texts(source)]


class Blocking:
    """A stream of a client that blocks."""

    def __iter__(self) -> Any:
        return iter(["One"])


class Answer:
    """A whole answer of a client."""

    choices: tuple[()] = ()


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (Blocking(), "would block the event loop"),
        (iter(["One"]), "would block the event loop"),
        (Answer(), "ask for it with stream=True"),
        (7, "and this is a int"),
        (None, "and this is a NoneType"),
        ([7], "a int is none of them"),
    ],
)
async def test_what_is_no_stream_is_told(source: Any, message: str) -> None:
    with pytest.raises(LocalProtocolError, match=message):
        await collect(source)


async def test_a_call_goes_on_after_a_stream_that_is_none() -> None:
    app, failures = App(), []

    @app.call("/")
    async def main(call: Call) -> None:
        await call.config(ttsStream={"enable": True}).answer().send()
        for source in (7, Request({"error": "busy"}), "Hello!"):
            async with call.speak() as speech:
                try:
                    await speech.feed(texts(source))
                except (LocalProtocolError, ModelFailed) as error:
                    failures.append(type(error))
        await speech.settled()

    async with dial(app, checks=Checks(unanswered="ignore")) as phone:
        await phone.hears("Hello!")
    assert failures == [LocalProtocolError, ModelFailed]
