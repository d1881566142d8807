"""What a program raises comes out as it was raised: no group around it, and with what it came from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, create_endpoint

pytestmark = pytest.mark.anyio


def fail(how: str) -> None:
    try:
        raise KeyError("root")
    except KeyError as root:
        if how == "cause":
            raise ValueError("outer") from root
        raise ValueError("outer")  # noqa: B904 - the case of those who leave it out


def check(error: BaseException, how: str) -> None:
    assert repr(error) == "ValueError('outer')"
    assert repr(error.__context__) == "KeyError('root')"
    assert repr(error.__cause__) == ("KeyError('root')" if how == "cause" else "None")


async def in_running(how: str) -> None:
    async with App().running():
        fail(how)


async def in_an_endpoint(how: str) -> None:
    async with create_endpoint(host="127.0.0.1", port=0):
        fail(how)


@pytest.mark.parametrize("how", ["cause", "context"])
@pytest.mark.parametrize("block", [in_running, in_an_endpoint])
async def test_out_of_blocks(block: Callable[[str], Awaitable[None]], how: str) -> None:
    with pytest.raises(ValueError, match="outer") as caught:
        await block(how)
    check(caught.value, how)


@pytest.mark.parametrize("how", ["cause", "context"])
@pytest.mark.parametrize("where", ["handler", "turn"])
async def test_out_of_calls(dial: Any, where: str, how: str) -> None:
    app = App()
    errors: list[Exception] = []

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()

        async def answer(heard: Any) -> None:
            fail(how)

        if where == "handler":
            await anyio.lowlevel.checkpoint()
            fail(how)
        await call.turns("/heard", answer)

    told = anyio.Event()

    async def tell(call: Call | AudioStream, error: Exception) -> None:
        errors.append(error)
        told.set()

    app.on_error(tell)
    async with dial(app) as phone:
        await phone.answered()
        if where == "turn":
            await phone.ack(phone.hook("/heard", {"reason": "speechDetected"}))
        await phone.next()
        await phone.hang_up()
        await phone.wait_closed()
        with anyio.fail_after(10):
            await told.wait()
    [error] = errors
    check(error, how)


async def test_an_endpoint_that_cannot_start_leaves_the_program_intact() -> None:
    start = partial(create_endpoint, host="127.0.0.1")
    with anyio.move_on_after(10) as patience:
        async with start(port=0) as (_, runner):
            with pytest.raises(OSError, match="in use"):
                async with start(port=runner.port):
                    pytest.fail("it has started")
            # On a broken stack of scopes neither this nor the end of the block would work.
            with anyio.move_on_after(0.01) as scope:
                await anyio.sleep_forever()
            assert scope.cancelled_caught
    assert not patience.cancelled_caught
