"""The tables of limits in docs/serving.md have every limit, with its default."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from jambonz_anyio import CallLimits, ServerLimits

PAGE = Path(__file__).resolve().parents[2] / "docs" / "serving.md"

UNITS = {"": 1, "s": 1, "KiB": 1024, "MiB": 1024 * 1024}


@pytest.mark.parametrize("limits", [ServerLimits(), CallLimits()], ids=lambda limits: type(limits).__name__)
def test_table_is_current(limits: ServerLimits | CallLimits) -> None:
    table = PAGE.read_text(encoding="utf-8").split(f"`{type(limits).__name__}` bounds ")[1].split("\n\n")[1]
    rows = re.findall(r"^\| `(\w+)` \| (\d+) ?(\w*) \|", table, re.MULTILINE)
    told = {name: int(number) * UNITS[unit] for name, number, unit in rows}
    assert told == {field.name: getattr(limits, field.name) for field in fields(limits)}
