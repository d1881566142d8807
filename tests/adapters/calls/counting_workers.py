"""Worker processes for the test that kills them: each line on standard input forks one, which serves.

Forked from a process that has imported everything, a worker is up in milliseconds. It prints its process id and its
port. The application counts to ten with the caller, and what it must not forget is how far it has come.
"""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import Any

import anyio

from jambonz_anyio import App, Call, FileStore, RedisStore
from jambonz_anyio._net.server import Server

GOAL = 10


def make_app(place: str) -> App:
    """The application, with a store that all workers share."""
    store = RedisStore(place) if place.startswith("redis://") else FileStore(place)
    app = App(store=store, last_words="Sorry.")

    async def count(call: Call) -> None:
        while call.state["count"] < GOAL:
            text = str(call.state["count"])
            pressed = await call.say(text=text).gather(input=["digits"], numDigits=1).result()
            if pressed.digits:
                call.state["count"] += 1
                await call.checkpoint()
        await call.say(text="done").hangup().send()

    @app.call("/")
    async def main(call: Call) -> None:
        call.state["count"] = 0
        await call.say(text="hello").send()
        await count(call)

    @app.on_resume
    async def resume(call: Call) -> None:
        # Whatever runs on the server was meant for a program that is no more.
        await call.say(text="back").replace()
        await count(call)

    return app


async def work(place: str) -> None:
    """Serve on a free port, which is printed."""
    app = make_app(place)

    async def serve(*, task_status: Any) -> None:
        await app.serve(port=0, task_status=task_status)

    async with anyio.create_task_group() as tasks:
        server: Server = await tasks.start(serve)
        print(os.getpid(), server.port, flush=True)


def main(place: str, backend: str) -> None:
    """Fork a worker for every line."""
    for _ in sys.stdin:
        if os.fork() == 0:
            sys.stdin.close()
            anyio.run(partial(work, place), backend=backend)
            os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
