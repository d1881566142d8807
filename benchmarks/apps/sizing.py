"""The application of the sizing benchmark: each turn is answered with two verbs, and saved where there is a
store.

With REDIS_URL its store is there; with KEPT it is in memory.
"""

from __future__ import annotations

import os
from typing import Any

from jambonz_anyio import App, Call, Chain, MemoryStore, RedisStore, Store


def make_app(store: Store | None) -> App:
    """The application, whose calls go on in other processes if there is a store."""
    app = App(store=store)

    @app.call("/")
    async def main(call: Call) -> None:
        call.state["turns"] = 0

        @call.on("/echo")
        async def echo(heard: Any) -> Chain[Any]:
            if store is not None:
                call.state["turns"] += 1
                await call.checkpoint()
            return call.say(text=f"You said: {heard.transcript}").gather(
                input=["speech"], actionHook="/echo", timeout=15
            )

        await call.gather(
            input=["speech"], actionHook="/echo", timeout=15, say={"text": "Say something."}
        ).send()

    return app


def chosen_store() -> Store | None:
    """What the environment says."""
    if url := os.environ.get("REDIS_URL"):
        return RedisStore(url)
    return MemoryStore() if os.environ.get("KEPT") else None


app = make_app(chosen_store())
