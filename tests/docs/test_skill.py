"""The skill for coding assistants has the form that they expect. Its code is run with that of the other pages."""

from __future__ import annotations

import re
from pathlib import Path

import yaml  # type: ignore[import-untyped]

SKILL = Path(__file__).resolve().parents[2] / "src/jambonz_anyio/skills/jambonz-anyio"


def test_the_skill_says_what_it_is_for() -> None:
    _, front_matter, body = (SKILL / "SKILL.md").read_text(encoding="utf-8").split("---\n", 2)
    told = yaml.safe_load(front_matter)
    assert told["name"] == SKILL.name
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", told["name"])
    assert len(told["name"]) <= 64
    assert 0 < len(told["description"]) <= 1024
    assert "<" not in told["description"]
    assert set(told) <= {"name", "description", "license", "compatibility", "metadata", "allowed-tools"}
    # All of it is read whenever the skill is used, so what is long stands in the references.
    assert len(body.splitlines()) < 200


def test_the_skill_leads_to_each_of_its_references() -> None:
    linked = re.findall(r"\]\((references/[^)]+)\)", (SKILL / "SKILL.md").read_text(encoding="utf-8"))
    there = {str(file.relative_to(SKILL)) for file in (SKILL / "references").iterdir()}
    assert set(linked) == there
