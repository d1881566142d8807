"""Repeat what the caller says, over webhooks.

Nothing is remembered between two webhooks: what `/heard` has to know is in its payload. The answer to the
first names the path of the second as an `actionHook`.

Try it:  jambonz call examples/echo_webhook.py
Needs:   nothing; the account's webhook secret on a real server
"""

from __future__ import annotations

import os

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.payloads import GatherResult
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None

app = App(webhook_secret=SECRET)


def listening_after(words: str) -> WebhookResponse:
    """Say something, and ask what comes next."""
    return WebhookResponse().say(text=words).gather(input=["speech"], timeout=15, actionHook="/heard")


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins."""
    return listening_after("Please say something, and I will repeat it.")


@app.webhook("/heard", unsigned=SECRET is None)
async def heard(request: WebhookRequest) -> WebhookResponse:
    """The `gather` is over."""
    words = GatherResult(request.data).transcript
    if not words:
        return WebhookResponse().say(text="Goodbye.").hangup()
    return listening_after(f"You said: {words}")


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
