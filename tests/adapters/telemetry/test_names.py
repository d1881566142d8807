"""The page of telemetry has every name of the table, and no other."""

from __future__ import annotations

import re
import sys
from importlib import import_module
from pathlib import Path

import pytest

from jambonz_anyio.telemetry import METRICS, SCHEMA_URL, SPANS
from jambonz_anyio.telemetry.names import CONTENT, TURN_PARTS

PAGE = Path(__file__).parents[3].joinpath("docs/telemetry.md").read_text(encoding="utf-8")


def named(cell: str) -> set[str]:
    """The names of a cell, in full."""
    found = re.findall(r"`([\w.]+)`", cell)
    return {name if name.startswith(("jambonz.", "error.")) else f"jambonz.{name}" for name in found}


def rows(heading: str) -> dict[str, list[str]]:
    section = PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]
    cells = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return {row[0].strip(" `"): row for row in cells}


def test_each_span_and_its_attributes() -> None:
    found = {name: named(cells[2]) for name, cells in rows("Spans").items()}
    assert found == {row.name: {*row.attributes} - CONTENT for row in SPANS}
    for name in CONTENT:
        assert f"`{name}`" in PAGE
    assert {f"jambonz.turn.{part}" for part in TURN_PARTS} <= {*SPANS[3].attributes}


def test_each_metric_and_its_attributes() -> None:
    found = {name: named(cells[3]) for name, cells in rows("Metrics").items()}
    assert found == {row.name: {*row.attributes} for row in METRICS}
    assert len({row.name for row in METRICS}) == len(METRICS)


def test_without_the_extra_its_name_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "jambonz_anyio.telemetry.instrumentation", raising=False)
    monkeypatch.setitem(sys.modules, "opentelemetry.metrics", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'jambonz-anyio\[otel\]'"):
        import_module("jambonz_anyio.telemetry.instrumentation")


def test_the_schema_has_a_version() -> None:
    assert re.fullmatch(r"https://jambonz\.org/schema/telemetry/\d+\.\d+\.\d+", SCHEMA_URL)
