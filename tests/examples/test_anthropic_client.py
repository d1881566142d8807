"""The real client of Anthropic, and a server on the loopback that speaks its protocol."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.agents.conftest import anyio_backend
from tests.adapters.agents.model_server import MESSAGE_START, ModelServer, anthropic_call, serving, sse
from tests.adapters.agents.test_texts_of_clients import left_by_the_client

from jambonz_anyio import App
from jambonz_anyio.testing import HURRIED, dial

__all__ = ["anyio_backend"]


@pytest.fixture
def app() -> App:
    # Imported by who runs this: each worker of a run collects all tests, and the client takes long to import.
    from examples.anthropic_client import app

    return app


def ends(reason: str) -> list[dict[str, Any]]:
    """The end of a message."""
    delta = {"stop_reason": reason, "stop_sequence": None}
    return [
        {"type": "message_delta", "delta": delta, "usage": {"output_tokens": 7}},
        {"type": "message_stop"},
    ]


@pytest.mark.anyio
@pytest.mark.real_time
@left_by_the_client
async def test_a_tool_and_an_answer(app: App, monkeypatch: pytest.MonkeyPatch) -> None:
    words = [
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {
            "type": "content_block_delta",
            "index": 0,
            "delta": {"type": "text_delta", "text": "On Sunday we are closed."},
        },
        {"type": "content_block_stop", "index": 0},
    ]
    called = anthropic_call(0, "toolu_1", "opening_hours", {"day": "Sunday"})
    scripts = [
        [sse(MESSAGE_START, *called, *ends("tool_use"), named=True)],
        [sse(MESSAGE_START, *words, *ends("end_turn"), named=True)],
    ]
    async with serving(ModelServer(*scripts)) as server:
        monkeypatch.setenv("ANTHROPIC_API_KEY", "a key")
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
        async with dial(app, options=HURRIED) as phone:
            await phone.hears("This is the bakery.")
            await phone.says("Are you open on Sunday?", pause=0.05)
            await phone.hears("On Sunday we are closed.")
    first, second = server.requests
    assert first["system"].startswith("You answer the telephone of a bakery.")
    [result] = second["messages"][-1]["content"]
    assert (result["type"], result["content"]) == ("tool_result", "closed")


async def test_without_a_key(app: App, virtual_time: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    async with dial(app) as phone:
        await phone.hears("there is no key of Anthropic")
        await phone.call_ends("jambonz")
