"""Every template of `jambonz new` is an example, and the project that it makes passes its own tests."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from jambonz_anyio.cli.templates import TEMPLATES

ROOT = Path(__file__).resolve().parents[3]

EACH_PROJECT = """
import os, sys
import pytest

for folder in sys.argv[1:]:
    os.chdir(folder)
    if pytest.main(["-q", "-p", "no:cacheprovider", "-o", "jambonz_backends=asyncio"]):
        sys.exit(f"the tests in {folder} have failed")
    for name in ("app", "test_app"):
        sys.modules.pop(name, None)
    sys.path[:] = [path for path in sys.path if path != folder]
"""
"""One program runs the tests of all: most of the time of such a run is its start."""


def code(text: str) -> str:
    """A program without the text at its head."""
    tree = ast.parse(text)
    return ast.dump(ast.Module(tree.body[1:], []))


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_the_example_and_its_tests(jambonz: Any, tmp_path: Path, name: str) -> None:
    assert jambonz("new", "shop", "--template", name).code == 0
    folder, example = tmp_path / "shop", TEMPLATES[name].example
    program = (folder / "app.py").read_text(encoding="utf-8")
    assert code(program) == code((ROOT / "examples" / f"{example}.py").read_text(encoding="utf-8"))
    assert "jambonz call app.py" in program
    tests = (folder / "test_app.py").read_text(encoding="utf-8")
    original = (ROOT / "tests" / "examples" / f"test_{example}.py").read_text(encoding="utf-8")
    here, there = tests.splitlines(), original.splitlines()
    differ = [line for line, before in zip(here, there, strict=True) if line != before]
    assert differ
    assert all("import" in line and " app" in line for line in differ)
    assert "examples" not in program + "".join(differ)
    guide = (ROOT / "src" / "jambonz_anyio" / "AGENTS.md").read_text(encoding="utf-8")
    assert (folder / "AGENTS.md").read_text(encoding="utf-8") == guide


@pytest.mark.parametrize("name", TEMPLATES)
def test_what_a_template_needs(jambonz: Any, tmp_path: Path, name: str) -> None:
    assert jambonz("new", "shop", "-t", name).code == 0
    project = tomllib.loads((tmp_path / "shop" / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["dependencies"][0].startswith("jambonz-anyio[")
    steps = (tmp_path / "shop" / "Containerfile").read_text(encoding="utf-8").splitlines()
    [served] = [ast.literal_eval(step.removeprefix("CMD ")) for step in steps if step.startswith("CMD ")]
    wanted = {part.split("[")[0] for part in project["dependencies"]}
    assert served[0].replace("jambonz", "jambonz-anyio") in wanted
    assert " ".join(served) in (tmp_path / "shop" / "README.md").read_text(encoding="utf-8")


def test_each_project_passes_its_own_tests(
    jambonz: Any, tmp_path: Path, traced_child: dict[str, str]
) -> None:
    for name in TEMPLATES:
        assert jambonz("new", name, "--template", name).code == 0
    folders = [str(tmp_path / name) for name in TEMPLATES]
    command = [sys.executable, "-c", EACH_PROJECT, *folders]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(" passed") == len(TEMPLATES)


def test_the_names_of_templates(jambonz: Any) -> None:
    listed = jambonz("new")
    assert (listed.code, listed.err) == (0, "")
    assert [line.split()[0] for line in listed.out.splitlines()] == list(TEMPLATES)
    wrong = jambonz("new", "shop", "--template", "voicmail")
    assert (wrong.code, wrong.err) == (
        2,
        "jambonz: There is no template 'voicmail'; did you mean voicemail?\n",
    )
    assert "there are echo, ivr, " in jambonz("new", "shop", "--template", "xyzzy").err
