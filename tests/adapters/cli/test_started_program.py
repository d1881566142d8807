"""`jambonz call --start`: a program that serves the URL, for as long as the call takes."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio.cli import started_program

pytestmark = pytest.mark.real_time

SERVE = """
import os, signal, sys, trio
from examples.core_on_trio_websocket import echo, serve
print("the program begins", flush=True)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
open("pid", "w").write(str(os.getpid()))
trio.run(serve, echo, int(sys.argv[1]))
"""

ROOT = Path(__file__).resolve().parents[3]
WEBHOOK = ROOT / "examples" / "hello_world_webhook.py"


@pytest.fixture
def url(unused_port: int) -> str:
    return f"ws://127.0.0.1:{unused_port}/"


@pytest.fixture
def unused_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        return port


def test_it_serves_the_call_and_is_stopped(
    jambonz: Any, monkeypatch: pytest.MonkeyPatch, url: str, unused_port: int
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    monkeypatch.setattr(started_program, "STOP_SECONDS", 0.2)  # it does not end when it is asked to
    Path("program.py").write_text(SERVE)
    command = f"{sys.executable} program.py {unused_port}"
    done = jambonz("call", url, "--start", command, "--quiet", stdin="/hears Say something\n/hangup\n")
    assert done.code == 0, done.err
    assert "Say something." in done.out
    assert "the program begins" not in done.out
    with pytest.raises(ProcessLookupError):
        os.kill(int(Path("pid").read_text()), 0)


def test_webhooks_at_a_url_are_signed(
    jambonz: Any, monkeypatch: pytest.MonkeyPatch, unused_port: int, url: str
) -> None:
    monkeypatch.setenv("JAMBONZ_WEBHOOK_SECRET", "s3cret")
    command = f"{sys.executable} -m jambonz_anyio.cli run {WEBHOOK}:app --port {unused_port}"
    done = jambonz("call", url.replace("ws:", "http:"), "--start", command, stdin="/hears Hello\n/ends\n")
    assert done.code == 0, done.err


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (f"{sys.executable} -c 'raise SystemExit(7)'", 4, "has ended with exit code 7, and serves nothing"),
        (f"{sys.executable} -c 'import time; time.sleep(60)'", 4, "does not serve at ws://127.0.0.1:"),
        ("no-such-program", 3, "Cannot start 'no-such-program'"),
        ("'", 3, "No closing quotation"),
    ],
)
def test_a_program_that_does_not_serve(
    jambonz: Any, monkeypatch: pytest.MonkeyPatch, url: str, command: str, code: int, told: str
) -> None:
    monkeypatch.setattr(started_program, "START_SECONDS", 1.0)
    done = jambonz("call", url, "--start", command, stdin="")
    assert done.code == code
    assert told in done.err


def test_where_it_cannot_be(jambonz: Any, unused_port: int, url: str) -> None:
    done = jambonz("call", "app.py", "--start", "true", stdin="")
    assert done.code == 3  # there is no such file, which comes first
    Path("app.py").write_text("from jambonz_anyio import App\n\napp = App()\n")
    done = jambonz("call", "app.py", "--start", "true", stdin="")
    assert (done.code, done.err) == (
        2,
        "jambonz: --start is for a URL: an application in a file is loaded.\n",
    )
    with socket.create_server(("127.0.0.1", unused_port)):
        done = jambonz("call", url, "--start", "true", stdin="")
    assert (done.code, done.err) == (
        2,
        f"jambonz: Something serves at {url} already: stop it, or leave --start out.\n",
    )
