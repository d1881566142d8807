"""The echo of `official_echo.py` and `node_echo.mjs`, written with this library. Arguments: the port."""

from __future__ import annotations

import sys
from functools import partial

import anyio

from jambonz_anyio import App, Call, serve

app = App()


@app.call("/")
async def echo(call: Call) -> None:
    """Repeat what is said until a key is pressed."""
    chain = call.say(text="Please say something.")
    while True:
        heard = await chain.gather(input=["speech", "digits"], numDigits=1, timeout=15).result()
        if heard.reason != "speechDetected":
            break
        chain = call.say(text=f"You said: {heard.transcript}")
    await call.say(text="Goodbye.").hangup().send()


async def main(port: int) -> None:
    """Serve, and say so."""
    async with app.running(), anyio.create_task_group() as tasks:
        await tasks.start(partial(serve, app, port=port))
        print("listening", flush=True)


anyio.run(main, int(sys.argv[1]))
