"""What `on_resume` is told, through every store of the library: the state, when it was saved, and what is unproved."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from pathlib import Path

import anyio
import pytest
from tests.adapters.calls.conftest import open_phone

from jambonz_anyio import App, Call, FileStore, MemoryStore, RedisStore, Store, UnprovedWrite

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.filterwarnings("ignore:Unclosed <MemoryObject:ResourceWarning"),
]

_prefixes = (f"resuming{number}:" for number in itertools.count())

SAY = [{"verb": "say", "text": "Noted"}]
DTMF = {"digit": "1", "dtmf": {"digit": "1"}}


@pytest.fixture(params=["memory", "files", pytest.param("redis", marks=pytest.mark.services)])
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Opens the store, as each process does."""
    if request.param == "memory":
        shared = MemoryStore()
        return lambda: shared
    if request.param == "files":
        return lambda: FileStore(tmp_path)
    url = request.getfixturevalue("shared_redis").url
    prefix = next(_prefixes)
    return lambda: RedisStore(url, prefix=prefix)


class Process:
    """One process of an application; it notes what it is told of a call that another one had."""

    def __init__(self, store: Store) -> None:
        self.app = App(store=store)
        self.resumed: list[Call] = []
        self.goes_on = anyio.Event()

        @self.app.call("/", on_return="stay")
        async def begin(call: Call) -> None:
            call.state["step"] = 1
            await call.say(text="Hello").send()

        @self.app.on_resume
        async def go_on(call: Call) -> None:
            self.resumed.append(call)
            self.goes_on.set()
            await call.say(text="Back").send()
            await anyio.sleep_forever()


@pytest.mark.parametrize("killed", [False, True], ids=["lost", "killed"])
async def test_a_call_that_goes_on_elsewhere_tells_what_is_unproved(
    opened: Callable[[], Store], killed: bool
) -> None:
    one, two = Process(opened()), Process(opened())
    began = time.time()
    async with one.app.running(), two.app.running(), open_phone(one.app) as phone:
        await phone.answered()
        await phone.proves()
        [call] = one.app.calls.values()
        assert (call.saved_at, call.unproved) == (None, ())
        phone.transport.connection.hold_pongs()
        await call.say(text="Noted").send()
        await call.send_dtmf("1")
        assert await phone.redirect(queued=True) == SAY
        await phone.command("dtmf")
        call.state["step"] = 2
        await call.checkpoint()
        if not killed:
            # What is lost with the connection is saved once more.
            call.state["step"] = 3
            phone.transport.connection.cut()
            await phone.wait_closed()
            await call.checkpoint()
        async with open_phone(two.app) as again:
            # A process that is killed says nothing more: the other one knows what was saved last.
            assert await again.ack(again.say("session:reconnect", again.session())) == []
            with anyio.fail_after(10):
                await two.goes_on.wait()
            [resumed] = two.resumed
            assert resumed.state == {"step": 2 if killed else 3}
            assert resumed.saved_at is not None
            assert began <= resumed.saved_at <= time.time()
            assert resumed.unproved == (
                UnprovedWrite("redirect", SAY, "repeat"),
                UnprovedWrite("dtmf", DTMF, "report"),
            )
            assert await again.redirect(queued=True) == SAY
            assert await again.redirect(queued=True) == [{"verb": "say", "text": "Back"}]
