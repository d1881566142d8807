from __future__ import annotations

from pathlib import Path

from codegen.reading import SchemaFiles


def generate(files: SchemaFiles) -> dict[Path, str]:
    return {}
