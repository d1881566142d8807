"""`jambonz run --workers`: real processes that share one address, and what happens as they come and go."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme

from jambonz_anyio.cli.errors import CommandFailed, ExitCode
from jambonz_anyio.cli.fleet import Drain, End, Kill, Tell
from jambonz_anyio.cli.listeners import listening_on_one_of
from jambonz_anyio.cli.run_server import ServeSettings
from jambonz_anyio.cli.supervisor import SupervisorSettings, _Supervisor, check_platform, supervise
from jambonz_anyio.cli.worker import WORKER, Assignment, assignment
from jambonz_anyio.testing import HURRIED, dial_url
from jambonz_anyio.transport import http_request

PATIENCE = 60.0

APP = """
import os

@app.call("/")
async def answer(call: Call) -> None:
    call.state["greeted"] = True
    await call.say(text="Hello.").send()
    await call.checkpoint()
    await call.say(text=f"This is {os.getpid()}.").send()
    await listen(call)

@app.on_resume
async def go_on(call: Call) -> None:
    await call.say(text=f"Going on in {os.getpid()}: {call.state}.").replace()
    await listen(call)

@app.webhook("/who", unsigned=True, allow_get=True)
async def who(request):
    return {"verb": "say", "text": str(os.getpid())}

async def listen(call: Call) -> None:
    while True:
        heard = await call.gather(input=["speech"], timeout=30).result()
        await call.say(text=f"You said {heard.transcript} to {os.getpid()}.").send()
"""


class Running:
    """A supervisor, and what it and its workers say."""

    def __init__(self, child: subprocess.Popen[str]) -> None:
        self.child = child
        self.lines: list[str] = []
        self.over = False
        self._changed = threading.Condition()
        self._readers = [
            threading.Thread(target=self._read, args=(stream,)) for stream in (child.stdout, child.stderr)
        ]
        for reader in self._readers:
            reader.start()

    def _read(self, stream: Iterator[str]) -> None:
        for line in stream:
            with self._changed:
                self.lines.append(line)
                self._changed.notify_all()

    def says(self, pattern: str, times: int = 1) -> list[str]:
        """Wait until so many lines match, and give what the pattern's group is in them."""

        def found() -> list[str]:
            matches = [re.search(pattern, line) for line in self.lines]
            return [match[match.lastindex or 0] for match in matches if match]

        with self._changed:
            assert self._changed.wait_for(lambda: len(found()) >= times, PATIENCE), (pattern, self.lines)
            return found()

    def signal(self, number: int) -> None:
        self.child.send_signal(number)

    def ends(self) -> int:
        code = self.child.wait(PATIENCE)
        for reader in self._readers:
            reader.join(PATIENCE)
        return code

    @property
    def url(self) -> str:
        return self.says(r" listens on (\S+) ")[0]

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


@pytest.fixture
def workers(
    process: Callable[..., subprocess.Popen[str]], app_file: Callable[..., Path], tmp_path: Path
) -> Iterator[Callable[..., Running]]:
    """Start workers of an application."""
    started: list[Running] = []

    def start(*words: object, body: str = APP, count: int = 2) -> Running:
        if not (tmp_path / "app.py").exists():
            app_file(body)
        line = ["run", "app.py", "--workers", count, "--port", 0, *words]
        started.append(Running(process(*line, cwd=tmp_path)))
        return started[-1]

    yield start
    for running in started:
        if running.child.poll() is None:
            running.signal(signal.SIGTERM)
            running.signal(signal.SIGINT)
        running.ends()


def until_ready(running: Running) -> None:
    """Each worker is told by a line of its own that all are ready, and nobody can be asked whether it has read it."""
    deadline = time.monotonic() + PATIENCE
    while get(running.port, "/ready") != (200, "ready\n"):
        assert time.monotonic() < deadline, "the workers are not ready"


def get(port: int, path: str) -> tuple[int, str]:
    answer = anyio.run(http_request, "GET", f"http://127.0.0.1:{port}{path}")
    return answer.status, answer.body.decode()


def pids(running: Running, count: int = 2) -> set[int]:
    """Ask who is there until so many processes have answered, and no other does."""
    found: set[int] = set()
    for _ in range(2000):
        found.add(int(re.findall(r"\d+", get(running.port, "/who")[1])[0]))
        if len(found) == count:
            return found
    raise AssertionError(f"only {found} answer")


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_workers_share_the_connections(workers: Callable[..., Running], backend: str) -> None:
    running = workers("--backend", backend)
    assert running.url.startswith("ws://127.0.0.1:")
    assert running.says(r" listens on \S+ \((.*)\)")[0] == f"{backend}, 2 workers"
    running.says(
        r"It serves calls at /; webhooks at /who\. Ctrl-C stops it\. kill -HUP \d+ renews the workers\."
    )
    until_ready(running)
    there = pids(running)
    assert running.child.pid not in there
    # Each line of the log says whose it is.
    assert {int(pid) for pid in running.says(r"worker [12] \[(\d+)\] listening")} == there
    running.signal(signal.SIGTERM)
    assert running.ends() == 0
    assert not any("Traceback" in line for line in running.lines)
    assert [line for line in running.lines if "worker 1 has ended" in line]


def test_one_that_is_killed_is_started_again(workers: Callable[..., Running]) -> None:
    running = workers()
    before = pids(running)

    async def call() -> None:
        async with dial_url(f"{running.url}/", options=HURRIED) as phone:
            mine = int((await phone.hears(re.compile(r"This is (\d+)")))[1])
            os.kill(mine, signal.SIGKILL)
            # jambonz connects again, and reaches the other one, which finds what was saved.
            there = await phone.hears(re.compile(r"Going on in (\d+): {'greeted': True}"))
            assert int(there[1]) in before - {mine}
            victims.append(mine)

    victims: list[int] = []
    anyio.run(call)
    [victim] = victims
    running.says(r"worker [12] was killed by SIGKILL; it is started again")
    # Meanwhile the other one serves, and the machine is ready.
    assert get(running.port, "/ready")[0] == 200
    running.says(r"INFO +worker [12] is ready")
    after = pids(running)
    assert victim not in after
    assert len(after & before) == 1


@contextmanager
def a_stream_of_connections(port: int, tls: ssl.SSLContext | None = None) -> Iterator[Counter[str]]:
    """Open websockets one after the other in several threads, and count what became of them."""
    request = (
        b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Protocol: ws.jambonz.org\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        b"Sec-WebSocket-Version: 13\r\n\r\n"
    )
    counted: Counter[str] = Counter()
    enough = threading.Event()
    lock = threading.Lock()

    def connect() -> None:
        while not enough.is_set():
            try:
                with socket.create_connection(("127.0.0.1", port), timeout=PATIENCE) as plain:
                    sock = plain if tls is None else tls.wrap_socket(plain, server_hostname="localhost")
                    with sock:
                        sock.sendall(request)
                        what = sock.recv(1000)[:12].decode() or "nothing"
            except OSError as error:
                what = repr(error)
            with lock:
                counted[what] += 1

    threads = [threading.Thread(target=connect) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        yield counted
    finally:
        enough.set()
        for thread in threads:
            thread.join(PATIENCE)


@pytest.mark.parametrize(
    ("backend", "secure"), [("asyncio", False), ("uvloop", False), ("trio", False), ("asyncio", True)]
)
def test_reloads_reset_no_connection(
    workers: Callable[..., Running], backend: str, secure: bool, tmp_path: Path
) -> None:
    words = ["--backend", backend, "--drain", "5", "--log-level", "info"]
    tls: ssl.SSLContext | None = None
    if secure:
        authority = trustme.CA()
        authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(tmp_path / "both.pem")
        tls = ssl.create_default_context()
        authority.configure_trust(tls)
        words += ["--tls-cert", str(tmp_path / "both.pem")]
    running = workers(*words)
    with a_stream_of_connections(running.port, tls) as counted:
        for number in range(1, 3):
            running.signal(signal.SIGHUP)
            running.says(r"the old worker 1 has ended", number)
            running.says(r"the old worker 2 has ended", number)
    assert set(counted) == {"HTTP/1.1 101"}
    assert counted.total() > 50


def test_a_call_goes_on_through_a_reload(workers: Callable[..., Running], tmp_path: Path) -> None:
    running = workers("--drain", 1, count=1)

    async def call() -> None:
        async with dial_url(f"{running.url}/", options=HURRIED) as phone:
            first = (await phone.hears(re.compile(r"This is (\d+)")))[1]
            (tmp_path / "app.py").write_text(
                (tmp_path / "app.py").read_text(encoding="utf-8").replace("You said", "The new code heard"),
                encoding="utf-8",
            )
            running.signal(signal.SIGHUP)
            # The old worker closes it when its time is up, and jambonz comes to the new one.
            second = (await phone.hears(re.compile(r"Going on in (\d+): {'greeted': True}")))[1]
            assert second != first
            await phone.says("hello")
            await phone.hears(f"The new code heard hello to {second}")

    anyio.run(call)
    running.says("the old worker 1 has ended")


def test_a_reload_to_code_that_is_broken_changes_nothing(
    workers: Callable[..., Running], tmp_path: Path
) -> None:
    running = workers(count=1)
    before = pids(running, 1)
    (tmp_path / "app.py").write_text("(", encoding="utf-8")
    running.signal(signal.SIGHUP)
    running.says(r"the new worker 1 ended with exit code 3 before it was ready: the reload is given up")
    assert len([line for line in running.lines if "SyntaxError" in line]) == 1
    assert pids(running, 1) == before
    assert get(running.port, "/ready")[0] == 200


def test_sigterm_lets_calls_finish_and_a_second_one_does_not(workers: Callable[..., Running]) -> None:
    running = workers("--drain", 50)

    async def call() -> None:
        async with dial_url(f"{running.url}/", options=HURRIED) as phone:
            first = (await phone.hears(re.compile(r"This is (\d+)")))[1]
            running.signal(signal.SIGTERM)
            running.says("draining 2 workers")
            running.says(r"worker \d has ended")
            with pytest.raises(OSError, match="refused"):
                socket.create_connection(("127.0.0.1", running.port))
            await phone.says("still there")
            await phone.hears(f"You said still there to {first}")
            running.signal(signal.SIGINT)
            running.says("ending at once")
            await anyio.to_thread.run_sync(running.ends)

    anyio.run(call)
    assert running.ends() == 0


def test_it_is_ready_when_all_are(workers: Callable[..., Running], tmp_path: Path) -> None:
    waits = """
import anyio
from pathlib import Path

@app.lifespan
async def gate(app):
    with open("places", "a") as places:
        places.write("x")
    if len(Path("places").read_text()) > 1:
        while not Path("open").exists():
            await anyio.sleep(0.01)
    yield
"""
    running = workers("--port", 0, "--log-level", "info", body=waits + APP)
    [address] = running.says(r"listening on 127\.0\.0\.1:(\d+)")
    assert get(int(address), "/health")[0] == 200
    assert get(int(address), "/ready") == (503, "not ready\n")
    # Calls are taken all the same.
    assert get(int(address), "/who")[0] == 200
    (tmp_path / "open").touch()
    assert running.port == int(address)
    while get(int(address), "/ready")[0] != 200:  # until both were told
        pass


def test_each_takes_as_many_calls_as_it_is_told(workers: Callable[..., Running]) -> None:
    running = workers("--calls", 1, count=1)
    until_ready(running)

    async def call() -> None:
        async with dial_url(f"{running.url}/", options=HURRIED) as phone:
            await phone.hears("This is")
            answer = await http_request("GET", f"http://127.0.0.1:{running.port}/ready")
            assert answer.status == 503

    anyio.run(call)


def test_a_worker_that_is_never_ready(workers: Callable[..., Running]) -> None:
    hangs = (
        "import anyio\n\n@app.lifespan\nasync def slow(app):\n    await anyio.sleep_forever()\n    yield\n"
    )
    running = workers("--startup", 2, body=hangs)
    assert running.ends() == 1
    running.says("worker 1 was not ready in time: it is killed")
    running.says("worker 1 was killed by SIGKILL before it was ready: giving up")
    assert not [line for line in running.lines if "listens on" in line]


def test_an_application_that_cannot_be_imported_is_named_once(workers: Callable[..., Running]) -> None:
    running = workers(body="import nowhere")
    assert running.ends() == ExitCode.NOT_LOADED
    [line] = [line for line in running.lines if "nowhere" in line]
    assert line.startswith("jambonz: Importing ")
    assert len(running.lines) == 2


def test_workers_end_when_their_supervisor_is_gone(workers: Callable[..., Running]) -> None:
    running = workers()
    port = running.port
    running.signal(signal.SIGKILL)
    running.ends()
    running.says(r"worker [12] .* stopped", 2)
    with pytest.raises(OSError, match="refused"):
        socket.create_connection(("127.0.0.1", port))


def test_a_unix_socket_is_shared_and_goes(workers: Callable[..., Running], tmp_path: Path) -> None:
    path = tmp_path / "shared.sock"
    running = workers("--uds", path)
    assert running.url == str(path)
    deadline = time.monotonic() + PATIENCE  # see `until_ready()`
    while anyio.run(lambda: http_request("GET", "http://localhost/ready", path=path)).status != 200:
        assert time.monotonic() < deadline, "the workers are not ready"
    running.signal(signal.SIGINT)
    assert running.ends() == 0
    assert not path.exists()


def test_calls_are_kept_where_it_is_said(workers: Callable[..., Running], tmp_path: Path) -> None:
    running = workers("--store", tmp_path / "kept")

    async def call() -> None:
        async with dial_url(f"{running.url}/", options=HURRIED) as phone:
            await phone.hears("This is")
            await phone.hears(re.compile("$"))
            assert list((tmp_path / "kept").iterdir())

    anyio.run(call)


AUDIO = """
@app.audio("/audio")
async def streams(stream):
    if stream.call is None:
        print(f"astray in {os.getpid()}", flush=True)
    else:
        await stream.call.say(text=f"Heard in {os.getpid()}.").send()

async def listen(call: Call) -> None:
    while True:
        await call.gather(input=["speech"], timeout=30).result()
        await call.listen(url="/audio").done()
"""


def test_audio_reaches_the_worker_that_has_the_call(workers: Callable[..., Running]) -> None:
    running = workers("--advertise", "ws://127.0.0.1:{port}/", "--drain", 50, body=APP + AUDIO, count=3)

    async def call() -> None:
        async with dial_url(f"{running.url}/", options=HURRIED) as phone:
            mine = (await phone.hears(re.compile(r"This is (\d+)")))[1]
            await phone.says("listen")
            await phone.hears(f"Heard in {mine}")
            # While its worker drains, too.
            running.signal(signal.SIGTERM)
            running.says(r"worker \d has ended", 2)
            await phone.says("listen again")
            await phone.hears(f"Heard in {mine}")

    anyio.run(call)
    assert not [line for line in running.lines if "astray" in line]


# --- without a process --------------------------------------------------------------------------------------


def test_a_port_that_is_taken(jambonz: Callable[..., Any], app_file: Callable[..., Path]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = jambonz("run", app_file(APP), "--port", port, "--workers", 2)
    assert done.code == ExitCode.NOT_REACHED
    assert done.err.startswith(f"jambonz: Cannot listen on 127.0.0.1:{port}: Address already in use")


def test_what_does_not_go_together(jambonz: Callable[..., Any]) -> None:
    done = jambonz("run", "app.py", "--workers", 2, "--reload")
    assert (done.code, "leave out --workers" in done.err) == (2, True)


def test_workers_are_told_apart_by_their_ports(
    jambonz: Callable[..., Any], app_file: Callable[..., Path]
) -> None:
    app_file(APP)
    done = jambonz("run", "app.py", "--workers", 2, "--advertise", "ws://127.0.0.1:3001/")
    assert (done.code, "needs {port}" in done.err) == (2, True)
    done = jambonz("run", "app.py", "--advertise", "127.0.0.1:{port}")
    assert (done.code, "cannot be advertised" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("--own-ports", "3100-3139"), "goes with --workers and --advertise"),
        (("--workers", 2, "--own-ports", "3100-3139"), "goes with --workers and --advertise"),
        (("--workers", 2, "--advertise", "ws://h:{port}/", "--own-ports", "3100-3102"), "2 workers need 4"),
        (("--workers", 2, "--advertise", "ws://h:{port}/", "--own-ports", "many"), "and not 'many'"),
        (
            ("--workers", 2, "--advertise", "ws://h:{port}/", "--own-ports", "3139-3100"),
            "and not '3139-3100'",
        ),
    ],
)
def test_own_ports_that_cannot_be(
    jambonz: Callable[..., Any], app_file: Callable[..., Path], words: tuple[object, ...], complaint: str
) -> None:
    app_file(APP)
    done = jambonz("run", "app.py", "--port", 0, *words)
    assert (done.code, complaint in done.err) == (2, True), done.err


def test_the_first_free_port_is_taken() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(CommandFailed, match=f"All ports from {port} to {port} are taken"):
            with listening_on_one_of("127.0.0.1", [port]):
                pass
        with listening_on_one_of("127.0.0.1", [port, 0]) as [free]:
            assert free.getsockname()[1] not in {0, port}
    with pytest.raises(CommandFailed, match=r"Cannot listen on 192\.0\.2\.1:0"):
        with listening_on_one_of("192.0.2.1", [0]):
            pass


def supervised(folder: Path) -> SupervisorSettings:
    return SupervisorSettings(workers=2, drain=1, start_seconds=1, arguments=["run", "app.py"], store=folder)


def test_a_process_that_cannot_be_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refused(*words: object, **settings: object) -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("jambonz_anyio.cli.supervisor.subprocess.Popen", refused)
    before = signal.getsignal(signal.SIGTERM)
    assert supervise(supervised(tmp_path), [], print) == 1
    assert "worker 1 cannot be started: Resource temporarily unavailable" in caplog.text
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_is_for_a_worker_that_has_just_died_is_dropped(tmp_path: Path) -> None:
    """Its death and what is decided for it may come in one turn."""
    told, teller = socket.socketpair()
    with told, teller:
        supervisor = _Supervisor(supervised(tmp_path), [], print, "calls", told)
        for action in (Tell(9), Drain(9), End(9), Kill(9)):
            supervisor._do(action)
        supervisor._selector.close()


def test_workers_need_a_posix_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jambonz_anyio.cli.supervisor.os.name", "nt")
    with pytest.raises(CommandFailed, match="--workers needs a POSIX system"):
        check_platform()


def test_only_the_worker_itself_is_told_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        os.set_inheritable(theirs.fileno(), True)
        given = Assignment(place=2, line=theirs.fileno(), listeners=[], announced=True, store="calls")
        monkeypatch.setenv(WORKER, json.dumps(given.as_json()))
        before = signal.getsignal(signal.SIGHUP)
        try:
            assert assignment() == given
            assert signal.getsignal(signal.SIGHUP) == signal.SIG_IGN
        finally:
            signal.signal(signal.SIGHUP, before)
        assert not os.get_inheritable(theirs.fileno())
        assert assignment() is None


def test_the_workers_of_a_supervisor_are_told_the_same() -> None:
    settings = ServeSettings(
        target="app.py",
        host="127.0.0.1",
        port=3000,
        uds=None,
        backend="trio",
        tls_cert=None,
        tls_key=None,
        parser="auto",
        drain=5,
        log_level="info",
        workers=3,
        store=Path("kept"),
        advertise="ws://127.0.0.1:{port}/",
        calls=100,
    )
    words = settings.arguments(drain=5)
    assert words[-6:] == ["--advertise", "ws://127.0.0.1:{port}/", "--store", "kept", "--calls", "100"]
    assert "--workers" not in words
