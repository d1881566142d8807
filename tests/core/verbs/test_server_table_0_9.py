"""Profile 0.9 against the open server's own checker of verbs, the npm package `@jambonz/verb-specifications`.

Two things are held: the table in `schemas/servers/` is the package's, and whatever the profile builds, the package's
JavaScript accepts. Node is needed for that, and the package once from the network; where either is missing, the tests
that need it are skipped and say so.
"""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.npm_packages import installed

from jambonz_core import V0_9, VerbBuilder
from jambonz_core.schemas import BUILTIN
from jambonz_core.wire.errors import InvalidVerb, UnsupportedByProfile

ROOT = Path(__file__).resolve().parents[3]
SOURCE = json.loads((ROOT / "schemas" / "servers" / "verb-table-0.9.json").read_text(encoding="utf-8"))
pytestmark = pytest.mark.foreign

CHECK = """
const {validate} = require('@jambonz/verb-specifications');
const lines = require('readline').createInterface({input: process.stdin});
lines.on('line', (line) => {
  let told = null;
  try { validate({info() {}}, JSON.parse(line)); } catch (error) { told = error.message; }
  process.stdout.write(JSON.stringify(told) + '\\n');
});
"""


@pytest.fixture(scope="module")
def package() -> Path:
    """Where the npm package is installed: a directory that git ignores."""
    return installed(SOURCE["package"], SOURCE["version"], "verb-specifications")


class Checker:
    """The package's own checker, kept running: one verb array in, the complaint or None out."""

    def __init__(self, directory: Path) -> None:
        self._process = subprocess.Popen(
            ["node", "-e", CHECK], cwd=directory, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def complaint(self, verbs: list[dict[str, Any]]) -> str | None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(verbs) + "\n")
        self._process.stdin.flush()
        told: str | None = json.loads(self._process.stdout.readline())
        return told

    def close(self) -> None:
        self._process.communicate()


@pytest.fixture(scope="module")
def checker(package: Path) -> Any:
    running = Checker(package)
    yield running
    running.close()


def test_the_table_is_the_package_s(package: Path) -> None:
    specs = package / "node_modules" / SOURCE["package"] / "specs.json"
    assert json.loads(specs.read_text(encoding="utf-8")) == SOURCE["table"]


@pytest.mark.parametrize("verb", sorted(BUILTIN.verbs))
def test_what_is_built_is_accepted(verb: str, maker: Any, checker: Checker) -> None:
    identity = BUILTIN.verbs[verb]

    @settings(max_examples=25)
    @given(st.one_of(maker.either(identity), st.sampled_from(BUILTIN[identity].get("examples", [{}]))))
    def held(document: Any) -> None:
        if not isinstance(document, dict):
            return
        try:
            [built] = VerbBuilder(V0_9).verb({**document, "verb": verb}).build()
        except UnsupportedByProfile as error:
            refusal = error
        except InvalidVerb:
            return
        else:
            assert checker.complaint([built]) is None, built
            return
        # Some refusals are not the table's: what the server needs to make a verb, one verb that it does not make
        # at all, and two names for one thing in one verb, which are our own scruple.
        not_the_tables = ("there is nothing to say", "needs it", "has no vendor", "give one of them")
        if verb != "pipeline" and not any(words in str(refusal) for words in not_the_tables):
            lowered = "conference" if verb == "room" else verb
            assert checker.complaint([{**document, "verb": lowered}]) is not None, str(refusal)

    held()
