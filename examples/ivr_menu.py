"""Let callers choose from a menu, by key or by word.

A menu that forgives: it takes keys and speech, says what it did not understand, asks three times at most, and
connects callers to a person who asked for one.

Try it:  jambonz call examples/ivr_menu.py
Needs:   nothing; a number in `PERSON` for people to be connected to
"""

from __future__ import annotations

import os

from jambonz_anyio import App, Call
from jambonz_anyio.payloads import GatherResult

PERSON = os.environ.get("PERSON", "+15085550100")
MENU = "For our opening hours, press 1. For our address, press 2. To talk to a person, press 0."
WORDS = {"hours": "1", "open": "1", "address": "2", "where": "2", "person": "0", "human": "0"}
ANSWERS = {"1": "We are open from six to two, but not on Sundays.", "2": "You find us in 12 Mill Lane."}

app = App(last_words="Sorry, something is broken here. Please call again later.")


def chosen(heard: GatherResult) -> str:
    """The key that was pressed, or that belongs to a word that was said; nothing for silence."""
    words = heard.transcript.lower()
    return heard.digits or next((key for word, key in WORDS.items() if word in words), "")


@app.call("/")
async def menu(call: Call) -> None:
    """Ask, answer, and ask again."""
    prompt = f"Welcome to the bakery. {MENU}"
    misses = 0
    while misses < 3:
        ask = call.gather(input=["digits", "speech"], numDigits=1, timeout=8, say={"text": prompt})
        heard = await ask.result()
        match chosen(heard):
            case "0":
                await connect(call)
                return
            case key if key in ANSWERS:
                prompt, misses = f"{ANSWERS[key]} {MENU}", 0
            case _:
                misses += 1
                said = heard.transcript or heard.digits
                prompt = f"Sorry, {'I do not know that' if said else 'I did not hear you'}. {MENU}"
    await call.say(text="Let us try that another time. Goodbye.").hangup().send()


async def connect(call: Call) -> None:
    """Ring the person, and say so when nobody comes."""
    person = {"type": "phone", "number": PERSON}
    dialled = await call.say(text="I will connect you.").dial(target=[person], timeout=20).result()
    if dialled.dial_call_status != "completed":
        await call.say(text="Nobody can come to the telephone now. Please call again later.").hangup().send()
