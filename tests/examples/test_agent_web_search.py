"""The test plays the caller, the model, and Tavily, on the loopback."""

from __future__ import annotations

from typing import Any

import pytest
from tests.adapters.tools.conftest import Service, service

from examples import agent_web_search
from jambonz_anyio.testing import dial
from jambonz_anyio.tools import web_search

__all__ = ["service"]


async def test_a_search(virtual_time: Any, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    found = {"title": "Oslo", "url": "https://example.com", "content": "It snows in Oslo.", "score": 0.9}
    service.answers = {"/search": (200, {"answer": "It snows.", "results": [found]})}
    monkeypatch.setattr(agent_web_search, "search", web_search("a key", base_url=service.url))
    async with dial(agent_web_search.app) as phone:
        await phone.says("How is the weather in Oslo?")
        await phone.model.calls("search_web", query="weather in Oslo")
        phone.model.got("search_web", contains="It snows in Oslo.")
        await phone.model.replies("It snows.")
        await phone.hears("It snows.")
        await phone.model.ends()
        await phone.call_ends("jambonz")
    assert service.asked[0].headers["authorization"] == "Bearer a key"


async def test_a_search_that_fails(
    virtual_time: Any, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.answers = {"/search": (500, {})}
    monkeypatch.setattr(agent_web_search, "search", web_search("a key", base_url=service.url))
    async with dial(agent_web_search.app) as phone:
        await phone.model.calls("search_web", query="weather in Oslo")
        phone.model.got("search_web", is_error=True)
