"""What is no function is refused where it is handed in, and not in the middle of a call."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
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


async def no_parameter() -> None: ...


async def two_parameters(one: object, two: object) -> None: ...


class Bound:
    async def one(self, call: object) -> None: ...

    async def none(self) -> None: ...


@pytest.mark.parametrize(
    ("register", "told"),
    [
        (
            lambda app: app.call("/")(no_parameter),
            r"app.call\('/'\) calls its function with the call, and no_param",
        ),
        (
            lambda app: app.call("/")(two_parameters),
            r"two_parameters\(one, two\) cannot",
        ),
        (lambda app: app.call("/")(Bound().none), r"Bound.none\(\) cannot be called so"),
        (lambda app: app.call("/")(lambda call, *, now: None), r"\(call, now\) cannot be called so"),
        (lambda app: app.call("/").on("/x", no_parameter), r"with the call and what has come, and"),
        (lambda app: app.audio("/")(no_parameter), "with the stream"),
        (lambda app: app.webhook("/", unsigned=True)(no_parameter), "with the request"),
        (lambda app: app.on_resume(no_parameter), "with the call"),
        (lambda app: app.on_error(no_parameter), "with the call and the exception"),
        (lambda app: app.call(two_parameters), r"@app.call takes the path first: write @app.call\(\"/\"\)"),
        (lambda app: app.audio(two_parameters), "@app.audio takes the path first"),
        (lambda app: app.webhook(two_parameters), "@app.webhook takes the path first"),
        (lambda app: app.call(5), "takes a path such as"),
    ],
)
def test_what_cannot_be_called_so(register: Callable[[Any], Any], told: str) -> None:
    with pytest.raises(LocalProtocolError, match=told):
        register(App())


@pytest.mark.parametrize(
    "handler",
    [
        lambda *everything: None,
        lambda call, more=None: None,
        lambda call, *, more=None: None,
        Bound().one,
        partial(two_parameters, 1),
        print,
    ],
)
def test_what_can_be_called_so(handler: Any) -> None:
    app = App()
    app.call("/")(handler)
    assert app.routes["call"] == ["/"]


@pytest.mark.anyio
@pytest.mark.parametrize("plain", [False, True])
async def test_verbs_that_a_handler_returns_are_sent(dial: Any, plain: bool) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> Any:
        return [{"verb": "say", "text": "Hello"}] if plain else call.say(text="Hello")

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "say", "text": "Hello"}]
        await phone.transport.close(1000)


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
