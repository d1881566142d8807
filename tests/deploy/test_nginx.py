"""`deploy/nginx.conf` with the real nginx, in front of two processes of an application, of which one dies."""

from __future__ import annotations

import json
import re
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import anyio
import pytest
import trustme
from tests.nginx_server import Nginx

from jambonz_anyio import App, Call, ServerLimits
from jambonz_anyio.testing import HURRIED, dial_url
from jambonz_anyio.transport import http_request
from jambonz_core.webhooks import sign

pytestmark = pytest.mark.services

SECRET = "a webhook secret"

APP = f"""
import os

from jambonz_anyio import App, Call

app = App(webhook_secret="{SECRET}")


@app.call("/")
async def answer(call: Call) -> None:
    await call.say(text=f"This is {{os.getpid()}}.").send()
    await call.checkpoint()
    await talk(call)


@app.on_resume
async def go_on(call: Call) -> None:
    await call.say(text=f"Going on in {{os.getpid()}}.").replace()
    await talk(call)


async def talk(call: Call) -> None:
    while True:
        heard = await call.gather(input=["speech"], timeout=30).result()
        if heard.transcript == "listen":
            await call.listen(url="/audio").done()


@app.audio("/audio")
async def streams(stream) -> None:
    where = "astray" if stream.call is None else f"Heard in {{os.getpid()}}."
    await stream.call.say(text=where).send()


@app.webhook("/who")
async def who(request):
    return {{"verb": "say", "text": f"{{request.data['from']}} to {{os.getpid()}}"}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture
def start_nginx(tmp_path: Path) -> Iterator[Callable[..., Nginx]]:
    """Starts nginx in front of processes, given by their names and ports."""
    with ExitStack() as started:

        def start(**settings: object) -> Nginx:
            settings.setdefault("port", free_port())
            nginx = Nginx(tmp_path / "nginx", **settings)  # type: ignore[arg-type]
            started.callback(nginx.stop)
            nginx.start()
            return nginx

        yield start


@pytest.fixture
def start_app(tmp_path: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], int]]]:
    """Starts a process of the application, and gives it with its port."""
    (tmp_path / "app.py").write_text(APP, encoding="utf-8")
    with ExitStack() as started:

        def start(advertise: str, *more: str) -> tuple[subprocess.Popen[str], int]:
            line = ["run", "app.py", "--port", "0", "--store", "calls", "--log-level", "warning"]
            process = subprocess.Popen(
                [sys.executable, "-m", "jambonz_anyio.cli", *line, "--advertise", advertise, *more],
                cwd=tmp_path,
                stdout=subprocess.PIPE,
                text=True,
            )
            started.enter_context(process)
            started.callback(process.kill)
            assert process.stdout is not None
            found = re.search(r"listens on ws://127\.0\.0\.1:(\d+)", process.stdout.readline())
            assert found is not None
            return process, int(found[1])

        yield start


def signed_webhook(port: int) -> str:
    body = json.dumps({"from": "+4712"}).encode()
    headers = {
        "Content-Type": "application/json",
        "Jambonz-Signature": sign(body, SECRET, timestamp=int(time.time())),
    }

    async def post() -> str:
        answer = await http_request("POST", f"http://127.0.0.1:{port}/who", headers=headers, body=body)
        assert answer.status == 200, answer
        text: str = json.loads(answer.body)[0]["text"]
        return text

    return anyio.run(post)


def test_calls_webhooks_and_audio_with_one_process_dead(
    start_nginx: Callable[..., Nginx],
    start_app: Callable[..., tuple[subprocess.Popen[str], int]],
    tmp_path: Path,
) -> None:
    port = free_port()
    processes = {name: start_app(f"ws://127.0.0.1:{port}/{name}/") for name in ("app-1", "app-2")}
    nginx = start_nginx(port=port, apps={name: at for name, (_, at) in processes.items()})
    assert "test is successful" in nginx.check()
    pids = {process.pid: process for process, _ in processes.values()}

    async def call() -> None:
        async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
            first = int((await phone.hears(re.compile(r"This is (\d+)")))[1])
            await phone.says("listen")
            await phone.hears(f"Heard in {first}")
            pids[first].kill()
            pids.pop(first).wait()
            # jambonz comes back, and nginx finds who is left.
            [other] = pids
            await phone.hears(f"Going on in {other}")
            await phone.says("listen")
            await phone.hears(f"Heard in {other}")

    anyio.run(call)
    [left] = pids
    assert {signed_webhook(port) for _ in range(4)} == {f"+4712 to {left}"}

    async def new_calls() -> None:
        for _ in range(4):
            async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
                await phone.hears(f"This is {left}")

    anyio.run(new_calls)
    assert anyio.run(http_request, "GET", f"http://127.0.0.1:{port}/ready").status == 200
    # The token of a call is in no line of the log.
    nginx.says(r'"GET /app-[12]/audio" 101 ')
    assert not [line for line in nginx.said if "call_token" in line]


def test_audio_reaches_the_worker_that_has_the_call(
    start_nginx: Callable[..., Nginx], start_app: Callable[..., tuple[subprocess.Popen[str], int]]
) -> None:
    port = free_port()
    more = ["--workers", "3", "--own-ports", "3100-3139"]
    _, at = start_app(f"ws://127.0.0.1:{port}/at/{{port}}/", *more)
    nginx = start_nginx(port=port, apps={"app-1": at})

    async def call() -> None:
        async with dial_url(f"ws://127.0.0.1:{port}/", options=HURRIED) as phone:
            worker = (await phone.hears(re.compile(r"This is (\d+)")))[1]
            await phone.says("listen")
            await phone.hears(f"Heard in {worker}")

    anyio.run(call)
    nginx.says(r'"GET /at/31[0-3]\d/audio" 101 ')


def test_who_is_full_or_drains_is_passed_over(start_nginx: Callable[..., Nginx]) -> None:
    async def main() -> None:
        apps = [App(), App()]
        for number, app in enumerate(apps, 1):

            @app.call("/")
            async def answer(call: Call, number: int = number) -> None:
                await call.say(text=f"This is {number}.").send()
                await call.gather(input=["speech"], timeout=30).result()

        limits = ServerLimits(calls=1)
        async with (
            apps[0].serving(port=0, limits=limits) as one,
            apps[1].serving(port=0, limits=ServerLimits(calls=2)) as two,
        ):
            nginx = start_nginx(apps={"app-1": one.port, "app-2": two.port})
            url = f"ws://127.0.0.1:{nginx.port}/"
            async with dial_url(url, options=HURRIED) as first, dial_url(url, options=HURRIED) as second:
                heard = [(await phone.hears(re.compile(r"This is \d")))[0] for phone in (first, second)]
                # One each.
                assert sorted(heard) == ["This is 1", "This is 2"]
                async with dial_url(url, options=HURRIED) as third:
                    await third.hears("This is 2")
                    assert (await http_request("GET", f"http://127.0.0.1:{nginx.port}/ready")).status == 503
                    # Nobody has a place: no HTTP answer, after which jambonz would not try again.
                    assert await anyio.to_thread.run_sync(handshake, nginx.port) == b""
            # Nobody is passed over for long: as soon as there is a place, it is given.
            async with dial_url(url, options=HURRIED) as again:
                await again.hears(re.compile(r"This is \d"))
            one.start_drain(0)
            for _ in range(3):
                async with dial_url(url, options=HURRIED) as phone:
                    await phone.hears("This is 2")
            two.start_drain(0)
            assert await anyio.to_thread.run_sync(handshake, nginx.port) == b""
            assert (await http_request("GET", f"http://127.0.0.1:{nginx.port}/ready")).status == 503

    anyio.run(main)


def handshake(port: int) -> bytes:
    """What comes back to who asks for a websocket of a call."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as sock:
        sock.sendall(
            b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Protocol: ws.jambonz.org\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
            b"Sec-WebSocket-Version: 13\r\n\r\n"
        )
        return sock.recv(1000)


def test_a_new_certificate_cuts_no_call(start_nginx: Callable[..., Nginx], tmp_path: Path) -> None:
    authority = trustme.CA()
    certificate, key = tmp_path / "fullchain.pem", tmp_path / "privkey.pem"

    def write() -> str:
        made = authority.issue_cert("localhost")
        made.private_key_pem.write_to_path(key)
        certificate.write_bytes(b"".join(blob.bytes() for blob in made.cert_chain_pems))
        return certificate.read_text(encoding="ascii")

    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)

    def shown(port: int) -> str:
        return ssl.get_server_certificate(("127.0.0.1", port))

    async def main() -> None:
        app = App()

        @app.call("/")
        async def answer(call: Call) -> None:
            await call.say(text="Hello.").send()
            heard = await call.gather(input=["speech"], timeout=30).result()
            await call.say(text=f"You said {heard.transcript}.").send()

        before = write()
        async with app.serving(port=0) as server:
            nginx = start_nginx(apps={"app-1": server.port}, tls=(certificate, key))
            assert await anyio.to_thread.run_sync(shown, nginx.port) in before
            url = f"wss://localhost:{nginx.port}/"
            async with dial_url(url, options=HURRIED, tls=trusting) as phone:
                await phone.hears("Hello.")
                after = write()
                nginx.reload()
                # The old workers of nginx may take one more connection each.
                with anyio.fail_after(20):
                    while await anyio.to_thread.run_sync(shown, nginx.port) not in after:
                        pass
                await phone.says("good morning")
                await phone.hears("You said good morning")
                # On the connection that was there before.
                assert not [record for record in phone.records if "reconnect" in str(record)]

    anyio.run(main)
