"""A call outlives its connections, and may outlive its process."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from jambonz_anyio import App, Call, CallOptions, Chain, FileStore, MemoryStore, VerbDropped
from jambonz_anyio._call import dispatcher
from jambonz_anyio._call.saved_call import CallKey, SavedCall
from jambonz_core.call import CommandLost, CommandRepeated, Mute, Reattached, Send
from jambonz_core.call.call_record import Fence, Verdict
from jambonz_core.wire.errors import InvalidSnapshot
from jambonz_core.wire.unproved import UnsureChoice

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

TIMEOUT = {"reason": "timeout"}


def reconnect(phone: Any) -> str:
    """The server is back: the first message of the new connection."""
    msgid: str = phone.say("session:reconnect", phone.session())
    return msgid


async def heard_of(phone: Any) -> None:
    """The server proves that it has got what it was sent before."""
    await phone.proves()


async def test_a_lost_connection_is_survived(dial: Any) -> None:
    app = App()
    tasks: list[str] = []
    events: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def watch() -> None:
            async for event in call.events():
                events.append(type(event).__name__)

        call.start_soon(watch)
        for number in range(3):
            heard = await call.gather(input=["digits"]).result()
            tasks.append(f"{number} {heard.digits} {call.attached}")

    async with dial(app) as first:
        [gather] = await first.answered()
        await first.ack(first.hook(gather["actionHook"], {"reason": "dtmfDetected", "digits": "1"}))
        [gather] = await first.redirect(queued=True)
        await heard_of(first)
        call = app.calls["call-1"]
        first.transport.connection.cut()
        await first.wait_closed()
        await anyio.wait_all_tasks_blocked()
        assert not call.attached
        assert app.calls["call-1"] is call
        async with dial(app) as second:
            assert await second.ack(reconnect(second)) == []
            assert app.calls["call-1"] is call
            # The result may have been lost with the connection: this verb tells when it is over.
            [marker] = await second.redirect(queued=True)
            assert marker["verb"] == "config"
            await second.ack(second.hook(gather["actionHook"], {"reason": "dtmfDetected", "digits": "2"}))
            [gather] = await second.redirect(queued=True)
            await second.ack(second.hook(gather["actionHook"], {"reason": "dtmfDetected", "digits": "3"}))
            await second.silence()
            await second.hang_up()
            await second.wait_closed()
    assert tasks == ["0 1 True", "1 2 True", "2 3 True"]
    assert "Detached" in events
    assert "Reattached" in events


async def test_a_result_that_was_lost_with_its_connection_is_not_waited_for_for_ever(dial: Any) -> None:
    """The hook was on its way when the connection broke; the server never sends it again."""
    app = App()
    reasons: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        with pytest.raises(VerbDropped) as dropped:
            await call.gather(input=["digits"]).result()
        reasons.append(dropped.value.by)
        await call.gather(input=["digits"]).result()

    async with dial(app) as first:
        await first.answered()
        await heard_of(first)
        first.transport.connection.cut()
        await first.wait_closed()
        async with dial(app) as second:
            await second.ack(reconnect(second))
            [marker] = await second.redirect(queued=True)
            second.say("verb:status", {"event": "starting", "id": marker["id"]})
            [gather] = await second.redirect(queued=True)
            assert gather["verb"] == "gather"
            await second.hang_up()
            await second.wait_closed()
    assert reasons == ["lost"]


ACTS: dict[str, Callable[[Call, UnsureChoice | None], Awaitable[None]]] = {
    "dtmf": lambda call, unsure: call.send_dtmf("1", if_unsure=unsure),
    "whisper": lambda call, unsure: call.whisper(call.say(text="Psst."), if_unsure=unsure),
    "dub": lambda call, unsure: call.apply_dub(
        action="playOnTrack", track="a", play="https://example.org/a.wav", if_unsure=unsure
    ),
    "redirect": lambda call, unsure: call.redirect_call("/next", if_unsure=unsure),
    "redirect a child": lambda call, unsure: call.redirect_child("/next", if_unsure=unsure),
    "redirect a parent": lambda call, unsure: call.redirect_parent(call.hangup(), if_unsure=unsure),
    "dial": lambda call, unsure: call.dial_out({"from": "+1"}, if_unsure=unsure),
    "sip:request": lambda call, unsure: call.send_sip_request("INFO", if_unsure=unsure),
    "room:say": lambda call, unsure: call.room_say(text="Closing.", if_unsure=unsure),
    "room:play": lambda call, unsure: call.room_play("https://example.org/a.wav", if_unsure=unsure),
    "llm:update": lambda call, unsure: call.update_llm({"type": "response.create"}, if_unsure=unsure),
    "agent:update": lambda call, unsure: call.update_agent(
        "generate_reply", user_input="Bye.", if_unsure=unsure
    ),
    "a command of a newer server": lambda call, unsure: call.raw_command("new", {}, if_unsure=unsure),
    "verbs that act": lambda call, unsure: call.message(to="+1", from_="+2", text="x").send(if_unsure=unsure),
}
SPEAKS: dict[str, Callable[[Call], Awaitable[object]]] = {
    "send": lambda call: call.say(text="x").send(if_unsure="report"),
    "send of plain dicts": lambda call: call.send([{"verb": "say", "text": "x"}], if_unsure="report"),
    "replace": lambda call: call.say(text="x").replace(if_unsure="report"),
    "done": lambda call: call.say(text="x").done(if_unsure="report"),
    "result": lambda call: call.gather(input=["digits"]).result(if_unsure="report"),
    "a command object": lambda call: call.send_command(Mute(mute=True, if_unsure="report")),
}


async def lost_and_repeated(dial: Any, send: Callable[[Call], Awaitable[object]]) -> tuple[list[str], int]:
    """What becomes of messages when their connection breaks behind them, and how many come again."""
    app = App()
    told: list[str] = []
    back = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        async def watch() -> None:
            async for event in call.events():
                if isinstance(event, (CommandLost, CommandRepeated)):
                    told.append(type(event).__name__)
                elif isinstance(event, Reattached):
                    back.set()

        call.start_soon(watch)
        await call.answer().send()
        with contextlib.suppress(VerbDropped):
            await send(call)

    # Where nothing proves reading, all of the last second is unproved.
    async with dial(app, receipts=False) as first:
        await first.answered()
        first.say("verb:status", {"event": "starting", "name": "answer"})
        assert (await first.next())["type"] == "command"
        await anyio.wait_all_tasks_blocked()
        first.transport.connection.cut()
        await first.wait_closed()
        async with dial(app, receipts=False) as second:
            await second.ack(reconnect(second))
            with anyio.fail_after(10):
                await back.wait()
            await anyio.wait_all_tasks_blocked()
            again = len(second.received) - 1
            await second.hang_up()
            await second.wait_closed()
    return told, again


@pytest.mark.parametrize("name", ACTS)
async def test_what_acts_is_reported_as_lost_unless_it_is_to_be_repeated(dial: Any, name: str) -> None:
    async def both(call: Call) -> None:
        await ACTS[name](call, None)
        await ACTS[name](call, "repeat")

    assert await lost_and_repeated(dial, both) == (["CommandLost", "CommandRepeated"], 1)


@pytest.mark.parametrize("name", SPEAKS)
async def test_what_is_repeated_can_be_reported_instead(dial: Any, name: str) -> None:
    assert await lost_and_repeated(dial, SPEAKS[name]) == (["CommandLost"], 0)


async def test_what_is_sent_while_detached_leaves_in_order(dial: Any) -> None:
    app = App()
    cut = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        await cut.wait()
        for number in range(3):
            await call.say(text=str(number)).send()
        await call.mute()

    async with dial(app) as first:
        await first.answered()
        await heard_of(first)
        first.transport.connection.cut()
        await first.wait_closed()
        cut.set()
        await anyio.wait_all_tasks_blocked()
        async with dial(app) as second:
            assert await second.ack(reconnect(second)) == []
            texts = [(await second.redirect(queued=True))[0]["text"] for _ in range(3)]
            assert texts == ["0", "1", "2"]
            await second.command("mute:status")


async def test_nothing_is_acked_twice_and_nothing_owed_is_forgotten(dial: Any) -> None:
    app = App()
    go_on = anyio.Event()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/ask")
        async def ask(payload: Any) -> Chain[None]:
            await go_on.wait()
            return call.say(text="the answer")

        await call.gather(input=["digits"], actionHook="/ask").send()

    async with dial(app) as first:
        await first.answered()
        msgid = first.hook("/ask", TIMEOUT)
        await first.silence()
        first.transport.connection.cut()
        await first.wait_closed()
        async with dial(app) as second:
            await second.ack(reconnect(second))
            go_on.set()
            # The server has forgotten the hook: its answer goes as a command, and the ack is not repeated.
            assert await second.redirect(queued=False) == [{"verb": "say", "text": "the answer"}]
            await second.silence()
            assert all(message.get("msgid") != msgid for message in second.received)


async def test_the_newest_connection_wins(dial: Any) -> None:
    app = App()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        async for payload in call.hooks("/x"):
            await call.say(text=payload.digits).send()

    async with dial(app) as first:
        await first.answered()
        await heard_of(first)
        async with dial(app) as second:
            assert await second.ack(reconnect(second)) == []
            assert (await first.wait_closed()).code == 1006
            await second.ack(second.hook("/x", {"reason": "dtmfDetected", "digits": "1"}))
            assert (await second.redirect(queued=True))[0]["text"] == "1"
            assert len(app.calls) == 1


async def test_a_reconnect_with_other_credentials_is_about_a_call_that_nobody_knows(
    dial: Any, dial_unknown: Any, caplog: pytest.LogCaptureFixture
) -> None:
    app = App(auth=lambda user, password: True)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    async with dial(app, credentials=("jambonz", "right")) as first:
        await first.answered()
        await heard_of(first)
        async with dial_unknown(app, credentials=("jambonz", "wrong")) as intruder:
            intruder.transport.connection.hold_pongs(False)
            assert (await intruder.redirect(queued=False))[-1] == {"verb": "hangup"}
        await first.silence()
        assert "nobody here knows it" in caplog.text
        async with dial(app, credentials=("jambonz", "right")) as second:
            assert await second.ack(reconnect(second)) == []


async def test_a_detached_call_lives_for_the_grace(dial: Any) -> None:
    app = App(options=CallOptions(reconnect_grace=0.1))
    reasons: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        call.on_end(lambda call: reasons.append(call.end_reason))
        await call.answer().send()
        await anyio.sleep_forever()

    async with dial(app) as phone:
        await phone.answered()
        phone.transport.connection.cut()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
        assert app.calls
        with anyio.fail_after(5):
            assert await app.calls["call-1"].wait_ended() == "expired"
        await anyio.sleep(0.05)
        assert not app.calls
    assert reasons == ["expired"]


async def test_a_drop_before_the_answer_makes_the_reconnect_carry_it(dial: Any) -> None:
    app = App()
    answer = anyio.Event()
    reasons: list[str] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await answer.wait()
        await call.say(text="Hello").send()
        await call.say(text="again").send()

    async with dial(app) as first:
        first.begin()
        await first.silence()
        first.transport.connection.cut()
        await first.wait_closed()
        async with dial(app) as second:
            msgid = reconnect(second)
            await second.silence()
            answer.set()
            assert await second.ack(msgid) == [{"verb": "say", "text": "Hello"}]
            # The server would be deaf to us on this connection for ever: it is cut once, on purpose.
            closed = await second.wait_closed()
            assert closed.code != 1000
            reasons.append(app.calls["call-1"].end_reason)
        async with dial(app) as third:
            # The receipt has proved that the first verbs arrived, so they are not given again.
            assert await third.ack(reconnect(third)) == []
            assert await third.redirect(queued=True) == [{"verb": "say", "text": "again"}]
    assert reasons == [""]


@pytest.fixture(params=["memory", "file"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return MemoryStore() if request.param == "memory" else FileStore(tmp_path)


def make_app(store: Any, *, resume: bool = True) -> App:
    """One of several processes of an application."""
    app = App(
        store=store,
        last_words="Sorry.",
        env_vars={"NAME": {"type": "string", "description": "Who", "default": "nobody"}},
    )

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        call.state["step"] = "greeted"
        await call.say(text="Hello").send()
        await anyio.sleep(0.02)
        call.state["step"] = "asked"
        await call.checkpoint()
        await call.gather(input=["digits"]).result()

    if resume:

        @app.on_resume
        async def go_on(call: Call) -> None:
            text = f"{call.state['step']} {call.env['NAME']} {call.from_} {call.opened_by}"
            heard = await call.say(text=text).gather(input=["digits"]).result()
            await call.say(text=heard.digits).hangup().send()

    return app


async def test_another_process_goes_on_with_a_call(dial: Any, store: Any) -> None:
    first_app, second_app = make_app(store), make_app(store)
    async with dial(first_app) as first:
        await first.answered(env_vars={"NAME": "somebody"})
        [gather] = await first.redirect(queued=True)
        # What was not proved would be sent again.
        await first.proves()
        # The process dies.
        first.transport.connection.cut()
        await first.wait_closed()
    async with dial(second_app) as second:
        # What the first answer was is repeated: harmless to a server that has it.
        msgid = second.say("session:reconnect", second.session(env_vars={"NAME": "somebody"}))
        await second.ack(msgid)
        verbs = await second.redirect(queued=True)
        assert verbs[0] == {"verb": "say", "text": "asked somebody +1 session:reconnect"}
        # A hook path of the first process is not given again.
        assert verbs[1]["actionHook"] != gather["actionHook"]
        await second.ack(second.hook(verbs[1]["actionHook"], {"reason": "dtmfDetected", "digits": "9"}))
        assert (await second.redirect(queued=True))[0]["text"] == "9"
        await second.hang_up()
        await second.wait_closed()
        await anyio.sleep(0.05)
    kept = await store.claim(CallKey(None, "/", "call-1").stored, "test", "n", begin=False)
    assert kept.ended
    assert kept.snapshot is None


async def test_a_call_is_saved_when_it_is_answered(dial: Any, store: Any) -> None:
    app = make_app(store)
    saved = anyio.Event()
    save = store.save

    async def noticed(key: str, fence: Fence, snapshot: bytes) -> Verdict:
        verdict: Verdict = await save(key, fence, snapshot)
        assert verdict is Verdict.KEPT
        assert key == CallKey(None, "/", "call-1").stored
        core = SavedCall.decode(snapshot).core
        assert core is not None
        assert core["life"]["call_sid"] == "call-1"
        saved.set()
        return verdict

    store.save = noticed
    async with dial(app) as phone:
        await phone.answered()
        with anyio.fail_after(5):
            await saved.wait()
        await phone.redirect(queued=True)


@pytest.mark.parametrize("missing", ["snapshot", "on_resume"])
async def test_an_unknown_reconnect_gets_last_words_and_never_a_second_start(
    dial: Any, dial_unknown: Any, missing: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    if missing == "on_resume":
        async with dial(make_app(store)) as first:
            await first.answered()
            await first.redirect(queued=True)
    app = make_app(store, resume=missing != "on_resume")
    async with dial_unknown(app) as phone:
        phone.transport.connection.hold_pongs(False)
        verbs = await phone.redirect(queued=False)
        assert verbs == [{"verb": "say", "text": "Sorry."}, {"verb": "hangup"}]
        await phone.hang_up()
    expected = {"on_resume": "nobody here knows it", "snapshot": "Nothing was saved of this call"}
    assert expected[missing] in caplog.text


async def test_a_saved_call_needs_the_same_credentials(dial: Any, dial_unknown: Any) -> None:
    store = MemoryStore()
    async with dial(make_app(store), credentials=("u", "p")) as first:
        await first.answered()
        await first.redirect(queued=True)
        await first.proves()
        first.transport.connection.cut()
        await first.wait_closed()
    async with dial_unknown(make_app(store), credentials=("u", "other")) as second:
        second.transport.connection.hold_pongs(False)
        assert (await second.redirect(queued=False))[0] == {"verb": "say", "text": "Sorry."}
        await second.hang_up()
        await second.wait_closed()
    async with dial(make_app(store), credentials=("u", "p")) as third:
        await third.ack(reconnect(third))
        assert (await third.redirect(queued=True))[0]["text"].startswith("asked")


@pytest.mark.parametrize("fault", ["garbage", "version", "core"])
async def test_a_saved_call_that_cannot_be_put_back_gets_last_words(
    dial_unknown: Any, fault: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = MemoryStore()
    value = {
        "garbage": b"{",
        "version": b'{"version": 99}',
        "core": SavedCall({"version": "unknown"}, {}, 0.0).encode(),
    }[fault]
    await store.save(CallKey(None, "/", "call-1").stored, Fence("another", 1, "n"), value)
    async with dial_unknown(make_app(store)) as phone:
        phone.transport.connection.hold_pongs(False)
        verbs = await phone.redirect(queued=False)
        assert verbs[-1] == {"verb": "hangup"}
        await phone.hang_up()


async def test_a_store_that_fails_costs_no_call(dial: Any, caplog: pytest.LogCaptureFixture) -> None:
    failed: list[str] = []

    class Broken(MemoryStore):
        async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
            failed.append("save")
            raise OSError("disk full")

        async def end(self, key: str, fence: Fence) -> Verdict:
            failed.append("end")
            raise OSError("disk full")

    app = App(store=Broken())
    app.on_resume(lambda call: None)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()
        await anyio.sleep(0.05)
        await call.say(text="still here").send()

    async with dial(app) as phone:
        await phone.answered()
        assert await phone.redirect(queued=True) == [{"verb": "say", "text": "still here"}]
        await phone.hang_up()
        await phone.wait_closed()
        await anyio.wait_all_tasks_blocked()
    # Once for the call, however often it fails.
    assert (
        caplog.text.count("The call goes on without the store: the store failed: OSError('disk full')") == 1
    )
    assert len(failed) >= 2


def test_saved_calls_hold_no_secret_and_refuse_what_they_are_not() -> None:
    saved = SavedCall({"a": 1}, {"b": [2]}, 3.5)
    assert SavedCall.decode(saved.encode()) == saved
    assert b"password" not in saved.encode()
    assert "password" not in CallKey(("credentials", "user", "password"), "/", "call-1").stored
    for broken in (b"", b"[]", b'{"version":3}', b'{"version":3,"core":1,"state":{}}', b'{"version":1}'):
        with pytest.raises(InvalidSnapshot):
            SavedCall.decode(broken)


# --- calls that a redirect brought here -----------------------------------------------------------------------


def redirected_app() -> App:
    app = App()

    @app.call("/b", on_return="stay")
    async def main(call: Call) -> None:
        await call.gather(input=["speech"], actionHook="/heard").send()

    return app


@contextlib.asynccontextmanager
async def redirected(dial: Any, app: App, call_sid: str, **arrives: Any) -> AsyncIterator[Any]:
    """A call that comes by `session:redirect`; nothing but its payload names it."""
    async with dial(app, "/b", call_sid=call_sid, **arrives) as phone:
        await phone.ack(phone.say("session:redirect", phone.session(), call_sid=""))
        await phone.proves()
        yield phone


async def cut(phone: Any) -> None:
    """The network takes its connection."""
    phone.transport.connection.cut()
    await phone.wait_closed()
    await anyio.wait_all_tasks_blocked()


def back(phone: Any) -> str:
    """The server is back with a call whose first payload it does not keep: nothing names it."""
    phone.transport.push('{"type":"session:reconnect","msgid":"back"}')
    return "back"


async def test_a_redirected_call_is_known_when_its_server_is_back(dial: Any) -> None:
    """By how it came, for its server does not say which call it is."""
    app = redirected_app()
    arrives = {"query": "tenant=one", "credentials": ("one", "secret")}
    async with redirected(dial, app, "call-1", **arrives) as first:
        call = app.calls["call-1"]
        await cut(first)
        sending = call.post(Send([{"verb": "say", "text": "Are you there?"}]))
        # Others come with other credentials, or by another query.
        for other in ({**arrives, "credentials": ("two", "secret")}, {**arrives, "query": ""}):
            async with dial(app, "/b", **other) as stranger:
                assert await stranger.ack(back(stranger)) == []
                await stranger.silence()
        assert not call.attached
        async with dial(app, "/b", **arrives) as second:
            assert await second.ack(back(second)) == []
            assert await second.redirect(queued=True) == [{"verb": "say", "text": "Are you there?"}]
            await sending
            assert app.calls == {"call-1": call}
            assert await second.ack(second.hook("/heard", TIMEOUT)) == []
            await second.hang_up()
            await second.wait_closed()
            assert await call.wait_ended() == "completed"


async def test_who_shows_nothing_must_name_the_redirected_call(dial: Any) -> None:
    """Anybody could come this way while a call waits for its server."""
    app = redirected_app()
    async with redirected(dial, app, "call-1") as first:
        call = app.calls["call-1"]
        await cut(first)
        async with dial(app, "/b") as second:
            assert await second.ack(back(second)) == []
            await second.silence()
            assert not call.attached
            heard = second.say("verb:hook", second.session(**TIMEOUT), hook="/heard", call_sid="")
            assert await second.ack(heard) == []
            assert call.attached


async def test_of_two_redirected_calls_each_is_known_by_its_next_hook(dial: Any) -> None:
    app = redirected_app()
    async with redirected(dial, app, "call-1") as first, redirected(dial, app, "call-2") as second:
        calls = [app.calls["call-1"], app.calls["call-2"]]
        await cut(first)
        await cut(second)
        sending = [call.post(Send([{"verb": "say", "text": call.call_sid}])) for call in calls]
        async with dial(app, "/b", call_sid="call-2") as two, dial(app, "/b") as one:
            for phone in (one, two):
                assert await phone.ack(back(phone)) == []
                await phone.silence()
            assert app.detached == 2
            for phone, call in zip((one, two), calls, strict=True):
                heard = phone.say("verb:hook", phone.session(**TIMEOUT), hook="/heard", call_sid="")
                assert await phone.redirect(queued=True) == [{"verb": "say", "text": call.call_sid}]
                assert await phone.ack(heard) == []
                # What proves that it was read counts from its first message on.
                await phone.proves()
                assert call.attached
            assert app.calls == {"call-1": calls[0], "call-2": calls[1]}
            for waiting in sending:
                await waiting
            for phone, call in zip((one, two), calls, strict=True):
                await phone.hang_up()
                assert await call.wait_ended() == "completed"


async def test_a_token_tells_redirected_calls_apart(dial: Any) -> None:
    app = redirected_app()

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.chain([{"verb": "redirect", "actionHook": call.url("/b")}]).send()

    async with contextlib.AsyncExitStack() as stack:
        calls: list[Call] = []
        queries: list[str] = []
        for call_sid in ("call-1", "call-2"):
            phone = await stack.enter_async_context(dial(app, call_sid=call_sid))
            [verb] = await phone.answered()
            queries.append(verb["actionHook"].partition("?")[2])
            sent_on = await stack.enter_async_context(redirected(dial, app, call_sid, query=queries[-1]))
            calls.append(app.calls[call_sid])
            await cut(sent_on)
        assert queries[0] != queries[1]
        for call, query in zip(calls, queries, strict=True):
            assert call.opened_by == "session:redirect"
            again = await stack.enter_async_context(dial(app, "/b", query=query))
            assert await again.ack(back(again)) == []
            assert call.attached
            await again.transport.close(1000)
            assert await call.wait_ended() == "closed"


async def test_a_leg_finds_its_parent_that_was_redirected_and_has_come_back(dial: Any) -> None:
    app = redirected_app()
    async with redirected(dial, app, "call-1") as first:
        call = app.calls["call-1"]
        await cut(first)
        async with dial(app, "/b") as second, dial(app, "/b/adulting", call_sid="child") as leg:
            assert await second.ack(back(second)) == []
            said = leg.session(parent_call_info={"call_sid": "call-1"}, direction="outbound")
            assert await leg.ack(leg.say("session:adulting", said)) == []
            child = app.calls["child"]
            assert child.parent is call
            assert call.children == [child]
            await cut(leg)
            async with dial(app, "/b/adulting", call_sid="child") as leg_again:
                assert await leg_again.ack(leg_again.say("session:reconnect", said)) == []
                assert child.attached
                assert child.parent is call


async def test_a_call_that_rings_may_be_the_one_that_is_back(dial: Any) -> None:
    """The server names none of either kind, so it is no proof that nobody else is away."""
    app = redirected_app()
    known = {"credentials": ("one", "secret")}
    async with (
        redirected(dial, app, "call-1", **known) as first,
        dial(app, "/b", call_sid="call-2", **known) as rings,
    ):
        call = app.calls["call-1"]
        rings.status("ringing")
        await anyio.wait_all_tasks_blocked()
        await cut(first)
        await cut(rings)
        async with dial(app, "/b", call_sid="call-2", **known) as second:
            assert await second.ack(back(second)) == []
            [gather] = await second.answered(direction="outbound")
            assert gather["verb"] == "gather"
            assert not call.attached


async def test_children_that_are_forgotten_are_named(dial: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatcher, "CHILDREN", 2)
    app = redirected_app()
    async with redirected(dial, app, "call-1") as parent, contextlib.AsyncExitStack() as stack:
        call = app.calls["call-1"]
        for number in range(4):
            leg = await stack.enter_async_context(dial(app, "/b/adulting", call_sid=f"leg-{number}"))
            said = leg.session(parent_call_info={"call_sid": "call-1"}, direction="outbound")
            await leg.ack(leg.say("session:adulting", said))
        assert [child.call_sid for child in call.children] == ["leg-2", "leg-3"]
        assert call.log.dropped == {"CHILDREN": 2}
        await parent.hang_up()
