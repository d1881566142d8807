"""A store that has to be opened, where nobody runs the lifespan of the application: its connections open it."""

from __future__ import annotations

import logging
from typing import Any, Self

import anyio
import pytest

from jambonz_anyio import App, Call, MemoryStore
from jambonz_core.call.call_record import Claimed, Fence, Verdict
from jambonz_core.wire.errors import StoreError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


class Opened(MemoryStore):
    """A store that is good for nothing unless it is open."""

    def __init__(self, *, failures: int = 0) -> None:
        super().__init__()
        self.failures = failures
        self.open = False
        self.log: list[str] = []

    async def __aenter__(self) -> Self:
        assert not self.open
        if self.failures:
            self.failures -= 1
            raise StoreError("no database")
        await anyio.sleep(0.05)
        self.open = True
        self.log.append("opened")
        return self

    async def __aexit__(self, *error: object) -> None:
        self.open = False
        self.log.append("closed")

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        assert self.open
        self.log.append("claim")
        return await super().claim(key, owner, nonce, begin=begin)

    async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
        assert self.open
        return await super().save(key, fence, snapshot)

    async def end(self, key: str, fence: Fence) -> Verdict:
        assert self.open
        self.log.append("end")
        return await super().end(key, fence)


def make_app(store: MemoryStore) -> App:
    app = App(store=store)

    @app.call("/", on_return="stay")
    async def begin(call: Call) -> None:
        await call.say(text="Hello").send()

    @app.on_resume
    async def go_on(call: Call) -> None:
        await call.say(text="Back").send()
        await anyio.sleep_forever()

    return app


async def test_a_connection_opens_it_and_another_one_when_that_is_over(dial: Any) -> None:
    store = Opened()
    app = make_app(store)
    async with dial(app, call_sid="one") as one:
        await one.answered()
        assert store.log == ["opened", "claim"]
        async with dial(app, call_sid="two") as two:
            await two.answered()
            [first, second] = app.calls.values()
            await second.checkpoint()
            await one.hang_up()
            await first.wait_ended()
            await one.wait_closed()
            await anyio.wait_all_tasks_blocked()
            await second.checkpoint()
            assert store.log == ["opened", "claim", "claim", "end", "closed", "opened"]
            await two.hang_up()
            await second.wait_ended()
    await anyio.wait_all_tasks_blocked()
    assert store.log[-2:] == ["end", "closed"]
    # Whoever comes next opens it again.
    async with dial(app, call_sid="three") as three:
        await three.answered()
        assert store.log[-2:] == ["opened", "claim"]
        await three.hang_up()


async def test_in_another_process_the_call_goes_on(dial: Any) -> None:
    records = Opened()

    class Same(Opened):
        """Another process's way to the same records."""

        def __init__(self) -> None:
            super().__init__()
            self._records = records._records

    one, two = make_app(records), make_app(Same())
    async with dial(one) as phone:
        await phone.answered()
        await phone.proves()
        [call] = one.calls.values()
        await call.checkpoint()
        async with dial(two) as again:
            assert await again.ack(again.say("session:reconnect", again.session())) == []
            assert (await again.redirect(queued=True))[0]["text"] == "Back"


async def test_one_that_cannot_be_opened_is_told_of_once_and_tried_again(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    store = Opened(failures=4)
    app = make_app(store)
    with caplog.at_level(logging.WARNING):
        async with dial(app) as phone:
            await phone.answered()
            assert store.log == []
            [call] = app.calls.values()
            with pytest.raises(StoreError):
                await call.checkpoint()
            await anyio.sleep(10)
            await call.checkpoint()
            await phone.hang_up()
            await call.wait_ended()
    assert caplog.text.count("The store cannot be opened, or has failed: StoreError('no database')") == 1
    assert app.store_failures["open"] == 4


async def test_where_the_lifespan_runs_it_opens_the_store(dial: Any) -> None:
    store = Opened()
    app = make_app(store)
    async with app.running():
        async with dial(app) as phone:
            await phone.answered()
            [call] = app.calls.values()
            await phone.hang_up()
            await call.wait_ended()
        assert store.log == ["opened", "claim", "end"]
    assert store.log[-1] == "closed"
