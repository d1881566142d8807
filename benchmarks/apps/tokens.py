"""The token benchmark: streams `TOKENS` (environment, default 20000) words in a plain loop."""

from __future__ import annotations

import os

from jambonz_anyio import App, Call

TOKENS = int(os.environ.get("TOKENS", "20000"))

app = App()


@app.call("/", on_return="stay")
async def main(call: Call) -> None:
    """Answer first, then enable the stream and write."""
    await call.answer().send()
    await call.config(ttsStream={"enable": True}).send()
    async with call.speak() as speech:
        for number in range(TOKENS):
            await speech.write(f"w{number} ")
        await speech.flush()
