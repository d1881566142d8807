"""jambonz is told where Tavily is; its searches are its own."""

from __future__ import annotations

from typing import Any

from examples.agent_tavily_mcp import app

from jambonz_anyio.testing import dial


async def test_a_turn(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.says("How is the weather in Oslo?")
        await phone.model.replies("It snows.")
        await phone.hears("It snows.")
        _, agent, *_ = phone.hooks[0].answer
        assert agent["mcpServers"] == [{"url": "https://mcp.tavily.com/mcp/?tavilyApiKey=none"}]
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults
