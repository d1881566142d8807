"""Record a call, over webhooks.

The call of call_recording.py: recording begins when the caller has agreed, and pauses while they tell
something that belongs in no recording. Over webhooks there are no commands, so the verb `config` says so; and
whether there is a recording travels in the path of the next hook. The REST API can do the same to these
calls, too.

Try it:  jambonz call examples/call_recording_webhook.py
Needs:   nothing; on a real server the account's webhook secret, and a bucket for recordings in the account
"""

from __future__ import annotations

import os
from typing import Any

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.payloads import GatherResult
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None

app = App(webhook_secret=SECRET)


def recording(action: str, **more: Any) -> WebhookResponse:
    """Begin an answer with an order to the recording."""
    return WebhookResponse().config(record={"action": action, "type": "cloud", **more})


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins: ask whether it may be recorded."""
    prompt = {"text": "May we record this call? Press 1 for yes, and 2 for no."}
    return WebhookResponse().gather(
        input=["digits"], numDigits=1, timeout=8, say=prompt, actionHook="/agreed"
    )


@app.webhook("/agreed", unsigned=SECRET is None)
async def agreed(request: WebhookRequest) -> WebhookResponse:
    """The caller has agreed, or has not. Silence is no consent."""
    asked = GatherResult(request.data)
    if asked.digits == "1":
        response, hook = recording("startCallRecording", recordingID=asked.call_sid), "/subject/recorded"
    else:
        response, hook = WebhookResponse(), "/subject/unrecorded"
    prompt = {"text": "What is it about?"}
    return response.gather(input=["speech"], timeout=10, say=prompt, actionHook=hook)


@app.webhook("/subject/{recorded}", unsigned=SECRET is None)
async def subject(request: WebhookRequest) -> WebhookResponse:
    """What comes now is not recorded."""
    recorded = request.params["recorded"]
    paused = recorded == "recorded"
    response = recording("pauseCallRecording", silence=True) if paused else WebhookResponse()
    prompt = {"text": "What is your date of birth? This is not recorded."}
    return response.gather(input=["speech"], timeout=10, say=prompt, actionHook=f"/born/{recorded}")


@app.webhook("/born/{recorded}", unsigned=SECRET is None)
async def born(request: WebhookRequest) -> WebhookResponse:
    """That was all."""
    paused = request.params["recorded"] == "recorded"
    response = recording("resumeCallRecording") if paused else WebhookResponse()
    return response.say(text="Thank you. We will call you back. Goodbye.").hangup()


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
