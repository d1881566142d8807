"""Virtual time: it jumps when nothing can happen, and only then; and `run`, which sets it up."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from typing import Any

import anyio
import anyio.from_thread
import anyio.lowlevel
import anyio.to_thread
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio.testing import LeakedTasks, NothingCanHappen, run

both = pytest.mark.parametrize("backend", ["asyncio", "trio"])

REAL_PATIENCE = 5.0
"""What is meant to take no time may take this long on a busy machine."""

IMPATIENCE = 0.2
"""Seconds that the clocks' patience lasts in the tests that lose it."""


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clocks that give up earlier than they otherwise do: the tests wait for it in real time."""
    for backend in ("asyncio", "trio"):
        monkeypatch.setattr(f"jambonz_anyio.testing._virtual_clock_{backend}.PATIENCE", IMPATIENCE)


@both
def test_ten_minutes_take_no_time(backend: Any) -> None:
    async def sleep() -> float:
        began = anyio.current_time()
        await anyio.sleep(600)
        return anyio.current_time() - began

    real = time.monotonic()
    assert run(sleep, backend=backend) == pytest.approx(600)
    assert time.monotonic() - real < REAL_PATIENCE


@both
def test_the_clock_starts_at_zero_and_arguments_arrive(backend: Any) -> None:
    async def now(plus: float) -> float:
        return anyio.current_time() + plus

    assert run(now, 5.0, backend=backend) == pytest.approx(5.0)


@both
@given(pauses=st.lists(st.floats(0, 1e6), max_size=8))
def test_sleepers_wake_in_the_order_of_their_times(backend: Any, pauses: list[float]) -> None:
    woken: list[float] = []

    async def sleeper(pause: float) -> None:
        await anyio.sleep(pause)
        woken.append(pause)
        assert anyio.current_time() >= pause - 1e-6

    async def main() -> None:
        async with anyio.create_task_group() as tasks:
            for pause in pauses:
                tasks.start_soon(sleeper, pause)

    run(main, backend=backend)
    assert woken == sorted(pauses)


@both
def test_time_outs_fire_at_their_time(backend: Any) -> None:
    async def main() -> tuple[bool, float]:
        with anyio.move_on_after(30) as scope:
            await anyio.sleep_forever()
        return scope.cancelled_caught, anyio.current_time()

    caught, at = run(main, backend=backend)
    assert caught
    assert at == pytest.approx(30)


@both
def test_time_does_not_jump_while_a_thread_works(backend: Any) -> None:
    release = threading.Event()

    async def in_a_thread() -> None:
        await anyio.to_thread.run_sync(release.wait)

    async def main() -> float:
        with anyio.move_on_after(3600) as scope:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(in_a_thread)
                await anyio.sleep(0.05)  # in real time, because of the thread
                release.set()
        assert not scope.cancelled_caught
        return anyio.current_time()

    # Had it jumped, the hour would have been over before the thread was.
    assert run(main, backend=backend) < REAL_PATIENCE


@both
def test_time_does_not_jump_while_a_socket_is_waited_for(backend: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def answer() -> None:
            connection, _ = server.accept()
            with connection:
                time.sleep(0.05)  # a peer elsewhere takes real time
                connection.sendall(b"x")

        async def main() -> float:
            with anyio.fail_after(3600):
                async with await anyio.connect_tcp("127.0.0.1", server.getsockname()[1]) as connection:
                    assert await connection.receive() == b"x"
            return anyio.current_time()

        thread = threading.Thread(target=answer)
        thread.start()
        took = run(main, backend=backend)
        thread.join()
    assert took < REAL_PATIENCE


@both
@pytest.mark.parametrize("forever", ["an event", "a sleep"])
@pytest.mark.usefixtures("impatient")
def test_a_program_that_waits_for_itself_is_told_so(backend: Any, forever: str) -> None:
    async def main() -> None:
        await anyio.sleep(10)
        if forever == "a sleep":
            await anyio.sleep_forever()
        await anyio.Event().wait()

    with pytest.raises(NothingCanHappen, match="nothing can wake"):
        run(main, backend=backend)


@both
@pytest.mark.usefixtures("impatient")
def test_a_thread_that_was_started_meanwhile_may_still_wake_a_task(backend: Any) -> None:
    async def main() -> str:
        woken = anyio.Event()
        token = anyio.lowlevel.current_token()

        def wake() -> None:
            time.sleep(IMPATIENCE * 1.5)  # longer than patience lasts
            anyio.from_thread.run_sync(woken.set, token=token)

        thread = threading.Thread(target=wake)
        thread.start()
        await woken.wait()
        thread.join()
        return "woken"

    assert run(main, backend=backend) == "woken"


@both
def test_what_the_function_raises_comes_out(backend: Any) -> None:
    async def main() -> None:
        raise LookupError("mine")

    with pytest.raises(LookupError, match="mine"):
        run(main, backend=backend)


def test_a_task_that_nobody_waits_for_is_a_failure() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(3600), name="forgotten")
        kept.append(task)

    kept: list[asyncio.Task[None]] = []
    with pytest.raises(LeakedTasks, match="forgotten"):
        run(main)
    run(main, leaked_tasks="ignore")


def test_a_task_that_ends_with_its_function_is_none() -> None:
    async def main() -> None:
        task = asyncio.create_task(asyncio.sleep(3600))
        await asyncio.sleep(0)
        task.cancel()

    run(main)


def test_jobs_of_the_default_executor_stop_the_clock() -> None:
    release = threading.Event()

    async def main() -> float:
        loop = asyncio.get_running_loop()
        job = loop.run_in_executor(None, release.wait)
        loop.call_later(0.05, release.set)
        with anyio.fail_after(3600):
            await job
        return loop.time()

    assert run(main) < REAL_PATIENCE


def test_there_is_no_virtual_time_elsewhere() -> None:
    async def main() -> None:
        """Never run."""

    with pytest.raises(ValueError, match="uvloop"):
        run(main, backend="uvloop")  # type: ignore[arg-type]  # the mistake is the point
