"""Echo by `examples/audio_loopback.py`: what a user's program costs.

With ECHO=function by a plain function: the way without a task switch for each frame.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import anyio

from jambonz_anyio import App, AudioStream

EXAMPLE = Path(__file__).parents[2] / "examples" / "audio_loopback.py"


def chosen() -> App:
    """The application that ECHO names."""
    if os.environ.get("ECHO") != "function":
        example: App = runpy.run_path(str(EXAMPLE))["app"]
        return example
    app = App()

    @app.audio("/audio", streaming=True)
    async def echo(stream: AudioStream) -> None:
        stream.on_audio(stream.send_nowait)

    return app


async def main() -> None:
    """Serve on PORT with PARSER and STREAMS."""
    await chosen().serve(
        port=int(os.environ["PORT"]),
        parser=os.environ.get("PARSER", "auto"),
        streams=os.environ.get("STREAMS", "auto"),
    )


if __name__ == "__main__":
    backend = os.environ.get("BACKEND", "asyncio")
    uvloop = {"use_uvloop": True} if backend == "uvloop" else {}
    anyio.run(main, backend="trio" if backend == "trio" else "asyncio", backend_options=uvloop)
