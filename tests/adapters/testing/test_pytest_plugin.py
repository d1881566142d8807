"""The pytest plugin, in sessions of its own.

Those that place calls run in a process of their own as well: pytester takes modules that an inner session imports
away again, and half an imported package is worse than none.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

pytest_plugins = ["pytester"]

APP = """
from jambonz_anyio import App

app = App()

@app.call("/")
async def main(call):
    await call.say(text="Hello!").gather(input=["speech"], actionHook="/heard", timeout=5).send()
"""

WITHOUT_HYPOTHESIS = ("-p", "no:hypothesispytest", "-p", "no:trio")
"""Hypothesis, which pytest-trio imports as well, takes a second to import: three quarters of a small session."""

STRICT = "[pytest]\nfilterwarnings = error\naddopts = -p no:asyncio -p no:trio\n"


@pytest.fixture
def session(pytester: pytest.Pytester) -> pytest.Pytester:
    """A project with an application, and warnings as errors."""
    pytester.makeini(STRICT)
    pytester.makepyfile(app=APP)
    pytester.syspathinsert()
    return pytester


def test_a_test_needs_no_marker_and_runs_on_both_backends(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import anyio
        import sniffio
        from app import app
        from jambonz_anyio.testing import dial

        async def test_echo(virtual_time):
            assert sniffio.current_async_library() == virtual_time.backend
            async with dial(app, "/") as phone:
                await phone.hears("Hello!")

        async def test_waiting_is_free(virtual_time):
            await anyio.sleep(3600)

        class TestGroup:
            async def test_method(self, virtual_time, tmp_path):
                assert self and tmp_path
                assert repr(virtual_time).startswith("<virtual time on ")
        """
    )
    result = session.runpytest_subprocess("-v", *WITHOUT_HYPOTHESIS, "-p", "no:asyncio")
    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["*test_echo[[]asyncio]*", "*test_echo[[]trio]*", "*test_method[[]trio]*"])


def test_the_backends_can_be_chosen(session: pytest.Pytester) -> None:
    session.makeini(STRICT + "jambonz_backends = trio\n")
    session.makepyfile(
        """
        import pytest

        async def test_one(virtual_time):
            assert virtual_time.backend == "trio"

        @pytest.mark.parametrize("virtual_time", ["asyncio"], indirect=True)
        async def test_its_own_choice(virtual_time):
            assert virtual_time.backend == "asyncio"
        """
    )
    session.runpytest_inprocess().assert_outcomes(passed=2)
    session.makeini(STRICT + "jambonz_backends = curio\n")
    result = session.runpytest_inprocess()
    assert result.ret != 0
    result.stdout.fnmatch_lines(["*jambonz_backends: curio is not asyncio or trio*"])


def test_without_trio_there_is_asyncio(session: pytest.Pytester) -> None:
    session.makeconftest(
        """
        import jambonz_anyio.testing.plugin as plugin

        plugin.find_spec = lambda name: None
        """
    )
    session.makepyfile("async def test_one(virtual_time):\n    assert virtual_time.backend == 'asyncio'\n")
    session.runpytest_subprocess(*WITHOUT_HYPOTHESIS).assert_outcomes(passed=1)


def test_other_parameters_and_fixtures_stay(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import pytest

        @pytest.fixture
        def number():
            return 5

        @pytest.mark.parametrize("more", [1, 2])
        async def test_sum(virtual_time, number, more):
            assert number + more > 5
        """
    )
    session.runpytest_inprocess().assert_outcomes(passed=4)


def test_the_fixture_is_for_async_tests(session: pytest.Pytester) -> None:
    session.makepyfile("def test_sync(virtual_time):\n    pass\n")
    result = session.runpytest_inprocess()
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(["*the fixture virtual_time is for `async def` tests*"])


def test_each_example_of_hypothesis_is_a_run_of_its_own(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import anyio
        from hypothesis import given, settings, strategies as st

        @settings(max_examples=5, deadline=None, database=None)
        @given(st.floats(1, 1e4))
        async def test_waiting(virtual_time, seconds):
            assert anyio.current_time() < 1
            await anyio.sleep(seconds)
            assert virtual_time.backend in ("asyncio", "trio")

        @given(st.integers())
        def test_sync(virtual_time, number):
            pass
        """
    )
    result = session.runpytest_inprocess()
    result.assert_outcomes(passed=2, failed=2)


def test_failures_read_as_conversations(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        from app import app
        from jambonz_anyio.testing import dial

        async def test_echo(virtual_time):
            async with dial(app, "/") as phone:
                await phone.hears("Good evening")
        """
    )
    result = session.runpytest_subprocess(*WITHOUT_HYPOTHESIS)
    result.assert_outcomes(failed=2)
    result.stdout.fnmatch_lines(
        ["*ExpectationFailed: expected to hear “Good evening”*", "*caller   hears “Hello!”*"]
    )
    result.stdout.no_fnmatch_line("*ExceptionGroup*")


def test_leaked_tasks_and_unanswered_hooks_fail(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import asyncio

        from jambonz_anyio import App
        from jambonz_anyio.testing import dial

        app = App()

        @app.call("/")
        async def main(call):
            await call.dial(
                target=[{"type": "phone", "number": "+1"}], confirmHook="/nobody", timeout=20
            ).send()

        tasks = []

        async def test_leak(virtual_time):
            if virtual_time.backend == "asyncio":
                tasks.append(asyncio.create_task(asyncio.sleep(100), name="left behind"))

        async def test_unanswered(virtual_time):
            async with dial(app, "/") as phone:
                await phone.party("b1").answers()
                await phone.waits(10)
        """
    )
    result = session.runpytest_subprocess(*WITHOUT_HYPOTHESIS)
    result.assert_outcomes(passed=1, failed=3)
    result.stdout.fnmatch_lines(
        ["*LeakedTasks: *left behind*", "*ExpectationFailed: nobody answered dial:confirm /nobody*"]
    )
    # What is found when the block is left shows the block, and nothing of how it is found.
    result.stdout.fnmatch_lines([">*async with dial(app, *"])
    result.stdout.no_fnmatch_line("*contextlib.py*")
    result.stdout.no_fnmatch_line("*dialing.py*")


def test_it_leaves_tests_of_other_plugins_alone(session: pytest.Pytester) -> None:
    session.makepyfile(
        """
        import pytest

        def test_sync():
            pass

        @pytest.mark.anyio
        async def test_of_anyio(anyio_backend_name):
            assert anyio_backend_name in ("asyncio", "trio")

        async def test_ours(virtual_time):
            pass
        """
    )
    session.runpytest_inprocess().assert_outcomes(passed=5)


def test_it_coexists_with_anyio_for_all_tests(session: pytest.Pytester) -> None:
    session.makeini(STRICT + "anyio_mode = auto\n")
    session.makepyfile(
        """
        async def test_theirs(anyio_backend_name):
            pass

        async def test_ours(virtual_time):
            import anyio
            await anyio.sleep(3600)
        """
    )
    result = session.runpytest_subprocess("-v", *WITHOUT_HYPOTHESIS, "-p", "no:asyncio")
    assert result.ret == 0
    # anyio multiplies every async test by its own backends, also ours; each still runs in virtual time.
    result.assert_outcomes(passed=2 + 4)


@pytest.mark.parametrize("mode", ["strict", "auto"])
def test_it_coexists_with_pytest_asyncio(session: pytest.Pytester, mode: str) -> None:
    if importlib.util.find_spec("pytest_asyncio") is None:
        pytest.skip("pytest-asyncio is not installed")
    session.makeini(f"[pytest]\nasyncio_mode = {mode}\nasyncio_default_fixture_loop_scope = function\n")
    session.makepyfile(
        """
        import pytest

        @pytest.mark.asyncio
        async def test_theirs():
            pass

        async def test_ours(virtual_time):
            import anyio
            await anyio.sleep(3600)
        """
    )
    session.runpytest_subprocess(*WITHOUT_HYPOTHESIS).assert_outcomes(passed=3)


@pytest.mark.parametrize("mode", ["false", "true"])
def test_it_coexists_with_pytest_trio(session: pytest.Pytester, mode: str) -> None:
    if importlib.util.find_spec("pytest_trio") is None:
        pytest.skip("pytest-trio is not installed")
    session.makeini(f"[pytest]\ntrio_mode = {mode}\n")
    session.makepyfile(
        """
        import pytest

        @pytest.mark.trio
        async def test_theirs():
            pass

        async def test_ours(virtual_time):
            import anyio
            await anyio.sleep(3600)
        """
    )
    session.runpytest_subprocess("-p", "no:asyncio").assert_outcomes(passed=3)


def test_a_session_that_does_not_use_it_imports_nothing_of_it() -> None:
    code = """
import sys
import pytest
before = set(sys.modules)
import jambonz_anyio.testing.plugin
new = {name for name in set(sys.modules) - before if not name.startswith("importlib")}
print(sorted(new))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    # Beside the plugin and its packages there is only what lets those packages load nothing yet.
    packages = ["jambonz_anyio", "jambonz_anyio.testing", "jambonz_core"]
    assert done.stdout.strip() == str(
        sorted([*packages, "jambonz_anyio.testing.plugin", "jambonz_core.lazy_exports"])
    )
