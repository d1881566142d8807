"""Run a voice agent over webhooks, with any model that Python can reach.

Each turn is a webhook: jambonz posts what the caller has said, and the answer says the model's words and
listens again. What was said so far travels with the call, in its `tag`, so that any process can answer. Over
webhooks nothing is streamed: the caller hears nothing before the whole answer is there, and jambonz waits ten
seconds for it. voice_agent.py speaks from the first sentence on, and knows what an interruption has cut off.

Try it:  jambonz call examples/voice_agent_webhook.py
Needs:   nothing; the account's webhook secret on a real server
"""

from __future__ import annotations

import logging
import os

import anyio

from jambonz_anyio import App, WebhookRequest
from jambonz_anyio.agents import Conversation, keep_last
from jambonz_anyio.payloads import GatherResult
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None
INSTRUCTIONS = "You answer the telephone of a bakery. Answer in one or two short sentences."
PATIENCE = 8.0
ITEMS = 20  # of a conversation: it is posted with every webhook

app = App(webhook_secret=SECRET)


async def model(conversation: Conversation) -> str:
    """Stand in for a language model, which would be given these messages."""
    asked = conversation.openai_chat()[-1]["content"]
    return "On Sunday we are closed." if "sunday" in asked.lower() else "You can ask me when we are open."


def say_and_listen(conversation: Conversation, words: str, *, silent: int = 0) -> WebhookResponse:
    """Say something, and have jambonz post what the caller answers."""
    conversation.agent(words)
    response = WebhookResponse().tag(data=conversation.snapshot())
    hook = f"/heard/{silent}"
    return response.gather(input=["speech"], bargein=True, timeout=8, say={"text": words}, actionHook=hook)


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins."""
    return say_and_listen(Conversation(INSTRUCTIONS), "Hello! This is the bakery.")


@app.webhook("/heard/{silent}", unsigned=SECRET is None)
async def heard(request: WebhookRequest) -> WebhookResponse:
    """The caller has said something, or has been silent."""
    result = GatherResult(request.data)
    conversation = Conversation.restore(result.customer_data, shorten=keep_last(ITEMS))
    if not result.transcript:
        if request.params["silent"] != "0":
            return WebhookResponse().say(text="Then goodbye.").hangup()
        return say_and_listen(conversation, "Are you still there?", silent=1)
    conversation.caller(result.transcript)
    try:
        with anyio.fail_after(PATIENCE):
            words = await model(conversation) or "Sorry, I have no answer to that."
    except Exception as error:  # whatever the client of a model raises
        logging.getLogger("bakery").warning("the model has failed: %r", error)
        return WebhookResponse().say(text="Sorry, I cannot answer now. Please call again later.").hangup()
    return say_and_listen(conversation, words)


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
