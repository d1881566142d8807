"""Let Ultravox talk to the caller, and connect them to a person when the model says so.

`llmOptions` is what jambonz gives to Ultravox' API. The tool `transfer` returns a `Steer`: its output for the
model, and the verbs that the call goes on with, which end the conversation.

Try it:  jambonz call examples/ultravox.py
         (you play the caller and the model: /model-says Hello!, /tool transfer {"reason": "a complaint"})
Needs:   nothing; a key of Ultravox in `ULTRAVOX_API_KEY` on a real server, and a number in `PERSON`
"""

from __future__ import annotations

import os

from jambonz_anyio import App, Call, VerbDropped
from jambonz_anyio.tools import Steer, tool
from jambonz_core.tools import declared_for

KEY = os.environ.get("ULTRAVOX_API_KEY", "none")
PERSON = os.environ.get("PERSON", "+15085550100")

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def transfer(call: Call, reason: str) -> Steer:
    """Connect the caller to a person.

    Args:
        reason: What it is about, in a few words.
    """
    call.locals["connecting"] = reason
    person = {"type": "phone", "number": PERSON}
    connecting = call.say(text="I will connect you.").dial(target=[person], timeout=20)
    return Steer("The caller is being connected.", connecting.say(text="Goodbye.").hangup())


@app.call("/")
async def answer(call: Call) -> None:
    """Hand the caller to the model."""
    call.tools("/tool", [transfer])
    conversation = call.answer().ultravox_s2s(
        model="fixie-ai/ultravox",
        auth={"apiKey": KEY},
        llmOptions={
            "systemPrompt": "You answer the telephone of a bakery. Connect callers who complain.",
            "firstSpeaker": "FIRST_SPEAKER_AGENT",
            "voice": "Tanya-English",
            "selectedTools": declared_for("ultravox", [transfer]),
        },
        toolHook="/tool",
    )
    try:
        over = await conversation.result()
    except VerbDropped:
        return
    if "connecting" in call.locals:
        return  # the verbs of the tool have taken its place
    if over.completion_reason == "normal conversation end":
        await call.hangup()  # because tools keep the call
    else:
        call.log.warning("the model has left: %s %s", over.completion_reason, over.error)
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
