"""The schema files of the repository, loaded once, with a registry in which every `$id` resolves and nothing is fetched."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from referencing import Registry, Resource

SCHEMA_DIRECTORY = Path(__file__).resolve().parents[3] / "schemas"
SUFFIX = ".schema.json"

Schema = dict[str, Any]


@pytest.fixture(scope="session")
def schema_directory() -> Path:
    return SCHEMA_DIRECTORY


@pytest.fixture(scope="session")
def schemas() -> dict[str, Schema]:
    """Every schema file by its name below `schemas/`, without the suffix: `verbs/say`, `messages/control/ack`."""
    return {
        path.relative_to(SCHEMA_DIRECTORY).as_posix().removesuffix(SUFFIX): json.loads(
            path.read_text(encoding="utf-8")
        )
        for path in sorted(SCHEMA_DIRECTORY.rglob(f"*{SUFFIX}"))
    }


@pytest.fixture(scope="session")
def registry(schemas: dict[str, Schema]) -> Registry[Any]:
    return Registry[Any]().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas.values()
    )
