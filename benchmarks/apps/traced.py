"""The applications of the benchmarks, with each piece of memory traced to the line that asked for it.

For each SIGUSR1 it prints a line of JSON: how many bytes are held by which package.
"""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import tracemalloc
from functools import partial

import anyio
from benchmarks.apps.ours import app

ROOM = re.compile(r".*/(?:src|site-packages|python[0-9.]+)/(\w+)(?:/(\w+)/)?")


def room_of(file: str) -> str:
    """The package that a file is in, and of ours the part of it."""
    found = ROOM.match(file)
    if found is None:
        return "other"
    package, part = found.groups()
    return f"{package}.{part}" if part and package.startswith("jambonz_") else package


def held() -> dict[str, int]:
    """Bytes by package."""
    gc.collect()
    rooms: dict[str, int] = {}
    for statistic in tracemalloc.take_snapshot().statistics("filename"):
        room = room_of(statistic.traceback[0].filename)
        rooms[room] = rooms.get(room, 0) + statistic.size
    return rooms


async def main() -> None:
    """Serve on PORT, and tell."""
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(partial(app.serve, port=int(os.environ["PORT"])))
        with anyio.open_signal_receiver(signal.SIGUSR1) as asked:
            async for _ in asked:
                print(json.dumps(held()), flush=True)


if __name__ == "__main__":
    tracemalloc.start()
    anyio.run(main)
