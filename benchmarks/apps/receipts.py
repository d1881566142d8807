"""The application of the receipt benchmark: it answers `/echo` with two verbs, and sends another behind them.

Its environment has `PORT`, `BACKEND` and `RECEIPTS` (``yes`` or ``no``).
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

import anyio

from jambonz_anyio import App, Call

app = App()


@app.call("/", on_return="stay")
async def main(call: Call) -> None:
    """Ask, and leave the rest to the handler."""

    @call.on("/echo")
    async def echo(heard: Any) -> None:
        answer = call.say(text=f"You said: {heard.transcript}").gather(
            input=["speech"], actionHook="/echo", timeout=15
        )
        await answer.reply()
        # It waits until the answer was read: together with that, the server would lose it.
        await call.say(text="And that is that.").send()

    await call.gather(input=["speech"], actionHook="/echo", timeout=15).send()


if __name__ == "__main__":
    backend = os.environ["BACKEND"]
    anyio.run(
        partial(app.serve, port=int(os.environ["PORT"]), receipts=os.environ["RECEIPTS"] == "yes"),
        backend="trio" if backend == "trio" else "asyncio",
        backend_options={"use_uvloop": True} if backend == "uvloop" else {},
    )
