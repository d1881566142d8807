"""Calls that come by `session:reconnect` alone: one that had begun is never begun again, another one begins."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, CallOptions, MemoryStore, Server, ServerLimits
from jambonz_anyio.testing import HURRIED, dial_url
from jambonz_core.call.call_record import Claimed

from .conftest import MARKER, PAUSE

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

TIMEOUT = {"reason": "timeout"}
SORRY = [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]


def greeter(text: str = "Hello", **settings: Any) -> App:
    app = App(last_words="Sorry.", **settings)

    @app.call("/")
    async def greet(call: Call) -> None:
        await call.say(text=text).send()

    return app


async def test_one_that_had_not_begun_begins(dial_unknown: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = greeter()
    async with dial_unknown(app) as phone:
        call = app.calls["call-1"]
        phone.status("in-progress")
        assert await phone.ack(phone.hook("/~marker", TIMEOUT)) == []
        phone.transport.connection.hold_pongs(False)
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "Hello"}]
        # Its handler has returned, as that of any call.
        assert await phone.redirect(queued=True) == [{"verb": "hangup"}]
        assert app.calls["call-1"] is call
        assert call.opened_by == "session:reconnect"
        await phone.hang_up()
        assert await call.wait_ended() == "completed"
        await phone.wait_closed()
    assert "it begins now" in caplog.text


@pytest.mark.parametrize("resumes", [True, False])
async def test_one_that_had_begun_is_gone_on_with(dial_unknown: Any, resumes: bool) -> None:
    app = greeter()
    found: list[dict[str, Any]] = []
    if resumes:

        @app.on_resume
        async def go_on(call: Call) -> None:
            found.append(dict(call.state))
            await call.say(text="Where were we?").send()

    async with dial_unknown(app) as phone:
        # What it says meanwhile is acked, and is nobody's: no handler runs.
        assert await phone.ack(phone.hook("/heard", TIMEOUT)) == []
        phone.transport.connection.hold_pongs(False)
        if resumes:
            assert await phone.redirect(queued=True) == [{"verb": "say", "text": "Where were we?"}]
            assert found == [{}]
        else:
            assert await phone.redirect(queued=False) == SORRY
        await phone.hang_up()
        await phone.wait_closed()


async def test_no_handler_runs_before_it_is_known(dial: Any) -> None:
    app = App()
    ran: list[str] = []
    menu = app.call("/")

    @menu
    async def main(call: Call) -> None:
        ran.append("main")

    @menu.on("/heard")
    async def heard(call: Call, payload: Any) -> None:
        ran.append("heard")

    @menu.on("call:status")
    async def status(call: Call, status: Any) -> None:
        ran.append("status")

    async with dial(app) as phone:
        phone.transport.connection.hold_pongs()
        assert await phone.ack(phone.say("session:reconnect", phone.session())) == MARKER
        assert await phone.ack(phone.hook("/heard", TIMEOUT)) == []
        phone.status("in-progress")
        await phone.silence()
        assert ran == []
        assert not app.calls["call-1"].attached


async def test_without_receipts_it_gets_its_last_words(dial: Any) -> None:
    app = greeter()
    async with dial(app, receipts=False) as phone:
        assert await phone.ack(phone.say("session:reconnect", phone.session())) == PAUSE
        assert await phone.redirect(queued=False) == SORRY
        await phone.hang_up()
        await phone.wait_closed()


async def test_one_that_is_over_before_it_is_known_is_let_go(dial: Any) -> None:
    app = greeter(options=CallOptions(reconnect_grace=0.05))
    async with dial(app) as phone:
        await phone.ack(phone.say("session:reconnect", phone.session()))
        await phone.wait_closed()
        with anyio.fail_after(10):
            assert await app.calls["call-1"].wait_ended() == "expired"
        await anyio.wait_all_tasks_blocked()
        assert not app.calls


async def test_one_that_is_hung_up_before_it_is_known_is_not_begun(dial_unknown: Any) -> None:
    app = greeter()
    async with dial_unknown(app) as phone:
        await app.calls["call-1"].hangup()
        assert await phone.ack(phone.hook("/~marker", TIMEOUT)) == []
        phone.transport.connection.hold_pongs(False)
        assert (await phone.redirect(queued=False))[-1] == {"verb": "hangup"}
        await phone.hang_up()
        await phone.wait_closed()


async def test_a_ringing_call_whose_connection_breaks_begins_when_it_is_answered(dial: Any) -> None:
    """What jambonz says before `session:new` names the call, and has nothing to repeat of it."""
    app = greeter()
    async with dial(app) as first:
        first.status("ringing")
        await anyio.wait_all_tasks_blocked()
        first.transport.connection.cut()
    async with dial(app) as second:
        assert await second.ack(second.say("session:reconnect")) == []
        assert await second.answered(direction="outbound") == [{"verb": "say", "text": "Hello"}]


class AwayStore(MemoryStore):
    async def claim(self, key: str, owner: str, nonce: str, *, begin: bool) -> Claimed:
        await anyio.sleep_forever()
        raise AssertionError


async def test_a_store_that_takes_too_long_has_jambonz_come_back(
    dial: Any, dial_unknown: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = greeter(store=AwayStore(), options=CallOptions(ack_deadline=0.05))
    app.on_resume(lambda call: None)
    for _ in range(2):
        async with dial(app) as phone:
            assert await phone.ack(phone.say("session:reconnect", phone.session())) == PAUSE
            # Not 1000, after which it would not come back.
            assert (await phone.wait_closed()).code == 1012
            assert not app.calls
    # A call has five connections: the last two are for finding out whether it had begun.
    async with dial_unknown(app) as phone:
        phone.transport.connection.hold_pongs(False)
        await phone.redirect(queued=True)
        await phone.hang_up()
        await phone.wait_closed()
    assert caplog.text.count("has to come back") == 2


async def test_one_that_begins_beyond_the_limit_is_declined(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Its connection was let in because it might have been that of a call which is known here."""
    app = greeter()

    async def admit_at_limit(request: Any) -> Any:
        return await app.admit(replace(request, peer=replace(request.peer, at_limit=True)))

    full = SimpleNamespace(admit=admit_at_limit)
    async with dial(full) as first:
        assert await first.ack(first.say("session:reconnect", first.session())) == MARKER
        await first.wait_closed()
        async with dial(full) as second:
            second.transport.connection.hold_pongs()
            assert await second.ack(second.say("session:reconnect", second.session())) == PAUSE
            assert await second.ack(second.hook("/~marker", TIMEOUT)) == []
            second.transport.connection.hold_pongs(False)
            assert await second.redirect(queued=False) == SORRY
            await second.hang_up()
            await second.wait_closed()
    assert "ServerLimits.calls is reached, and this is a new call: it is declined" in caplog.text
    assert "it begins now" not in caplog.text


# --- over sockets -------------------------------------------------------------------------------------------


def dying(began: anyio.Event, *, answers: bool) -> App:
    """A process that has a call when it dies, and has answered it or not."""
    app = App()

    @app.call("/", on_return="stay")
    async def talk(call: Call) -> None:
        if answers:
            await call.say(text="The first one speaks.").done()
        began.set()
        await anyio.sleep_forever()

    return app


@asynccontextmanager
async def process(app: App, port: int = 0) -> AsyncIterator[int]:
    """Serve on a socket, until the block is left: then the process is gone."""
    async with anyio.create_task_group() as tasks:
        limits = ServerLimits(close_seconds=0.1)
        server: Server = await tasks.start(partial(app.serve, port=port, limits=limits))
        yield server.port
        tasks.cancel_scope.cancel()


@pytest.mark.parametrize("begun", [True, False])
async def test_another_process_judges_over_sockets(begun: bool) -> None:
    began, gone, over = anyio.Event(), anyio.Event(), anyio.Event()

    async def serve_first(*, task_status: anyio.abc.TaskStatus[int]) -> None:
        async with process(dying(began, answers=begun)) as port:
            task_status.started(port)
            await gone.wait()
        over.set()

    async with anyio.create_task_group() as tasks:
        port: int = await tasks.start(serve_first)
        async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
            await began.wait()
            gone.set()
            await over.wait()
            async with process(greeter("Hello for the first time."), port):
                await phone.hears("Sorry." if begun else "Hello for the first time.", timeout=60)
                await phone.call_ends(timeout=60)
