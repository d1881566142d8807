"""Drive a voice agent with OpenAI's own client.

The model of a `VoiceAgent` is a function that asks for a stream. What `openai` gives is taken as it is:
words, tool calls and usage; and the request is closed when the caller interrupts. Any server that speaks
OpenAI's protocol will do: name it in `OPENAI_BASE_URL`.

Try it:  jambonz call examples/openai_client.py
Needs:   openai; a key in `OPENAI_API_KEY`, without which callers are told so
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from typing import Any

import openai

from jambonz_anyio import App, Call
from jambonz_anyio.agents import Conversation, Turn, VoiceAgent
from jambonz_anyio.tools import Tool, tool
from jambonz_core.tools import declared_for

MODEL = os.environ.get("OPENAI_MODEL", "gpt-5-mini")
INSTRUCTIONS = "You answer the telephone of a bakery. Answer in one or two short sentences, without lists."

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def opening_hours(day: str) -> str:
    """Tell when the bakery is open on a day of the week."""
    return "closed" if day == "Sunday" else "six to two"


client: openai.AsyncOpenAI


@app.lifespan
async def one_client(app: App) -> AsyncIterator[None]:
    """Have one client for all calls: to make one takes a moment, in which nobody is answered."""
    global client
    key = os.environ.get("OPENAI_API_KEY") or "none"
    # No second try: a caller waits, and an apology is better than silence.
    async with openai.AsyncOpenAI(api_key=key, max_retries=0) as client:
        yield


def ask(conversation: Conversation, tools: Sequence[Tool[..., Any]]) -> Any:
    """Ask for the next words."""
    declared: Any = declared_for("openai-chat", tools) or openai.omit
    messages: Any = conversation.openai_chat()
    return client.chat.completions.create(model=MODEL, messages=messages, tools=declared, stream=True)


def report(turn: Turn) -> None:
    """What there is to know of each turn; here its time alone."""
    print(f"turn {turn.number}: {turn.outcome}, first word after {turn.latency.app} s")


agent = VoiceAgent(INSTRUCTIONS, ask, [opening_hours], greeting="Hello! This is the bakery.", on_turn=report)


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call."""
    if os.environ.get("OPENAI_API_KEY"):
        await agent.run(call)
    else:
        await call.say(text="I have nobody to ask: there is no key of OpenAI. Goodbye.").hangup().send()
