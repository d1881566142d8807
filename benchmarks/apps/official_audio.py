"""The same echo on the official Python SDK, with its defaults."""

from __future__ import annotations

import asyncio
import os
from typing import Any

from jambonz_sdk.websocket.endpoint import create_endpoint


async def main() -> None:
    """Serve on PORT."""
    make_service, _ = await create_endpoint(host="127.0.0.1", port=int(os.environ["PORT"]))
    service = make_service.audio(path="/audio")

    def connection(stream: Any) -> None:
        async def audio(pcm: bytes) -> None:
            await stream.send_audio(pcm)

        stream.on("audio", audio)

    service.on("connection", connection)
    await asyncio.Event().wait()


if __name__ == "__main__":
    if os.environ.get("BACKEND") == "uvloop":
        import uvloop

        uvloop.run(main())
    else:
        asyncio.run(main())
