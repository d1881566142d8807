"""Run the tests in environments other than the developer's own.

    python scripts/other_environments.py lowest    with the lowest versions that pyproject.toml allows
    python scripts/other_environments.py pythons   on every supported Python that is found on this machine

Each environment is made below `.cache/environments` the first time, and kept. It runs the tests that need
nothing but Python, without types, style and coverage: `make test` has looked at those.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

from check import MARKED

ROOT = Path(__file__).resolve().parent.parent
ENVIRONMENTS = ROOT / ".cache" / "environments"
PYTHONS = ("3.11", "3.12", "3.13")


def lowest_versions() -> list[str]:
    """What users' requirements allow at least, as exact requirements.

    Development tools stay at their newest: which of them are used is nobody's concern but ours.
    """
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted: dict[str, str] = {}
    for group in (project["dependencies"], *project["optional-dependencies"].values()):
        for requirement in group:
            if found := re.match(r"([\w-]+)(?:\[[\w,]+\])?>=([\d.]+)", requirement):
                name, version = found.groups()
                marker = requirement.partition(";")[2]
                wanted[name] = f"{name}=={version}" + (f";{marker}" if marker else "")
    return sorted(wanted.values())


def found_pythons() -> dict[str, str]:
    """The supported Pythons of this machine, by version: those on the path, and those of pyenv."""
    found: dict[str, str] = {}
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for version in PYTHONS:
        candidates = [
            shutil.which(f"python{version}") or "",
            *map(str, sorted(pyenv.glob(f"{version}.*/bin/python"))),
        ]
        for candidate in filter(None, candidates):
            asked = [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"]
            told = subprocess.run(asked, capture_output=True, text=True, check=False)
            if told.stdout.strip() == version:
                found[version] = candidate
                break
    return found


def run(*command: str | Path) -> bool:
    """Run a command in the project's root; its output goes straight to the terminal."""
    return subprocess.run([str(part) for part in command], cwd=ROOT, check=False).returncode == 0


def environment(name: str, python: str, *, exact: list[str]) -> Path | None:
    """The Python of an environment, which is made when it is not there; None when that fails."""
    place = ENVIRONMENTS / name
    stamp = place / ".ready"
    wanted = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    own = place / "bin" / "python"
    if stamp.exists() and stamp.read_text(encoding="utf-8") == wanted:
        return own
    print(f"Making the environment {place.relative_to(ROOT)} …", flush=True)
    pip = (own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check")
    made = (
        run(python, "-m", "venv", "--clear", place)
        and run(*pip, "pip>=25.1")
        and run(*pip, "-e", ".[all]", "--group", "test", "--group", "bench", *exact)
    )
    if not made:
        return None
    stamp.write_text(wanted, encoding="utf-8")
    return own


def tests(name: str, python: str, *, exact: list[str]) -> bool:
    """Run the tests in an environment."""
    own = environment(name, python, exact=exact)
    if own is None:
        print(f"{name}: the environment could not be made", file=sys.stderr)
        return False
    print(f"\n== {name}", flush=True)
    workers = str(2 * max(2, os.cpu_count() or 2))
    marker = f"not ({' or '.join(MARKED)})"
    # What type checkers say of the library is the same everywhere, and they are not installed here.
    chosen = ("-m", marker, "--ignore", "tests/typing")
    return run(own, "-m", "pytest", "-q", "-n", workers, "--dist", "worksteal", *chosen)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("what", choices=["lowest", "pythons"])
    parser.add_argument("--python", default=sys.executable, help="with `lowest`: the Python to use")
    chosen = parser.parse_args()
    if chosen.what == "lowest":
        return 0 if tests("lowest", chosen.python, exact=lowest_versions()) else 1
    pythons = found_pythons()
    for version in PYTHONS:
        if version not in pythons:
            print(f"Python {version} is not installed here: not tested")
    passed = [tests(f"python{version}", python, exact=[]) for version, python in pythons.items()]
    return 0 if passed and all(passed) else 1


if __name__ == "__main__":
    sys.exit(main())
