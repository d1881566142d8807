"""`jambonz docs`: the pages and examples that come with the package, in a checkout and in a wheel."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio.cli import shipped_pages
from jambonz_anyio.cli.shipped_pages import SKILL, folder_of

ROOT = Path(__file__).resolve().parents[3]


def test_what_there_is(jambonz: Any) -> None:
    done = jambonz("docs")
    assert (done.code, done.err) == (0, "")
    lines = [line.split(None, 1) for line in done.out.splitlines() if line]
    assert lines[0] == ["agents", "Writing voice applications with jambonz-anyio"]
    names = {line[0] for line in lines}
    assert {file.stem for file in (ROOT / "docs").glob("*.md")} <= names
    assert {f"examples/{file.name}" for file in (ROOT / "examples").glob("*.py")} <= names
    assert not any("__pycache__" in name for name in names)
    # Every page and every program says what it is.
    assert all(len(line) == 2 for line in lines if line[0].endswith(".py") or "." not in line[0])


@pytest.mark.parametrize("name", ["calls", "calls.md", "docs/calls.md", "Calls"])
def test_a_page(jambonz: Any, name: str) -> None:
    done = jambonz("docs", name)
    assert (done.code, done.out) == (0, (ROOT / "docs/calls.md").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", ["examples/echo.py", "echo", "echo.py"])
def test_an_example(jambonz: Any, name: str) -> None:
    assert jambonz("docs", name).out == (ROOT / "examples/echo.py").read_text(encoding="utf-8")


def test_a_page_that_there_is_not(jambonz: Any) -> None:
    done = jambonz("docs", "cals")
    assert done.code == 2
    assert done.err == "jambonz: There is no page 'cals'; did you mean 'calls'? `jambonz docs` lists them.\n"
    assert "There is no page 'zzzzzz'. `jambonz docs`" in jambonz("docs", "zzzzzz").err


def test_the_skill(jambonz: Any, tmp_path: Path) -> None:
    done = jambonz("docs", "--skill", "skills")
    assert (done.code, done.out) == (0, "Wrote skills/jambonz-anyio.\n")
    files = {file.relative_to(SKILL) for file in SKILL.rglob("*") if file.is_file()}
    assert len(files) > 2
    for file in files:
        assert (tmp_path / "skills/jambonz-anyio" / file).read_bytes() == (SKILL / file).read_bytes()
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert "Cannot write to file/jambonz-anyio" in jambonz("docs", "--skill", "file").err


def test_a_wheel_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The build puts the folders into the package, where they are looked for first."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    build = project["tool"]["hatch"]["build"]["targets"]
    assert build["wheel"]["force-include"] == {
        "docs": "jambonz_anyio/docs",
        "examples": "jambonz_anyio/examples",
        "tests/examples": "jambonz_anyio/example_tests",
    }
    assert {"docs", "examples", "src"} <= set(build["sdist"]["include"])
    assert folder_of("docs") == ROOT / "docs"
    monkeypatch.setattr(shipped_pages, "PACKAGE", tmp_path)
    (tmp_path / "docs").mkdir()
    assert folder_of("docs") == tmp_path / "docs"
