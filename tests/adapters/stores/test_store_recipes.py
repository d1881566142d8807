"""The stores that the docs spell out for PostgreSQL and NATS, over real servers: the published rules."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.redis_server import free_port

from jambonz_anyio.stores import Store
from jambonz_anyio.testing.stores import STORE_CHECKS, StoreCheck

pytestmark = [pytest.mark.anyio, pytest.mark.services]

PAGE = Path(__file__).parents[3] / "docs" / "several-processes.md"
DEBIAN = Path("/usr/lib/postgresql")


@pytest.fixture(params=["asyncio", "uvloop"], scope="module")
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """The clients of both run on asyncio."""
    return ("asyncio", {"use_uvloop": request.param == "uvloop"})


def recipe(file: str, name: str) -> Any:
    """A class of the page, as it is printed there."""
    [code] = re.findall(
        rf"^```python\n(# {file}\n.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    namespace: dict[str, Any] = {"__name__": file}
    exec(compile(code, file, "exec"), namespace)
    return namespace[name]


def program(name: str) -> str:
    """A server program that is installed; a test without one is skipped."""
    places = [str(place) for place in sorted(DEBIAN.glob("*/bin"), reverse=True)]
    found = shutil.which(name, path=os.pathsep.join([os.environ["PATH"], "/usr/sbin", *places]))
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@contextmanager
def running(*command: str, ready: bytes, stop: int, user: str | None = None) -> Iterator[None]:
    """A server process, from the moment at which it says that it is ready."""
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, user=user, cwd=tempfile.gettempdir()
    )
    assert process.stdout is not None
    with process.stdout:
        try:
            said = b""
            for line in process.stdout:
                said += line
                if ready in line:
                    break
            else:
                raise AssertionError(f"{command[0]} has ended: {said.decode()}")
            yield
        finally:
            # Also when the run of the tests is broken off.
            process.send_signal(stop)
            process.stdout.read()
            process.wait(20)


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    """The URL of a PostgreSQL that this module has for itself. It does not run as root."""
    postgres, initdb = program("postgres"), program("initdb")
    user = "postgres" if os.getuid() == 0 else None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="jambonz-postgres-", ignore_cleanup_errors=True) as directory:
        if user is not None:
            shutil.chown(directory, user)
        data = f"{directory}/data"
        subprocess.run(
            [initdb, "-D", data, "-U", "postgres", "--auth=trust", "--no-sync"],
            check=True,
            capture_output=True,
            user=user,
            cwd=directory,
        )
        options = ["-D", data, "-p", str(port), "-k", directory, "-h", "127.0.0.1", "-F"]
        ready = b"ready to accept connections"
        with running(postgres, *options, ready=ready, stop=signal.SIGINT, user=user):
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"


@pytest.fixture(scope="module")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a NATS with JetStream that this module has for itself."""
    server, port = program("nats-server"), free_port()
    store = str(tmp_path_factory.mktemp("nats"))
    options = ["-a", "127.0.0.1", "-p", str(port), "-js", "-sd", store]
    with running(server, *options, ready=b"Server is ready", stop=signal.SIGTERM):
        yield f"nats://127.0.0.1:{port}"


async def hold_up(check: StoreCheck, opened_store: Callable[[], Any]) -> None:
    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Store, Store]]:
        async with opened_store() as first, opened_store() as second:
            yield first, second

    await check(opened)


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_the_recipe_for_postgresql(check: StoreCheck, postgres: str) -> None:
    store = recipe("postgres_store.py", "PostgresStore")
    async with store(postgres) as emptied:
        await emptied.pool.execute("truncate jambonz_calls")
    await hold_up(check, lambda: store(postgres))


async def test_a_record_that_was_not_written_for_long_is_gone(postgres: str) -> None:
    async with recipe("postgres_store.py", "PostgresStore")(postgres) as store:
        await store.claim("old", "a", "n1", begin=True)
        assert (await store.claim("old", "b", "n2", begin=False)).owner == "a"
        await store.pool.execute("update jambonz_calls set written = now() - interval '2 hours'")
        assert (await store.claim("old", "c", "n3", begin=False)).owner is None


@pytest.mark.parametrize("check", STORE_CHECKS, ids=lambda check: check.__name__)
async def test_the_recipe_for_nats(check: StoreCheck, nats: str, request: pytest.FixtureRequest) -> None:
    store = recipe("nats_store.py", "NatsStore")
    bucket = re.sub(r"\W", "_", request.node.name)
    await hold_up(check, lambda: store(nats, bucket=bucket))
