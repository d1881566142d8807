"""The state diagrams in the documentation are those of the tables that the code runs by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jambonz_anyio._net.closing import TABLES as TRANSPORT_TABLES
from jambonz_core.call.states import TABLES as CALL_TABLES

TABLES: dict[str, Any] = {**CALL_TABLES, **TRANSPORT_TABLES}

ROOT = Path(__file__).parents[2]


@pytest.fixture
def diagrams(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("diagrams")


def test_the_page_is_current(diagrams: ModuleType) -> None:
    assert diagrams.main(["--check"]) == 0


def test_a_page_that_is_not_current_is_noticed(
    diagrams: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(diagrams, "PAGE", tmp_path / "states.md")
    assert diagrams.main(["--check"]) == 1
    assert diagrams.main([]) == 0
    assert diagrams.main(["--check"]) == 0
    (tmp_path / "states.md").write_text("# States\n", encoding="utf-8")
    assert diagrams.main(["--check"]) == 1
    assert "make generate" in capsys.readouterr().out


@pytest.mark.parametrize("name", TABLES)
def test_every_transition_is_on_the_page(diagrams: ModuleType, name: str) -> None:
    lines = diagrams.section(name, TABLES[name])
    for state, row in TABLES[name].items():
        meaning = next(line for line in lines if line.startswith(f"| {state.value} | "))
        assert len(meaning.split("|")[2]) > 10, f"{state} is not explained"
        for what, after in row.items():
            if after is state:
                assert what.value in meaning
            else:
                arrow = f"    {state.name} --> {after.name} : "
                [drawn] = [line for line in lines if line.startswith(arrow)]
                assert what.value.replace(":", "#58;") in drawn.removeprefix(arrow).split(", ")
