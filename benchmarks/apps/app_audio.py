"""Echo by `examples/audio_loopback.py`: what a user's program costs."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import anyio

sys.path.insert(0, str(Path(__file__).parents[2] / "examples"))

from audio_loopback import app  # noqa: E402 - it is no package


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
