"""What the workers of a fleet run: a conversation that counts, and an account of it that outlives its process.

Each line of an account is written before the thing is done, or behind it, straight to a file: a process that is killed
has written all lines that it came to. Times are of the machine's one monotonic clock, so lines of several processes
can be put in order.
"""

from __future__ import annotations

import itertools
import json
import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import anyio
import msgspec
from tests.soak.accounts import WORD

from jambonz_anyio import App, Call, CallLimits, RedisStore, VerbDropped
from jambonz_core.call.commands import Command
from jambonz_core.wire.errors import StoreError
from jambonz_core.wire.event import Event

TURNS = {"talk": int(os.environ.get("FLEET_TURNS", "4")), "brief": 1}
"""Answers that a caller gives, by the kind of call."""
THINKS = float(os.environ.get("FLEET_THINKS", "0.3"))
"""Seconds between an answer and the next question."""

_lives = itertools.count(1)
_words = itertools.count(os.getpid() * 1_000_000)


class Book:
    """Where this process writes its lines."""

    def __init__(self) -> None:
        self._file: int | None = None

    def write(self, *line: Any) -> None:
        """Write a line, at once."""
        if self._file is None:
            path = os.path.join(os.environ["FLEET_ACCOUNTS"], f"{os.getpid()}.jsonl")
            self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(self._file, json.dumps([time.monotonic(), *line]).encode() + b"\n")


book = Book()


class Taken:
    """Notes the words that the library has taken. A handler that is cancelled has noted more than that."""

    trace = ""

    def __init__(self, life: Life) -> None:
        self._life = life

    def done(self, command: Command) -> None:
        """The core has taken a command."""
        for word in WORD.findall(repr(command)):
            self._life.note("taken", word)

    # What else an observer is told is of no interest here.

    def heard(self, event: Event) -> None: ...

    def enter(self) -> None: ...

    def inside(self, what: str, id: str, hook: str = "") -> AbstractContextManager[object]:
        return nullcontext()

    def ended(self, reason: str, error: Exception | None) -> None: ...


class Life:
    """One call in this process, from its begin or its resumption to its end."""

    def __init__(self, call: Call, how: str) -> None:
        self.call = call
        self.number = int(call.params["number"])
        self._id = f"{os.getpid()}-{next(_lives)}"
        call.state.setdefault("step", 0)
        self.note(how, call.state["step"])
        call._driver.observer = Taken(self)
        watcher = call.events()

        async def watch() -> None:
            async for event in watcher:
                if event.raw is None:
                    fields = msgspec.to_builtins(event)
                    fields.pop("raw", None)
                    self.note("report", type(event).__name__, fields)

        call.start_soon(watch)

        @call.on_end
        async def end(call: Call) -> None:
            await watch()
            self.note("end", call.end_reason)

    def note(self, what: str, *more: Any) -> None:
        """Write a line of this life."""
        book.write(self.number, self._id, what, *more)

    def word(self, way: str = "verbs") -> str:
        """The next thing to say, with verbs or with a command."""
        word = f"w{self.number}x{next(_words)}"
        self.note("word", word, way)
        return word

    async def keep(self) -> None:
        """Have what was said, and how far it has come, saved."""
        step = self.call.state["step"]
        self.note("keeping", step)
        try:
            await self.call.checkpoint()
        except StoreError as error:
            self.note("not kept", str(error))
        else:
            self.note("kept", step)

    @contextmanager
    def drops(self, word: str) -> Iterator[None]:
        """Note the word whose result will not come."""
        try:
            yield
        except VerbDropped as dropped:
            self.note("dropped", word, dropped.by)


async def ask(life: Life, *, replace: bool) -> None:
    """Ask until there is an answer."""
    call, state = life.call, life.call.state
    while state["step"] < TURNS[call.params["kind"]]:
        word = life.word()
        with life.drops(word):
            if replace:
                await call.say(text=word).replace()
                replace = False
                word = life.word()
            heard = await call.say(text=word).gather(input=["speech"], timeout=20).result()
            if heard.reason == "speechDetected":
                state["step"] += 1
                if state["step"] % 2:
                    # What was said before a checkpoint is heard, whatever happens behind it.
                    await call.say(text=life.word()).send()
                    await call.set_tag({"word": life.word("command")})
                await life.keep()
                await anyio.sleep(THINKS)
    await call.say(text=f"bye{life.number}").hangup().send()
    await anyio.sleep_forever()


def make_app() -> App:
    """The application of each worker."""
    app = App(
        store=RedisStore(os.environ["FLEET_STORE"]), last_words="Sorry.", limits=CallLimits(events=4096)
    )

    @app.call("/{kind}/{number}")
    async def talk(call: Call) -> None:
        life = Life(call, "new")
        if life.number % 3 == 0:
            await life.keep()
        await call.say(text=life.word()).send()
        await ask(life, replace=False)

    @app.on_resume
    async def go_on(call: Call) -> None:
        life = Life(call, "resumed")
        # Some stop what runs, others speak behind it.
        await ask(life, replace=bool(life.number % 2))

    return app


app = make_app() if "FLEET_STORE" in os.environ else App()
