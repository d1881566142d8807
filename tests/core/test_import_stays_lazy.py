"""What importing the core loads, and what it must not, looked at from a fresh interpreter."""

from __future__ import annotations

import subprocess
import sys
from functools import cache

import pytest

NEVER = ("asyncio", "socket", "ssl", "threading", "jsonschema", "pydantic", "difflib")


@cache
def loaded_after(program: str) -> set[str]:
    code = f"import sys\nbefore = set(sys.modules)\n{program}\nprint(*(set(sys.modules) - before), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_of_it() -> None:
    loaded = loaded_after("import jambonz_core")
    assert {name for name in loaded if name.startswith("jambonz_core")} == {
        "jambonz_core",
        "jambonz_core.lazy_exports",
    }
    assert not loaded & {*NEVER, "msgspec", "jsonschema_rs"}


@pytest.mark.parametrize(
    "unwanted", ["jsonschema", "referencing", "difflib", "asyncio", "jambonz_core.verbs.types"]
)
def test_building_a_verb_does_not_load(unwanted: str) -> None:
    loaded = loaded_after("from jambonz_core import VerbBuilder\nVerbBuilder().say(text='Hi')")
    assert unwanted not in loaded


def test_only_the_groups_of_schemas_that_are_used_are_loaded() -> None:
    loaded = loaded_after("from jambonz_core import VerbBuilder\nVerbBuilder().pause(length=1)")
    assert "jambonz_core.schemas._verbs" in loaded
    assert not loaded & {
        f"jambonz_core.schemas._{group}" for group in ("callbacks", "commands", "messages", "app")
    }
