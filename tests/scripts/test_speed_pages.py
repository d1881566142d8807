"""The pages about speed, and their plots, are made from the results of one run, and from nothing else."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
RESULTS = json.loads((ROOT / "benchmarks" / "results.json").read_text(encoding="utf-8"))


@pytest.fixture
def pages(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("speed_pages")


@pytest.fixture
def charts(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("charts")


def test_the_pages_are_current(pages: ModuleType) -> None:
    assert pages.main(["--check"]) == 0


def test_pages_that_are_not_current_are_noticed(
    pages: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "DOCS", tmp_path)
    hand_written = tmp_path / "where-the-time-goes.md"
    hand_written.write_text("Before.\n<!-- generated: run -->\n<!-- end -->\nBehind.\n", encoding="utf-8")
    assert pages.main(["--check"]) == 1
    assert pages.main([]) == 0
    assert pages.main(["--check"]) == 0
    assert re.match(r"Before\.\n.*\nMeasured .*\n<!-- end -->\nBehind\.\n", hand_written.read_text("utf-8"))


def test_every_plot_that_a_page_shows_is_drawn(pages: ModuleType) -> None:
    drawn = pages.plots(RESULTS["parts"])
    shown = pages.speed_page(RESULTS) + pages.instruction_tables(RESULTS["parts"])
    assert set(re.findall(r"\]\((speed-[a-z-]+\.svg)\)", shown)) == set(drawn)
    for text in drawn.values():
        assert ElementTree.fromstring(text).tag.endswith("svg")
        assert "prefers-color-scheme: dark" in text
        assert "nan" not in text
        assert "inf" not in text.replace("info", "")


def test_a_run_without_a_part_has_a_page_without_it(pages: ModuleType) -> None:
    whole: dict[str, Any] = RESULTS["parts"]
    for name in whole:
        parts = {key: part for key, part in whole.items() if key != name}
        assert pages.speed_page({**RESULTS, "parts": parts})
        assert pages.filled(
            (ROOT / "docs" / "where-the-time-goes.md").read_text("utf-8"), {**RESULTS, "parts": parts}
        )


def test_a_ratio_is_that_of_one_round_and_tells_between_what_it_lay(pages: ModuleType) -> None:
    part = {"contenders": {"base": [10.0, 20.0, 40.0], "other": [5.0, 20.0, 10.0]}}
    assert pages.ratio(part, "other", "base") == "0.50 (0.25–1.00)"
    assert pages.ratio(part, "absent", "base") == "–"
    assert pages.ratio({"contenders": {"base": [4.0], "other": [6.0]}}, "other", "base") == "1.50"


def test_a_curve_that_ends_early_is_marked(charts: ModuleType) -> None:
    def drawn(*, open_end: bool) -> str:
        curve = charts.Curve("ours", "trio", [(10, 1.0), (20, 30.0)], open_end)
        panel = charts.Panel("Calls", "calls", "ms", [curve], log_y=True, limit=(20.0, "20 ms"))
        text: str = charts.curves([panel], "calls")
        return text

    assert 'r="9"' in drawn(open_end=True)
    assert 'r="9"' not in drawn(open_end=False)


def test_ticks_are_round_and_on_the_axis(charts: ModuleType) -> None:
    assert charts.Axis(0, 97, 0, 1).ticks() == [0, 20, 40, 60, 80]
    assert charts.Axis(10, 10_000, 0, 1, logarithmic=True).ticks() == [10, 100, 1000, 10_000]
    assert charts.Axis(1, 100, 0, 1, logarithmic=True).at(10) == pytest.approx(0.5)
