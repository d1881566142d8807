"""Packages of the npm registry that tests drive with Node: fetched once, into a directory that git ignores."""

from __future__ import annotations

import fcntl
import shutil
import subprocess
from pathlib import Path

import pytest

CACHE = Path(__file__).resolve().parents[1] / ".cache"


def installed(name: str, version: str, directory: str) -> Path:
    """Where the package is; the test that asked is skipped by name where it cannot be had.

    The workers of one run share the directory, and two npms at once break each other's work, so they take turns.
    """
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip(f"{name} is not driven: node and npm are not installed")
    place = CACHE / directory
    place.mkdir(parents=True, exist_ok=True)
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = place / f".{version}"
        if not stamp.exists():
            (place / "package.json").write_text('{"private": true}', encoding="utf-8")
            command = ["npm", "install", "--no-audit", "--no-fund", "--loglevel=error", f"{name}@{version}"]
            try:
                subprocess.run(command, cwd=place, check=True, capture_output=True, text=True, timeout=120)
            except subprocess.SubprocessError as failure:
                said = str(getattr(failure, "stderr", "") or failure).strip()
                pytest.skip(f"{name} is not driven: npm could not install {version}: {said[:300]}")
            stamp.touch()
    return place
