"""Translate between two people who do not speak each other's language.

The caller is connected with somebody abroad. `dial` transcribes both of them, each in their own language, and
what one has said is spoken to the other on a *dub track*, which is mixed with what they hear. `translate`
stands in for a service here, and knows a few words.

Try it:  jambonz call examples/translator.py
         (/as b1 /answer plays the other one, /as b1 guten Morgen)
Needs:   nothing; a number in `ABROAD`, something better than `translate`, and on a real server a call status
         webhook at the same address, which tells when the other one has picked up
"""

from __future__ import annotations

import os

from jambonz_anyio import App, Call, CallEnded
from jambonz_anyio.call import Leg
from jambonz_anyio.payloads import CallStatusData, TranscribeEvent

ABROAD = os.environ.get("ABROAD", "+4930123456")
TRACK = "translation"
VOICES = {
    "en-US": {"vendor": "google", "language": "en-US", "voice": "en-US-Wavenet-C"},
    "de-DE": {"vendor": "google", "language": "de-DE", "voice": "de-DE-Wavenet-A"},
}
WORDS = {"good morning": "guten Morgen", "goodbye": "auf Wiedersehen", "thank you": "danke"}

app = App(last_words="Sorry, something is broken here. Please call again later.")


async def translate(text: str, language: str) -> str:
    """Stand in for a translation service."""
    known = WORDS if language == "de-DE" else {german.lower(): english for english, german in WORDS.items()}
    return known.get(text.strip(" .!?").lower(), text)


@app.call("/")
async def connect(call: Call) -> None:
    """Connect the two, with an interpreter between them."""
    other: Leg | None = None

    @call.on("call:status")
    async def status(leg: CallStatusData) -> None:
        nonlocal other
        if leg.call_sid and leg.call_sid != call.call_sid and leg.call_status == "in-progress":
            other = call.leg(leg.call_sid)
            for side in (call, other):
                await side.apply_dub(action="addTrack", track=TRACK)

    @call.on("/said")
    async def said(event: TranscribeEvent) -> None:
        if other is None or not event.transcript:
            return
        # The two legs are channels of one transcription: 1 is the caller, 2 the other one.
        to, language = (other, "de-DE") if event.speech.channel_tag == 1 else (call, "en-US")
        words = await translate(event.transcript, language)
        try:
            say = {"text": words, "synthesizer": VOICES[language]}
            await to.apply_dub(action="sayOnTrack", track=TRACK, say=say)
        except CallEnded:
            pass  # said as they hung up: nobody is there to hear it

    ears = {
        "vendor": "google",
        "language": "en-US",
        "altLanguages": ["de-DE"],
        "separateRecognitionPerChannel": True,
    }
    connecting = call.say(text="I will connect you, and translate.").dial(
        target=[{"type": "phone", "number": ABROAD}],
        timeout=30,
        transcribe={"transcriptionHook": "/said", "recognizer": ears},
    )
    dialled = await connecting.result()
    if dialled.dial_call_status == "completed":
        await call.hangup()
    else:
        await call.say(text="Nobody is there. Please call again later.").hangup().send()
