"""Let a voice agent search the web.

`web_search` is a ready tool: this program asks Tavily when the model calls it. A search that fails is told to
the model, which says so. agent_tavily_mcp.py does the same without this program, over MCP.

Try it:  jambonz call examples/agent_web_search.py
         (you play the caller and the model: /tool search_web {"query": "weather in Oslo"})
Needs:   nothing, but searches fail; a key of Tavily in `TAVILY_API_KEY`, and on a real server jambonz 10.1 or
         newer with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

import os

from jambonz_anyio import App, Call
from jambonz_anyio.tools import web_search

INSTRUCTIONS = "Search the web for what you do not know, and say in two sentences what you found."

search = web_search(os.environ.get("TAVILY_API_KEY", "none"))
app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call, and search for it."""
    call.tools("/tool", [search])
    options = {"systemPrompt": INSTRUCTIONS, "tools": [search.schema]}
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
