"""Give a voice agent the tools of an MCP server that this program starts.

`McpTools` makes tools of those of a server that speaks the Model Context Protocol. The server here is this
very file, started as a program of its own, which speaks over standard input and output. It is entered in the
lifespan of the app, once for all calls; one that dies is started again with the next call of a tool.

Try it:  jambonz call examples/agent_mcp_server.py
         (you play the caller and the model: /tool shop_refund {"order_id": 7})
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator

from jambonz_anyio import App, Call
from jambonz_anyio.tools import McpTools

INSTRUCTIONS = "You answer the telephone of a shop. Be brief, and refund nothing that works."

app = App(last_words="Sorry, something is broken here. Please call again later.")
shop = McpTools([sys.executable, __file__], prefix="shop_")


@app.lifespan
async def tools_of_the_shop(app: App) -> AsyncIterator[None]:
    """Have the server for as long as the application runs."""
    async with shop as tools:
        app.tools("/tool", tools)
        yield


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call."""
    options = {"systemPrompt": INSTRUCTIONS, "tools": [each.schema for each in shop]}
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US"},
        tts={"vendor": "cartesia", "language": "en"},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": options},
        toolHook="/tool",
    )
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
    else:
        await call.hangup()  # because tools keep the call


def serve_the_shop() -> None:
    """Be the MCP server."""
    from mcp.server import MCPServer

    server = MCPServer("shop", log_level="ERROR")

    @server.tool()
    async def refund(order_id: int) -> str:
        """Give the money for an order back."""
        return f"order {order_id} is refunded"

    server.run("stdio")


if __name__ == "__main__":
    serve_the_shop()
