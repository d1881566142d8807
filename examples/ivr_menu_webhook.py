"""Let callers choose from a menu, over webhooks.

How often the caller was asked travels in the path of the next hook, since nothing else is kept between two
webhooks.

Try it:  jambonz call examples/ivr_menu_webhook.py
Needs:   nothing; the account's webhook secret on a real server, and a number in `PERSON`
"""

from __future__ import annotations

import os

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.payloads import DialResult, GatherResult
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None
PERSON = os.environ.get("PERSON", "+15085550100")
MENU = "For our opening hours, press 1. To talk to a person, press 0."

app = App(webhook_secret=SECRET)


def menu(words: str, *, asked: int) -> WebhookResponse:
    """Say something, and ask for a key."""
    prompt = {"text": f"{words} {MENU}"}
    return WebhookResponse().gather(
        input=["digits"], numDigits=1, timeout=8, say=prompt, actionHook=f"/chosen/{asked}"
    )


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins."""
    return menu("Welcome to the bakery.", asked=1)


@app.webhook("/chosen/{asked}", unsigned=SECRET is None)
async def chosen(request: WebhookRequest) -> WebhookResponse:
    """A key was pressed, or none."""
    match GatherResult(request.data).digits:
        case "1":
            return menu("We are open from six to two, but not on Sundays.", asked=1)
        case "0":
            person = {"type": "phone", "number": PERSON}
            connecting = WebhookResponse().say(text="I will connect you.")
            return connecting.dial(target=[person], timeout=20, actionHook="/dialled")
        case _ if request.params["asked"] == "3":
            return WebhookResponse().say(text="Let us try that another time. Goodbye.").hangup()
        case _:
            return menu("Sorry, I did not get that.", asked=int(request.params["asked"]) + 1)


@app.webhook("/dialled", unsigned=SECRET is None)
async def dialled(request: WebhookRequest) -> WebhookResponse:
    """The conversation is over, or there was none."""
    if DialResult(request.data).dial_call_status == "completed":
        return WebhookResponse().hangup()
    return (
        WebhookResponse().say(text="Nobody can come to the telephone now. Please call again later.").hangup()
    )


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
