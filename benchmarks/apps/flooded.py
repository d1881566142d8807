"""An application with handlers that take nothing of what comes, and one that answers: what floods go to.

Whenever it gets SIGUSR1 it prints for how many milliseconds the event loop stood still at most: how long, how
much CPU that took without the garbage collector, and how long the collector took at most. The second is what
the code of the library is to answer for.
"""

from __future__ import annotations

import gc
import os
import signal
import time
from typing import Any

import anyio

from jambonz_anyio import App, AudioStream, Call, CallOptions, Chain
from jambonz_anyio.cli.event_loops import run_on

app = App(options=CallOptions(reconnect_grace=float(os.environ.get("GRACE", "45"))))
PAUSE = [{"verb": "pause", "length": 0.1}]


@app.call("/")
async def echo(call: Call) -> None:
    """Answer each hook, as long as the call lives."""

    @call.on("/echo")
    async def answer(heard: Any) -> Chain[Any]:
        return call.say(text=f"You said: {heard.transcript}").gather(
            input=["speech"], actionHook="/echo", timeout=15
        )

    await call.gather(input=["speech"], actionHook="/echo", timeout=15, say={"text": "Say something."}).send()


@app.call("/hooks")
async def hooks(call: Call) -> None:
    """Ask for the hooks of a path, and take none."""
    _unread = call.hooks("/echo")
    await call.pause(length=1).send()
    await anyio.sleep_forever()


@app.call("/events")
async def events(call: Call) -> None:
    """Ask for all events, and take none."""
    _unread = call.events()
    await call.pause(length=1).send()
    await anyio.sleep_forever()


@app.call("/handlers")
async def handlers(call: Call) -> None:
    """Have a handler of events that takes its time with each."""

    @call.on("llm:event")
    async def slow(event: Any) -> None:
        await anyio.sleep(30)

    await call.pause(length=1).send()


@app.call("/talker")
async def talker(call: Call) -> None:
    """Talk to somebody who does not listen."""
    while True:
        await call.say(text="word " * 400).send()


@app.audio("/audio")
async def deaf(stream: AudioStream) -> None:
    """Take no audio."""
    await anyio.sleep_forever()


@app.webhook("/webhook", unsigned=True)
async def webhook(request: Any) -> list[dict[str, Any]]:
    """Answer with a pause."""
    return PAUSE


class Stall:
    """How long the loop stood still at most, since somebody asked."""

    longest = 0.0
    longest_cpu = 0.0
    longest_collection = 0.0
    _collected = 0.0
    _began = 0.0

    def collector(self, phase: str, info: dict[str, int]) -> None:
        """Take the time of the garbage collector; it calls this."""
        if phase == "start":
            self._began = time.process_time()
        else:
            took = time.process_time() - self._began
            self._collected += took
            self.longest_collection = max(self.longest_collection, took)

    async def watch(self) -> None:
        """Look every few milliseconds whether it is on time."""
        gc.callbacks.append(self.collector)
        before, cpu_before = time.perf_counter(), time.process_time()
        while True:
            await anyio.sleep(0.005)
            now, cpu = time.perf_counter(), time.process_time() - self._collected
            self.longest = max(self.longest, now - before - 0.005)
            self.longest_cpu = max(self.longest_cpu, cpu - cpu_before)
            before, cpu_before = now, cpu

    async def tell(self) -> None:
        """Print it whenever somebody asks."""
        with anyio.open_signal_receiver(signal.SIGUSR1) as asked:
            async for _ in asked:
                self.say()

    def say(self) -> None:
        """Print it."""
        found = (self.longest, self.longest_cpu, self.longest_collection)
        print(*(f"{seconds * 1000:.1f}" for seconds in found), flush=True)
        self.longest = self.longest_cpu = self.longest_collection = 0.0


async def main() -> None:
    """Serve on PORT."""
    stall = Stall()
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(stall.watch)
        tasks.start_soon(stall.tell)
        await app.serve(port=int(os.environ["PORT"]), handle_signals=True, drain_seconds=0.5)
        tasks.cancel_scope.cancel()
    stall.say()


if __name__ == "__main__":
    run_on(os.environ.get("BACKEND", "asyncio"), main)
