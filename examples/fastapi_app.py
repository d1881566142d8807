"""Put voice into a FastAPI application: calls over a websocket, webhooks, and pages that act on live calls.

The voice application is mounted at `/voice`, where jambonz opens a websocket for each call. Beside it stand a
webhook that FastAPI itself answers, and two routes for the rest of the company: who is on the telephone, and
have something said to them.

Try it:  jambonz call examples/fastapi_app.py
Needs:   fastapi; to serve it, an ASGI server (`uvicorn examples.fastapi_app:api --port 3000`; jambonz calls
         ws://<host>:3000/voice/) and the account's webhook secret
"""

from __future__ import annotations

import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI, HTTPException, Request

from jambonz_anyio import App, Call, CallEnded
from jambonz_core import WebhookResponse, check_signature

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """A call, over its websocket."""
    chain = call.say(text="Welcome to the workshop. What is the name?")
    name = (await chain.gather(input=["speech"], timeout=10).result()).transcript
    if not name:
        await call.say(text="I could not hear you. Please call again. Goodbye.").hangup().send()
        return
    call.locals["name"] = name
    # The desk has half a minute to say something, by /calls/…/say.
    await call.say(text=f"Thank you, {name}. Please hold on.").pause(length=30).send()
    await call.say(text="Nobody is free. We call you back. Goodbye.").hangup().send()


@asynccontextmanager
async def lifespan(api: FastAPI) -> AsyncIterator[None]:
    """Run the voice application as long as FastAPI runs: hosts do not do that for what is mounted."""
    async with app.running():
        yield


api = FastAPI(lifespan=lifespan)
api.mount("/voice", app)


@api.get("/calls")
async def live_calls() -> list[dict[str, str]]:
    """Who is on the telephone now."""
    return [{"call_sid": sid, "name": call.locals.get("name", "")} for sid, call in app.calls.items()]


@api.post("/calls/{call_sid}/say")
async def say(call_sid: str, text: str) -> dict[str, str]:
    """Say something to somebody, in place of what they would hear next."""
    call = app.calls.get(call_sid)
    if call is None:
        raise HTTPException(404, "there is no such call")
    try:
        await call.say(text=text).hangup().replace()
    except CallEnded:
        raise HTTPException(410, "the call is over") from None
    return {"said": text}


@api.post("/closed")
async def closed(request: Request) -> WebhookResponse:
    """The webhook of another number, which FastAPI answers by itself."""
    header = request.headers.get("jambonz-signature")
    if (
        SECRET is not None
        and check_signature(header, await request.body(), SECRET, now=time.time()) is not None
    ):
        raise HTTPException(401, "this was not signed by jambonz")
    return WebhookResponse().say(text="The workshop is closed. Please call again tomorrow.").hangup()
