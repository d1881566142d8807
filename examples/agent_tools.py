"""Give a voice agent tools: functions of yours that its model may call.

A function becomes a tool by `@tool`; its signature tells the model what to give. Whatever goes wrong in one,
the model is told in words. While a tool runs, the caller hears a filler of the server's.

Try it:  jambonz call examples/agent_tools.py
         (you play the caller and the model: /tool order {"what": "rye bread", "loaves": 2})
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec

from jambonz_anyio import App, Call
from jambonz_anyio.tools import Tool, ToolError, tool

INSTRUCTIONS = "You take orders for a bakery. Repeat the order before you place it. Be brief."
STOCK = {"rye bread": 3, "baguette": 10}

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def order(
    call: Call, what: Literal["rye bread", "baguette"], loaves: Annotated[int, msgspec.Meta(ge=1, le=20)]
) -> str:
    """Order bread, to be fetched at noon.

    Args:
        what: Which bread.
        loaves: How many.
    """
    if STOCK[what] < loaves:
        raise ToolError(f"there are only {STOCK[what]} left; ask whether that is enough")
    STOCK[what] -= loaves
    call.log.info("%s has ordered %d %s", call.from_, loaves, what)
    return f"{loaves} {what} will be ready at noon"


@tool(idempotent=True)
async def stock() -> dict[str, int]:
    """Tell how many loaves there are of each bread."""
    return STOCK


TOOLS: list[Tool[..., Any]] = [order, stock]


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call, and run its tools."""
    call.tools("/tool", TOOLS)
    options = {"systemPrompt": INSTRUCTIONS, "tools": [each.schema for each in TOOLS]}
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US"},
        tts={"vendor": "cartesia", "language": "en"},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": options},
        toolHook="/tool",
        toolFiller={"type": "backchannel"},
    )
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
    else:
        await call.hangup()  # because tools keep the call
