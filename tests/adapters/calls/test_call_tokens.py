"""The tokens of calls: an audio connection joins the call that was given its address, and no other."""

from __future__ import annotations

import json
import logging
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest

from jambonz_anyio import App, AudioStream, Call, CallOptions, Chain, MemoryStore
from jambonz_anyio._net.transport import HttpRequest, UpgradeRefused
from jambonz_anyio.journals import JournalDirectory
from jambonz_core.call import Configure
from jambonz_core.call.call_record import Fence, Verdict
from jambonz_core.wire.call_token import token_of
from jambonz_core.wire.errors import LocalProtocolError
from jambonz_core.wire.limits import AUDIO_SUBPROTOCOL

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("nothing_left_behind")]

VICTIM = {"credentials": ("victim", "secret")}
ATTACKER = {"credentials": ("attacker", "own secret")}


def make_app(**settings: Any) -> App:
    """An application whose calls begin with an audio stream, and that keeps the streams open."""
    app = App(auth=lambda user, password: True, **settings)

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        await call.answer().listen(url="/audio?rate=8000").send()

    @app.audio("/audio")
    async def streams(stream: AudioStream) -> None:
        async for _ in stream:
            pass

    return app


def address_in(verbs: list[dict[str, Any]]) -> dict[str, str]:
    """Where the last of the verbs leads, as arguments for a connection."""
    parts = urlsplit(verbs[-1]["url"])
    return {"path": parts.path, "query": parts.query}


def token_in(verbs: list[dict[str, Any]]) -> str:
    return token_of(urlsplit(verbs[-1]["url"]).query)[1]


async def test_the_token_is_the_credential(hosting: Any) -> None:
    """After a redirect to an absolute URL, or with an absolute one, jambonz shows no other."""
    asked: list[str] = []

    def authorize(request: HttpRequest) -> bool:
        asked.append(request.peer.query)
        return request.subprotocols != (AUDIO_SUBPROTOCOL,)

    app = make_app(authorize=authorize)
    async with hosting(app) as host, host.phone(**VICTIM) as phone:
        verbs = await phone.answered()
        address = address_in(verbs)
        assert address["path"] == "/audio"
        assert address["query"].startswith("rate=8000&call_token=")
        async with host.audio(**address):
            with anyio.fail_after(10):
                stream = await app.calls["call-1"].wait_audio()
            assert stream.call is app.calls["call-1"]
            # Nobody else gets to see it.
            assert stream._transport.peer.query == "rate=8000"
            assert asked == [""]


async def test_each_call_has_its_own(hosting: Any) -> None:
    app = make_app()
    async with (
        hosting(app) as host,
        host.phone(call_sid="one", **VICTIM) as one,
        host.phone(call_sid="two", **VICTIM) as two,
    ):
        first, second = await one.answered(), await two.answered()
        assert token_in(first) != token_in(second)
        # What the media server says of the call decides nothing.
        async with host.audio(**address_in(first), call_sid="two"):
            with anyio.fail_after(10):
                assert (await app.calls["one"].wait_audio()).call is app.calls["one"]
            assert app.calls["two"].audio is None


@pytest.mark.parametrize("wrong", ["changed", "over", "made up", "stand-in"])
async def test_a_wrong_token_is_refused(hosting: Any, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    app = make_app()
    async with hosting(app) as host, host.phone(**VICTIM) as phone:
        address = address_in(await phone.answered())
        call = app.calls["call-1"]
        query = address["query"]
        if wrong == "changed":
            query = query[:-1] + ("A" if query[-1] != "A" else "B")
        elif wrong == "made up":
            query = query.partition(".")[0] + ".AAAAAAAAAAAAAAAAAAAAAA"
        elif wrong == "stand-in":
            query = urlsplit(call.url("/audio")).query
        else:
            await phone.hang_up()
            await call.wait_ended()
        with pytest.raises(UpgradeRefused) as refused:
            async with host.audio(path="/audio", query=query, **VICTIM):
                pass
        assert refused.value.response.status == 401
        assert "a token of no call" in caplog.text
        assert call.audio is None


async def test_one_of_another_process_proves_nothing_and_costs_nothing(hosting: Any) -> None:
    """Behind a balancer an audio connection may reach another process than its call."""
    elsewhere, app = make_app(), make_app()
    async with hosting(elsewhere) as other, other.phone(**VICTIM) as phone:
        address = address_in(await phone.answered())
    async with hosting(app) as host, host.phone(**VICTIM) as phone:
        await phone.answered()
        async with host.audio(**address, **VICTIM):
            with anyio.fail_after(10):
                assert (await app.calls["call-1"].wait_audio()).call is app.calls["call-1"]
        with pytest.raises(UpgradeRefused):
            async with host.audio(**address):
                pass


async def test_a_stream_that_came_to_the_wrong_process_is_named(
    hosting: Any, caplog: pytest.LogCaptureFixture
) -> None:
    elsewhere, app = make_app(), make_app(authorize=lambda request: request.peer.path != "/no")
    came = anyio.Event()

    @app.audio("/here")
    async def here(stream: AudioStream) -> None:
        assert stream.call is None
        came.set()

    async with hosting(elsewhere) as other, other.phone(**VICTIM) as phone:
        address = address_in(await phone.answered())
        async with hosting(app) as host:
            async with host.audio(**{**address, "path": "/here"}, **VICTIM):
                with anyio.fail_after(10):
                    await came.wait()
            assert "(time 1)" in caplog.text
            # One that shows nothing is refused, and named all the same; but not each of them has a line.
            for refused in ({}, {**VICTIM, "path": "/no"}):
                with pytest.raises(UpgradeRefused):
                    async with host.audio(**{**address, **refused}):
                        pass
            assert app._admissions._strays == 3
            assert caplog.text.count("App(advertise=...)") == 1


async def test_streams_are_sent_to_the_process_that_is_advertised(hosting: Any) -> None:
    app = App(advertise="wss://worker-3.example/voice/")
    assert app.advertise == "wss://worker-3.example/voice"
    given: list[str] = []
    urls = ["/audio?rate=8000", "audio", "wss://elsewhere.example/audio"]

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        given.append(call.url("/audio"))
        for url in urls:
            await call.listen(url=url, bidirectionalAudio={"enabled": True, "streaming": True}).send()
        await call.config(listen={"enable": True, "url": "/audio"}).send()
        app.advertise = None
        given.append(call.url("/audio"))
        # The way of playing is found by the path that the stream comes to.
        assert call._runtime.sent.playback_mode("/audio") == (True, 8000)

    async with hosting(app) as host, host.phone() as phone:
        verbs = await phone.answered()
        while len(verbs) < 4:
            verbs += await phone.redirect(queued=True)
        sent = [verb["listen"]["url"] if verb["verb"] == "config" else verb["url"] for verb in verbs]
        token = token_of(urlsplit(sent[0]).query)[1]
        assert sent == [
            f"wss://worker-3.example/voice/audio?rate=8000&call_token={token}",
            f"audio?call_token={token}",
            urls[2],
            f"wss://worker-3.example/voice/audio?call_token={token}",
        ]
        assert given[0].startswith("wss://worker-3.example/voice/audio?call_token=")
        assert given[1].startswith("/audio?call_token=")
        assert app.advertise is None


def test_the_environment_may_say_where_this_process_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JAMBONZ_ADVERTISE", "ws://10.0.0.3:3001/")
    assert App().advertise == "ws://10.0.0.3:3001"
    assert App(advertise="ws://elsewhere").advertise == "ws://elsewhere"


@pytest.mark.parametrize(
    "url", ["worker-3.example", "https://a", "ws://", "ws://a:0/", "ws://a:{port}/", "ws://a/?x", "ws://a#x"]
)
def test_what_cannot_be_advertised(url: str) -> None:
    with pytest.raises(LocalProtocolError, match="cannot be advertised"):
        App(advertise=url)


async def test_an_address_that_anybody_may_have_is_not_given_the_token(hosting: Any) -> None:
    app = App()
    urls = ["wss://elsewhere.example/audio", "//elsewhere.example/audio", "wss://[", "/audio?call_token=mine"]

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        for url in urls:
            await call.listen(url=url).send()

    async with hosting(app) as host, host.phone() as phone:
        verbs = await phone.answered()
        while len(verbs) < len(urls):
            verbs += await phone.redirect(queued=True)
        assert [verb["url"] for verb in verbs] == urls


async def test_every_way_to_begin_a_stream_carries_it(hosting: Any) -> None:
    app = App()
    stream: Any = {"url": "/audio"}

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        @call.on("/hook")
        async def hook(payload: Any) -> Chain[Any]:
            return call.listen(**stream)

        await call.send([{"verb": "listen", **stream}, {"verb": "stream", **stream}])
        await call.config(listen={"enable": True, **stream}).send()
        await call.dial(target=[{"type": "phone", "number": "1"}], listen=stream).send()
        await call.say(text="no stream").listen(url="wss://media.example" + call.url("/audio")).send()
        await call.say(text="no stream").listen(**stream).replace()
        await call._command(Configure({"listen": stream}))

    async with hosting(app) as host, host.phone() as phone:
        await phone.answered()
        phone.hook("/hook", {"reason": "timeout"})
        said = json.dumps(phone.received)
        while said.count("/audio") < 8:
            await phone.next()
            said = json.dumps(phone.received)
        [token] = {token_of(part.split('"')[0])[1] for part in said.split("?")[1:]}
        assert said.count("/audio") == said.count(f"/audio?call_token={token}") == 8
        assert said.count("wss://media.example/audio?call_token=") == 1


async def test_a_leg_that_is_a_call_of_its_own_has_its_own_audio(hosting: Any) -> None:
    """It was given its verbs by its parent, and with them the parent's token."""
    app = make_app()
    async with hosting(app) as host, host.phone(call_sid="parent", **VICTIM) as parent:
        address = address_in(await parent.answered())
        async with host.phone("/adulting", call_sid="child", **VICTIM) as child:
            said = child.session(parent_call_info={"call_sid": "parent"}, direction="outbound")
            await child.ack(child.say("session:adulting", said))
            async with host.audio(**address, call_sid="child"):
                with anyio.fail_after(10):
                    await app.calls["child"].wait_audio()
                assert app.calls["parent"].audio is None


async def test_a_leg_finds_its_parent_by_the_token_that_the_parent_was_redirected_with(hosting: Any) -> None:
    """jambonz appends `/adulting` to the whole of an address, query and token included."""
    app = App(auth=lambda user, password: True)
    redirected: list[Call] = []

    @app.call("/", on_return="stay")
    async def main(call: Call) -> None:
        url = "wss://app.example" + call.url("/b?x=1")
        await call.chain([{"verb": "redirect", "actionHook": url}]).send()

    @app.call("/b", on_return="stay")
    async def goal(call: Call) -> None:
        redirected.append(call)
        await call.answer().send()

    async with hosting(app) as host, host.phone(**VICTIM) as first:
        [redirect] = await first.answered()
        query = urlsplit(redirect["actionHook"]).query
        async with host.phone("/b", query=query, **ATTACKER) as second:
            await second.ack(second.say("session:redirect", second.session()))
            assert redirected[0]._runtime.peer.query == "x=1"
            for shown, shows in (("child", VICTIM), ("another", {"credentials": ("third", "")})):
                async with host.phone("/b", query=query + "/adulting", call_sid=shown, **shows) as child:
                    said = child.session(parent_call_info={"call_sid": "call-1"}, direction="outbound")
                    await child.ack(child.say("session:adulting", said))
                    assert app.calls[shown].parent is redirected[0]
                    assert app.calls[shown]._runtime.peer.query == "x=1"


def texts_in(directory: Path) -> list[str]:
    return [path.read_text() for path in directory.glob("*.jsonl")]


@pytest.mark.parametrize("redact", [True, False])
async def test_it_is_in_no_log_no_journal_no_repr_and_no_store(
    hosting: Any, redact: bool, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []
    saved: list[bytes] = []

    class Noting(MemoryStore):
        async def save(self, key: str, fence: Fence, snapshot: bytes) -> Verdict:
            saved.append(snapshot)
            return await super().save(key, fence, snapshot)

    store = Noting()
    app = make_app(log_content=True, store=store, journals=JournalDirectory(tmp_path, content=not redact))
    app.on_resume(lambda call: None)
    with caplog.at_level(logging.DEBUG):
        async with hosting(app) as host, host.phone(**VICTIM) as phone:
            address = address_in(verbs := await phone.answered())
            call = app.calls["call-1"]
            async with host.audio(**address):
                with anyio.fail_after(10):
                    stream = await call.wait_audio()
                await call.checkpoint()
                chain = call.listen(url=call.url("/audio"))
                core = call._driver.core
                shown += map(
                    repr, (call, chain, stream, stream._transport.peer, core.snapshot(), call.url("/a"))
                )
                await chain.send()
            await phone.hang_up()
            await call.wait_ended()
            await anyio.wait_all_tasks_blocked()
        assert saved
        shown += map(repr, saved)
    token = token_in(verbs)
    journals = texts_in(tmp_path)
    assert journals
    assert "/audio" in caplog.text
    for text in [*shown, *journals, caplog.text]:
        assert token not in text
        assert token.partition(".")[2] not in text


async def test_an_address_of_a_call_is_a_path() -> None:
    app = App()
    found: list[str] = []

    @app.call("/")
    async def main(call: Call) -> None:
        with pytest.raises(LocalProtocolError, match="begins with a slash"):
            call.url("audio")
        assert call.url("/a?b") == call.url("/a?b")
        found.append(call.url("/a"))

    from .conftest import open_phone

    async with open_phone(app) as phone:
        phone.begin()
        await phone.next()
    assert found[0].startswith("/a?call_token=")


async def test_what_is_sent_again_for_a_call_that_was_put_back_carries_its_new_token(dial: Any) -> None:
    app = make_app(store=MemoryStore(), options=CallOptions(reconnect_grace=0.05))

    @app.on_resume
    async def go_on(call: Call) -> None:
        await anyio.sleep_forever()

    async with dial(app, **VICTIM) as first:
        first.transport.connection.hold_pongs()
        before = token_in(await first.answered())
        await anyio.wait_all_tasks_blocked()
        call = app.calls["call-1"]
        first.transport.connection.cut()
        assert await call.wait_ended() == "expired"
        async with dial(app, **VICTIM) as second:
            verbs = await second.ack(second.say("session:reconnect", second.session()))
            assert token_in(verbs) not in {before, call._driver.token.stand_in}
            assert token_in(verbs) == app.calls["call-1"]._driver.token.token
