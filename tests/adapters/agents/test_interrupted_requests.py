"""A caller interrupts, and the model's server sees its request cancelled: real clients, over real connections."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call
from jambonz_anyio.agents import texts
from jambonz_anyio.testing import HURRIED, dial

from .model_server import TEXT, ModelServer, Step, serving
from .test_texts_of_clients import WAYS, beginning, openai_client, pydantic_model

pytestmark = [pytest.mark.anyio, pytest.mark.real_time]


def telephone(make_stream: Any, interrupted: list[bool]) -> App:
    """An application that says what a model streams."""
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        async def turn(heard: Any) -> None:
            async with call.speak() as speech:
                try:
                    await speech.feed(make_stream())
                finally:
                    interrupted.append(speech.interrupted)

        barge_in = {"enable": True, "sticky": True, "input": ["speech"], "actionHook": "/heard"}
        await call.config(ttsStream={"enable": True}, bargeIn=barge_in).say(text="Yes?").send()
        await call.turns("/heard", turn)

    return app


async def interrupt(server: ModelServer, app: App) -> None:
    """Ask, listen to the first words, and ask again over them."""
    async with dial(app, options=HURRIED) as phone:
        await phone.hears("Yes?")
        await phone.says("Are you open?", pause=0.05)
        await phone.hears("Guten Morgen")
        assert not server.cancelled.is_set()
        await phone.speaks_anyway("Never mind.")
        with anyio.fail_after(5):
            await server.cancelled.wait()
        await phone.hangs_up()


@pytest.mark.parametrize("way", list(WAYS))
async def test_the_server_sees_that_the_request_is_cancelled(way: str) -> None:
    make, ask, answer = WAYS[way]
    interrupted: list[bool] = []
    script: list[Step] = [beginning(answer).replace(TEXT[0].encode(), b"Guten Morgen. Wir"), anyio.Event()]
    async with serving(ModelServer(script)) as server, make(server.url) as client:
        await interrupt(server, telephone(lambda: texts(ask(client)), interrupted))
    assert interrupted[0]


@pytest.mark.parametrize("anyio_backend", [("asyncio", {"use_uvloop": False})], ids=["asyncio"])
@pytest.mark.parametrize("ask", ["run_stream", "run_stream_events"])
async def test_a_run_of_pydantic_ai_is_cancelled(ask: str) -> None:
    from pydantic_ai import Agent

    interrupted: list[bool] = []
    script: list[Step] = [
        beginning(WAYS["chat"][2]).replace(TEXT[0].encode(), b"Guten Morgen. Wir"),
        anyio.Event(),
    ]
    async with serving(ModelServer(script)) as server, openai_client(server.url) as client:
        agent = Agent(pydantic_model(client))
        await interrupt(server, telephone(lambda: texts(getattr(agent, ask)("Hello?")), interrupted))
    assert interrupted[0]
