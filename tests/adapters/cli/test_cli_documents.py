"""`jambonz validate`, `schema` and `new`, finding applications, and how every command fails."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import jambonz_anyio.cli
from jambonz_anyio.cli.app_loader import load_app
from jambonz_anyio.cli.command_line import run_command_line
from jambonz_anyio.cli.errors import CommandFailed, ExitCode, plain_error
from jambonz_anyio.cli.schema import show_schema
from jambonz_core.schemas import BUILTIN

GOOD = '[{"verb": "say", "text": "Hello"}, {"hangup": {}}]'
BAD = '[{"verb": "say", "txt": "Hello"}]'


# --- validate -----------------------------------------------------------------------------------------------


def test_good_and_bad_documents(jambonz: Any, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.json").write_text(BAD, encoding="utf-8")
    good = jambonz("validate", "good.json")
    assert (good.code, good.out) == (0, "good.json: 2 verbs, valid for v10\n")
    both = jambonz("validate", "good.json", "bad.json")
    assert both.code == 1
    assert 'bad.json: say: txt is not a known property. Did you mean "text"?' in both.out


def test_one_verb_from_standard_input(jambonz: Any) -> None:
    done = jambonz("validate", "-", stdin='{"verb": "pause", "length": 1}')
    assert (done.code, done.out) == (0, "-: 1 verb, valid for v10\n")


def test_findings_for_programs(jambonz: Any, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_text(BAD, encoding="utf-8")
    done = jambonz("validate", "bad.json", "--json")
    [found] = json.loads(done.out)
    assert done.code == 1
    assert (found["file"], found["valid"], found["verbs"]) == ("bad.json", False, 1)
    assert {"verb", "path", "hint", "message"} == set(found["problems"][0])


def test_the_server_matters(jambonz: Any) -> None:
    agent = '{"verb": "agent", "llm": {"vendor": "openai", "model": "x"}}'
    assert jambonz("validate", "-", stdin=agent).code == 0
    assert jambonz("validate", "-", "--profile", "0.9", stdin=agent).code == 1


@pytest.mark.parametrize(
    ("content", "said", "code"),
    [
        (None, "Cannot read doc.json: No such file or directory.", 3),
        (b"\xff", "doc.json is not UTF-8 text.", 3),
        (b"[", "doc.json is not JSON: Expecting value: line 1 column 2 (char 1).", 1),
    ],
)
def test_files_that_are_no_documents(
    jambonz: Any, tmp_path: Path, content: bytes | None, said: str, code: int
) -> None:
    if content is not None:
        (tmp_path / "doc.json").write_bytes(content)
    done = jambonz("validate", "doc.json")
    assert (done.code, done.err) == (code, f"jambonz: {said}\n")


def test_one_file_that_is_no_json_hides_nothing_of_the_others(jambonz: Any, tmp_path: Path) -> None:
    files = {"good.json": GOOD, "broken.json": "[", "empty.json": "", "bad.json": BAD}
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    told = jambonz("validate", *files)
    assert told.code == 1
    assert told.out.startswith("good.json: 2 verbs, valid for v10\nbad.json: say: txt is not")
    assert told.err.startswith("jambonz: broken.json is not JSON: Expecting value")
    assert told.err.endswith("jambonz: empty.json is not JSON: it is empty.\n")
    done = jambonz("validate", "--json", *files)
    found = json.loads(done.out)
    assert (done.code, done.err) == (1, "")
    assert [it["valid"] for it in found] == [True, False, False, False]
    assert found[2]["problems"][0]["message"] == "empty.json is not JSON: it is empty."


def test_a_mark_of_the_encoding_is_no_fault(jambonz: Any, tmp_path: Path) -> None:
    (tmp_path / "marked.json").write_text(GOOD, encoding="utf-8-sig")
    assert jambonz("validate", "marked.json").code == 0


def test_nothing_of_a_document_moves_the_cursor(jambonz: Any) -> None:
    done = jambonz("validate", "-", stdin='[{"verb": "say", "\\u001b[31mtext": "Hello"}]')
    assert done.code == 1
    assert "\x1b" not in done.out


def test_standard_input_that_is_closed_or_no_text(jambonz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    nothing = jambonz("validate", "-", stdin="")
    assert (nothing.code, nothing.err) == (1, "jambonz: Standard input is not JSON: it is empty.\n")
    # What Python makes of bytes that are no UTF-8, in locales where it lets them through.
    no_text = jambonz("validate", "-", stdin='["\udcff"]')
    assert (no_text.code, no_text.err) == (3, "jambonz: Standard input is not UTF-8 text.\n")
    monkeypatch.setattr("sys.stdin", None)
    assert run_command_line(["validate", "-"]) == 1


# --- schema -------------------------------------------------------------------------------------------------


def test_all_verbs(jambonz: Any) -> None:
    done = jambonz("schema")
    assert done.code == 0
    assert "\ngather " in done.out
    assert "jambonz schema --json lists them all" in done.out
    names = json.loads(jambonz("schema", "--json").out)
    assert "https://jambonz.org/schema/verbs/gather" in names


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("say", ["text: string", "example:"]),
        ("gather", ['default: ["digits"]', "say: object"]),
        ("components/recognizer", ["vendor: string"]),
        ("verbs/say.schema.json", ["text: "]),
        ("agent", ["since 10."]),
    ],
)
def test_one_schema_for_people(jambonz: Any, name: str, words: list[str]) -> None:
    done = jambonz("schema", name)
    assert done.code == 0
    for word in words:
        assert word in done.out


def test_one_schema_for_programs(jambonz: Any) -> None:
    schema = json.loads(jambonz("schema", "gather", "--json").out)
    assert schema["$id"] == "https://jambonz.org/schema/verbs/gather"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gahter", "There is no schema 'gahter'; did you mean 'gather'?"),
        ("xyzzyx", "There is no schema 'xyzzyx'."),
        ("dial-hold", None),
        ("commands/call:status", None),
    ],
)
def test_names_of_schemas(jambonz: Any, name: str, said: str | None) -> None:
    done = jambonz("schema", name)
    assert (done.code, done.err) == ((0, "") if said is None else (2, f"jambonz: {said}\n"))


def test_a_name_that_several_schemas_have(jambonz: Any) -> None:
    done = jambonz("schema", "call:status")
    assert done.code == 2
    assert "could be" in done.err
    assert "commands/call:status" in done.err


def test_every_schema_can_be_shown(capsys: pytest.CaptureFixture[str]) -> None:
    for name in BUILTIN:
        show_schema(name, as_json=False)
        assert capsys.readouterr().out.startswith(f"{name}: "), name


# --- new ----------------------------------------------------------------------------------------------------


def test_a_new_project_works(jambonz: Any, tmp_path: Path) -> None:
    done = jambonz("new", "My Shop")
    assert done.code == 0
    folder = tmp_path / "My Shop"
    assert 'name = "my-shop"' in (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert "Try it: cd" in done.out
    called = jambonz("call", f"{folder}/app.py:app", stdin="good morning\n/hears You said: good morning\n")
    assert (called.code, called.err) == (0, "")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"]
    tested = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stdout
    assert jambonz("doctor", f"{folder}/app.py").code == 0


def test_a_new_project_can_be_installed_and_put_into_a_container(jambonz: Any, tmp_path: Path) -> None:
    assert jambonz("new", "shop").code == 0
    folder = tmp_path / "shop"
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    # Left to find modules by itself, setuptools refuses a folder with more than one.
    assert project["tool"]["setuptools"]["py-modules"] == ["app"]
    steps = (folder / "Containerfile").read_text(encoding="utf-8").splitlines()
    copied = [name for step in steps if step.startswith("COPY ") for name in step.split()[1:-1]]
    made = {file.name for file in folder.iterdir()}
    # The wheel of jambonz-anyio, which no index has, comes from a folder that the README has one make.
    assert set(copied) - made == {"wheels"}
    assert "--wheel-dir wheels" in (folder / "README.md").read_text(encoding="utf-8")
    assert "RUN pip install --no-cache-dir --find-links wheels ." in steps


def test_a_folder_that_is_there_already(jambonz: Any, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert jambonz("new", "empty").code == 0
    again = jambonz("new", "empty")
    assert (again.code, again.err) == (2, "jambonz: empty exists already and is not an empty folder.\n")
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert jambonz("new", "file").code == 2
    assert "Cannot write to file/below" in jambonz("new", "file/below").err
    assert "gives no name to a project" in jambonz("new", "///").err


# --- finding an application ---------------------------------------------------------------------------------


def test_names_of_applications(
    app_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app_file("class Apps:\n    shop = app\n", "shop_app.py")
    for target in ("shop_app.py:app", "shop_app.py", "shop_app.py:Apps.shop", "shop_app:app", "shop_app"):
        assert type(load_app(target)).__name__ == "App"
    (tmp_path / "neighbour.py").write_text("from shop_app import app\n", encoding="utf-8")
    assert load_app(f"{tmp_path}/neighbour.py:app").routes["call"] == []


@pytest.mark.parametrize(
    ("target", "said"),
    [
        ("shop.py:ap", "shop.py has no 'ap'; it has app."),
        ("empty.py:app", "empty.py has no 'app'; it has no App at all; app = App() makes one."),
        ("empty.py:number", "'number' in empty.py is of type int, not a jambonz_anyio.App."),
        ("nowhere.py", "There is no file nowhere.py in {folder}."),
        ("/nowhere.py", "There is no file /nowhere.py."),
        (
            "nowhere:app",
            "There is no module 'nowhere' to import from here. For a file, write its name with .py.",
        ),
        (
            "wrong.py",
            "Importing {folder}/wrong.py failed: SyntaxError: '(' was never closed (wrong.py, line 1).",
        ),
        ("exits.py", "Importing {folder}/exits.py failed: SystemExit: 5 (exits.py, line 1, in <module>)."),
        (
            "missing.py",
            "ModuleNotFoundError: No module named 'nowhere_at_all' (missing.py, line 1, in <module>).",
        ),
        ("missing:app", "Importing missing failed: ModuleNotFoundError: No module named 'nowhere_at_all'"),
        ("exits:app", "Importing exits failed: SystemExit: 5 (exits.py, line 1, in <module>)."),
    ],
)
def test_applications_that_are_not_there(
    app_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str, said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    app_file("", "shop.py")
    files = {"empty": "number = 1", "wrong": "x = (", "exits": "raise SystemExit(5)"}
    for name, text in {**files, "missing": "import nowhere_at_all"}.items():
        (tmp_path / f"{name}.py").write_text(text + "\n", encoding="utf-8")
    with pytest.raises(CommandFailed) as failed:
        load_app(target)
    assert said.format(folder=tmp_path) in str(failed.value)
    assert failed.value.code is ExitCode.NOT_LOADED


@pytest.mark.parametrize("target", ["", ":app"])
def test_a_name_that_is_none(jambonz: Any, target: str) -> None:
    done = jambonz("run", target)
    assert (done.code, done.err) == (
        2,
        f"jambonz: {target!r} names no application: write file.py:app or module:app.\n",
    )


def test_a_file_does_not_take_the_place_of_a_module(app_file: Callable[..., Path]) -> None:
    load_app(f"{app_file('', 'json.py')}:app")
    assert sys.modules["json"] is json


# --- all commands -------------------------------------------------------------------------------------------


def test_the_version(jambonz: Any) -> None:
    done = jambonz("--version")
    assert (done.code, done.out) == (0, f"jambonz-anyio {version('jambonz-anyio')}\n")


@pytest.mark.parametrize(
    "command", ["", "run", "call", "validate", "schema", "new", "trace", "replay", "doctor", "mcp", "rest"]
)
def test_every_command_has_help(jambonz: Any, command: str) -> None:
    done = jambonz(*command.split(), "--help")
    assert done.code == 0
    assert done.out.startswith(f"Usage: jambonz {command}".rstrip())


def test_exit_codes_are_documented(jambonz: Any) -> None:
    out = jambonz("--help").out
    for code in ExitCode:
        assert f"\n    {code:d}  " in out


@pytest.mark.parametrize("words", [[], ["rest"], ["rest", "calls"], ["rest", "applications"]])
def test_lists_of_commands_have_whole_sentences(
    jambonz: Any, monkeypatch: pytest.MonkeyPatch, words: list[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert not re.findall(
        r".*\.\.\.$", jambonz(*words, "--help").out.partition("\nCommands:\n")[2], re.MULTILINE
    )


def test_a_command_that_does_not_exist(jambonz: Any) -> None:
    assert jambonz("dance").code == 2
    assert jambonz().code == 2


def test_an_interrupt_from_the_keyboard(jambonz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("jambonz_anyio.cli.schema.list_schemas", interrupt)
    assert jambonz("schema").code == 130


def test_an_error_of_ours_is_one_sentence_too(jambonz: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ExceptionGroup("several", [LookupError("not here")])

    monkeypatch.setattr("jambonz_anyio.cli.schema.list_schemas", fail)
    done = jambonz("schema")
    assert done.code == 1
    assert done.err.startswith("jambonz: LookupError: not here")
    assert "jambonz --debug" in done.err
    with pytest.raises(ExceptionGroup):
        jambonz("--debug", "schema")


def test_errors_in_one_line() -> None:
    assert plain_error(ValueError()) == "ValueError"
    assert plain_error(KeyError("x\ny")) == "KeyError: 'x\\ny'"


def test_without_its_packages_the_command_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "typer", None)
    with pytest.raises(SystemExit) as ended:
        jambonz_anyio.cli.main()
    assert ended.value.code == 2
    assert capsys.readouterr().err == "jambonz needs the package typer: pip install 'jambonz-anyio[cli]'\n"


def test_the_program_itself() -> None:
    command = [sys.executable, "-m", "jambonz_anyio.cli", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
