"""The page of messages and commands is that of the registry, and has a line for each row."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

from jambonz_core.call import HookEvent, HookKind, Inject
from jambonz_core.schemas import BUILTIN
from jambonz_core.wire.registry import REGISTRY, CommandRow, MessageRow
from jambonz_core.wire.unproved import IfUnsure

ROOT = Path(__file__).parents[2]


class Applause(HookEvent, frozen=True, gc=False):
    """Somebody in the audience claps."""


@pytest.fixture
def tables(script: Callable[[str], ModuleType]) -> ModuleType:
    return script("wire_tables")


def test_the_page_is_current(tables: ModuleType) -> None:
    assert tables.main(["--check"]) == 0


def test_a_page_that_is_not_current_is_noticed(
    tables: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(tables, "PAGE", tmp_path / "messages-and-commands.md")
    assert tables.main(["--check"]) == 1
    assert tables.main([]) == 0
    assert tables.main(["--check"]) == 0
    (tmp_path / "messages-and-commands.md").write_text("# Messages\n", encoding="utf-8")
    assert tables.main(["--check"]) == 1
    assert "make generate" in capsys.readouterr().out


def test_every_row_has_a_line(tables: ModuleType) -> None:
    lines = tables.page().splitlines()
    for name in (*REGISTRY.messages, *REGISTRY.commands):
        found = [line for line in lines if line.startswith(f"| `{name}` | ")]
        assert len(found) == (name in REGISTRY.messages) + (name in REGISTRY.commands), name
        for line in found:
            assert len(line.split(" | ")[1]) > 15, f"{name} is not explained"
    for kind in HookKind:
        assert any(line.startswith(f"| {kind.value} | ") for line in lines)


def test_the_payload_of_a_row_is_the_class_of_its_schema(tables: ModuleType) -> None:
    classes = importlib.import_module("codegen.payload_names").CLASSES
    for row in REGISTRY.messages.values():
        [id] = [id for id in BUILTIN if id.endswith(f"/messages/control/{row.type}")]
        callback = BUILTIN[id]["properties"]["data"].get("$ref", "").rpartition("/")[2]
        assert row.payload == classes.get(callback, ""), row.type


def test_an_added_row_has_a_line(tables: ModuleType) -> None:
    registry = REGISTRY.extended(
        [MessageRow(type="crowd:applause", event=Applause, ack=HookKind.PLAYED)],
        [
            CommandRow(
                sample=Inject("song:sing", data={"song": "a|b"}), if_unsure=IfUnsure.REPORT, doc="Sing."
            )
        ],
    )
    lines = tables.page(registry).splitlines()
    assert (
        "| `crowd:applause` | Somebody in the audience claps. | `Applause` | `crowd:applause` | by its verb | played |"
        in lines
    )
    assert '| `song:sing` | Sing. |  | `{"song": "a\\|b"}` | all | report |' in lines
