"""The applications of the benchmarks on this library, all in one server.

The environment says how they are served: PORT, BACKEND, PARSER, STREAMS, TOKENS, and RECEIPTS and ROUNDS
(``yes``, ``no``).
"""

from __future__ import annotations

import gc
import itertools
import os
from functools import partial
from typing import Any

import anyio

from jambonz_anyio import App, AudioStream, Call, Chain, ServerLimits
from jambonz_anyio.cli.event_loops import run_on

TOKENS = int(os.environ.get("TOKENS", "20000"))
FRAME = bytes(320)
"""20 ms of silence."""
WORD_SECONDS = 0.005
"""A language model in a hurry."""

app = App()


@app.call("/")
async def hooks(call: Call) -> None:
    """Ask, and answer each hook with two verbs, which are validated."""

    @call.on("/echo")
    async def echo(heard: Any) -> Chain[Any]:
        return call.say(text=f"You said: {heard.transcript}").gather(
            input=["speech"], actionHook="/echo", timeout=15
        )

    await call.gather(input=["speech"], actionHook="/echo", timeout=15, say={"text": "Say something."}).send()


@app.call("/followed", on_return="stay")
async def followed(call: Call) -> None:
    """Answer each hook with two verbs, and send another command behind them."""

    @call.on("/echo")
    async def echo(heard: Any) -> None:
        answer = call.say(text=f"You said: {heard.transcript}").gather(
            input=["speech"], actionHook="/echo", timeout=15
        )
        await answer.reply()
        # It waits until the answer was read: together with that, the server would lose it.
        await call.say(text="And that is that.").send()

    await call.gather(input=["speech"], actionHook="/echo", timeout=15).send()


@app.call("/tokens", on_return="stay")
async def tokens(call: Call) -> None:
    """Write words in a plain loop that awaits every write."""
    await call.answer().send()
    await call.config(ttsStream={"enable": True}).send()
    async with call.speak() as speech:
        for number in range(TOKENS):
            await speech.write(f"w{number} ")
        await speech.flush()


@app.call("/talk", on_return="stay")
async def talk(call: Call) -> None:
    """Talk until interrupted, and begin anew: each word says which speech it is of."""
    await call.answer().send()
    await call.config(ttsStream={"enable": True}).send()
    for number in itertools.count():
        async with call.speak() as speech:
            while True:
                await speech.write(f"s{number} ")
                await anyio.sleep(WORD_SECONDS)


@app.audio("/audio", streaming=True)
async def iterated(stream: AudioStream) -> None:
    """Echo as `examples/audio_loopback.py` does."""
    async for pcm in stream:
        await stream.send(pcm)


@app.audio("/function", streaming=True)
async def function(stream: AudioStream) -> None:
    """Echo by a plain function: the way without a task switch for each frame."""
    stream.on_audio(stream.send_nowait)


@app.audio("/play", streaming=True)
async def play(stream: AudioStream) -> None:
    """Play, five times faster than it is heard, until a key is pressed; and begin anew."""
    keys = stream.dtmf()

    async def sound() -> None:
        while True:
            for _ in range(5):
                await stream.send(FRAME)
            await anyio.sleep(0.02)

    while True:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(sound)
            async for _ in keys:
                break
            else:
                return
            tasks.cancel_scope.cancel()
        await stream.kill()


if __name__ == "__main__":
    # As `jambonz run` does: what is there before the first call stays, and is not looked at again and again.
    gc.collect()
    gc.freeze()
    run_on(
        os.environ.get("BACKEND", "asyncio"),
        partial(
            app.serve,
            port=int(os.environ["PORT"]),
            parser=os.environ.get("PARSER", "auto"),
            streams=os.environ.get("STREAMS", "auto"),
            receipts=os.environ.get("RECEIPTS", "yes") == "yes",
            round_seconds=0.001 if os.environ.get("ROUNDS", "yes") == "yes" else None,
            limits=ServerLimits(calls=30_000),
        ),
    )
