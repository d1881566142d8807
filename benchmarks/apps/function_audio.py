"""Echo by a plain function: the way without a task switch for each frame."""

from __future__ import annotations

import os

import anyio

from jambonz_anyio import App, AudioStream

app = App()


@app.audio("/audio", streaming=True)
async def echo(stream: AudioStream) -> None:
    """Send back what comes, right when it comes."""
    stream.on_audio(stream.send_nowait)


async def main() -> None:
    """Serve on PORT with PARSER and STREAMS."""
    await app.serve(
        port=int(os.environ["PORT"]),
        parser=os.environ.get("PARSER", "auto"),
        streams=os.environ.get("STREAMS", "auto"),
    )


if __name__ == "__main__":
    backend = os.environ.get("BACKEND", "asyncio")
    uvloop = {"use_uvloop": True} if backend == "uvloop" else {}
    anyio.run(main, backend="trio" if backend == "trio" else "asyncio", backend_options=uvloop)
