"""Hand a caller over to a colleague who is told first what it is about.

The caller says why they call, and hears music while colleagues are rung, one after the other. Who picks up
hears a briefing, and takes the call with 1, or leaves it with any other key. If nobody takes it, the caller
comes back, and can leave a message.

Try it:  jambonz call examples/warm_transfer.py
         (/as b1 /answer and /as b1 1 play the colleague)
Needs:   nothing; numbers in `COLLEAGUES`, with commas between, and a sound file at `MUSIC`
"""

from __future__ import annotations

import os
from typing import Any

from jambonz_anyio import App, Call, Chain
from jambonz_anyio.payloads import GatherResult, Payload

COLLEAGUES = os.environ.get("COLLEAGUES", "+15085550101,+15085550102").split(",")
MUSIC = os.environ.get("MUSIC", "https://example.com/music.mp3")

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def answer(call: Call) -> None:
    """Ask why, find a colleague, and take the caller back if there is none."""
    question = call.gather(input=["speech"], timeout=10, say={"text": "Welcome. What is it about?"})
    reason = (await question.result()).transcript or "something that they did not say"

    @call.on("/briefing")
    async def briefing(colleague: Payload) -> Chain[Any]:
        who = call.from_ or "an unknown number"
        told = {"text": f"A caller from {who}. It is about: {reason}. Press 1 to take the call."}
        ask = call.gather(input=["digits"], numDigits=1, timeout=10, say=told, actionHook="/decided")
        return ask.hangup()

    @call.on("/decided")
    async def decided(key: GatherResult) -> Chain[Any] | None:
        # These verbs take the place of the hangup, and then the two are connected.
        return call.say(text="Thank you.") if key.digits == "1" else None

    words = "Please hold, I will ask a colleague."
    for number in COLLEAGUES:
        ring = call.say(text=words).dial(
            target=[{"type": "phone", "number": number}], timeout=20, confirmHook="/briefing", dialMusic=MUSIC
        )
        if (await ring.result()).dial_call_status == "completed":
            await call.hangup()
            return
        words = "One more moment, please."
    question = call.gather(
        input=["speech"], timeout=10, say={"text": "Nobody is free. What shall I tell them?"}
    )
    message = (await question.result()).transcript
    call.log.info("there is %s message", "a" if message else "no")
    words = "I will tell them." if message else "Please call again later."
    await call.say(text=f"{words} Goodbye.").hangup().send()
