"""Echo by `examples/audio_loopback.py`: what a user's program costs."""

from __future__ import annotations

import os
import runpy
from pathlib import Path

import anyio

from jambonz_anyio import App

EXAMPLE = Path(__file__).parents[2] / "examples" / "audio_loopback.py"


async def main() -> None:
    """Serve on PORT with PARSER and STREAMS."""
    app: App = runpy.run_path(str(EXAMPLE))["app"]
    await app.serve(
        port=int(os.environ["PORT"]),
        parser=os.environ.get("PARSER", "auto"),
        streams=os.environ.get("STREAMS", "auto"),
    )


if __name__ == "__main__":
    backend = os.environ.get("BACKEND", "asyncio")
    uvloop = {"use_uvloop": True} if backend == "uvloop" else {}
    anyio.run(main, backend="trio" if backend == "trio" else "asyncio", backend_options=uvloop)
