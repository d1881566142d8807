"""The real client of OpenAI, and a server on the loopback that speaks its protocol."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from tests.adapters.agents.conftest import anyio_backend
from tests.adapters.agents.model_server import DONE, ModelServer, chat_chunk, chat_tool, serving, sse
from tests.adapters.agents.test_texts_of_clients import left_by_the_client

from jambonz_anyio import App
from jambonz_anyio.testing import HURRIED, dial

__all__ = ["anyio_backend"]


@pytest.fixture
def app() -> App:
    # Imported by who runs this: each worker of a run collects all tests, and the client takes long to import.
    from examples.openai_client import app

    return app


@pytest.mark.anyio
@pytest.mark.real_time
@left_by_the_client
async def test_a_tool_an_answer_and_an_interruption(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = chat_tool(0, '{"day": "Sunday"}', "call_a", "opening_hours")
    scripts: list[Any] = [
        [sse(wanted, chat_chunk("tool_calls")) + DONE],
        [sse(chat_chunk(content="On Sunday we are closed. Would you like ")), anyio.Event()],
        [sse(chat_chunk(content="Goodbye then."), chat_chunk("stop")) + DONE],
    ]
    async with serving(ModelServer(*scripts)) as server:
        monkeypatch.setenv("OPENAI_API_KEY", "a key")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        async with dial(app, options=HURRIED) as phone:
            await phone.hears("This is the bakery.")
            await phone.says("Are you open on Sunday?", pause=0.05)
            await phone.hears("On Sunday we are closed.")
            await phone.speaks_anyway("Thank you.")
            with anyio.fail_after(5):
                await server.cancelled.wait()
            await phone.hears("Goodbye then.")
    assert server.requests[1]["messages"][-1]["content"] == "closed"
    assert server.requests[0]["tools"][0]["function"]["name"] == "opening_hours"


async def test_without_a_key(app: App, virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    async with dial(app) as phone:
        await phone.hears("there is no key of OpenAI")
        await phone.call_ends("jambonz")
