"""The skill for coding assistants has the form that they expect. Its code is run with that of the other pages."""

from __future__ import annotations

import re
from pathlib import Path

import yaml  # type: ignore[import-untyped]

from jambonz_anyio.cli.shipped_pages import shipped_pages

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


def test_pages_that_assistants_are_sent_to_are_there() -> None:
    package = SKILL.parents[1]
    texts = [page.read_text(encoding="utf-8") for page in (package / "AGENTS.md", *SKILL.rglob("*.md"))]
    named = {name for text in texts for name in re.findall(r"`jambonz docs ([\w/.-]+)`", text)}
    assert "calls" in named
    assert named <= set(shipped_pages())


def test_every_page_is_in_the_index() -> None:
    docs = SKILL.parents[3] / "docs"
    linked = set(re.findall(r"\]\(([\w-]+)\.md\)", (docs / "index.md").read_text(encoding="utf-8")))
    assert linked == {page.stem for page in docs.glob("*.md")} - {"index"}
