"""Let callers wait in a queue with music, over webhooks.

The same queue as in queue_with_hold_music.py. jambonz asks `/waiting` again and again for what the caller
hears, and `/left` once, when somebody has taken the caller or the caller has waited long enough.

Try it:  jambonz call examples/queue_with_hold_music_webhook.py
Needs:   nothing; the account's webhook secret on a real server, and a sound file at `MUSIC`
"""

from __future__ import annotations

import os

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.payloads import EnqueueResult, EnqueueWait
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None
QUEUE = "bakery"
MUSIC = os.environ.get("MUSIC", "https://example.com/music.mp3")
LONGEST = 300

app = App(webhook_secret=SECRET)


@app.webhook("/", unsigned=SECRET is None)
async def wait_in_line(request: WebhookRequest) -> WebhookResponse:
    """The call begins: join the queue."""
    welcome = WebhookResponse().say(text="Welcome to the bakery. Somebody will be with you soon.")
    return welcome.enqueue(name=QUEUE, waitHook="/waiting", actionHook="/left")


@app.webhook("/waiting", unsigned=SECRET is None)
async def waiting(request: WebhookRequest) -> WebhookResponse:
    """What a caller hears meanwhile."""
    line = EnqueueWait(request.data)
    if (line.queue_time or 0) > LONGEST:
        return WebhookResponse().leave()
    place = (line.queue_position or 0) + 1
    return WebhookResponse().say(text=f"You are number {place} in the queue.").play(url=MUSIC)


@app.webhook("/left", unsigned=SECRET is None)
async def left(request: WebhookRequest) -> WebhookResponse:
    """The caller is out of the queue."""
    if EnqueueResult(request.data).queue_result == "leave":
        return WebhookResponse().say(text="Sorry, everybody is busy. Please call again later.").hangup()
    return WebhookResponse().hangup()


@app.webhook("/agent", unsigned=SECRET is None)
async def take_callers(request: WebhookRequest) -> WebhookResponse:
    """Somebody who helps: one caller after the other."""
    # Nobody waits for the actionHook of `dequeue`: without a verb behind it the call would be over.
    next_one = WebhookResponse().say(text="The next one.").dequeue(name=QUEUE, beep=True)
    return next_one.redirect(actionHook="/agent")


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
