"""The benchmarks' applications on the official Python SDK, with its defaults: hooks and echoed audio."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jambonz_sdk.websocket.endpoint import create_endpoint


async def main() -> None:
    """Serve on PORT."""
    make_service, _ = await create_endpoint(host="127.0.0.1", port=int(os.environ["PORT"]))
    service = make_service(path="/")

    async def session_new(session: Any) -> None:
        async def echo(heard: dict[str, Any]) -> None:
            words = heard["speech"]["alternatives"][0]["transcript"]
            session.say(text=f"You said: {words}")
            session.gather(input=["speech"], actionHook="/echo", timeout=15)
            await session.reply()

        session.on("/echo", echo)
        session.gather(input=["speech"], actionHook="/echo", timeout=15, say={"text": "Say something."})
        await session.send()

    service.on("session:new", session_new)

    def connection(stream: Any) -> None:
        async def audio(pcm: bytes) -> None:
            await stream.send_audio(pcm)

        stream.on("audio", audio)

    make_service.audio(path="/audio").on("connection", connection)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if os.environ.get("BACKEND") == "uvloop":
        import uvloop

        uvloop.run(main())
    else:
        asyncio.run(main())
