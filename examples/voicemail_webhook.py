"""Record a message of the caller into a WAV file, over webhooks.

As voicemail.py, with more of the work left to jambonz: `listen` beeps, stops at a key or after two minutes,
and posts to `/recorded` then. The sound itself comes over a websocket here, too. jambonz signs webhooks and
no websockets, so `listen` is given a password for it.

Try it:  jambonz call examples/voicemail_webhook.py
Needs:   nothing; a folder in `MESSAGES` for the files, or they go into ./messages; the account's webhook
         secret on a real server
"""

from __future__ import annotations

import os
import wave
from pathlib import Path
from uuid import UUID

import anyio

from jambonz_anyio import App, AudioStream, WebhookRequest
from jambonz_anyio.payloads import ListenResult
from jambonz_core import WebhookResponse

SECRET = os.environ.get("JAMBONZ_WEBHOOK_SECRET") or None
MESSAGES = Path(os.environ.get("MESSAGES", "messages"))
LONGEST = 120
STREAM = None if SECRET is None else ("stream", SECRET)

app = App(webhook_secret=SECRET, auth=STREAM)


@app.webhook("/", unsigned=SECRET is None)
async def answer(request: WebhookRequest) -> WebhookResponse:
    """The call begins: ask for a message, and listen to it."""
    greeting = "Nobody is here. Please leave a message after the tone, and press the hash key at its end."
    password = None if STREAM is None else {"username": STREAM[0], "password": STREAM[1]}
    return (
        WebhookResponse()
        .say(text=greeting)
        .listen(
            url="/message",
            wsAuth=password,
            playBeep=True,
            finishOnKey="#",
            maxLength=LONGEST,
            disableBidirectionalAudio=True,
            actionHook="/recorded",
        )
    )


@app.audio("/message")
async def message(stream: AudioStream) -> None:
    """Record until jambonz ends the stream, and write the file."""
    name = UUID(stream.call_sid)  # what is no id of a call is no name of a file either
    pcm = bytearray()
    async for frame in stream:
        pcm += frame
    if pcm:
        await anyio.to_thread.run_sync(write_wav, MESSAGES / f"{name}.wav", bytes(pcm), stream.sample_rate)


@app.webhook("/recorded", unsigned=SECRET is None)
async def recorded(request: WebhookRequest) -> WebhookResponse:
    """The message is over, and the caller is still there."""
    if ListenResult(request.data).dial_call_duration is None:
        return WebhookResponse().say(text="Sorry, we cannot record now. Please call again later.").hangup()
    return WebhookResponse().say(text="Thank you. Goodbye.").hangup()


def write_wav(path: Path, pcm: bytes, rate: int) -> None:
    """Write 16-bit mono audio to a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm)


@app.webhook("/call-status", unsigned=SECRET is None)
async def status(request: WebhookRequest) -> None:
    """What becomes of the call: the status webhook of the application in the portal. It wants no verbs."""
