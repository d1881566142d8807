"""The application that is called: one path for each kind of call, and an account of each call.

Each thing that is said is a word of its own, such as ``w17x4``: the fourth of call 17. So it can be found in what
the server read and in what the caller heard.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import anyio

from jambonz_anyio import App, AudioStream, Call, CallLimits, VerbDropped
from jambonz_core.wire.event import Event
from jambonz_core.wire.events import Detached, Reattached, ServerError

TURNS = 4
"""Questions that a conversation has."""
PATIENCE = 10.0
"""Seconds after which a program that answers hooks only asks again, because the hook may be lost."""
TONE = b"\x10\x20" * 160
"""20 ms of sound."""


@dataclass(slots=True)
class Account:
    """What one call has done and was told, as the application sees it."""

    number: int
    kind: str
    words: dict[str, str] = field(default_factory=dict)
    """What was said, each with the way it went: ``verbs``, ``reply``, ``text`` or ``command``."""
    dropped: dict[str, str] = field(default_factory=dict)
    """Words whose wait ended in an exception that says so, with its reason."""
    keys: int = 0
    """How many keys were pressed, which have no names."""
    reports: list[Event] = field(default_factory=list)
    """What the library reported."""
    waits: dict[int, str] = field(default_factory=dict)
    """What is waited for now."""
    marks: list[Any] = field(default_factory=list)
    call: Call | None = None
    began: int = 0
    """How often the handler was started."""
    ended: str = ""
    """The reason that the call was given at its end."""
    heard_out: anyio.Event = field(default_factory=anyio.Event)
    """Set when its audio stream has ended."""
    alone: anyio.Event = field(default_factory=anyio.Event)
    """Set when the call has lost its connection; another one as soon as it has one again."""
    over: anyio.Event = field(default_factory=anyio.Event)

    def word(self, way: str) -> str:
        """The next thing to say, noted as said."""
        word = f"w{self.number}x{len(self.words)}"
        self.words[word] = way
        return word

    @contextmanager
    def waiting(self, what: str) -> Iterator[None]:
        """The time in which something is waited for."""
        key = max(self.waits, default=0) + 1
        self.waits[key] = what
        try:
            yield
        finally:
            del self.waits[key]


Handler = Callable[[Call, Account], Awaitable[None]]


class Accounts:
    """The accounts of the calls that are under way, by number."""

    def __init__(self) -> None:
        self._open: dict[int, Account] = {}

    def of(self, number: int, kind: str) -> Account:
        """The account of a call, opened when it is not."""
        return self._open.setdefault(number, Account(number, kind))

    def close(self, number: int) -> None:
        """Forget a call."""
        self._open.pop(number, None)


# --- kinds of calls -----------------------------------------------------------------------------------------


async def gather(call: Call, account: Account) -> None:
    """A conversation whose program waits for each answer."""
    for _ in range(TURNS):
        await _ask(call, account)


async def _ask(call: Call, account: Account) -> None:
    word = account.word("verbs")
    with account.waiting("the result of a gather"), _drops(account, word):
        await call.say(text=word).gather(input=["speech"], timeout=5).result()


async def hooks(call: Call, account: Account) -> None:
    """A conversation whose program answers hooks."""
    turns = 0
    asked = anyio.Event()
    done = anyio.Event()
    listen: dict[str, Any] = {"input": ["speech"], "actionHook": "/heard", "timeout": 5}

    @call.on("/heard")
    async def heard(payload: Any) -> Any:
        nonlocal turns, asked
        turns += 1
        asked.set()
        asked = anyio.Event()
        if turns >= TURNS:
            done.set()
            return call.say(text=account.word("reply")).pause(length=0.05)
        await anyio.sleep(0.01 * (account.number % 4))
        return call.say(text=account.word("reply")).gather(**listen)

    await call.say(text=account.word("verbs")).gather(**listen).send()
    while not done.is_set():
        with anyio.move_on_after(PATIENCE) as patience:
            await asked.wait()
        if patience.cancelled_caught:
            # The server's hook may have been lost on its way to here: then nobody owes anybody anything.
            await call.say(text=account.word("verbs")).gather(**listen).send()


async def queue(call: Call, account: Account) -> None:
    """Sentences that are queued one by one, the end of the last of which is waited for."""
    for number in range(8):
        await call.say(text=account.word("verbs")).send()
        await anyio.sleep(0.02 * (number % 3))
    word = account.word("verbs")
    with account.waiting("the end of a say"), _drops(account, word):
        await call.say(text=word).done()


async def commands(call: Call, account: Account) -> None:
    """Commands that act at once, between questions."""
    await call.say(text=account.word("verbs")).send()
    for number in range(6):
        await call.set_tag({"word": account.word("command")})
        if number % 2:
            await call.mute()
            await call.unmute()
        else:
            account.keys += 1
            await call.send_dtmf("1")
        if number == 3:
            await _ask(call, account)
        await anyio.sleep(0.03)
    await _ask(call, account)


async def speech(call: Call, account: Account) -> None:
    """Text that is streamed while it is made."""
    await call.answer().config(ttsStream={"enable": True}).send()
    for _ in range(3):
        with account.waiting("the delivery of a speech"):
            async with call.speak() as talk:
                for _ in range(4):
                    await talk.write(f"{account.word('text')} is so. ")
                    await anyio.sleep(0.01)
        await anyio.sleep(0.1)
    await anyio.sleep(0.2)


async def audio(call: Call, account: Account) -> None:
    """Sound with marks, over a connection of its own."""
    word = account.word("verbs")
    both = {"enabled": True, "streaming": True, "sampleRate": 8000}
    await call.answer().say(text=word).listen(url=f"/sound/{account.number}", bidirectionalAudio=both).send()
    # Where its connection is never made, there is no stream.
    with anyio.move_on_after(6):
        await account.heard_out.wait()
    await call.say(text=account.word("verbs")).replace()


async def sound(stream: AudioStream, account: Account) -> None:
    """The other side of `audio`: what it plays, and whether each mark is told of."""
    try:
        for _ in range(4):
            for _ in range(10):
                await stream.send(TONE)
            account.marks.append(stream.mark())
        await stream.end_utterance()
        for mark in account.marks:
            with account.waiting("a mark"):
                await mark
        await stream.disconnect()
    finally:
        account.heard_out.set()


async def dial(call: Call, account: Account) -> None:
    """Another party is called, and the end of that is waited for."""
    word = account.word("verbs")
    number = {"type": "phone", "number": "+4712"}
    with account.waiting("the result of a dial"), _drops(account, word):
        await call.say(text=word).dial(target=[number], timeout=10, timeLimit=1).result()
    await _ask(call, account)


KINDS: dict[str, Handler] = {
    "gather": gather,
    "hooks": hooks,
    "queue": queue,
    "commands": commands,
    "speech": speech,
    "audio": audio,
    "dial": dial,
}


@contextmanager
def _drops(account: Account, word: str) -> Iterator[None]:
    """Note the word whose result will not come."""
    try:
        yield
    except VerbDropped as dropped:
        account.dropped[word] = dropped.by


def last_word(number: int) -> str:
    """What a call that has come to its end says last."""
    return f"bye{number}"


def make_app(accounts: Accounts) -> App:
    """The application. Calls of every kind end with a last word and a hangup."""
    app = App(last_words="Sorry.", limits=CallLimits(events=4096))

    @app.call("/{kind}/{number}")
    async def main(call: Call) -> None:
        account = accounts.of(int(call.params["number"]), call.params["kind"])
        account.began += 1
        account.call = call
        watcher = call.events()

        async def watch() -> None:
            async for event in watcher:
                if event.raw is None or isinstance(event, ServerError):
                    account.reports.append(event)
                if isinstance(event, Detached):
                    account.alone.set()
                elif isinstance(event, Reattached):
                    account.alone = anyio.Event()

        call.start_soon(watch)

        @call.on_end
        async def end(call: Call) -> None:
            # What is kept is taken; then the iteration is over, because the call is.
            await watch()
            account.ended = call.end_reason
            account.alone.set()
            account.over.set()

        await KINDS[account.kind](call, account)
        await call.say(text=last_word(account.number)).hangup().send()
        await anyio.sleep_forever()

    @app.audio("/sound/{number}", streaming=True)
    async def stream(stream: AudioStream) -> None:
        await sound(stream, accounts.of(int(stream.params["number"]), "audio"))

    return app
