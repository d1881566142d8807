"""The simulated phone over real sockets, to our own server in this process, on every event loop."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

import anyio
import pytest
import trustme

from jambonz_anyio import App, AudioStream, Call, HttpRequest, HttpResponse, serve
from jambonz_anyio.testing import HURRIED, ExpectationFailed, audio, dial, dial_url
from jambonz_anyio.transport import Admission

pytestmark = pytest.mark.anyio

app = App(webhook_secret="s3cret", auth=("jambonz", "pw"))


@app.call("/")
async def echo(call: Call) -> None:
    heard = await call.say(text="Hello!").gather(input=["speech"], timeout=10).result()
    await call.say(text=f"You said: {heard.transcript}").send()


@app.call("/listen")
async def listen(call: Call) -> None:
    both = {"enabled": True, "streaming": True, "sampleRate": 8000}
    auth = {"username": "jambonz", "password": "pw"}
    await call.answer().listen(url="/audio", bidirectionalAudio=both, wsAuth=auth).send()


@app.audio("/audio")
async def loopback(stream: AudioStream) -> None:
    async for pcm in stream:
        await stream.send(pcm)


@app.webhook("/hook")
async def hook(request: Any) -> Any:
    return [{"verb": "say", "text": "Webhook here."}]


@asynccontextmanager
async def serving(application: Any, **settings: Any) -> AsyncIterator[str]:
    """Serve on a free port; gives the host and port."""
    async with anyio.create_task_group() as tasks:
        server = await tasks.start(partial(serve, application, port=0, **settings))
        yield f"127.0.0.1:{server.port}"
        tasks.cancel_scope.cancel()


CREDENTIALS = ("jambonz", "pw")


async def test_a_conversation() -> None:
    async with serving(app) as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, credentials=CREDENTIALS) as phone:
            await phone.hears("Hello!")
            phone.drops()
            await phone.comes_back()
            await phone.says("good morning", pause=0.05)
            await phone.hears("You said: good morning")


async def test_the_application_hears_the_end_of_the_call() -> None:
    program = App()
    ends: list[str] = []
    ended = anyio.Event()

    @program.call("/")
    async def main(call: Call) -> None:
        @call.on_end
        async def end(call: Call) -> None:
            ends.append(call.end_reason)
            ended.set()

        await call.say(text="Bye.").hangup().send()

    async with serving(program) as address:
        async with dial_url(f"ws://{address}/", options=HURRIED) as phone:
            await phone.hears("Bye.")
            await phone.call_ends()
        # The close has arrived, with its code: the socket was not merely dropped.
        with anyio.fail_after(5):
            await ended.wait()
    assert ends == ["completed"]


async def test_a_server_with_a_certificate_of_its_own() -> None:
    authority = trustme.CA()
    there, here = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("127.0.0.1").configure_cert(there)
    authority.configure_trust(here)
    async with serving(app, tls=there) as address:
        url = f"wss://{address}/"
        async with dial_url(url, options=HURRIED, credentials=CREDENTIALS, tls=here) as phone:
            await phone.hears("Hello!")


async def test_sound_over_a_connection_of_its_own() -> None:
    async with serving(app) as address:
        url = f"ws://{address}/listen"
        async with dial_url(url, options=HURRIED, credentials=CREDENTIALS) as phone:
            await phone.sends_audio(audio.tone(440, 0.2) + audio.silence(0.1))
            assert audio.has_tone(await phone.hears_audio(0.2), 440)


async def test_webhooks() -> None:
    async with serving(app) as address:
        url = f"http://{address}/hook"
        async with dial_url(
            url, options=HURRIED, credentials=CREDENTIALS, webhook_secret="s3cret", profile="0.9"
        ) as phone:
            await phone.hears("Webhook here.")
            await phone.call_ends("jambonz")


async def test_wrong_credentials_end_the_call() -> None:
    async with serving(app) as address:
        async with dial_url(f"ws://{address}/", options=HURRIED) as phone:
            await phone.call_ends("failed")
            assert "refused with status 401" in phone.transcript or "401" in phone.transcript


async def test_nobody_listens_there() -> None:
    async with serving(app) as address:
        pass
    with pytest.raises(ExpectationFailed, match="cannot connect"):
        # One try, as the URL's fragment asks for.
        async with dial_url(f"ws://{address}/#rc=0", options=HURRIED) as phone:
            await phone.hears("Hello!", timeout=2)
    async with dial_url(f"http://{address}/", options=HURRIED) as phone:
        await phone.call_ends()
        assert "cannot connect" in phone.transcript


async def test_redirects_are_followed_twice() -> None:
    class Moved:
        """Says of every path that it has moved one step further."""

        def __init__(self, steps: int) -> None:
            self.steps = steps

        async def admit(self, request: HttpRequest) -> Admission | HttpResponse:
            step = int(request.peer.path.strip("/") or 0)
            if step >= self.steps:
                return await app.admit(HttpRequest("GET", peer_at_root(request), b"", request.subprotocols))
            return HttpResponse(302, headers=(("Location", f"/{step + 1}"),))

        async def respond(self, request: HttpRequest) -> HttpResponse:
            return HttpResponse(404)

    def peer_at_root(request: HttpRequest) -> Any:
        from dataclasses import replace

        return replace(request.peer, path="/")

    async with serving(Moved(2)) as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, credentials=CREDENTIALS) as phone:
            await phone.hears("Hello!")
    async with serving(Moved(3)) as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, credentials=CREDENTIALS) as phone:
            await phone.call_ends("failed")


async def test_only_calls_in_memory_can_go_on_elsewhere() -> None:
    async with serving(app) as address:
        async with dial_url(f"ws://{address}/", options=HURRIED, credentials=CREDENTIALS) as phone:
            with pytest.raises(TypeError, match="in memory"):
                phone.resume_elsewhere(app)


async def test_a_url_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="ws://"):
        async with dial_url("sip:me@example.com"):
            pass


async def test_a_call_in_memory_runs_in_real_time_as_well() -> None:
    async with dial(app, "/", options=HURRIED, credentials=CREDENTIALS) as phone:
        await phone.hears("Hello!")
        await phone.says("good morning", pause=0.05)
        await phone.hears("You said: good morning")
