"""The pytest plugin: tests in virtual time, on every backend there is.

pytest loads this module in every session of every project in whose environment jambonz-anyio is installed. So
it imports nothing but pytest, and does nothing at all for a test that does not ask for the fixture
`virtual_time`. For one that does:

* it is run on asyncio, and once more on trio when that is installed (the ini option `jambonz_backends` says
  otherwise), each time on a fresh event loop whose clock nobody waits for;
* it needs no marker, and other plugins for async tests leave it alone;
* with Hypothesis' `@given`, each example is a run of its own;
* it fails when it leaves tasks behind. What `dial` checks, it checks itself.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import pytest

FIXTURE = "virtual_time"


class VirtualTime:
    """What a test gets from the fixture `virtual_time`."""

    def __init__(self, backend: str) -> None:
        self.backend = backend
        """The backend that the test runs on: ``asyncio`` or ``trio``."""

    def __repr__(self) -> str:
        return f"<virtual time on {self.backend}>"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the ini option that names the backends."""
    parser.addini(
        "jambonz_backends",
        "backends for tests with the fixture virtual_time: asyncio, trio, or both (default: those installed)",
        type="args",
        default=[],
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each test that wants virtual time on each backend, unless it says itself on which."""
    told = any(FIXTURE in str(mark.args[0]) for mark in metafunc.definition.iter_markers("parametrize"))
    if FIXTURE in metafunc.fixturenames and not told:
        metafunc.parametrize(FIXTURE, _backends(metafunc.config), indirect=True)


def _backends(config: pytest.Config) -> list[str]:
    wanted = [str(backend) for backend in config.getini("jambonz_backends")]
    unknown = set(wanted) - {"asyncio", "trio"}
    if unknown:
        raise pytest.UsageError(f"jambonz_backends: {', '.join(sorted(unknown))} is not asyncio or trio")
    return wanted or ["asyncio", *(["trio"] if find_spec("trio") is not None else [])]


@pytest.fixture(scope="module")
def virtual_time(request: pytest.FixtureRequest) -> VirtualTime:
    """Run this async test in virtual time: nothing is waited for, and a long call takes milliseconds."""
    return VirtualTime(request.param)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run such a test; others are not ours."""
    clock = pyfuncitem.funcargs.get(FIXTURE)
    if not isinstance(clock, VirtualTime):
        return None
    # Only now: see the module's docstring.
    from .running import run

    def run_now(test: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
        async def main() -> None:
            await test(**arguments)

        run(main, backend=clock.backend)  # type: ignore[arg-type]  # checked where the parameters were made

    # Other plugins may have wrapped the test for event loops of their own, so it is taken from where it
    # stands.
    home = pyfuncitem.module if pyfuncitem.instance is None else pyfuncitem.instance
    function = getattr(home, pyfuncitem.originalname, pyfuncitem.obj)
    given = getattr(function, "hypothesis", None)
    if given is not None:
        # Hypothesis calls its inner test once for each example; each is a run of its own.
        inner = getattr(given.inner_test, "in_real_time", given.inner_test)
        _must_be_async(inner, pyfuncitem)

        def in_virtual_time(**arguments: Any) -> None:
            run_now(inner, arguments)

        in_virtual_time.in_real_time = inner  # type: ignore[attr-defined]  # for the next backend's turn
        given.inner_test = in_virtual_time
        return None
    _must_be_async(function, pyfuncitem)
    names = pyfuncitem._fixtureinfo.argnames
    run_now(function, {name: pyfuncitem.funcargs[name] for name in names})
    return True


def _must_be_async(function: Callable[..., Any], item: pytest.Function) -> None:
    if not inspect.iscoroutinefunction(function):
        pytest.fail(f"{item.name}: the fixture {FIXTURE} is for `async def` tests", pytrace=False)
