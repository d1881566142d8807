"""`jambonz run --workers` under attack: by peers, by its own workers, and by how it was started."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import anyio
import pytest
from tests.adapters.cli.test_cli_workers import APP, PATIENCE, Running, get, pids, until_ready, workers

from jambonz_anyio.testing import HURRIED, dial_url
from jambonz_core.wire.errors import ConnectionLost

__all__ = ["workers"]

UPGRADE = b"GET / HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nSec-WebSocket-"
GARBAGE = [b"\x16\x03\x01\x02\x00\x01\x00", b"\x00" * 200, b"\xff\xfe\n\n", b"SSH-2.0-x\r\n", b"GET " * 9000]


def test_floods_of_half_open_connections_and_garbage_on_both_ports(workers: Callable[..., Running]) -> None:
    body = APP + '\n@app.webhook("/own", unsigned=True, allow_get=True)\nasync def own(request):\n'
    body += '    return {"verb": "say", "text": str(app.advertise)}\n'
    running = workers("--advertise", "ws://127.0.0.1:{port}/", body=body)
    until_ready(running)
    before = pids(running)
    own_ports: set[int] = set()
    while len(own_ports) < 2:
        own_ports.add(int(re.findall(r":(\d+)", get(running.port, "/own")[1])[0]))
    with ExitStack() as attack:
        for port in (running.port, *own_ports):
            for number in range(60):
                peer = attack.enter_context(socket.create_connection(("127.0.0.1", port)))
                peer.sendall(UPGRADE)
                if number % 3 == 0:
                    peer.close()  # half of it is gone, without a word
            for garbage in GARBAGE:
                peer = attack.enter_context(socket.create_connection(("127.0.0.1", port)))
                try:
                    peer.sendall(garbage)
                except ConnectionError:
                    pass  # it has had enough already

        async def call() -> None:
            async with dial_url(f"{running.url}/", options=HURRIED) as phone:
                mine = (await phone.hears(re.compile(r"This is (\d+)")))[1]
                await phone.says("hello")
                await phone.hears(f"You said hello to {mine}")

        anyio.run(call)
        assert get(running.port, "/ready") == (200, "ready\n")
        for port in own_ports:
            assert get(port, "/health")[0] == 200
    assert pids(running) == before
    assert not [line for line in running.lines if "Traceback" in line]


ON_ITS_LINE = """
import socket

def shout(noise):
    # The line to the supervisor is a descriptor of this process, and this is other people's code.
    for number in range(3, 100):
        try:
            line = socket.socket(fileno=number)
        except OSError:
            continue
        if line.family == socket.AF_UNIX:
            line.setblocking(False)
            try:
                line.send(noise)
            except OSError:
                pass
        line.detach()

shout(b"\\xff\\xfe\\x00\\n\\nalready \\nREADY x\\n" + b"x" * 100_000)
"""


def test_garbage_on_the_line_of_a_worker_is_neither_news_nor_the_end(workers: Callable[..., Running]) -> None:
    hangs = (
        "\nimport anyio\n\n@app.lifespan\nasync def slow(app):\n    await anyio.sleep_forever()\n    yield\n"
    )
    running = workers("--startup", 3, body=ON_ITS_LINE + hangs)
    assert running.ends() == 1
    running.says("worker 1 was not ready in time: it is killed")
    assert not [line for line in running.lines if "Traceback" in line or "listens on" in line]


def test_a_worker_that_is_killed_while_it_starts_is_started_again(workers: Callable[..., Running]) -> None:
    dies = """
import os, signal
from pathlib import Path
from typing import Any

with open("starts", "a") as starts:
    starts.write("x")
if Path("starts").read_text() == "xx":
    os.kill(os.getpid(), signal.SIGKILL)
"""
    running = workers(body=dies + APP)
    running.says(r"worker 2 was killed by SIGKILL; it is started again in 1 s")
    until_ready(running)
    assert len(pids(running)) == 2


def test_workers_that_hear_no_signal_are_killed(workers: Callable[..., Running]) -> None:
    deaf = """
import signal, time

@app.webhook("/block", unsigned=True, allow_get=True)
async def block(request):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    print("blocked", flush=True)
    time.sleep(600)
"""
    running = workers(body=deaf + APP, count=1)
    until_ready(running)
    with socket.create_connection(("127.0.0.1", running.port)) as peer:
        peer.sendall(b"GET /block HTTP/1.1\r\nHost: h\r\n\r\n")
        running.says("^blocked")
        began = time.monotonic()
        running.signal(signal.SIGTERM)
        running.says("draining 1 worker")
        running.signal(signal.SIGTERM)
        assert running.ends() == 0
    assert time.monotonic() - began < PATIENCE / 2
    running.says("worker 1 does not end: it is killed")


def test_workers_that_die_at_once_are_no_storm_of_processes(
    workers: Callable[..., Running], tmp_path: Path
) -> None:
    dies = """
import os, threading

@app.lifespan
async def short(app):
    with open("starts", "a") as starts:
        starts.write("x")
    threading.Timer(0.2, os._exit, [7]).start()
    yield
"""
    running = workers(body=dies)
    running.says(r"worker [12] ended with exit code 7; it is started again in 4 s")
    assert len((tmp_path / "starts").read_text()) <= 8
    assert len([line for line in running.lines if "it is started again" in line]) <= 6


def test_reloads_while_a_worker_is_started_again_end_with_new_workers(
    workers: Callable[..., Running],
) -> None:
    running = workers()
    until_ready(running)
    before = pids(running)
    os.kill(min(before), signal.SIGKILL)
    for _ in range(20):
        running.signal(signal.SIGHUP)
    running.says("reloading")
    deadline = time.monotonic() + PATIENCE
    while (now := pids(running)) & before:
        assert time.monotonic() < deadline, (now, before)
    assert get(running.port, "/ready")[0] == 200
    running.signal(signal.SIGTERM)
    assert running.ends() == 0
    assert not [line for line in running.lines if "Traceback" in line]


def until_started(child: subprocess.Popen[Any], port: int, said: object = "") -> None:
    """What has just been started listens at some time, and is ready then."""
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            if get(port, "/ready")[0] == 200:
                return
        except (OSError, ConnectionLost):
            pass
        assert child.poll() is None, f"it has ended: {said}"
        assert time.monotonic() < deadline, f"it is not ready: {said}"
        time.sleep(0.05)


@pytest.mark.parametrize("count", [0, 2])
def test_it_serves_without_input_output_and_errors(
    app_file: Callable[..., Path], tmp_path: Path, unused_port: int, traced_child: dict[str, str], count: int
) -> None:
    app_file(APP)
    line = [sys.executable, "-m", "jambonz_anyio.cli", "run", "app.py", "--port", str(unused_port)]
    line += ["--workers", str(count)] if count else []
    closed = ["sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *line]
    child = subprocess.Popen(closed, cwd=tmp_path, env={**os.environ, **traced_child})
    try:
        until_started(child, unused_port)
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == 0
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def test_whoever_reads_what_it_prints_may_go(
    app_file: Callable[..., Path], tmp_path: Path, unused_port: int, traced_child: dict[str, str]
) -> None:
    app_file(APP)
    line = [sys.executable, "-m", "jambonz_anyio.cli", "run", "app.py", "--port", str(unused_port)]
    reader, writer = os.pipe()
    os.close(reader)
    child = subprocess.Popen(
        [*line, "--workers", "1"],
        cwd=tmp_path,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, **traced_child},
    )
    os.close(writer)
    said: list[str] = []
    assert child.stderr is not None
    listener = threading.Thread(target=lambda: said.extend(child.stderr or ()))
    listener.start()
    try:
        until_started(child, unused_port, said)
        child.send_signal(signal.SIGTERM)
        assert child.wait(PATIENCE) == 0, said
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()
        listener.join(PATIENCE)
        child.stderr.close()
