"""Let OpenAI's Realtime model talk to the caller, with tools of yours.

The verb `openai_s2s` connects the caller's audio with the model, which hears and speaks by itself. This
program has the instructions, runs the tools, and comes back when the conversation is over.

Try it:  jambonz call examples/openai_realtime.py
         (you play the caller and the model: /model-says Hello!, /tool order_status {"order_id": 7})
Needs:   nothing; a key of OpenAI in `OPENAI_API_KEY` on a real server
"""

from __future__ import annotations

import os

from jambonz_anyio import App, Call
from jambonz_anyio.tools import ToolError, tool
from jambonz_core.tools import declared_for

KEY = os.environ.get("OPENAI_API_KEY", "none")
INSTRUCTIONS = "You answer the telephone of a bakery. You know of orders what the tool tells you. Be brief."
ORDERS = {7: "in the oven", 8: "on its way"}

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def order_status(order_id: int) -> str:
    """Tell where an order is.

    Args:
        order_id: The number on the bill.
    """
    if order_id not in ORDERS:
        raise ToolError(f"there is no order {order_id}; ask for the number again")
    return ORDERS[order_id]


@app.call("/")
async def answer(call: Call) -> None:
    """Hand the caller to the model, and take over again when it is done."""
    call.tools("/tool", [order_status])
    session = {
        "instructions": INSTRUCTIONS,
        "voice": "marin",
        "turn_detection": {"type": "server_vad", "interrupt_response": True},
        "tools": declared_for("openai", [order_status]),
    }
    conversation = call.answer().openai_s2s(
        model="gpt-realtime",
        auth={"apiKey": KEY},
        llmOptions={"response_create": {"instructions": "Greet the caller."}, "session_update": session},
        toolHook="/tool",
    )
    over = await conversation.result()  # nothing may be queued behind the verb
    if over.completion_reason == "normal conversation end":
        await call.hangup()  # because tools keep the call
    else:
        call.log.warning("the model has left: %s %s", over.completion_reason, over.error)
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
