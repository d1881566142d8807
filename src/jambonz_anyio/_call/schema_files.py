"""Reading a directory of schemas: the core takes parsed objects, and files are an adapter's affair."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from jambonz_core.wire.errors import LocalProtocolError


def read_schemas(given: str | os.PathLike[str] | Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The schemas of a directory and those below it, in the order of their names; parsed ones as they are."""
    if not isinstance(given, (str, os.PathLike)):
        return list(given)
    directory = Path(given)
    files = sorted(directory.rglob("*.schema.json"))
    if not files:
        raise LocalProtocolError(f"there are no *.schema.json files in {directory}")
    return [_read(file) for file in files]


def _read(file: Path) -> Mapping[str, Any]:
    try:
        schema = json.loads(file.read_bytes())
    except ValueError as exc:
        raise LocalProtocolError(f"{file} is not JSON: {exc}") from exc
    if not isinstance(schema, dict):
        raise LocalProtocolError(f"{file} holds no schema: a schema is an object")
    return schema
