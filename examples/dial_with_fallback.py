"""Connect the caller with a person, then with another one, then with nobody.

Numbers are tried one after the other. Who picks up is told who calls and has to press a key, so that nobody's
answering machine is taken for a person.

Try it:  jambonz call examples/dial_with_fallback.py
         (/as b1 /busy, or /as b1 /answer and /as b1 1, play the people who are called)
Needs:   nothing; numbers in `NUMBERS`, with commas between
"""

from __future__ import annotations

import os
from typing import Any

from jambonz_anyio import App, Call, Chain
from jambonz_anyio.payloads import GatherResult, Payload

NUMBERS = os.environ.get("NUMBERS", "+15085550101,+15085550102").split(",")

app = App(last_words="Sorry, something is broken here. Please call again later.")


@app.call("/")
async def reach_somebody(call: Call) -> None:
    """Try each number in turn, until two people have talked."""

    @call.on("/picked-up")
    async def picked_up(party: Payload) -> Chain[Any]:
        prompt = {"text": f"A call from {call.from_ or 'somebody'}. Press 1 to take it."}
        ask = call.gather(input=["digits"], numDigits=1, timeout=8, say=prompt, actionHook="/pressed")
        return ask.hangup()

    @call.on("/pressed")
    async def pressed(key: GatherResult) -> Chain[Any] | None:
        # These verbs take the place of the hangup, and then the two are connected.
        return call.say(text="Here you are.") if key.digits == "1" else None

    words = "Please hold, I will find somebody for you."
    for number in NUMBERS:
        target = [{"type": "phone", "number": number}]
        result = await call.say(text=words).dial(target=target, timeout=15, confirmHook="/picked-up").result()
        if result.dial_call_status == "completed":
            await call.hangup()
            return
        words = "I am trying somebody else."
    await call.say(text="Nobody can come to the telephone now. Please call again later.").hangup().send()
