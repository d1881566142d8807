"""Autobahn's test suite against the server and the client, with both frame parsers.

It is 301 cases of framing, fragments, UTF-8, closes, limits and volume, written by others; compression, which is
not spoken here, is left out. It is a program for Python 2.7, which is looked for, and installs Autobahn into a
directory that git ignores. Where that cannot be had, `test_rfc6455.py` says what the RFC requires.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import pytest

from jambonz_anyio import ServerLimits
from jambonz_anyio.transport import Closed, open_websocket
from jambonz_core.wire.errors import ConnectionLost

pytestmark = [pytest.mark.anyio, pytest.mark.autobahn]

ROOT = Path(__file__).resolve().parents[3]
INSTALLED = ROOT / ".cache" / "autobahn"
PACKAGE = "autobahntestsuite==25.10.1"
CASES = {"cases": ["*"], "exclude-cases": ["12.*", "13.*"], "exclude-agent-cases": {}}
LIMITS = ServerLimits(message_bytes=32 * 1024 * 1024, outbox_bytes=128 * 1024 * 1024, ping_seconds=None)
"""Some messages have 16 MiB."""

FAIL_LATE = {"6.4.3", "6.4.4"}
"""A text that is none, in one frame that comes in pieces: the fast parser waits for the frame, as the RFC allows."""


@pytest.fixture
def anyio_backend() -> Any:
    """One event loop: these tests are about frames."""
    return ("asyncio", {})


@pytest.fixture(scope="module")
def wstest() -> list[str]:
    """The command, installed the first time."""
    candidates = [
        *map(str, Path.home().glob(".pyenv/versions/2.7*/bin/python2.7")),
        shutil.which("python2.7"),
    ]
    python = next(filter(None, candidates), None)
    if python is None:
        pytest.xfail("Autobahn needs Python 2.7, and there is none")
    program = INSTALLED / "bin" / "wstest"
    INSTALLED.mkdir(parents=True, exist_ok=True)
    # The workers of one run share the directory, and break each other's work unless they take turns.
    with (INSTALLED / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not program.exists():
            _install(python)
    return [python, str(program)]


def _install(python: str) -> None:
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "--user", PACKAGE],
        env={**os.environ, "PYTHONUSERBASE": str(INSTALLED)},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    if done.returncode:
        pytest.xfail(f"Autobahn cannot be installed: {done.stderr[-300:]}")


@contextmanager
def running(wstest: list[str], mode: str, spec: dict[str, Any], cwd: Path) -> Iterator[subprocess.Popen[str]]:
    """Run it with a specification, and stop it with the block."""
    (cwd / "spec.json").write_text(json.dumps({**spec, **CASES}), encoding="utf-8")
    with subprocess.Popen(
        [*wstest, "-m", mode, "-s", "spec.json"],
        cwd=cwd,
        env={**os.environ, "PYTHONUSERBASE": str(INSTALLED)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as program:
        try:
            yield program
        finally:
            program.kill()


def judged(index: Path, agent: str) -> None:
    """No case has failed, and no close was a wrong one."""
    cases: dict[str, Any] = json.loads(index.read_text(encoding="utf-8"))[agent]
    print(agent, len(cases), Counter(case["behavior"] for case in cases.values()))
    assert len(cases) == 301
    good = {"OK", "INFORMATIONAL"}
    failed = {
        name: (case["behavior"], case["behaviorClose"])
        for name, case in cases.items()
        if case["behavior"] not in good | ({"NON-STRICT"} if name in FAIL_LATE else set())
        or case["behaviorClose"] not in good
    }
    assert not failed


async def test_the_server_against_autobahn(
    wstest: list[str], start_server: Any, parser: str, tmp_path: Path
) -> None:
    limits = {
        "message_bytes": LIMITS.message_bytes,
        "outbox_bytes": LIMITS.outbox_bytes,
        "ping_seconds": None,
    }
    async with start_server(parser=parser, limits=limits) as server:
        spec = {"outdir": "reports", "servers": [{"agent": parser, "url": server.url}]}
        with running(wstest, "fuzzingclient", spec, tmp_path) as program:
            output, _ = await anyio.to_thread.run_sync(partial(program.communicate, timeout=900))
        assert program.returncode == 0, output[-2000:]
    judged(tmp_path / "reports" / "index.json", parser)


class Echo:
    """Sends everything back."""

    def __init__(self, transport: Any) -> None:
        self.transport = transport
        self.frames: list[str | bytes] = []

    def frame(self, data: str | bytes) -> None:
        self.frames = [data]
        self.transport.push(data)

    def receipt(self, count: int) -> None: ...

    def closed(self, closed: Closed) -> None: ...


async def test_the_client_against_autobahn(wstest: list[str], parser: str, tmp_path: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    spec = {"outdir": "reports", "url": f"ws://127.0.0.1:{port}"}
    url = f"ws://127.0.0.1:{port}"

    async def visit(path: str) -> Echo:
        async with open_websocket(f"{url}{path}", parser=parser, limits=LIMITS) as transport:
            echo = Echo(transport)
            await transport.run(echo)
        return echo

    with running([*wstest, "-u", "0"], "fuzzingserver", spec, tmp_path):
        with anyio.fail_after(30):
            while True:
                try:
                    [count] = (await visit("/getCaseCount")).frames
                    break
                except (OSError, ConnectionLost):
                    await anyio.sleep(0.1)
        for case in range(1, int(count) + 1):
            await visit(f"/runCase?case={case}&agent={parser}")
        await visit(f"/updateReports?agent={parser}")
    judged(tmp_path / "reports" / "index.json", parser)
