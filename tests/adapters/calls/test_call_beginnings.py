"""How calls begin: with statuses first, by a redirect, as a leg of another call, with a hook, or not at all."""

from __future__ import annotations

from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, CallLimits, Chain

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]


async def test_statuses_from_before_the_call_are_collected(dial: Any) -> None:
    app = App()
    seen: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        seen.extend(status.status for status in call.early_statuses)

        @call.on("call:status")
        async def status(payload: Any) -> None:
            seen.append(payload.call_status)

        await call.answer().send()

    async with dial(app) as phone:
        for status in ("trying", "ringing", "in-progress"):
            phone.status(status, direction="outbound")
        await phone.silence()
        assert not app.calls
        await phone.answered(direction="outbound", call_status="in-progress")
        await phone.silence()
    assert seen == ["trying", "ringing", "in-progress"] * 2


async def test_an_outbound_call_that_fails_never_begins(dial: Any) -> None:
    app = App()

    @app.call("/")
    async def main(call: Call) -> None:
        raise AssertionError("there is no call")

    async with dial(app) as phone:
        for status in ("trying", "ringing", "busy"):
            phone.status(status)
        await phone.silence()
        await phone.transport.close(1000)
        await phone.wait_closed()


async def test_a_connection_that_says_nothing_is_closed(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = App(limits=CallLimits(opening_seconds=0.05, ringing_seconds=0.1))

    @app.call("/")
    async def main(call: Call) -> None: ...

    async with dial(app) as phone:
        assert (await phone.wait_closed()).code == 1008
    async with dial(app) as phone:
        phone.status("ringing")
        assert (await phone.wait_closed()).code == 1008
    assert caplog.text.count("opened no call") == 2


async def test_a_flood_before_the_call_costs_a_bounded_amount(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    async with dial(app) as phone:
        for _ in range(2000):
            phone.status("ringing")
        await phone.wait_closed()
    async with dial(app) as phone:
        for _ in range(500):
            phone.status("ringing")
            await anyio.lowlevel.checkpoint()
        await phone.answered()
        assert len(app.calls["call-1"].early_statuses) <= 64


async def test_a_second_call_with_the_same_id_supersedes_the_first(dial: Any) -> None:
    app = App()
    reasons: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        call.on_end(lambda call: reasons.append(call.end_reason))
        await call.answer().send()
        await anyio.sleep_forever()

    async with dial(app) as first:
        await first.answered()
        async with dial(app) as second:
            await second.answered()
            await first.wait_closed()
            await anyio.sleep(0.05)
            assert reasons == ["superseded"]
            assert list(app.calls) == ["call-1"]


async def test_a_redirect_from_another_application_begins_a_call(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text=call.opened_by).send()

    async with dial(app) as phone:
        msgid = phone.say("session:redirect", phone.session(), hook="/")
        assert await phone.ack(msgid) == [{"verb": "say", "text": "session:redirect"}]


async def test_a_leg_becomes_a_call_of_its_own(dial: Any) -> None:
    app = App()
    children: list[Call] = []

    @app.call("/ivr", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("session:adulting")
        async def adult(child: Call) -> None:
            children.append(child)
            await child.say(text="You are on your own now.").send()

        await call.answer().send()

    async with dial(app, "/ivr", call_sid="parent") as parent:
        await parent.answered()
        async with dial(app, "/ivr/adulting", call_sid="child") as child:
            msgid = child.say(
                "session:adulting",
                child.session(parent_call_info={"call_sid": "parent"}, direction="outbound"),
            )
            assert await child.ack(msgid) == []
            assert await child.redirect(queued=True) == [{"verb": "say", "text": "You are on your own now."}]
            # It was given its verbs beforehand: it is not hung up because nobody acts on it.
            await child.silence()
            assert children[0].parent is app.calls["parent"]
            assert app.calls["parent"].children == [app.calls["child"]]
            assert children[0].parent_call_sid == "parent"


async def test_a_leg_that_is_a_call_of_its_own_outlives_its_parent(
    dial: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App()

    @app.call("/ivr", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("session:adulting")
        async def adult(child: Call) -> None:
            heard = await child.gather(input=["digits"]).result()
            await child.say(text=f"You pressed {heard.digits}").send()
            raise ValueError("a failure of the child's")

        await call.answer().send()

    async with dial(app, "/ivr/adulting", call_sid="child") as child:
        async with dial(app, "/ivr", call_sid="parent") as parent:
            await parent.answered()
            said = child.session(parent_call_info={"call_sid": "parent"}, direction="outbound")
            await child.ack(child.say("session:adulting", said))
            [gather] = await child.redirect(queued=True)
            parent_call = app.calls["parent"]
            await parent.hang_up()
            assert await parent_call.wait_ended() == "completed"
        await child.ack(child.hook(gather["actionHook"], {"digits": "5", "reason": "dtmfDetected"}))
        assert await child.redirect(queued=True) == [{"verb": "say", "text": "You pressed 5"}]
        await child.redirect(queued=False)
        await child.hang_up()
        await child.wait_closed()
    assert parent_call.error is None
    assert "[child] The handler of /ivr/adulting failed" in caplog.text


# The server appends "/adulting" to the whole URL of the application. A query ends with it then, and a fragment,
# which never reaches us, takes it along.
ADULTING_QUERIES = pytest.mark.parametrize("query", ["token=x/adulting", ""])


@ADULTING_QUERIES
async def test_a_leg_that_comes_by_its_parents_path_is_not_given_the_parents_handler(
    dial: Any, query: str
) -> None:
    app = App(authorize=lambda request: request.peer.query in {"", "token=x"})
    begun: list[str] = []

    @app.call("/ivr", on_return="stay")
    async def main(call: Call) -> None:
        begun.append(call.call_sid)

        @call.on("session:adulting")
        async def adult(child: Call) -> None:
            await child.say(text="You are on your own now.").send()

        await call.answer().send()

    async with dial(app, "/ivr", query="token=x", call_sid="parent") as parent:
        await parent.answered()
        async with dial(app, "/ivr", query=query, call_sid="child") as child:
            said = child.session(parent_call_info={"call_sid": "parent"}, direction="outbound")
            assert await child.ack(child.say("session:adulting", said)) == []
            assert await child.redirect(queued=True) == [{"verb": "say", "text": "You are on your own now."}]
            await child.proves()  # or it would be repeated
            child.transport.abort()
            async with dial(app, "/ivr", query=query, call_sid="child") as again:
                assert await again.ack(again.say("session:reconnect", said)) == []
                await app.calls["child"].say(text="Still here.").send()
                assert await again.redirect(queued=True) == [{"verb": "say", "text": "Still here."}]
    assert begun == ["parent"]


@ADULTING_QUERIES
async def test_a_leg_that_comes_by_its_parents_path_has_the_handler_of_its_own(dial: Any, query: str) -> None:
    app = App()

    @app.call("/ivr")
    async def main(call: Call) -> None:
        raise AssertionError("not for the child")

    @app.call("/ivr/adulting", on_return="stay")
    async def child_main(call: Call) -> None:
        await call.say(text="mine").send()

    async with dial(app, "/ivr", query=query) as child:
        await child.ack(child.say("session:adulting", child.session(parent_call_sid="gone")))
        assert await child.redirect(queued=True) == [{"verb": "say", "text": "mine"}]


async def test_a_leg_may_have_a_handler_of_its_own(dial: Any) -> None:
    app = App()

    @app.call("/ivr")
    async def main(call: Call) -> None:
        raise AssertionError("not for the child")

    @app.call("/ivr/adulting", on_return="stay")
    async def child_main(call: Call) -> None:
        await call.say(text=f"{call.parent}").send()

    async with dial(app, "/ivr/adulting") as child:
        await child.ack(child.say("session:adulting", child.session(parent_call_sid="gone")))
        assert await child.redirect(queued=True) == [{"verb": "say", "text": "None"}]


async def test_an_application_may_serve_hooks_only(dial: Any) -> None:
    app = App()
    route = app.call("/")

    @route
    async def main(call: Call) -> None:
        raise AssertionError("there is no call to begin")

    @route.on("/chosen")
    async def chosen(call: Call, payload: Any) -> Chain[None]:
        return call.say(text=f"{call.call_sid} {payload.digits}")

    async with dial(app) as phone:
        phone.status("in-progress")
        for digits in "12":
            msgid = phone.hook("/chosen", {"reason": "dtmfDetected", "digits": digits})
            assert await phone.ack(msgid) == [{"verb": "say", "text": f"call-1 {digits}"}]
        assert await phone.ack(phone.hook("/other", {"reason": "timeout"})) == []
        await phone.silence()


# --- another process ------------------------------------------------------------------------------------------
