"""Let OpenAI's Realtime model talk to the caller, over webhooks, with tools of yours.

As openai_realtime.py. jambonz posts a tool call to `/tool`, and the answer to the post is the output; it
waits for ten seconds, so a tool has eight at most.

Try it:  jambonz call examples/openai_realtime_webhook.py
         (you play the caller and the model: /model-says Hello!, /tool order_status {"order_id": 7})
Needs:   nothing; on a real server a key of OpenAI in `OPENAI_API_KEY`, and the account's webhook secret
"""

from __future__ import annotations

import os

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.payloads import LlmResult
from jambonz_anyio.tools import ToolError, tool
from jambonz_core import WebhookResponse
from jambonz_core.tools import declared_for

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None
KEY = os.environ.get("OPENAI_API_KEY", "none")
INSTRUCTIONS = "You answer the telephone of a bakery. You know of orders what the tool tells you. Be brief."
ORDERS = {7: "in the oven", 8: "on its way"}

app = App(webhook_secret=SECRET)


@tool
async def order_status(order_id: int) -> str:
    """Tell where an order is.

    Args:
        order_id: The number on the bill.
    """
    if order_id not in ORDERS:
        raise ToolError(f"there is no order {order_id}; ask for the number again")
    return ORDERS[order_id]


app.tool_webhook("/tool", [order_status], vendor="openai", unsigned=SECRET is None)


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins: hand the caller to the model."""
    session = {"instructions": INSTRUCTIONS, "tools": declared_for("openai", [order_status])}
    greeting = {"instructions": "Greet the caller."}
    response = WebhookResponse().answer()
    return response.openai_s2s(
        model="gpt-realtime",
        auth={"apiKey": KEY},
        llmOptions={"response_create": greeting, "session_update": session},
        toolHook="/tool",
        actionHook="/over",
    )


@app.webhook("/over", unsigned=SECRET is None)
async def over(request: WebhookRequest) -> WebhookResponse:
    """The conversation is over."""
    if LlmResult(request.data).completion_reason == "normal conversation end":
        return WebhookResponse().hangup()
    return WebhookResponse().say(text="Sorry, we were cut off. Please call again.").hangup()


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
