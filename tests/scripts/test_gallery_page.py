"""The index of the examples has each of them, and says what each says of itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def gallery(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("gallery")


def test_the_page_is_current(gallery: ModuleType) -> None:
    assert gallery.main(["--check"]) == 0


@pytest.mark.parametrize("path", sorted((ROOT / "examples").glob("*.py")), ids=lambda path: path.stem)
def test_an_example_says_how_it_is_tried_and_has_a_test(path: Path) -> None:
    head = path.read_text(encoding="utf-8").split('"""')[1]
    assert f"examples/{path.name}" in head.split("Try it:")[1].splitlines()[0]
    assert (ROOT / "tests" / "examples" / f"test_{path.stem}.py").is_file()


def test_an_example_that_stands_nowhere_is_noticed(
    gallery: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gallery, "EXAMPLES", tmp_path)
    monkeypatch.setattr(gallery, "SECTIONS", {"Begin": ["one"]})
    (tmp_path / "one.py").write_text('"""Do one thing.\n\nNeeds:   nothing\n"""\n', encoding="utf-8")
    assert "| do one thing | [one.py](../examples/one.py) | nothing |" in gallery.page(["ivr"])
    (tmp_path / "two.py").write_text('"""Do another.\n"""\n', encoding="utf-8")
    with pytest.raises(SystemExit, match="differ: two"):
        gallery.page(["ivr"])
    monkeypatch.setattr(gallery, "SECTIONS", {"Begin": ["one", "two"]})
    with pytest.raises(SystemExit, match="does not say what it needs"):
        gallery.page(["ivr"])
