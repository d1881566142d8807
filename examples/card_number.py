"""Collect a card number without a trace of it.

The recording is paused before the first digit and goes on behind the last one. The number is in no log, no
journal, no saved state and no prompt: it exists in one function, which gives it to the payment service and
gets a token. All that the call keeps is that token and the last four digits.

Try it:  jambonz call examples/card_number.py
         (4242424242424242# is a good card)
Needs:   nothing; a payment service in place of `tokenize`
"""

from __future__ import annotations

import hashlib
from typing import Any, Literal

from jambonz_anyio import App, Call

app = App(last_words="Sorry, something is broken here. Nothing was charged. Please call again later.")


class Declined(Exception):
    """The payment service does not take the card. Its text must not have the number in it."""


async def tokenize(number: str) -> str:
    """Stand in for a payment service, which returns a token for a card."""
    if number == "4000000000000002":
        raise Declined("the bank has declined")
    return f"tok_{hashlib.sha256(number.encode()).hexdigest()[:12]}"


def is_card_number(digits: str) -> bool:
    """Whether the check digit is right, so that a slip of the finger costs no request (Luhn's formula)."""
    if not 12 <= len(digits) <= 19 or not digits.isdecimal():
        return False
    doubled = [int(digit) * (2 if place % 2 else 1) for place, digit in enumerate(reversed(digits))]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def recording(what: Literal["start", "pause", "resume"]) -> dict[str, Any]:
    """What the verb `config` is told about the recording, which is silent where it pauses."""
    silence = {"silence": True} if what == "pause" else {}
    return {"action": f"{what}CallRecording", "type": "cloud", **silence}


async def collect_card(call: Call) -> bool:
    """Ask for the number up to three times. True when the call has a token."""
    prompt = "Please key in your card number, and press pound."
    for _ in range(3):
        # By keys only: what is said goes to a recogniser, and stays who knows where.
        ask = call.gather(
            input=["digits"], finishOnKey="#", timeout=20, interDigitTimeout=8, say={"text": prompt}
        )
        digits = (await ask.result()).digits or ""
        if not is_card_number(digits):
            prompt = "That was no card number. Please try again, and press pound."
            continue
        try:
            token = await tokenize(digits)
        except Declined as error:
            call.log.info("a card was not taken: %s", error)
            prompt = "This card is not accepted. Please try another one, and press pound."
            continue
        call.state["card"] = {"token": token, "last_four": digits[-4:]}
        return True
    return False


@app.call("/")
async def pay(call: Call) -> None:
    """Take a payment in a call that is recorded but for the number."""
    notice = call.config(record=recording("start")).say(text="We record this call, but not your card number.")
    # As verbs, these have their turn in the queue: the pause is there before anybody can press a key.
    await notice.config(record=recording("pause")).send()
    if await collect_card(call):
        four = " ".join(call.state["card"]["last_four"])
        words = f"Thank you. We charge the card that ends in {four}. Goodbye."
    else:
        words = "Then we send you a bill. Nothing was charged. Goodbye."
    await call.config(record=recording("resume")).say(text=words).hangup().send()
