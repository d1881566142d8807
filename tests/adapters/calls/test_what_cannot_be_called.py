"""What is no function is refused where it is handed in, and not in the middle of a call."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.sdk.websocket import Session, WsClient
from jambonz_core.wire.errors import LocalProtocolError

NO_FUNCTION: Any = "handler"


async def talk() -> None:
    """Say something."""


@pytest.mark.parametrize(
    "register",
    [
        lambda app: app.call("/"),
        lambda app: app.call("/").on("/hook"),
        lambda app: app.audio("/"),
        lambda app: app.webhook("/", unsigned=True),
        lambda app: app.on_resume,
        lambda app: app.on_error,
        lambda app: lambda function: WsClient("/").on("session:new", function),
    ],
)
def test_in_an_application(register: Callable[[App], Callable[[Any], Any]]) -> None:
    with pytest.raises(LocalProtocolError, match=r"takes a function, not str"):
        register(App())(NO_FUNCTION)


@pytest.mark.anyio
async def test_in_a_call(dial: Any) -> None:
    app = App()
    refused: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        session = Session(call)
        for misuse in (
            lambda: call.on("/hook", NO_FUNCTION),
            lambda: call.on_end(NO_FUNCTION),
            lambda: call.start_soon(NO_FUNCTION),
            lambda: call.start_soon(talk()),  # type: ignore[arg-type]  # the misuse
            lambda: call.on(None, talk),  # type: ignore[call-overload]  # the misuse
            lambda: call.hooks(""),
            lambda: session.on("/hook", NO_FUNCTION),
            lambda: session.on(None, talk),  # type: ignore[call-overload]  # the misuse
        ):
            with pytest.raises(LocalProtocolError, match="takes") as caught:
                misuse()
            refused.append(str(caught.value))
        with pytest.raises(LocalProtocolError, match="takes a function"):
            await call.turns("/heard", NO_FUNCTION)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        async with dial(app) as phone:
            await phone.answered()
            await anyio.wait_all_tasks_blocked()
            # Nothing of it has hurt the call.
            await phone.ack(phone.hook("/hook"))
            await phone.hang_up()
            await phone.wait_closed()
    assert refused[3] == "start_soon() takes a function and its arguments, not what calling it returned"
    assert refused[4] == "on() takes the path of a hook or the name of an event, not None"
    assert len(refused) == 8
