"""How calls end, who is told, and which exception wins."""

from __future__ import annotations

import logging
from typing import Any

import anyio
import anyio.from_thread
import pytest

from jambonz_anyio import App, AudioStream, Call, CallEnded, CallLimits, CallOptions, LocalProtocolError

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


class Failure(Exception):
    """What the handlers of these tests raise."""


# --- returning ------------------------------------------------------------------------------------------------


async def test_when_nothing_can_act_any_more_a_hangup_is_queued(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.say(text="Hello").send()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "say", "text": "Hello"}]
        assert await phone.redirect(queued=True) == [{"verb": "hangup"}]
        await phone.hang_up()


@pytest.mark.parametrize("last", ["hangup", "sip_decline"])
async def test_no_hangup_is_added_to_one(dial: Any, last: str) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        chain = call.say(text="Bye")
        await (chain.hangup() if last == "hangup" else chain.sip_decline(status=486)).send()

    async with dial(app) as phone:
        assert len(await phone.answered()) == 2
        await phone.silence()


async def test_a_handler_that_has_sent_nothing_declines(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None: ...

    async with dial(app) as phone:
        assert (await phone.answered())[0]["verb"] == "sip:decline"
        await phone.transport.close(1000)


@pytest.mark.parametrize("what", ["handler", "task", "inbox", "kept", "stay", "running"])
async def test_what_can_still_act_keeps_the_call(dial: Any, what: str) -> None:
    app = App()
    kept: list[Any] = []
    release = anyio.Event()
    hangs_up = what != "stay"

    @app.call("/", on_return="stay" if what == "stay" else None)
    async def main(call: Call) -> None:
        async def wait(*arguments: Any) -> None:
            await release.wait()

        if what == "running":
            call.on("call:status", wait)
        await call.say(text="Hello").send()
        if what == "handler":
            call.on("/x", wait)
            kept.append(lambda: call.off("/x"))
        elif what == "task":
            call.start_soon(wait)
            kept.append(release.set)
        elif what == "inbox":
            inbox = call.hooks("/x")
            kept.append(inbox.close)
        elif what == "kept":
            block = call.keep_alive()
            block.__enter__()
            kept.append(lambda: block.__exit__(None, None, None))
        elif what == "running":
            await anyio.sleep(0.05)
            call.off("call:status")
            kept.append(release.set)

    async with dial(app) as phone:
        msgid = phone.begin()
        phone.status("trying")
        await phone.ack(msgid)
        await phone.silence()
        for free in kept:
            free()
        if hangs_up:
            assert await phone.redirect(queued=True) == [{"verb": "hangup"}]
        await phone.silence()


async def test_an_iterator_that_was_let_go_of_keeps_nothing(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.gather(input=["digits"], actionHook="/x").send()
        async for _ in call.hooks("/x"):
            break

    async with dial(app) as phone:
        await phone.answered()
        await phone.ack(phone.hook("/x", {"reason": "timeout"}))
        assert await phone.redirect(queued=True) == [{"verb": "hangup"}]


async def test_a_task_that_is_not_started_in_a_thread_keeps_nothing(dial: Any) -> None:
    app = App()
    refused: list[bool] = []

    @app.call("/")
    def main(call: Call) -> None:
        anyio.from_thread.run(call.answer().send)
        try:
            call.start_soon(anyio.sleep_forever)
        except LocalProtocolError as error:
            refused.append("run_sync(call.start_soon" in str(error))

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=True) == [{"verb": "hangup"}]
    assert refused == [True]


# --- hanging up ---------------------------------------------------------------------------------------------


async def test_hangup_is_right_before_and_after_the_answer(dial: Any) -> None:
    app = App()

    @app.call("/before")
    async def before(call: Call) -> None:
        await call.hangup()

    @app.call("/after")
    async def after(call: Call) -> None:
        await call.say(text="Hello").send()
        await anyio.sleep(0.05)
        await call.hangup()
        with pytest.raises(CallEnded):
            await call.say(text="too late").send()

    @app.call("/queued")
    async def queued(call: Call) -> None:
        await call.say(text="Bye").hangup().send()

    async with dial(app, "/before") as phone:
        assert [verb["verb"] for verb in await phone.answered()] == ["sip:decline"]
    async with dial(app, "/after") as phone:
        await phone.answered()
        phone.status("in-progress")
        message = await phone.command("call:status")
        assert message["data"] == {"call_status": "completed"}
        await phone.hang_up()
    async with dial(app, "/queued") as phone:
        assert [verb["verb"] for verb in await phone.answered()] == ["say", "hangup"]


async def test_a_result_that_is_dropped_by_a_hangup_is_no_failure(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(last_words="Sorry.")

    @app.call("/")
    async def main(call: Call) -> None:
        await call.gather(input=["digits"]).result()

    async with dial(app) as phone:
        await phone.answered()
        await anyio.wait_all_tasks_blocked()
        call = app.calls["call-1"]
        await call.hangup()
        assert (await phone.redirect(queued=False))[-1] == {"verb": "hangup"}
        await phone.silence()
        await phone.hang_up()
        await call.wait_ended()
    assert call.error is None
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_a_call_can_be_ended_from_elsewhere(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()
        await anyio.sleep_forever()

    async with dial(app, call_sid="one") as phone:
        await phone.answered()
        phone.status("in-progress")
        await anyio.wait_all_tasks_blocked()
        assert list(app.calls) == ["one"]
        call = app.calls["one"]
        assert not call.ended
        await call.hangup()
        await phone.command("call:status")
        await phone.hang_up()
        with anyio.fail_after(5):
            assert await call.wait_ended() == "completed"
        assert call.ended
        assert call.error is None
        await anyio.wait_all_tasks_blocked()
        assert not app.calls


# --- the server's end -----------------------------------------------------------------------------------------


async def test_completed_closes_sending_only_and_late_hooks_are_still_acked(dial: Any) -> None:
    app = App()
    refused: list[str] = []
    seen: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/dialled")
        async def dialled(payload: Any) -> None:
            seen.append(payload.dial_call_status)

        @call.on("call:status")
        async def status(payload: Any) -> None:
            try:
                await call.say(text="Hello?").send()
            except CallEnded as error:
                refused.append(str(error))

        await call.dial(target=[{"type": "phone", "number": "+1"}], actionHook="/dialled").send()

    async with dial(app) as phone:
        await phone.answered()
        phone.status("completed")
        assert await phone.ack(phone.hook("/dialled", {"dial_call_status": "completed"})) == []
        await phone.silence()
        assert app.calls
        await phone.transport.close(1000)
        await anyio.wait_all_tasks_blocked()
        assert not app.calls
    assert seen == ["completed"]
    assert len(refused) == 1


async def test_on_end_runs_whatever_the_reason_and_is_shielded(dial: Any) -> None:
    app = App()
    ends: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on_end
        async def later(call: Call) -> None:
            await anyio.sleep(0.01)
            ends.append(f"coroutine {call.end_reason}")

        @call.on_end
        def plain(call: Call) -> None:
            ends.append(f"plain {call.call_sid}")

        @call.on_end
        async def broken(call: Call) -> None:
            raise Failure

        @call.on_end
        async def last(call: Call) -> None:
            ends.append("last")

        await call.answer().send()
        await anyio.sleep_forever()

    async with dial(app) as phone:
        await phone.answered()
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.sleep(0.1)
    assert ends == ["coroutine completed", "plain call-1", "last"]
    # Cancelled from outside: the same, though everything around is being cancelled.
    ends.clear()
    async with dial(app) as phone:
        await phone.answered()
    assert ends == ["coroutine given up", "plain call-1", "last"]


async def test_on_end_has_a_bound_in_all(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(limits=CallLimits(on_end_seconds=0.05))
    ends: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        @call.on_end
        async def first(call: Call) -> None:
            ends.append("first")

        @call.on_end
        async def stuck(call: Call) -> None:
            await anyio.sleep_forever()

        @call.on_end
        async def never(call: Call) -> None:
            ends.append("never")

        await call.answer().send()
        await anyio.sleep_forever()

    async with dial(app) as phone:
        await phone.answered()
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.sleep(0.1)
        assert not app.calls
    assert ends == ["first"]
    assert "on_end_seconds" in caplog.text


# --- exceptions -----------------------------------------------------------------------------------------------


async def test_a_failure_before_the_answer_declines(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(last_words="Sorry.")

    @app.call("/")
    async def main(call: Call) -> None:
        raise Failure

    async with dial(app, call_sid="sid-5") as phone:
        assert [verb["verb"] for verb in await phone.answered()] == ["sip:decline"]
        await phone.transport.close(1000)
    assert "[sid-5] The handler of / failed" in caplog.text


async def test_whoever_was_called_and_has_picked_up_hears_last_words(dial: Any) -> None:
    app = App(last_words="Sorry.")

    @app.call("/")
    async def main(call: Call) -> None:
        raise Failure

    async with dial(app) as phone:
        said = await phone.answered(direction="outbound", call_status="in-progress")
        assert said == [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]
        await phone.hang_up()
        await phone.wait_closed()


async def test_a_failure_after_the_answer_says_last_words_and_hangs_up(dial: Any) -> None:
    app = App(last_words="Sorry.")
    errors: list[Any] = []

    @app.on_error
    async def note(call: Call | AudioStream, error: Exception) -> None:
        errors.append((call.call_sid, error))

    @app.on_error
    def broken(call: Call | AudioStream, error: Exception) -> None:
        raise ValueError

    @app.call("/")
    async def main(call: Call) -> None:
        await call.gather(input=["speech"]).send()
        raise Failure("oops")

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=False) == [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]
        call = app.calls["call-1"]
        await phone.hang_up()
        await call.wait_ended()
        assert isinstance(call.error, Failure)
        assert call.end_reason == "completed"
    assert [(sid, type(error)) for sid, error in errors] == [("call-1", Failure)]


@pytest.mark.parametrize("where", ["handler", "task", "turn", "plain function"])
async def test_whoever_fails_ends_the_call(dial: Any, where: str) -> None:
    app = App()
    cancelled: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        async def fail(*arguments: Any) -> None:
            raise Failure(where)

        def fail_plainly(payload: Any) -> None:
            raise Failure(where)

        if where == "handler":
            call.on("/x", fail)
        elif where == "plain function":
            call.on("/x", fail_plainly)
        elif where == "turn":
            call.start_soon(call.turns, "/x", fail)
            await anyio.wait_all_tasks_blocked()
        await call.gather(input=["digits"], actionHook="/x").send()
        if where == "task":
            call.start_soon(fail)
        try:
            await anyio.sleep_forever()
        finally:
            cancelled.append("main")

    async with dial(app) as phone:
        await phone.answered()
        if where != "task":
            await phone.ack(phone.hook("/x", {"reason": "timeout"}))
        message = await phone.next()
        assert message["command"] in ("call:status", "redirect")
        call = app.calls["call-1"]
        await phone.hang_up()
        await call.wait_ended()
        assert type(call.error) is Failure
        assert str(call.error) == where
    assert cancelled == ["main"]


async def test_the_first_failure_wins_and_those_of_cleaning_up_are_notes(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        async def clean_up_badly() -> None:
            try:
                await anyio.sleep_forever()
            finally:
                raise ValueError("while cleaning up")

        call.start_soon(clean_up_badly)
        await call.answer().send()
        raise Failure("the reason")

    async with dial(app) as phone:
        await phone.answered()
        call = app.calls["call-1"]
        await phone.next()
        await phone.hang_up()
        await call.wait_ended()
        assert type(call.error) is Failure
        assert call.error.__notes__ == ["While cleaning up: ValueError('while cleaning up')"]


async def test_a_group_of_one_is_unwrapped(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()

        async def fail() -> None:
            raise Failure("inside")

        async with anyio.create_task_group() as outer:

            async def nested() -> None:
                async with anyio.create_task_group() as inner:
                    inner.start_soon(fail)

            outer.start_soon(nested)

    async with dial(app) as phone:
        await phone.answered()
        call = app.calls["call-1"]
        await phone.next()
        await phone.hang_up()
        await call.wait_ended()
        assert type(call.error) is Failure


async def test_an_ending_that_does_not_end_is_given_up_and_never_with_1000(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(limits=CallLimits(last_words_seconds=0.05))

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()
        raise Failure

    async with dial(app) as phone:
        await phone.answered()
        await phone.next()
        closed = await phone.wait_closed()
        assert closed.code != 1000
        await anyio.wait_all_tasks_blocked()
        assert not app.calls
    assert "last_words_seconds" in caplog.text


async def test_a_failing_handler_owes_no_hook_an_answer(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/slow")
        async def slow(payload: Any) -> None:
            await anyio.sleep_forever()

        @call.on("/bad")
        async def bad(payload: Any) -> None:
            raise Failure

        await call.gather(input=["digits"], actionHook="/slow").send()
        await call.gather(input=["digits"], actionHook="/bad").send()

    async with dial(app) as phone:
        await phone.answered()
        await phone.redirect(queued=True)
        slow, bad = phone.hook("/slow", {"reason": "timeout"}), phone.hook("/bad", {"reason": "timeout"})
        acked = set()
        for _ in range(3):
            message = await phone.next()
            acked.add(message.get("msgid", message.get("command")))
        assert {slow, bad} <= acked
        await phone.hang_up()


@pytest.mark.untraced
async def test_one_failing_call_among_a_thousand_changes_nothing_for_the_others(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        heard = await call.gather(input=["digits"]).result()
        if heard.digits == "666":
            raise Failure
        await call.say(text=heard.digits).send()
        await call.gather(input=["digits"]).result()

    said: dict[int, str] = {}
    phones: dict[int, Any] = {}
    async with anyio.create_task_group() as tasks:

        async def one(number: int, *, task_status: Any) -> None:
            async with dial(app, call_sid=str(number)) as phone:
                [gather] = await phone.answered()
                task_status.started((phone, gather["actionHook"]))
                await anyio.sleep_forever()

        for number in range(1000):
            phones[number] = await tasks.start(one, number)
        for number, (phone, hook) in phones.items():
            phone.hook(hook, {"reason": "dtmfDetected", "digits": str(number)})
        for number, (phone, _) in phones.items():
            assert (await phone.next())["data"] == []
            message = await phone.next()
            if number != 666:
                said[number] = message["data"][0]["text"]
        await anyio.wait_all_tasks_blocked()
        assert len(app.calls) == 1000
        tasks.cancel_scope.cancel()
    assert said == {number: str(number) for number in range(1000) if number != 666}


async def test_what_stops_the_program_is_not_swallowed(dial: Any) -> None:
    app = App()

    class Stop(BaseException):
        pass

    @app.call("/")
    async def main(call: Call) -> None:
        await call.answer().send()
        raise Stop

    async def phone_in() -> None:
        async with dial(app) as phone:
            await phone.answered()
            await anyio.sleep(5)

    with pytest.raises(BaseException) as caught:
        await phone_in()
    error: BaseException = caught.value
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    assert isinstance(error, Stop)


async def test_a_silent_handler_is_answered_for_and_that_is_loud(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(options=CallOptions(ack_deadline=0.05))

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await anyio.sleep(0.15)
        await call.say(text="finally").send()

    async with dial(app) as phone:
        assert await phone.answered() == [{"verb": "pause", "length": 0.1}]
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "finally"}]
    assert any(r.levelno == logging.ERROR and "has sent nothing" in r.message for r in caplog.records)
