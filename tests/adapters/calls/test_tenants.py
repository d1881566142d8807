"""Two tenants on one server: neither reaches the other's calls, though it knows their ids."""

from __future__ import annotations

import logging
from collections.abc import Hashable
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, HttpRequest
from jambonz_anyio._call.saved_call import CallKey, fingerprint
from jambonz_anyio._net.transport import Peer
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.limits import CONTROL_SUBPROTOCOL

from .conftest import Phone

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

VICTIM = {"credentials": ("victim", "secret")}
ATTACKER = {"credentials": ("attacker", "own secret")}


def tenants_app(**settings: Any) -> App:
    """An application for everybody who shows a name and a password."""
    app = App(auth=lambda user, password: True, **settings)

    @app.call("/b", on_return="stay")
    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    return app


async def goes_on(app: App, phone: Phone, call: Call) -> None:
    """The victim's call is as it was: found under its id, connected, and answering."""
    assert app.calls[phone.call_sid] is call
    assert call.attached
    assert await phone.ack(phone.hook("/still-there")) == []
    await call.say(text="untouched").send()
    assert await phone.redirect(queued=True) == [{"verb": "say", "text": "untouched"}]


@pytest.mark.parametrize("opening", ["session:new", "session:redirect", "session:reconnect", "verb:hook"])
@pytest.mark.parametrize("path", ["/", "/b"])
async def test_nobody_takes_a_call_by_opening_one_of_its_id(hosting: Any, opening: str, path: str) -> None:
    app = tenants_app()
    async with hosting(app) as host, host.phone(**VICTIM) as victim:
        await victim.answered()
        call = app.calls["call-1"]
        async with host.phone(path, **ATTACKER) as attacker:
            attacker.say(opening, attacker.session(), hook="/still-there")
            await attacker.next()
            await goes_on(app, victim, call)
            attacker.status("completed")
            await attacker.transport.close(1000)
            await attacker.wait_closed()
        await goes_on(app, victim, call)
        assert call.children == []
        await victim.hang_up()
        assert await call.wait_ended() == "completed"
        await victim.wait_closed()


async def test_who_comes_second_is_shown_when_the_first_is_gone(hosting: Any) -> None:
    app = tenants_app()
    async with hosting(app) as host, host.phone(**VICTIM) as one, host.phone(**ATTACKER) as other:
        await one.answered()
        first = app.calls["call-1"]
        await other.answered()
        assert app.calls["call-1"] is first
        await one.hang_up()
        await first.wait_ended()
        await one.wait_closed()
        await anyio.wait_all_tasks_blocked()
        second = app.calls["call-1"]
        assert second is not first
        await goes_on(app, other, second)
        await other.hang_up()
        await second.wait_ended()
        await other.wait_closed()
        await anyio.wait_all_tasks_blocked()
        assert not app.calls


async def test_nobody_becomes_the_child_of_anothers_call(hosting: Any) -> None:
    app = tenants_app()
    told: list[Call] = []

    @app.call("/ivr", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("session:adulting")
        async def tell(child: Call) -> None:
            told.append(child)

        await call.answer().send()

    async with hosting(app) as host, host.phone("/ivr", call_sid="parent", **VICTIM) as victim:
        await victim.answered()
        parent = app.calls["parent"]
        async with host.phone("/ivr/adulting", call_sid="child", **ATTACKER) as attacker:
            said = attacker.session(parent_call_info={"call_sid": "parent"}, direction="outbound")
            # It is served, as every leg is; but nobody is told of it.
            assert await attacker.ack(attacker.say("session:adulting", said)) == []
            assert app.calls["child"].parent is None
            assert parent.children == told == []
            await goes_on(app, victim, parent)
        async with host.phone("/ivr/adulting", call_sid="another child", **VICTIM) as own:
            said = own.session(parent_call_info={"call_sid": "parent"}, direction="outbound")
            assert await own.ack(own.say("session:adulting", said)) == []
            await anyio.wait_all_tasks_blocked()
            assert told == parent.children == [app.calls["another child"]]


async def test_nobody_hears_or_feeds_anothers_call(hosting: Any) -> None:
    app = tenants_app()
    began: list[AudioStream] = []
    arrived = anyio.Event()

    @app.audio("/audio")
    async def streams(stream: AudioStream) -> None:
        began.append(stream)
        arrived.set()
        async for _ in stream:
            pass

    async with hosting(app) as host, host.phone(**VICTIM) as victim:
        await victim.answered()
        call = app.calls["call-1"]
        async with host.audio(**ATTACKER):
            with anyio.fail_after(10):
                await arrived.wait()
            assert began[-1].call is None
            assert call.audio_streams == []
            await goes_on(app, victim, call)
        async with host.audio(**VICTIM):
            with anyio.fail_after(10):
                stream = await call.wait_audio()
            assert stream.call is call


REDIRECT = {"verb": "redirect", "actionHook": "wss://app.example/b?tenant=one"}


@pytest.mark.parametrize(
    ("path", "query", "shows"),
    [("/", "tenant=one", {}), ("/b", "", {}), ("/b", "tenant=one", ATTACKER)],
    ids=["another path", "another query", "other credentials"],
)
async def test_a_redirect_is_followed_only_by_who_comes_from_there(
    hosting: Any, path: str, query: str, shows: Any
) -> None:
    app = App()

    @app.call("/b", on_return="stay")
    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.chain([REDIRECT]).send()

    async with hosting(app) as host, host.phone(**VICTIM) as first:
        await first.answered()
        async with host.phone(path, query=query, **shows) as attacker:
            attacker.say("session:redirect", attacker.session())
            await attacker.next()
            async with host.phone("/b/adulting", call_sid="child", **VICTIM) as child:
                said = child.session(parent_call_info={"call_sid": "call-1"}, direction="outbound")
                await child.ack(child.say("session:adulting", said))
                # The leg is told of the victim's own call, and of no other.
                parent = app.calls["child"].parent
                assert parent is not None
                assert parent.opened_by == "session:new"


async def test_a_leg_finds_its_parent_where_this_process_redirected_it(hosting: Any) -> None:
    """jambonz shows no credentials after a `redirect` verb to an absolute URL, and those of the call's first
    application for a leg that becomes a call.
    """
    app = App()
    children: list[Call] = []
    redirected: list[Call] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.chain([REDIRECT]).send()

    @app.call("/b", on_return="stay")
    async def goal(call: Call) -> None:
        redirected.append(call)

        @call.on("session:adulting")
        async def tell(child: Call) -> None:
            children.append(child)

        await call.answer().send()

    async with hosting(app) as host, host.phone(**VICTIM) as first:
        await first.answered()
        async with host.phone("/b", query="tenant=one") as second:
            await second.ack(second.say("session:redirect", second.session()))
            async with host.phone("/b", query="tenant=one/adulting", call_sid="child", **VICTIM) as child:
                said = child.session(parent_call_info={"call_sid": "call-1"}, direction="outbound")
                await child.ack(child.say("session:adulting", said))
                await anyio.wait_all_tasks_blocked()
                assert app.calls["child"].parent is redirected[0]
                assert children == [app.calls["child"]]
            # Only one call can have come from there.
            async with host.phone("/b", query="tenant=one", call_sid="call-1") as late:
                await late.ack(late.say("session:redirect", late.session()))


# --- who somebody is ----------------------------------------------------------------------------------------


class Tenant:
    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tenant) and other.name == self.name

    def __hash__(self) -> int:
        return hash(self.name)

    def __repr__(self) -> str:
        return f"tenant {self.name}"


@pytest.mark.parametrize(
    ("one", "two"),
    [("a", "b"), (1, 2), (Tenant("a"), Tenant("b")), (("u", "p"), ("u", "q")), (True, "b"), (True, 1)],
    ids=repr,
)
async def test_what_authorize_returns_is_who_it_is(hosting: Any, one: Hashable, two: Hashable) -> None:
    who = {"one": one, "two": two}
    app = App(authorize=lambda request: who[request.peer.query])

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.say(text=f"{call.identity!r}").send()

    async with hosting(app) as host, host.phone(query="one") as first:
        told = None if one is True else one
        assert await first.answered() == [{"verb": "say", "text": f"{told!r}"}]
        await first.proves()
        call = app.calls["call-1"]
        async with host.phone(query="two") as other:
            assert await other.answered() == [{"verb": "say", "text": f"{two!r}"}]
            assert app.calls["call-1"] is call
        async with host.phone(query="one") as again:
            assert await again.ack(again.say("session:reconnect", again.session())) == []
            await goes_on(app, again, call)


async def test_who_is_merely_let_in_is_who_its_credentials_say(hosting: Any) -> None:
    app = App(authorize=lambda request: True)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().send()

    async with hosting(app) as host, host.phone(**VICTIM) as first, host.phone(**ATTACKER) as other:
        await first.answered()
        call = app.calls["call-1"]
        await other.answered()
        await goes_on(app, first, call)


async def test_an_identity_must_be_one(caplog: pytest.LogCaptureFixture) -> None:
    app = App(authorize=lambda request: {"tenant": 1})
    app.call("/")
    answer: Any = await app.admit(HttpRequest("GET", Peer("/"), subprotocols=(CONTROL_SUBPROTOCOL,)))
    assert answer.status == 500
    assert "returned a dict" in caplog.text


IDENTITIES: list[Hashable] = [
    ("credentials", "a", "b:c"),
    ("credentials", "a:b", "c"),
    ("authorized", "a"),
    ("authorized", b"a"),
    ("authorized", 1),
    ("authorized", "1"),
    ("authorized", (1, 2)),
    ("authorized", ("1", 2)),
    ("authorized", 1.5),
    "",
    (),
]


def test_identities_are_the_same_in_every_process_and_hold_no_secret() -> None:
    prints = [fingerprint(identity) for identity in IDENTITIES]
    assert len(set(prints)) == len(IDENTITIES)
    assert prints == [fingerprint(identity) for identity in IDENTITIES]
    assert fingerprint(None) == ""
    assert "secret" not in CallKey(("credentials", "u", "secret"), "/", "call-1").stored
    # The address of an object is not the same elsewhere, and a repr may leave out what tells two apart.
    with pytest.raises(LocalProtocolError, match="identity is a Tenant"):
        fingerprint(("authorized", Tenant("a")))


async def test_no_identity_is_told_in_logs(hosting: Any, caplog: pytest.LogCaptureFixture) -> None:
    app = tenants_app()
    with caplog.at_level(logging.DEBUG):
        async with hosting(app) as host, host.phone(**VICTIM) as victim:
            await victim.answered()
            call = app.calls["call-1"]
            async with host.phone(**ATTACKER) as attacker:
                attacker.say("session:reconnect", attacker.session())
                await attacker.next()
            assert "secret" not in repr(call) + repr(call._runtime.peer)
    assert "secret" not in caplog.text
