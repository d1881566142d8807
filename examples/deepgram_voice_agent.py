"""Let Deepgram's voice agent talk to the caller.

Deepgram listens, asks a language model of your choice and speaks. What to say is told to a running agent with
`update_llm`: here it is told, after a while, that time is nearly up.

Try it:  jambonz call examples/deepgram_voice_agent.py
         (you play the caller and the agent: /model-says Hello!, /tool opening_hours {"day": "Sunday"})
Needs:   nothing; a key of Deepgram in `DEEPGRAM_API_KEY` on a real server
"""

from __future__ import annotations

import os

import anyio

from jambonz_anyio import App, Call
from jambonz_anyio.tools import tool
from jambonz_core.tools import declared_for

KEY = os.environ.get("DEEPGRAM_API_KEY", "none")
LONGEST = 300.0

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def opening_hours(day: str) -> str:
    """Tell when the bakery is open on a day of the week."""
    return "closed" if day == "Sunday" else "six to two"


@app.call("/")
async def answer(call: Call) -> None:
    """Describe the agent to Deepgram, and wait until it is done."""
    call.tools("/tool", [opening_hours])
    call.start_soon(hurry, call)
    agent = {
        "language": "en",
        "listen": {"provider": {"type": "deepgram", "model": "nova-3"}},
        "think": {
            "provider": {"type": "open_ai", "model": "gpt-4o-mini"},
            "prompt": "You answer the telephone of a bakery. Be brief.",
            "functions": declared_for("deepgram", [opening_hours]),
        },
        "speak": {"provider": {"type": "deepgram", "model": "aura-2-thalia-en"}},
        "greeting": "Hello! This is the bakery.",
    }
    conversation = call.answer().deepgram_s2s(
        auth={"apiKey": KEY}, llmOptions={"Settings": {"type": "Settings", "agent": agent}}, toolHook="/tool"
    )
    over = await conversation.result()
    if over.completion_reason == "normal conversation end":
        await call.hangup()  # because tools keep the call
    else:
        call.log.warning("the agent has left: %s %s", over.completion_reason, over.error)
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()


async def hurry(call: Call) -> None:
    """Let the agent say that it has not for ever."""
    await anyio.sleep(LONGEST)
    await call.update_llm({"type": "InjectAgentMessage", "message": "I have to go soon. Anything else?"})
