"""Say hello, and hang up, over a webhook.

jambonz posts the call, and the answer is its verbs. Webhooks need no open connection, and can do less: no
text is streamed to a voice, and nothing is told to a call but in answer to its hooks. With the account's
secret in `JAMBONZ_WEBHOOK_SECRET`, only what jambonz has signed is believed.

Try it:  jambonz call examples/hello_world_webhook.py
Needs:   nothing; the account's webhook secret on a real server
"""

from __future__ import annotations

import os

from jambonz_anyio import App, WebhookRequest
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None

app = App(webhook_secret=SECRET)


@app.webhook("/", unsigned=SECRET is None)
async def hello(request: WebhookRequest) -> WebhookResponse:
    """Answer the webhook with verbs."""
    return WebhookResponse().say(text="Hello, world!").hangup()


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
