"""Find out whether a person or an answering machine has picked up.

For calls that this program has placed. `amd` listens to the greeting: to a person the call says its question,
to a machine nothing until its greeting is over, and then a message.

Try it:  jambonz call examples/answering_machine.py --outbound
         (/answer picks up)
Needs:   nothing; on a real server a call placed with this application, as campaign.py does
"""

from __future__ import annotations

from typing import Any

from jambonz_anyio import App, Call, Chain
from jambonz_anyio.payloads import AmdEvent

MESSAGE = "This is the bakery. Your bread is ready. Please fetch it until six."

app = App(last_words="Sorry, something is broken here. Goodbye.")


@app.call("/")
async def deliver(call: Call) -> None:
    """Listen to who is there, and deliver the message to them."""
    who = ""

    @call.on("/amd")
    async def amd(event: AmdEvent) -> Chain[Any] | None:
        nonlocal who
        match event.type:
            case "amd_human_detected" | "amd_no_speech_detected" | "amd_decision_timeout" if not who:
                who = "person"  # in doubt it is one: nobody likes to be taken for a machine
                ask = {"text": f"{MESSAGE} Will you come? Press 1 for yes."}
                return call.gather(input=["digits"], numDigits=1, timeout=8, say=ask, actionHook="/coming")
            case "amd_machine_detected" if not who:
                who = "machine"
            case "amd_machine_stopped_speaking" | "amd_tone_detected" if who == "machine":
                who = "machine with a message"
                return call.say(text=MESSAGE).hangup()
        return None

    @call.on("/coming")
    async def coming(key: Any) -> Chain[Any]:
        words = "Thank you. See you soon!" if key.digits == "1" else "We keep it until tomorrow. Goodbye."
        return call.say(text=words).hangup()

    # A machine whose greeting never ends shall not keep the call for ever.
    await call.config(amd={"actionHook": "/amd"}).pause(length=60).hangup().send()
    await call.wait_ended()
