"""Each rule on the page of wire rules names a test that exists."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parents[1] / "docs" / "wire-rules.md"
ROW = re.compile(r"^\| (?P<rule>[^|]+) \| `(?P<path>[^`]+)::(?P<name>[^`]+)` \|$")

LINES = PAGE.read_text(encoding="utf-8").splitlines()
ACK_POLICIES = [
    line for line in LINES if line.startswith("| ") and not line.startswith(("| rule |", "| --- |"))
]


@pytest.mark.parametrize("row", ACK_POLICIES)
def test_the_test_that_holds_a_rule_exists(row: str) -> None:
    match = ROW.fullmatch(row)
    assert match, "a row is a rule, a file and a test"
    tree = ast.parse((TESTS / match["path"]).read_text(encoding="utf-8"))
    assert match["name"] in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_rule_is_there_once() -> None:
    rules = [row.split("|")[1].strip() for row in ACK_POLICIES]
    assert len(rules) == len(set(rules)) > 60
    assert all(rule.endswith(".") for rule in rules)
