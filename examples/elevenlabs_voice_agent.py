"""Let an agent of ElevenLabs talk to the caller.

Voice, model, prompt and tools of the agent are set up at ElevenLabs. So the verb names no model; `auth` holds
the `agent_id`, in snake case, and an `api_key` only where the agent is not public. What one call has of its
own travels as dynamic variables, and what is said comes as events that have to be asked for.

Try it:  jambonz call examples/elevenlabs_voice_agent.py
         (you play the caller and the agent: /model-says Hello!, /tool order_status {"order_id": "7"})
Needs:   nothing; an agent's id in `ELEVENLABS_AGENT_ID` on a real server, and a key in `ELEVENLABS_API_KEY`
         if the agent is not public
"""

from __future__ import annotations

import os

from jambonz_anyio import App, Call
from jambonz_anyio.payloads import LlmEventData
from jambonz_anyio.tools import tool

AUTH = {"agent_id": os.environ.get("ELEVENLABS_AGENT_ID", "agent_none")}
if key := os.environ.get("ELEVENLABS_API_KEY"):
    AUTH["api_key"] = key

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def order_status(order_id: str) -> str:
    """Tell where an order is. A tool of the same name has to be set up at ElevenLabs, as a client tool."""
    return f"Order {order_id} is in the oven."


@app.call("/")
async def answer(call: Call) -> None:
    """Hand the caller to the agent, and keep what was said."""
    call.tools("/tool", [order_status])
    said: list[str] = []

    @call.on("/event")
    async def event(event: LlmEventData) -> None:
        match event.raw:
            case {"type": "user_transcript", "user_transcription_event": {"user_transcript": str(words)}}:
                said.append(f"caller: {words}")
            case {"type": "agent_response", "agent_response_event": {"agent_response": str(words)}}:
                said.append(f"agent: {words}")

    start = {"dynamic_variables": {"caller": call.from_ or "unknown"}}
    conversation = call.answer().elevenlabs_s2s(
        auth=AUTH,
        llmOptions={"conversation_initiation_client_data": start},
        toolHook="/tool",
        eventHook="/event",
        events=["all"],
    )
    over = await conversation.result()
    call.log.info("%d things were said", len(said))
    if over.completion_reason == "normal conversation end":
        await call.hangup()  # because tools keep the call
    else:
        call.log.warning("the agent has left: %s %s", over.completion_reason, over.error)
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
