"""Run a voice agent of your own, with any model that Python can reach.

jambonz hears and speaks, your function asks the model, and `VoiceAgent` does what lies between: streamed
answers, interruptions, tools, silent callers, and models that fail. `model` stands in for a language model
here, so that this runs without one; openai_client.py and anthropic_client.py have real ones in its place.

Try it:  jambonz call examples/voice_agent.py
Needs:   nothing
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from jambonz_anyio import App, Call
from jambonz_anyio.agents import Conversation, VoiceAgent
from jambonz_anyio.tools import Tool, tool


@tool(filler="One moment, I am looking it up.")
async def opening_hours(day: str) -> str:
    """Tell when the bakery is open.

    Args:
        day: A day of the week.
    """
    return "closed" if day == "Sunday" else "open from six to two"


async def model(conversation: Conversation, tools: Sequence[Tool[..., Any]]) -> AsyncIterator[Any]:
    """Stand in for a language model: a tool for one question, and a standing answer for all others."""
    last = conversation.openai_chat()[-1]
    if last["role"] == "tool":
        yield f"On Sunday we are {last['content']}. "
        yield "Is there anything else that you would like to know?"
    elif "sunday" in str(last["content"]).lower():
        function = {"name": "opening_hours", "arguments": '{"day": "Sunday"}'}
        call = {"id": "call_1", "type": "function", "function": function}
        yield {"choices": [{"delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}]}
    else:
        yield "You can ask me when we are open. "


agent = VoiceAgent(
    "You answer the telephone of a bakery. Answer in one or two short sentences.",
    model,
    [opening_hours],
    greeting="Hello! This is the bakery.",
    prompts=["Are you still there?"],
    goodbye="Then goodbye.",
)

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call."""
    await agent.run(call)
