"""Let a voice agent become somebody else in the middle of a call.

One agent, several parts to play: a tool with which the model hands over replaces its instructions, and has
the new persona speak at once. The voice stays the same; conversation and call go on.

Try it:  jambonz call examples/agent_persona_switch.py
         (you play the caller and the model: /tool hand_over {"to": "complaints", "why": "stale bread"})
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

from typing import Literal

from jambonz_anyio import App, Call
from jambonz_anyio.tools import tool

COMMON = "You are on the telephone. Be brief, and use no lists. Hand over when somebody else can help better."
PERSONAS = {
    "reception": f"{COMMON} You are the receptionist of a bakery, and cheerful.",
    "complaints": f"{COMMON} You are the manager of a bakery. You are sorry, and find out what went wrong.",
    "orders": f"{COMMON} You take orders for a bakery, and repeat each of them.",
}

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def hand_over(call: Call, to: Literal["reception", "complaints", "orders"], why: str) -> str:
    """Hand the caller over to a colleague.

    Args:
        to: Which colleague.
        why: What the caller wants, in a few words.
    """
    await call.update_agent("update_instructions", instructions=PERSONAS[to])
    asked = f"I was handed over to you, because of this: {why}."
    await call.update_agent("generate_reply", user_input=asked, instructions="Introduce yourself first.")
    return f"The caller has now {to}."


@app.call("/")
async def answer(call: Call) -> None:
    """Begin as the receptionist."""
    call.tools("/tool", [hand_over])
    options = {"systemPrompt": PERSONAS["reception"], "tools": [hand_over.schema]}
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
