"""Repeat what the caller says.

A `gather` listens, and `result()` waits for what it has heard.

Try it:  jambonz call examples/echo.py
Needs:   nothing
"""

from __future__ import annotations

from jambonz_anyio import App, Call

app = App(last_words="Sorry, something went wrong. Goodbye.")


@app.call("/")
async def echo(call: Call) -> None:
    """Listen, repeat, and listen again, until the caller has nothing more to say."""
    chain = call.say(text="Please say something, and I will repeat it.")
    while True:
        heard = await chain.gather(input=["speech"], timeout=15).result()
        if not heard.transcript:
            break
        chain = call.say(text=f"You said: {heard.transcript}")
    await call.say(text="Goodbye.").hangup().send()
