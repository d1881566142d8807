"""Tell a voice agent who is calling, from a database of customers.

The agent begins at once, and does not wait for the database. What that knows comes as context a moment later
(`inject_context`): the model uses it from its next answer on, and says nothing about it by itself.

Try it:  jambonz call examples/agent_crm.py --from +15085550142
         (you play the caller and the model: say something, then /model Hello!)
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import anyio

from jambonz_anyio import App, Call

INSTRUCTIONS = "You answer the telephone of a bakery. Be brief. You may be told who is calling."


@dataclass(frozen=True)
class Customer:
    """What the bakery knows of somebody."""

    name: str
    usual_order: str
    open_bill: str


CUSTOMERS = {"+15085550142": Customer("Ada", "two rye loaves on Friday", "$14.00")}

app = App(last_words="Sorry, something is broken here. Please call again later.")


async def find_customer(number: str) -> Customer | None:
    """Ask the database, which takes its time."""
    await anyio.sleep(0.8)
    return CUSTOMERS.get(number)


async def tell_who_calls(call: Call) -> None:
    """Look the caller up, and tell the model."""
    try:
        with anyio.fail_after(5):
            customer = await find_customer(call.from_ or "")
    except Exception as error:  # the call goes on without it, as with a stranger
        call.log.warning("the database of customers has failed: %r", error)
        return
    if customer is not None:
        known = f"The caller is a customer: {json.dumps(asdict(customer))}"
        await call.update_agent("inject_context", messages=[{"role": "system", "content": known}])


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent begin, and look the caller up beside it."""
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US"},
        tts={"vendor": "cartesia", "language": "en"},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": {"systemPrompt": INSTRUCTIONS}},
    )
    call.start_soon(tell_who_calls, call)
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
