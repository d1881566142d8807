"""`jambonz run`: real processes, real sockets, real signals; and what can be tested without."""

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
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme

from jambonz_anyio.cli.errors import CommandFailed, ExitCode
from jambonz_anyio.cli.event_loops import run_on
from jambonz_anyio.cli.run_server import ServeSettings, run_server, server_tls
from jambonz_anyio.journals import load_journal
from jambonz_anyio.testing import HURRIED, dial_url
from jambonz_anyio.transport import http_request
from jambonz_core.journal import replay
from jambonz_core.wire.errors import ConnectionLost

ROOT = Path(__file__).resolve().parents[3]
ECHO = "examples/echo.py:app"
PATIENCE = 20.0

Start = Callable[..., "subprocess.Popen[str]"]


def where_it_listens(child: subprocess.Popen[str]) -> str:
    """Read until the server says where it is."""
    assert child.stdout is not None
    line = child.stdout.readline()
    assert " listens on " in line, (line, child.stderr and child.stderr.read())
    assert "Ctrl-C stops it." in child.stdout.readline()
    return line.split(" listens on ")[1].split(" (")[0]


def stop(child: subprocess.Popen[str], number: int = signal.SIGTERM) -> tuple[int, str, str]:
    child.send_signal(number)
    out, err = child.communicate(timeout=PATIENCE)
    return child.returncode, out, err


def test_what_is_loaded_is_out_of_the_collectors_way(
    process: Start, app_file: Callable[..., Path], unused_port: int
) -> None:
    body = """
@app.webhook("/frozen", unsigned=True, allow_get=True)
async def frozen(request):
    import gc
    return {"verb": "say", "text": str(gc.get_freeze_count() if gc.isenabled() else 0)}
"""
    child = process("run", app_file(body), "--host", "127.0.0.1", "--port", unused_port)
    where_it_listens(child)
    answer = anyio.run(http_request, "GET", f"http://127.0.0.1:{unused_port}/frozen")
    assert int(json.loads(answer.body)[0]["text"]) > 10_000
    stop(child)


@pytest.mark.parametrize("backend", ["asyncio", "uvloop", "trio"])
def test_the_echo_application_is_served(process: Start, backend: str, unused_port: int) -> None:
    words = ["run", ECHO, "--host", "127.0.0.1", "--port", unused_port, "--backend", backend]
    child = process(*words, cwd=ROOT)
    url = where_it_listens(child)
    assert url == f"ws://127.0.0.1:{unused_port}"

    async def call() -> None:
        async with dial_url(f"{url}/", options=HURRIED) as phone:
            await phone.says("good morning")
            await phone.hears("You said: good morning")

    assert child.stdout is not None
    assert "Only this machine can reach it" in child.stdout.readline()
    anyio.run(call)
    code, _, err = stop(child)
    assert code == 0, err
    assert "Traceback" not in err


def test_a_signal_lets_live_calls_finish(process: Start) -> None:
    child = process("run", ECHO, "--port", 0, "--drain", 20, cwd=ROOT)
    url = where_it_listens(child)

    async def call() -> None:
        async with dial_url(f"{url}/", options=HURRIED) as phone:
            await phone.hears("Please say something")
            child.send_signal(signal.SIGTERM)
            await nobody_listens(url)
            # It takes no new call, and this one goes on.
            await phone.says("one more thing")
            await phone.hears("You said: one more thing")

    anyio.run(call)
    _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0, err
    assert "received SIGTERM" in err


async def nobody_listens(url: str) -> None:
    """Wait until new connections are refused."""
    for _ in range(1000):
        try:
            await http_request("GET", f"{url.replace('ws', 'http', 1)}/health")
        except ConnectionLost:
            return
        await anyio.sleep(0.01)
    raise AssertionError("the server still takes connections")


def test_a_journal_of_each_call_and_its_lines_as_json(process: Start, tmp_path: Path) -> None:
    words = ["--port", 0, "--journal", tmp_path / "kept", "--content", "--log-format", "json"]
    child = process("run", ECHO, *words, cwd=ROOT)
    url = where_it_listens(child)

    async def call() -> str:
        async with dial_url(f"{url}/", options=HURRIED) as phone:
            await phone.hears("Please say something")
            return phone.call_sid

    call_sid = anyio.run(call)
    code, _, err = stop(child)
    assert code == 0
    told = [json.loads(line) for line in err.splitlines()]
    events = [(line["event"], line["call_sid"]) for line in told if "event" in line]
    assert events == [("call.began", call_sid), ("call.ended", call_sid)]
    [journal] = (tmp_path / "kept").iterdir()
    assert "Please say something" in journal.read_text(encoding="utf-8")
    assert replay(load_journal(journal)) is None


def test_a_caller_is_told_of_a_server_that_died(process: Start, tmp_path: Path) -> None:
    child = process("run", ECHO, "--port", 0, cwd=ROOT)
    url = where_it_listens(child)
    caller = process("call", f"{url}/", "--script", "-", stdin=subprocess.PIPE)
    assert caller.stdin is not None
    caller.stdin.write("/hears and I will repeat it\n/ends caller\n")
    caller.stdin.close()
    caller.stdin = None
    assert caller.stdout is not None
    while "runs gather" not in caller.stdout.readline():
        assert caller.poll() is None
    child.kill()
    _, said = caller.communicate(timeout=60)
    assert caller.returncode == ExitCode.NOT_REACHED, said
    assert said.startswith(
        f"jambonz: The application went away, and did not come back: {url}/: cannot connect"
    )
    assert "So the script failed: line 2: " in said


def test_ctrl_c_ends_it_with_0(process: Start) -> None:
    child = process("run", ECHO, "--port", 0, "--log-level", "warning", cwd=ROOT)
    where_it_listens(child)
    code, _, err = stop(child, signal.SIGINT)
    assert (code, err) == (0, "")


def test_wss_with_a_certificate(process: Start, tmp_path: Path) -> None:
    cert, key, client = certificate(tmp_path)
    child = process("run", ECHO, "--port", 0, "--tls-cert", cert, "--tls-key", key, cwd=ROOT)
    url = where_it_listens(child)
    assert url.startswith("wss://127.0.0.1:")

    async def call() -> None:
        async with dial_url(f"{url}/", options=HURRIED, tls=client) as phone:
            await phone.hears("Please say something")

    anyio.run(call)
    # The command is told by the environment whom to trust, and says so when it does not.
    words = ["call", f"{url}/"]
    stranger = process(*words, stdin=subprocess.DEVNULL)
    _, said = stranger.communicate(timeout=PATIENCE)
    assert (stranger.returncode, "name its file in SSL_CERT_FILE" in said) == (4, True)
    trusting = {**os.environ, "SSL_CERT_FILE": str(tmp_path / "authority.pem")}
    friend = process(*words, stdin=subprocess.PIPE, env=trusting)
    _, said = friend.communicate("/hangup\n", timeout=PATIENCE)
    assert (friend.returncode, said) == (0, "")
    assert stop(child)[0] == 0


def certificate(folder: Path, **settings: Any) -> tuple[Path, Path, ssl.SSLContext]:
    """Files of a certificate for 127.0.0.1 and its key, and what a client needs to believe it."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", **settings)
    cert, key = folder / "cert.pem", folder / "key.pem"
    issued.private_key_pem.write_to_path(str(key))
    for number, blob in enumerate(issued.cert_chain_pems):
        blob.write_to_path(str(cert), append=number > 0)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))
    client = ssl.create_default_context()
    authority.configure_trust(client)
    return cert, key, client


def test_a_unix_socket(process: Start, tmp_path: Path) -> None:
    path = tmp_path / "jambonz.sock"
    child = process("run", ECHO, "--uds", path, cwd=ROOT)
    assert where_it_listens(child) == str(path)
    with socket.socket(socket.AF_UNIX) as sock:
        sock.connect(str(path))
        sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        assert sock.recv(1000).startswith(b"HTTP/1.1 200")
    code, out, _ = stop(child)
    assert code == 0
    assert "Only this machine" not in out
    assert not path.exists()


def test_a_changed_file_starts_it_again(
    process: Start, app_file: Callable[..., Path], tmp_path: Path
) -> None:
    body = '@app.call("/")\nasync def answer(call: Call) -> None:\n    await call.say(text="{}").send()\n'
    file = app_file(body.format("One"))
    child = process("run", "app.py:app", "--port", 0, "--reload", cwd=tmp_path)

    async def call(url: str, words: str) -> None:
        async with dial_url(f"{url}/", options=HURRIED) as phone:
            await phone.hears(words)

    anyio.run(call, where_it_listens(child), "One")
    # Broken at first: it waits for the next change instead of giving up.
    file.write_text("(", encoding="utf-8")
    assert child.stderr is not None
    said = ""
    while "SyntaxError" not in said:
        said = child.stderr.readline()
        assert said, "the process ended"
    app_file(body.format("Two"))
    assert child.stdout is not None
    line = ""
    while " listens on " not in line:
        line = child.stdout.readline()
        assert line, "the process ended"
    anyio.run(call, line.split(" listens on ")[1].split(" (")[0], "Two")
    code, _, err = stop(child)
    assert code == 0
    assert "app.py has changed: starting again" in err


# --- without a process --------------------------------------------------------------------------------------


def settings(**changes: Any) -> ServeSettings:
    given: dict[str, Any] = {
        "target": f"{ROOT}/{ECHO}",
        "host": "127.0.0.1",
        "port": 0,
        "uds": None,
        "backend": "asyncio",
        "tls_cert": None,
        "tls_key": None,
        "parser": "auto",
        "drain": 1.0,
        "log_level": "info",
    }
    return ServeSettings(**{**given, **changes})


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_serving_in_this_process(backend: str, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    listening = threading.Event()

    def note(text: str, **_: Any) -> None:
        said.append(text)
        listening.set()

    def stop_when_it_answers() -> None:
        assert listening.wait(PATIENCE)
        port = said[0].split(" (")[0].rpartition(":")[2]
        with socket.create_connection(("127.0.0.1", int(port))) as sock:
            sock.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            sock.recv(1000)
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("typer.echo", note)
    stopper = threading.Thread(target=stop_when_it_answers)
    stopper.start()
    run_server(settings(backend=backend), reload=False)
    stopper.join()
    assert re.search(r"listens on ws://127\.0\.0\.1:\d+ ", said[0])
    assert said[1] == "It serves calls at /. Ctrl-C stops it."


def test_a_port_that_is_taken(jambonz: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        done = jambonz("run", f"{ROOT}/{ECHO}", "--port", port)
    assert done.code == 4
    assert done.err.startswith(f"jambonz: Cannot listen on 127.0.0.1:{port}: Address already in use")
    assert done.err.endswith("Choose another one with --port.\n")


@pytest.mark.parametrize(
    ("words", "said", "code"),
    [
        (["--host", "nowhere.invalid"], "Cannot listen on nowhere.invalid:3000: ", 4),
        (
            ["--host", "203.0.113.1"],
            "Cannot listen on 203.0.113.1:3000: Cannot assign requested address. --host has to be an address",
            4,
        ),
        (["--journal", "/dev/null/x"], "Cannot keep journals in /dev/null/x: Not a directory.", 3),
        (["--uds", "nowhere/at/all.sock"], "Cannot listen on nowhere/at/all.sock: ", 4),
        (["--log-level", "loud"], "There is no log level 'loud': use debug, info, warning or error.", 2),
        (["--log-format", "xml"], "There is no log format 'xml': use text or json.", 2),
        (["--tls-key", "key.pem"], "--tls-key needs --tls-cert.", 2),
        (["--tls-cert", "nowhere.pem"], "Cannot use the certificate nowhere.pem: No such file", 3),
    ],
)
def test_what_cannot_be_served(jambonz: Any, words: list[str], said: str, code: int) -> None:
    done = jambonz("run", f"{ROOT}/{ECHO}", *words)
    assert (done.code, done.err[: len(said) + 9]) == (code, f"jambonz: {said}")


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    (tmp_path / "cert.pem").write_text("hello", encoding="utf-8")
    with pytest.raises(CommandFailed, match="Cannot use the certificate"):
        server_tls(tmp_path / "cert.pem", None)


def test_packages_that_are_missing(jambonz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jambonz_anyio.cli.event_loops.find_spec", lambda name: None)
    done = jambonz("run", f"{ROOT}/{ECHO}", "--backend", "trio")
    assert (done.code, done.err) == (2, "jambonz: --backend trio needs the package trio: pip install trio.\n")
    assert run_on("asyncio", _one) == 1


async def _one() -> int:
    return 1


def test_a_lifespan_that_fails_is_no_fault_of_the_address(
    jambonz: Any, app_file: Callable[..., Path]
) -> None:
    app = app_file("@app.lifespan\nasync def files(app):\n    open('nowhere.db')\n    yield\n")
    done = jambonz("run", app, "--port", 0)
    assert done.code == ExitCode.NO
    assert "FileNotFoundError" in done.err
    assert "nowhere.db" in done.err


def test_the_parser_has_to_be_installed(jambonz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "websockets", None)
    monkeypatch.delitem(sys.modules, "jambonz_anyio._net.fast_frames", raising=False)
    monkeypatch.setitem(sys.modules, "websockets.frames", None)
    monkeypatch.setitem(sys.modules, "websockets.protocol", None)
    done = jambonz("run", f"{ROOT}/{ECHO}", "--parser", "websockets")
    assert done.code == 2
    assert done.err.startswith("jambonz: Cannot serve: ")


def test_the_child_of_reload_is_told_the_same() -> None:
    journals = settings(journal=Path("kept"), journal_content=True).arguments(drain=1)
    assert journals[-3:] == ["--journal", "kept", "--content"]
    assert "--content" not in settings(journal=Path("kept")).arguments(drain=1)
    assert "--no-log-calls" in settings(log_calls=False).arguments(drain=1)
    told = settings(uds=Path("/tmp/x"), tls_cert=Path("c.pem"), tls_key=Path("k.pem"), port=3001)
    words = told.arguments(drain=0.5)
    assert words[:2] == ["run", told.target]
    options = dict(zip(words[2::2], words[3::2], strict=True))
    assert options == {
        "--backend": "asyncio",
        "--parser": "auto",
        "--log-level": "info",
        "--log-format": "text",
        "--drain": "0.5",
        "--host": "127.0.0.1",
        "--port": "3001",
        "--uds": "/tmp/x",
        "--tls-cert": "c.pem",
        "--tls-key": "k.pem",
    }


class Child:
    """A process that can be as stubborn as a test wants."""

    def __init__(self, command: list[str], *, stubborn: bool) -> None:
        self.command = command
        self.stubborn = stubborn
        self.ended = ""

    def terminate(self) -> None:
        if not self.stubborn:
            self.ended = "terminated"

    def kill(self) -> None:
        self.ended = "killed"

    def wait(self, timeout: float | None = None) -> int:
        if not self.ended:
            raise subprocess.TimeoutExpired(self.command, timeout or 0)
        return 0


@pytest.mark.parametrize("stubborn", [False, True])
def test_watching_for_changes(
    stubborn: bool,
    app_file: Callable[..., Path],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    file = app_file("")
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "no.py").write_text("", encoding="utf-8")
    (tmp_path / "gone.py").symlink_to(tmp_path / "nowhere.py")
    children: list[Child] = []

    def start(command: list[str]) -> Child:
        children.append(Child(command, stubborn=stubborn))
        return children[-1]

    def change_or_stop(seconds: float) -> None:
        if len(children) == 1:
            os.utime(file, ns=(1, time.monotonic_ns()))
            (tmp_path / ".hidden" / "no.py").write_text("x", encoding="utf-8")
        else:
            os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("jambonz_anyio.cli.reloading.subprocess.Popen", start)
    monkeypatch.setattr("jambonz_anyio.cli.reloading.time.sleep", change_or_stop)
    before = signal.getsignal(signal.SIGTERM)
    run_server(settings(target=f"{file}:app"), reload=True)
    assert [child.ended for child in children] == ["killed" if stubborn else "terminated"] * 2
    assert children[0].command[1:3] == ["-m", "jambonz_anyio.cli"]
    assert signal.getsignal(signal.SIGTERM) == before
    err = capsys.readouterr().err
    assert "app.py has changed: starting again\nstopping\n" in err
