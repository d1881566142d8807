"""Let callers wait in a queue with music, and agents take them out of it.

Callers arrive at `/`, and hear their place in the queue and music until somebody takes them, or until it has
been long enough. People who answer them call `/agent`, and get one caller after the other.

Try it:  jambonz call examples/queue_with_hold_music.py
         (and --path /agent)
Needs:   nothing; a sound file at `MUSIC` for music on a real server
"""

from __future__ import annotations

import os
from typing import Any

from jambonz_anyio import App, Call, Chain
from jambonz_anyio.payloads import EnqueueWait

QUEUE = "bakery"
MUSIC = os.environ.get("MUSIC", "https://example.com/music.mp3")
LONGEST = 300

app = App(last_words="Sorry, something is broken here. Please call again later.")
callers = app.call("/")


@callers
async def wait_in_line(call: Call) -> None:
    """Join the queue, and see how it has ended."""
    chain = call.say(text="Welcome to the bakery. Somebody will be with you soon.")
    result = await chain.enqueue(name=QUEUE, waitHook="/waiting").result()
    if result.queue_result == "leave":
        await call.say(text="Sorry, everybody is busy. Please call again later.").hangup().send()
    else:
        await call.hangup()


@callers.on("/waiting")
async def waiting(call: Call, line: EnqueueWait) -> Chain[Any]:
    """What a caller hears meanwhile. jambonz asks again when it was played."""
    if (line.queue_time or 0) > LONGEST:
        return call.leave()
    place = (line.queue_position or 0) + 1
    return call.say(text=f"You are number {place} in the queue.").play(url=MUSIC)


@app.call("/agent")
async def take_callers(call: Call) -> None:
    """One caller after the other, until the agent hangs up."""
    chain = call.say(text="Thank you for helping. You get one caller after the other.")
    while True:
        result = await chain.dequeue(name=QUEUE, timeout=60, beep=True).result()
        if result.dequeue_result == "timeout":
            chain = call.say(text="Nobody is waiting. I go on looking.")
        else:
            chain = call.say(text="The next one.")
