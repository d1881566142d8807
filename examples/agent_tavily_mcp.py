"""Let a voice agent search the web over MCP, without this program.

What is named in `mcpServers` is called by jambonz itself, so nothing of a search comes here: no tool, no
code, and no say in it either.

Try it:  jambonz call examples/agent_tavily_mcp.py
         (you play the caller and the model: say something, then /model Hello!)
Needs:   nothing; a key of Tavily in `TAVILY_API_KEY` on a real server, which is jambonz 10.1 or newer, with
         credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

import os
from urllib.parse import quote

from jambonz_anyio import App, Call

TAVILY = f"https://mcp.tavily.com/mcp/?tavilyApiKey={quote(os.environ.get('TAVILY_API_KEY', 'none'))}"
INSTRUCTIONS = "Search the web for what you do not know, and say in two sentences what you found."

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call."""
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US"},
        tts={"vendor": "cartesia", "language": "en"},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": {"systemPrompt": INSTRUCTIONS}},
        mcpServers=[{"url": TAVILY}],
        toolFiller={"type": "backchannel"},
    )
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
