"""Two connections for one call, at a moment at which nobody can be sure whose it is."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, MemoryStore
from jambonz_core.call.call_record import Claimed

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


class SlowStore(MemoryStore):
    """A store that looks things up for as long as the test wants."""

    def __init__(self) -> None:
        super().__init__()
        self.asked = 0
        self.may_answer = anyio.Event()

    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        if not begin:
            self.asked += 1
            await self.may_answer.wait()
        return await super().claim(key, owner, nonce, begin=begin)


async def test_a_call_is_resumed_once_however_often_the_server_comes_back_meanwhile(dial: Any) -> None:
    store = SlowStore()
    resumed: list[Call] = []

    def process() -> App:
        app = App(store=store)

        @app.call("/", on_return="stay")
        async def main(call: Call) -> None:
            await call.answer().send()
            await call.checkpoint()

        @app.on_resume
        async def go_on(call: Call) -> None:
            resumed.append(call)
            await call.say(text="Where were we?").send()
            await anyio.sleep_forever()

        return app

    async with dial(process()) as phone:
        await phone.answered()
        await anyio.wait_all_tasks_blocked()
    second = process()
    async with dial(second) as first_try, dial(second) as second_try:
        for phone in (first_try, second_try):
            phone.say("session:reconnect", phone.session())
            await anyio.wait_all_tasks_blocked()
        assert store.asked == 2
        store.may_answer.set()
        # The newest connection wins.
        await first_try.wait_closed()
        await second_try.next()
        assert resumed == list(second.calls.values())
        await second_try.hang_up()
        await second_try.wait_closed()
    assert len(resumed) == 1


async def test_a_connection_that_is_closed_while_the_store_is_asked_is_acked_before(dial: Any) -> None:
    store = SlowStore()

    def process() -> App:
        app = App(store=store)
        app.on_resume(lambda call: None)

        @app.call("/", on_return="stay")
        async def main(call: Call) -> None:
            await call.answer().send()
            await call.checkpoint()

        return app

    async with dial(process()) as phone:
        await phone.answered()
        await anyio.wait_all_tasks_blocked()
    async with dial(process()) as phone:
        msgid = phone.say("session:reconnect", phone.session())
        await anyio.wait_all_tasks_blocked()
        assert store.asked == 1
        # As a drain does. jambonz would hang up if it had no ack.
        phone.transport._other.start_close(1012, "service restart")
        assert await phone.ack(msgid) == [{"verb": "pause", "length": 0.1}]
        assert (await phone.wait_closed()).code == 1012
        store.may_answer.set()


async def test_nobody_takes_a_call_by_beginning_it_anew_under_another_name(dial: Any) -> None:
    app = App(auth=lambda user, password: password == "right")

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()

    async with dial(app, credentials=("one tenant", "right")) as phone:
        await phone.answered()
        [call] = app.calls.values()
        async with dial(app, credentials=("another tenant", "right")) as intruder:
            # It has a call of its own, whatever id it names.
            assert await intruder.answered() == [{"verb": "say", "text": "Hello"}]
            assert app.calls["call-1"] is call
        assert app.calls["call-1"] is call
        await phone.ack(phone.hook("/still-there"))
        await phone.hang_up()
        await phone.wait_closed()


async def test_the_lines_about_a_call_that_nobody_knows_carry_its_id(
    dial_unknown: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        pytest.fail("it was started again")

    with caplog.at_level(logging.INFO, "jambonz_anyio"):
        async with dial_unknown(app) as phone:
            phone.transport.connection.hold_pongs(False)
            await phone.next()
            await phone.hang_up()
            await phone.wait_closed()
    assert [getattr(record, "call_sid", None) for record in caplog.records] == ["call-1"] * len(
        caplog.records
    )
    assert caplog.records


async def test_a_call_that_ends_on_one_path_is_found_as_long_as_it_goes_on_on_another(dial: Any) -> None:
    app = App()
    began: list[Call] = []

    @app.call("/*", on_return="stay")
    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        began.append(call)
        await call.answer().send()

    async with dial(app) as first, dial(app, "/other") as second:
        await first.answered()
        await second.answered()
        assert app.calls["call-1"] is began[1]
        await second.hang_up()
        await began[1].wait_ended()
        await anyio.wait_all_tasks_blocked()
        assert app.calls["call-1"] is began[0]
        await first.hang_up()
        await began[0].wait_ended()
        await anyio.wait_all_tasks_blocked()
        assert "call-1" not in app.calls
