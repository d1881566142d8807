"""Several processes of one application and a store between them: who goes on with a call, and when nobody can say."""

from __future__ import annotations

import logging
from contextlib import AsyncExitStack
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, CallLimits, MemoryStore
from jambonz_core.call import ownership
from jambonz_core.call.call_record import Claimed, Fence, Verdict
from jambonz_core.wire.errors import CallEnded, StoreError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

PAUSE = [{"verb": "pause", "length": 0.1}]


class Switched(MemoryStore):
    """A store that a test can have fail, or hang."""

    def __init__(self) -> None:
        super().__init__()
        self.fails = False
        self.hangs = False
        self.saves: list[bytes] = []
        self.asked: list[str] = []
        self.saved = anyio.Event()

    async def _answers(self, what: str) -> None:
        self.asked.append(what)
        if self.fails:
            raise OSError("no database")
        if self.hangs:
            await anyio.sleep_forever()

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        await self._answers("claim")
        return await super().claim(key, owner, nonce, begin=begin)

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        await self._answers("save")
        verdict = await super().save(key, fence, snapshot)
        if verdict is Verdict.KEPT:
            self.saves.append(snapshot)
            self.saved.set()
            self.saved = anyio.Event()
        return verdict

    async def end(self, key: str, fence: Fence) -> Verdict:
        await self._answers("end")
        return await super().end(key, fence)


class Process:
    """One process of an application that counts what it is told."""

    def __init__(self, store: MemoryStore, **limits: Any) -> None:
        self.app = App(store=store, last_words="Sorry.", limits=CallLimits(**limits))
        self.ends: list[str] = []
        self.resumed: list[Call] = []
        self.errors: list[Exception] = []

        @self.app.call("/", on_return="stay")
        async def begin(call: Call) -> None:
            self._watch(call)
            call.state["heard"] = []
            await call.say(text="Hello").send()
            await self._listen(call)

        @self.app.on_resume
        async def go_on(call: Call) -> None:
            self._watch(call)
            self.resumed.append(call)
            await call.say(text=f"I know {''.join(call.state['heard'])}").send()
            await self._listen(call)

    def _watch(self, call: Call) -> None:
        @call.on_end
        async def end(ended: Call) -> None:
            self.ends.append(ended.end_reason)

        @call.on("/tell")
        async def tell(told: Any) -> None:
            call.state["heard"].append(told.digits)
            try:
                await call.checkpoint()
            except StoreError as error:
                self.errors.append(error)
            await call.say(text=f"Noted {told.digits}").send()

    async def _listen(self, call: Call) -> None:
        await anyio.sleep_forever()


async def tell(phone: Any, digits: str) -> None:
    """The caller says something, and hears that it was noted."""
    phone.hook("/tell", {"reason": "dtmfDetected", "digits": digits})
    # The ack is the handler's return, and may come before or behind what it says.
    messages = [await phone.next(), await phone.next()]
    [command] = [message for message in messages if message["type"] == "command"]
    assert command["data"] == [{"verb": "say", "text": f"Noted {digits}"}]


async def come_back(phone: Any) -> Any:
    return await phone.ack(phone.say("session:reconnect", phone.session()))


async def vanish(phone: Any) -> None:
    """The connection breaks, with everything on it proved."""
    await phone.proves()
    phone.transport.connection.cut()
    await phone.wait_closed()


async def test_to_and_fro_the_newest_state_wins(dial: Any) -> None:
    """A→B→A→B: nobody goes on from what it remembers of earlier, and who had the call lets go."""
    store = Switched()
    one, two = Process(store), Process(store)
    async with AsyncExitStack() as connections:
        phone = await connections.enter_async_context(dial(one.app))
        await phone.answered()
        await tell(phone, "1")
        await vanish(phone)
        expected = "1"
        for turn, process in enumerate((two, one, two, one)):
            phone = await connections.enter_async_context(dial(process.app))
            assert await come_back(phone) == []
            assert (await phone.redirect(queued=True))[0]["text"] == f"I know {expected}"
            await tell(phone, str(turn + 2))
            expected += str(turn + 2)
            await vanish(phone)
            assert len(process.app.calls) == 1
        # Each of them was told, when the call came back to it, that its memory was old.
        assert one.ends == ["moved"] * 2
        assert two.ends == ["moved"]


async def test_a_process_is_told_that_another_one_has_its_call(dial: Any) -> None:
    store = Switched()
    one, two = Process(store), Process(store)
    async with one.app.running(), dial(one.app) as phone:
        await phone.answered()
        await vanish(phone)
        [call] = one.app.calls.values()
        async with dial(two.app) as phone:
            await come_back(phone)
            with anyio.fail_after(5):
                assert await call.wait_ended() == "moved"
            await anyio.wait_all_tasks_blocked()
            assert one.ends == ["moved"]
            assert (await phone.redirect(queued=True))[0]["text"] == "I know "


async def test_a_claim_that_comes_late_takes_no_call_away_from_where_the_server_is(dial: Any) -> None:
    store = Switched()
    one = Process(store)
    async with one.app.running(), dial(one.app) as phone:
        await phone.answered()
        await phone.proves()
        [key] = store._records
        stray = await store.claim(key, "somebody", "late", begin=False)
        # The server is pinged, answers, and the call is claimed again: then what is noted is kept.
        await phone.proves()
        await tell(phone, "1")
        assert one.errors == []
        assert one.ends == []
        found = await store.claim(key, "looking", "look", begin=False)
        assert found.owner not in (None, "somebody")
        assert found.epoch > stray.epoch + 1
        await phone.hang_up()
        await phone.wait_closed()


async def test_a_claim_of_another_process_stands_when_the_server_is_silent(
    dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "OWNER_PONG_SECONDS", 0.05)
    store = Switched()
    one = Process(store)
    async with one.app.running(), dial(one.app) as phone:
        await phone.answered()
        await phone.proves()
        [call] = one.app.calls.values()
        # From now on nothing is read, as on a connection whose other end is gone.
        monkeypatch.setattr(call._driver.transport, "ask_receipt", lambda: None)
        [key] = store._records
        await store.claim(key, "somebody", "n", begin=False)
        with anyio.fail_after(5):
            assert await call.wait_ended() == "moved"
            await phone.wait_closed()
        found = await store.claim(key, "looking", "look", begin=False)
        assert found.owner == "somebody"


@pytest.mark.parametrize("trouble", ["fails", "hangs"])
async def test_a_call_lives_without_its_store(
    dial: Any, trouble: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = Switched()
    setattr(store, trouble, True)
    one = Process(store, store_seconds=0.2)
    async with dial(one.app) as phone:
        began = anyio.current_time()
        await phone.answered()
        assert anyio.current_time() - began < 1.5
        # A checkpoint that fails raises where it was asked for, and ends nothing.
        await tell(phone, "1")
        assert len(one.errors) == 1
        await vanish(phone)
        async with dial(one.app) as phone:
            # Known here: it goes on, when the store has had its time.
            with anyio.fail_after(5):
                assert await come_back(phone) == []
            await tell(phone, "2")
            assert one.resumed == []
            failed = len(store.asked)
            setattr(store, trouble, False)
            with anyio.fail_after(10):
                # The store is back, and is told without being asked.
                while not store.saves:
                    await store.saved.wait()
            # Only here: what was asked before may hang until its time is up, and one thing is asked at a time.
            counted = dict(one.app.store_failures)
            await tell(phone, "3")
            assert len(one.errors) == 2
            await phone.hang_up()
            await phone.wait_closed()
    assert one.ends == ["completed"]
    assert caplog.text.count("The call goes on without the store") == 1
    assert failed >= 2
    assert counted["claim"] >= 2
    assert counted == one.app.store_failures, "counted on although the store worked again"


async def test_what_the_store_does_not_do_is_counted_by_kind(dial: Any) -> None:
    store = Switched()
    one = Process(store)
    counted = one.app.store_failures
    nothing = {"claim": 0, "save": 0, "end": 0, "snapshot": 0, "hints": 0, "open": 0}
    assert counted == nothing
    async with dial(one.app) as phone:
        await phone.answered()
        [call] = one.app.calls.values()
        store.fails = True
        with pytest.raises(StoreError):
            await call.checkpoint()
        # Another one may have failed meanwhile: the first answer is saved as well.
        assert counted == {**nothing, "save": counted["save"]} != nothing
        store.fails = False
        await call.checkpoint()
        call.state["heard"] = {object()}
        await vanish(phone)
        async with dial(one.app) as phone:
            await come_back(phone)
            assert counted["snapshot"] >= 1
            store.fails = True
            await phone.hang_up()
            await phone.wait_closed()
            await call.wait_ended()
    assert counted["end"] >= 1
    assert counted["claim"] == counted["hints"] == counted["open"] == 0


async def test_a_call_that_nobody_knows_is_sent_round_while_the_store_is_away(
    dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "CLAIM_UNKNOWN_SECONDS", 0.1)
    store = Switched()
    one, two = Process(store), Process(store)
    async with dial(one.app) as first:
        await first.answered()
        await tell(first, "1")
        await vanish(first)
        store.fails = True
        async with dial(two.app) as phone:
            # Its reconnect is answered, so that the server does not hang up, and comes back.
            assert await come_back(phone) == PAUSE
            assert (await phone.wait_closed()).code == 1012
        assert not two.app.calls
        store.fails = False
        async with dial(two.app) as phone:
            assert await come_back(phone) == []
            assert (await phone.redirect(queued=True))[0]["text"] == "I know 1"


async def test_a_known_call_that_went_on_from_old_memory_lets_go_when_the_store_is_back(
    dial: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ownership, "CLAIM_KNOWN_SECONDS", 0.1)
    store = Switched()
    one, two = Process(store), Process(store)
    async with AsyncExitStack() as connections:
        phone = await connections.enter_async_context(dial(one.app))
        await phone.answered()
        await tell(phone, "1")
        await vanish(phone)
        phone = await connections.enter_async_context(dial(two.app))
        await come_back(phone)
        await phone.redirect(queued=True)
        await tell(phone, "2")
        await vanish(phone)
        store.fails = True
        phone = await connections.enter_async_context(dial(one.app))
        # Nobody can tell it that its memory is old.
        assert await come_back(phone) == []
        store.fails = False
        with anyio.fail_after(10):
            # Now the store can: it lets go, and has the server come back.
            assert (await phone.wait_closed()).code == 1006
            await anyio.wait_all_tasks_blocked()
        assert one.ends == ["moved"]
        phone = await connections.enter_async_context(dial(one.app))
        assert await come_back(phone) == []
        assert (await phone.redirect(queued=True))[0]["text"] == "I know 12"


async def test_a_connection_that_ends_while_its_claim_is_out_starts_nothing(dial: Any) -> None:
    store = Switched()
    store.hangs = True
    one = Process(store, store_seconds=0.2)
    async with dial(one.app) as phone:
        phone.begin()
        await anyio.wait_all_tasks_blocked()
        assert store.asked == ["claim"]
        phone.transport.connection.cut()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
        assert not one.app.calls
        assert one.ends == []


async def test_of_two_reconnects_at_the_same_moment_one_has_the_call(dial: Any) -> None:
    store = Switched()
    one, two = Process(store), Process(store)
    async with dial(one.app) as phone:
        await phone.answered()
        await tell(phone, "1")
        await vanish(phone)
        async with dial(two.app) as left, dial(two.app) as right:
            for phone in (left, right):
                phone.say("session:reconnect", phone.session())
            async with anyio.create_task_group() as tasks:

                async def watch(phone: Any) -> None:
                    await phone.wait_closed()
                    tasks.cancel_scope.cancel()

                tasks.start_soon(watch, left)
                tasks.start_soon(watch, right)
            # Whichever of them was read later has taken the place of the other one.
            [stays] = [phone for phone in (left, right) if phone.closed_as is None]
            await stays.next()
            assert (await stays.redirect(queued=True))[0]["text"] == "I know 1"
            await tell(stays, "2")
            assert two.errors == []
    assert len(two.resumed) == 1


async def test_a_call_that_comes_back_after_its_end_is_hung_up(dial: Any, dial_unknown: Any) -> None:
    store = Switched()
    one, two = Process(store), Process(store)
    async with dial(one.app) as phone:
        await phone.answered()
        await phone.proves()
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
    async with dial_unknown(two.app) as phone:
        phone.transport.connection.hold_pongs(False)
        assert (await phone.redirect(queued=False))[-1] == {"verb": "hangup"}
        await phone.hang_up()
        await phone.wait_closed()
    assert two.resumed == []


async def test_a_call_that_begins_anew_is_no_business_of_its_earlier_life(dial: Any) -> None:
    store = Switched()
    one, two = Process(store), Process(store)
    async with dial(one.app) as first:
        await first.answered()
        await first.hang_up()
        await first.wait_closed()
        await anyio.wait_all_tasks_blocked()
    async with dial(two.app) as second:
        await second.answered()
        await tell(second, "1")
        assert two.errors == []
        async with dial(two.app) as third:
            # The same process, and the same id: the newest beginning wins.
            await third.answered()
            await tell(third, "2")
            assert two.errors == []
            assert two.ends == ["superseded"]
            [call] = two.app.calls.values()
            assert call.state == {"heard": ["2"]}


async def test_what_is_known_of_a_call_is_saved_when_its_connection_is_lost(dial: Any) -> None:
    store = Switched()
    one, two = Process(store), Process(store)
    async with dial(one.app) as phone:
        await phone.answered()
        await phone.proves()
        [call] = one.app.calls.values()
        call.state["heard"].append("unsaved")
        saved = store.saved
        phone.transport.connection.cut()
        with anyio.fail_after(5):
            await saved.wait()
        async with dial(two.app) as phone:
            await come_back(phone)
            assert (await phone.redirect(queued=True))[0]["text"] == "I know unsaved"
            [resumed] = two.resumed
            assert resumed.saved_at is not None
            assert call.saved_at is None


async def test_a_call_that_was_never_answered_leaves_nothing_to_go_on_from(dial: Any) -> None:
    store = Switched()
    app = App(store=store)
    app.on_resume(lambda call: None)
    checked: list[bool] = []

    @app.call("/")
    async def main(call: Call) -> None:
        await call.checkpoint()
        checked.append(True)
        await anyio.sleep_forever()

    async with dial(app) as phone:
        phone.begin()
        await anyio.wait_all_tasks_blocked()
        assert checked == [True]
        phone.transport.connection.cut()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
    assert store.saves == []


async def test_after_the_end_nothing_is_saved(dial: Any) -> None:
    one = Process(Switched())
    async with dial(one.app) as phone:
        await phone.answered()
        [call] = one.app.calls.values()
        await phone.hang_up()
        await call.wait_ended()
        with pytest.raises(CallEnded):
            await call.checkpoint()


async def test_a_store_without_hints_is_complained_of_once(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Hintless(MemoryStore):
        tries = 0

        async def hints(self, owner: str, told: Any) -> None:
            self.tries += 1
            if self.tries > 2:
                enough.set()
            raise OSError("no channel")

    enough = anyio.Event()
    store = Hintless()
    with caplog.at_level(logging.WARNING):
        app = App(store=store)
        async with app.running():
            with anyio.fail_after(10):
                await enough.wait()
        assert app.store_failures["hints"] == store.tries
    assert caplog.text.count("The store gives no hints now") == 1
