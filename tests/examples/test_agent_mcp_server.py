"""The test plays the caller and the model; the MCP server is the real one, started once."""

from __future__ import annotations

from examples.agent_mcp_server import app

from jambonz_anyio.testing import dial, run


async def conversation() -> None:
    async with dial(app) as phone:
        await phone.model.calls("shop_refund", order_id=7, timeout=60)
        phone.model.got("shop_refund", "order 7 is refunded")
        _, agent, *_ = phone.hooks[0].answer
        assert agent["llm"]["llmOptions"]["tools"][0]["name"] == "shop_refund"
        await phone.model.ends()
        await phone.call_ends("jambonz")


def test_a_tool_of_the_server() -> None:
    run(conversation)
