"""The file that a run of the benchmarks leaves, `results.json`: tables, plots and pages are made from it."""

from __future__ import annotations

import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any

from benchmarks.contenders import NODE_SDK, ROOT, cores, has_node_sdk

FILE = Path(__file__).parent / "results.json"

PACKAGES = ("jambonz-python-sdk", "anyio", "trio", "uvloop", "websockets", "wsproto", "picows", "msgspec")


def processor() -> str:
    """The machine's, as far as it tells."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()


def circumstances() -> dict[str, Any]:
    """When and where this runs, and with what."""
    versions = {"Python": platform.python_version()}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    if has_node_sdk():
        versions["Node"] = _said("node", "--version").removeprefix("v")
        package = NODE_SDK / "node_modules" / "@jambonz" / "sdk" / "package.json"
        versions["@jambonz/sdk"] = json.loads(package.read_text(encoding="utf-8"))["version"]
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "commit": _said("git", "rev-parse", "--short", "HEAD"),
        "processor": processor(),
        "cores": os.cpu_count() or 1,
        "pinned": cores() is not None,
        "system": f"{platform.system()} {re.split('[-+]', platform.release())[0]}",
        "compiler": platform.python_compiler(),
        "load_before": round(os.getloadavg()[0], 2) if hasattr(os, "getloadavg") else None,
        "versions": versions,
    }


def _said(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    return done.stdout.strip() or "unknown"


def read(file: Path = FILE) -> dict[str, Any]:
    """The results of the last run; nothing where there was none."""
    try:
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return found


def write(results: Mapping[str, Any], file: Path = FILE) -> None:
    """Keep the results: after each part of a run, so that one that is broken off has left something."""
    beside = file.with_suffix(".new")
    beside.write_text(json.dumps(_rounded(results), indent=1) + "\n", encoding="utf-8")
    beside.replace(file)


def _rounded(value: Any) -> Any:
    """Without digits that say nothing."""
    if isinstance(value, float):
        return float(f"{value:.4g}")
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_rounded(each) for each in value]
    return value


def say(text: str, *, end: str = "\n") -> None:
    """Tell how far a run has come."""
    print(text, end=end, file=sys.stderr, flush=True)
