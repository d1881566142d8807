"""The simulated phone over real sockets, to applications of others: the official SDKs for Python and Node, and ours.

One conversation, held with all of them, is what shows that the stand-in is fair: what only our own library could
pass would be a fault of the simulator.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tests.npm_packages import installed

from jambonz_anyio.testing import HURRIED, ExpectationFailed, dial_url

pytestmark = [pytest.mark.anyio, pytest.mark.foreign]

ROOT = Path(__file__).resolve().parents[3]
APPS = Path(__file__).with_name("apps")


@pytest.fixture
def anyio_backend() -> str:
    """One event loop: these tests are about the other side."""
    return "asyncio"


@contextmanager
def listening(*command: str, cwd: Path | None = None) -> Iterator[str]:
    """Start a program that serves at a port which it is given, and stop it with the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    output: list[str] = []
    with subprocess.Popen(
        [*command, str(port)], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as program:
        assert program.stdout is not None
        ready = threading.Event()

        def read() -> None:
            for line in program.stdout or ():
                output.append(line)
                if "listening" in line:
                    ready.set()
            ready.set()

        reader = threading.Thread(target=read)
        reader.start()
        try:
            assert ready.wait(30), "the program did not say that it listens"
            assert program.poll() is None, "".join(output)
            yield f"ws://127.0.0.1:{port}/"
        finally:
            program.kill()
            program.wait()
            reader.join()


@pytest.fixture(scope="session")
def node_sdk() -> Path:
    """Where the Node SDK is installed: a directory that git ignores. Without it, tests are skipped by name."""
    return installed("@jambonz/sdk", "0.10.1", "node-sdk")


@pytest.fixture(scope="module", params=["official-python", "official-node", "ours"])
def echo_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an echo, written with one of the SDKs."""
    match request.param:
        case "official-python":
            pytest.importorskip("jambonz_sdk", reason="the official Python SDK is not installed")
            program = listening(sys.executable, str(APPS / "official_echo.py"))
        case "official-node":
            node = request.getfixturevalue("node_sdk")
            program = listening("node", str(APPS / "node_echo.mjs"), cwd=node)
        case _:
            program = listening(sys.executable, str(APPS / "our_echo.py"))
    with program as url:
        yield url


async def test_an_echo_answers(echo_url: str) -> None:
    async with dial_url(echo_url, options=HURRIED) as phone:
        await phone.hears("Please say something.")
        await phone.says("good morning", pause=0.05)
        await phone.hears("You said: good morning")
        await phone.says("and good night", pause=0.05)
        await phone.hears("You said: and good night")
        assert [hook.type for hook in phone.hooks] == ["session:new", "verb:hook", "verb:hook"]
        assert all(hook.answered for hook in phone.hooks)
        await phone.hangs_up()
        await phone.call_ends("caller")


async def test_keys_end_the_call(echo_url: str) -> None:
    async with dial_url(echo_url, options=HURRIED) as phone:
        await phone.presses("#", pause=0.05)
        await phone.hears("Goodbye.")
        await phone.call_ends("jambonz")


async def test_a_call_goes_on_after_its_connection_was_lost(echo_url: str) -> None:
    async with dial_url(echo_url, options=HURRIED) as phone:
        await phone.hears("Please say something.")
        phone.drops()
        await phone.comes_back()
        await phone.says("still there", pause=0.05)
        await phone.hears("You said: still there")


async def test_what_an_application_never_says_is_not_heard(echo_url: str) -> None:
    with pytest.raises(ExpectationFailed, match="expected to hear “Good evening”"):
        async with dial_url(echo_url, options=HURRIED) as phone:
            await phone.hears("Good evening", timeout=0.5)


async def test_a_model_gets_what_the_official_sdk_returns_from_tools() -> None:
    pytest.importorskip("jambonz_sdk", reason="the official Python SDK is not installed")
    with listening(sys.executable, str(APPS / "official_echo.py")) as url:
        async with dial_url(f"{url}tools", options=HURRIED) as phone:
            assert (await phone.model.calls("weather", city="Oslo")).data == {"celsius": -3}
            assert (await phone.model.calls("time")).data == {"result": "noon"}
            await phone.model.ends()
            assert phone.warnings == []
