"""The page of layers is drawn from the imports of today."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def layers(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("layers")


def test_the_page_is_current(layers: ModuleType) -> None:
    assert layers.main(["--check"]) == 0


def test_a_page_that_is_not_current_is_noticed(
    layers: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(layers, "PAGE", tmp_path / "layers.md")
    assert layers.main(["--check"]) == 1
    assert layers.main([]) == 0
    assert layers.main(["--check"]) == 0
    assert "make generate" in capsys.readouterr().out


def test_rooms_import_as_the_source_does(layers: ModuleType) -> None:
    rooms = layers.rooms()
    assert "jambonz_core.wire" in rooms["jambonz_core.call"]
    assert not any(name.startswith("jambonz_anyio") for name in rooms["jambonz_core.call"])
    assert all(layers.meaning(room) for room in rooms)
