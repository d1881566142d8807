"""Drive a voice agent with Anthropic's own client.

As openai_client.py, with Claude: instructions go in a field of their own, messages and tools have another
form, and the agent takes what the client streams as it is.

Try it:  jambonz call examples/anthropic_client.py
Needs:   anthropic; a key in `ANTHROPIC_API_KEY`, without which callers are told so
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

import anthropic

from jambonz_anyio import App, Call
from jambonz_anyio.agents import Conversation, VoiceAgent
from jambonz_anyio.tools import Tool, tool
from jambonz_core.tools import declared_for

MODEL = os.environ.get("ANTHROPIC_MODEL", "claude-haiku-4-5")
INSTRUCTIONS = "You answer the telephone of a bakery. Answer in one or two short sentences, without lists."

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def opening_hours(day: str) -> str:
    """Tell when the bakery is open on a day of the week."""
    return "closed" if day == "Sunday" else "six to two"


client: anthropic.AsyncAnthropic


@app.lifespan
async def one_client(app: App) -> AsyncIterator[None]:
    """Have one client for all calls: to make one takes a moment, in which nobody is answered."""
    global client
    key = os.environ.get("ANTHROPIC_API_KEY") or "none"
    # No second try: a caller waits, and an apology is better than silence.
    async with anthropic.AsyncAnthropic(api_key=key, max_retries=0) as client:
        yield


def ask(conversation: Conversation, tools: Sequence[Tool[..., Any]]) -> Any:
    """Ask for the next words."""
    messages: Any = conversation.anthropic()
    declared: Any = declared_for("anthropic", tools)
    return client.messages.create(
        model=MODEL,
        max_tokens=500,
        system=conversation.instructions,
        messages=messages,
        tools=declared,
        stream=True,
    )


agent = VoiceAgent(INSTRUCTIONS, ask, [opening_hours], greeting="Hello! This is the bakery.")


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call."""
    if os.environ.get("ANTHROPIC_API_KEY"):
        await agent.run(call)
    else:
        await call.say(text="I have nobody to ask: there is no key of Anthropic. Goodbye.").hangup().send()
