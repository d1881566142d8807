"""What is checked in is what the generator writes today."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_generated_files_are_current() -> None:
    command = [sys.executable, "scripts/generate.py", "--check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_generated_files_say_so() -> None:
    for path in (ROOT / "src" / "jambonz_core" / "schemas").glob("_*.py"):
        if path.name != "__init__.py":
            assert path.read_text(encoding="utf-8").startswith("# Generated from ")
    for name in (
        "jambonz_core/verbs/declared",
        "jambonz_core/verbs/types",
        "jambonz_core/verbs/payloads",
        "jambonz_anyio/verbs",
    ):
        path = ROOT / "src" / f"{name}.py"
        assert path.read_text(encoding="utf-8").startswith("# Generated from ")
