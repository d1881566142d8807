"""A process that is killed behind a checkpoint: what it has said is heard, said again or reported by the next one.

Killed is what saves nothing more and reads nothing more. So the next process begins with what was in the store when
`checkpoint()` returned, whatever the first one does after that.
"""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, MemoryStore
from jambonz_anyio._call.saved_call import SavedCall
from jambonz_core.call import CommandLost, CommandRepeated
from jambonz_core.call.call_record import Fence, Verdict

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


class Kept(MemoryStore):
    """A store that shows what it keeps."""

    def __init__(self) -> None:
        super().__init__()
        self.saves: list[SavedCall] = []
        self.go = anyio.Event()
        self.go.set()

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        await self.go.wait()
        verdict = await super().save(key, fence, snapshot)
        self.saves.append(SavedCall.decode(snapshot))
        return verdict

    def as_it_is(self) -> Kept:
        """What is kept if nobody writes any more."""
        copy = Kept()
        copy._records.update(self._records)
        return copy


class Heir:
    """The process that goes on with the call."""

    def __init__(self, store: MemoryStore) -> None:
        self.app = App(store=store, last_words="Sorry.")
        self.reports: list[Any] = []
        self.states: list[Any] = []

        @self.app.call("/", on_return="stay")
        async def begin(call: Call) -> None:
            self.states.append(("new", call.state, call.saved_at))
            await call.say(text="Hello").send()

        @self.app.on_resume
        async def go_on(call: Call) -> None:
            self.states.append(("old", call.state, call.saved_at is not None))
            async for event in call.events():
                if isinstance(event, (CommandRepeated, CommandLost)):
                    self.reports.append(event)


async def test_what_was_said_before_a_checkpoint_is_said_again_or_reported(dial: Any) -> None:
    store = Kept()
    app = App(store=store)
    app.on_resume(lambda call: None)
    proved, checked = anyio.Event(), anyio.Event()
    left: list[Kept] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()
        await proved.wait()
        await call.say(text="One").send()
        await call.dial(target=[{"type": "phone", "number": "+4712"}]).send()
        await call.say(text="Two").send()
        await call.checkpoint()
        left.append(store.as_it_is())
        checked.set()

    async with dial(app) as phone:
        await phone.answered()
        await phone.proves()
        # From now on nothing arrives, or nobody knows whether it does.
        phone.transport.connection.hold_pongs()
        proved.set()
        await checked.wait()
    heir = Heir(left[0])
    async with dial(heir.app) as phone:
        await phone.ack(phone.say("session:reconnect", phone.session()))
        assert (await phone.redirect(queued=True))[0]["text"] == "One"
        assert (await phone.redirect(queued=True))[0]["text"] == "Two"
        await phone.silence()
        assert heir.reports == [
            CommandRepeated("redirect"),
            CommandLost("redirect", "acts twice"),
            CommandRepeated("redirect"),
        ]
        await phone.hang_up()
        await phone.wait_closed()


async def test_what_is_proved_is_saved_so_that_it_is_not_said_again(dial: Any) -> None:
    store = Kept()
    app = App(store=store)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()
        await call.say(text="One").send()
        await call.checkpoint()

    async with dial(app) as phone:
        await phone.answered()
        assert (await phone.redirect(queued=True))[0]["text"] == "One"
        await phone.proves()
    heir = Heir(store.as_it_is())
    async with dial(heir.app) as phone:
        # Neither the first answer nor what came behind it: the reconnect is answered, and that is all.
        assert await phone.ack(phone.say("session:reconnect", phone.session())) == []
        await phone.silence()
        assert heir.reports == []
        await phone.hang_up()
        await phone.wait_closed()


async def test_without_proof_it_is_saved_again_when_that_was_long_ago(dial: Any) -> None:
    store = Kept()
    app = App(store=store)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()
        await call.checkpoint()

    async with dial(app, receipts=False) as phone:
        await phone.answered()
        await anyio.sleep(0.5)
        first = store.saves[-1].core
        assert first is not None
        assert first["delivery"]["given"] == [{"verb": "say", "text": "Hello"}]
        [call] = app.calls.values()
        await call.say(text="One").send()
        await call.checkpoint()
        before = len(store.saves)
        await anyio.sleep(3.0)
        unproved = [saved.core["delivery"]["unproved"] for saved in store.saves if saved.core is not None]
        # One was due for the first answer, and finds the sentence just said.
        assert [len(writes) for writes in unproved[before - 1 :]] == [1, 1, 0]
        await anyio.sleep(5.0)
        assert len(store.saves) == before + 2


@pytest.mark.parametrize("begun", [True, False])
async def test_a_checkpoint_before_the_first_answer(dial: Any, dial_unknown: Any, begun: bool) -> None:
    """Whether the answer reached the server, only the server knows. The state is there in any case."""
    store = Kept()
    app = App(store=store)
    app.on_resume(lambda call: None)
    left: list[Kept] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        call.state["looked up"] = 1
        await call.checkpoint()
        left.append(store.as_it_is())
        await call.say(text="Hello").send()

    async with dial(app) as phone:
        await phone.answered()
        # Whatever was saved before: the answer makes it be saved anew.
        await phone.proves()
    assert [saved.core is None for saved in store.saves[:2]] == [True, False]
    heir = Heir(left[0])
    async with dial_unknown(heir.app) as phone:
        if begun:
            phone.transport.connection.hold_pongs(False)
            await phone.silence()
            assert heir.states == [("old", {"looked up": 1}, True)]
        else:
            assert await phone.ack(phone.hook("/~marker", {"reason": "timeout"})) == []
            phone.transport.connection.hold_pongs(False)
            assert (await phone.redirect(queued=True))[0]["text"] == "Hello"
            assert heir.states == [("new", {}, None)]
        await phone.hang_up()
        await phone.wait_closed()


async def test_who_is_stopped_without_a_connection_leaves_the_call_as_it_was(dial: Any) -> None:
    """The store is slow; what its handlers do when they are cancelled is not saved."""
    store = Kept()
    app = App(store=store)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on_end
        async def end(call: Call) -> None:
            store.go.set()

        await call.say(text="Hello").gather(input=["digits"]).result()

    async with dial(app) as phone:
        await phone.answered()
        await phone.proves()
        store.go = anyio.Event()
        # A save is on its way, and another one will be wanted.
        stored = app.calls["call-1"]._runtime._stored
        assert stored is not None
        stored.save_soon()
        phone.transport.connection.cut()
        await phone.wait_closed()
    core = store.saves[-1].core
    assert core is not None
    # With the first answer, when that was proved, the one that took long, and at the loss.
    assert len(store.saves) == 4
    assert core["delivery"]["waiting"] == []
