"""Connect the caller with one person after the other, over webhooks.

The `actionHook` of each `dial` tells what became of it; its path says whose turn is next.

Try it:  jambonz call examples/dial_with_fallback_webhook.py
Needs:   nothing; the account's webhook secret on a real server, and numbers in `NUMBERS`
"""

from __future__ import annotations

import os

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.payloads import DialResult
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None
NUMBERS = os.environ.get("NUMBERS", "+15085550101,+15085550102").split(",")

app = App(webhook_secret=SECRET)


def ring(turn: int, words: str) -> WebhookResponse:
    """Ring somebody."""
    target = [{"type": "phone", "number": NUMBERS[turn]}]
    return WebhookResponse().say(text=words).dial(target=target, timeout=15, actionHook=f"/rang/{turn}")


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins."""
    return ring(0, "Please hold, I will find somebody for you.")


@app.webhook("/rang/{turn}", unsigned=SECRET is None)
async def rang(request: WebhookRequest) -> WebhookResponse:
    """Two people have talked, or nobody has come."""
    turn = int(request.params["turn"]) + 1
    if DialResult(request.data).dial_call_status == "completed":
        return WebhookResponse().hangup()
    if turn < len(NUMBERS):
        return ring(turn, "I am trying somebody else.")
    return (
        WebhookResponse().say(text="Nobody can come to the telephone now. Please call again later.").hangup()
    )


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
