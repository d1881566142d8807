"""Settings that every test shares: one Hypothesis profile, the same on every machine; and one table of cases.

The table, `core/rest/request_cases.json`, has a case for every method of the REST client: how it is called, what it
sends, what may be answered and what then comes out. The core's tests check the descriptions of requests by it, the
adapters' tests both clients. A test that takes `rest_case` runs once for each.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import pkgutil
import signal
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import HealthCheck, settings

import jambonz_anyio
import jambonz_core

settings.register_profile(
    "project",
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "long", parent=settings.get_profile("project"), max_examples=2000, derandomize=False
)
settings.load_profile("project")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # As in the background of a shell. The programs that tests start would inherit it, and not hear of Ctrl-C.
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What is compiled is kept, also where the environment says otherwise: each worker of a run, and each of the
# hundreds of programs that tests start, would compile the library and the tests for itself.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

REST_CASES = Path(__file__).parent / "core" / "rest" / "request_cases.json"
SIDS = ("ACC", "APP", "CALL", "CARRIER", "GATEWAY", "HOOK", "KEY", "LCR", "NUMBER", "ROUTE", "SPEECH")


def _expanded(value: Any) -> Any:
    """A value of the table with its placeholders filled in: ``$CALL`` is a sid, ``{"$date": …}`` a date."""
    from jambonz_core.rest import CLEAR

    if value == "$CLEAR":
        return CLEAR
    if isinstance(value, str):
        for number, name in enumerate(SIDS, 1):
            value = value.replace(f"${name}", f"{number:08d}-0000-4000-8000-000000000000")
        return value
    if isinstance(value, list):
        return [_expanded(item) for item in value]
    if isinstance(value, dict):
        if "$date" in value:
            return date.fromisoformat(value["$date"])
        if "$datetime" in value:
            return datetime.fromisoformat(value["$datetime"])
        return {key: _expanded(item) for key, item in value.items()}
    return value


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "rest_case" in metafunc.fixturenames:
        table = json.loads(REST_CASES.read_text(encoding="utf-8"))
        cases = [
            pytest.param(_expanded(case), id=f"{index}-{case['call']}") for index, case in enumerate(table)
        ]
        metafunc.parametrize("rest_case", cases)


@pytest.fixture(scope="session", autouse=True)
def traced_child() -> Iterator[dict[str, str]]:
    """What a program that a test starts needs in its environment for its lines to count as covered.

    Without it a program is not traced: to trace all that it imports takes longer than what most of them do.
    """
    name = "COVERAGE_PROCESS_CONFIG"
    found = os.environ.get(name)
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv(name, raising=False)
        yield {name: found} if found else {}


HERE = Path(__file__).parent
TRACED_ON_TRIO = ("server", "testing")
"""The rooms of `adapters` whose subject has code that only trio runs."""
COVERED_BY_DRAWING = ("agents", "audio", "journal", "rest", "speech")
"""The rooms of `core` in which some lines are reached by drawn examples alone."""


@contextmanager
def _untraced(tracing: Coverage) -> Iterator[None]:
    tracing.stop()
    try:
        yield
    finally:
        tracing.start()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Trace the import of what is measured, and not that of all tests, which takes three times as long then.

    One worker of a run does so for all: modules bring packages along that take long to import.
    """
    tracing = Coverage.current()
    if tracing is None:
        return (yield)
    for package in (jambonz_core, jambonz_anyio) if _is_first_worker() else ():
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                importlib.import_module(module.name)
    with _untraced(tracing):
        return (yield)


def _is_first_worker() -> bool:
    return os.environ.get("PYTEST_XDIST_WORKER", "gw0") == "gw0"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Trace a test once, and where it adds something: to trace every line takes as long as what the lines do.

    On uvloop and trio runs what asyncio has run. Drawn examples come where other tests have been, as a rule.
    """
    tracing = Coverage.current()
    if tracing is None or _is_traced(item):
        return (yield)
    with _untraced(tracing):
        return (yield)


def _is_traced(item: pytest.Item) -> bool:
    if item.path.relative_to(HERE).parts[0] not in ("core", "adapters"):
        return False  # what it runs is measured where it is at home
    if item.get_closest_marker("untraced") is not None:
        return False
    drawn = getattr(getattr(item, "obj", None), "is_hypothesis_test", False)
    if drawn and not any(item.path.is_relative_to(HERE / "core" / room) for room in COVERED_BY_DRAWING):
        return False
    over = getattr(item, "callspec", None)
    given = () if over is None else over.params.values()
    if ("asyncio", {"use_uvloop": True}) in given:
        return False
    if "trio" in given or ("trio", {}) in given:
        return any(item.path.is_relative_to(HERE / "adapters" / room) for room in TRACED_ON_TRIO)
    return True


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """Take what was imported out of the garbage collector's sight.

    Many tests collect garbage to see that nothing is left behind. With a million objects of test modules and
    libraries in sight, that took most of their time.
    """
    gc.collect()
    gc.freeze()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Keep what was traced while there is time: who runs the workers kills one that takes long to end."""
    tracing = Coverage.current()
    if tracing is not None:
        tracing.save()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be skipped, as in continuous integration, a skipped test has failed."""
    report = yield
    if os.environ.get("TESTS_MAY_NOT_SKIP") and report.skipped and not hasattr(report, "wasxfail"):
        why = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid} may not be skipped here: {why}"
    return report


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    """Do so again behind each file: pytest keeps what tests have left, of which there is more and more."""
    if nextitem is None or nextitem.path != item.path:
        gc.collect()
        gc.freeze()
