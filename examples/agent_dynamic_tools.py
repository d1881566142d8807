"""Give a voice agent more tools once the caller has proved who they are.

At first the model can only check a PIN. When that was right, `update_tools` exchanges its tools in the
running call: what it does not have, it cannot be talked into using.

Try it:  jambonz call examples/agent_dynamic_tools.py
         (you play the caller and the model: /tool check_pin {"pin": "4711"}, then /tool balance {})
Needs:   nothing; jambonz 10.1 or newer on a real server, with credentials of Deepgram, Cartesia and OpenAI
"""

from __future__ import annotations

from jambonz_anyio import App, Call
from jambonz_anyio.tools import ToolError, tool

INSTRUCTIONS = "You answer the telephone of a bank. Ask for the PIN first, and check it. Be brief."
PIN = "4711"
TRIES = 3

app = App(last_words="Sorry, something is broken here. Please call again later.")


@tool
async def check_pin(call: Call, pin: str) -> str:
    """Check the caller's PIN.

    Args:
        pin: Four digits.
    """
    wrong = call.locals.get("wrong", 0)
    if wrong >= TRIES:
        raise ToolError("too many wrong PINs; say goodbye")
    if pin != PIN:
        call.locals["wrong"] = wrong + 1
        raise ToolError("the PIN is wrong; ask for it again")
    await call.update_tools("/tool", [balance, block_card])
    return "The PIN is right. You can tell the balance now, and block the card."


@tool
async def balance() -> str:
    """Tell how much money there is on the account."""
    return "$ 1,204.50"


@tool
async def block_card() -> str:
    """Block the card of the account."""
    return "The card is blocked."


@app.call("/")
async def answer(call: Call) -> None:
    """Let the agent have the call, with one tool."""
    call.tools("/tool", [check_pin])
    options = {"systemPrompt": INSTRUCTIONS, "tools": [check_pin.schema]}
    agent = call.answer().agent(
        stt={"vendor": "deepgram", "language": "en-US"},
        tts={"vendor": "cartesia", "language": "en"},
        llm={"vendor": "openai", "model": "gpt-4.1-mini", "llmOptions": options},
        toolHook="/tool",
    )
    over = await agent.result()
    if over.raw.get("error"):
        await call.say(text="Sorry, we were cut off. Please call again.").hangup().send()
    else:
        await call.hangup()  # because tools keep the call
