"""The application of the hook benchmark: a handler that answers `/echo` with two verbs that are validated."""

from __future__ import annotations

from typing import Any

from jambonz_anyio import App, Call, Chain

app = App()


@app.call("/")
async def main(call: Call) -> None:
    """Ask, and leave the rest to the handler."""

    @call.on("/echo")
    async def echo(heard: Any) -> Chain[Any]:
        return call.say(text=f"You said: {heard.transcript}").gather(
            input=["speech"], actionHook="/echo", timeout=15
        )

    await call.gather(input=["speech"], actionHook="/echo", timeout=15, say={"text": "Say something."}).send()
