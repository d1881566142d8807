"""`jambonz validate`: check documents, and say of each fault where it is and what would be right."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import typer

from jambonz_core.errors import InvalidVerb
from jambonz_core.profiles import Profile
from jambonz_core.validation import find_problems

from .errors import CommandFailed, ExitCode


def read_document(name: str) -> Any:
    """The JSON of a file, or of standard input for ``-``."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"Cannot read {name}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{name} is not UTF-8 text.", ExitCode.NOT_LOADED) from error
    try:
        return json.loads(text)
    except ValueError as error:
        raise CommandFailed(f"{name} is not JSON: {error}.", ExitCode.NO) from error


def validate_files(files: list[str], profile_name: str, *, as_json: bool) -> None:
    """Check every file, print what is wrong, and fail when anything is."""
    profile = Profile(profile_name)
    results = []
    for name in files:
        document = read_document(name)
        # A document may hold one verb instead of a list of them.
        verbs = document if isinstance(document, list) else [document]
        results.append((name, len(verbs), find_problems(verbs, profile)))
    if as_json:
        found = [
            {
                "file": name,
                "valid": not problems,
                "verbs": count,
                "problems": [_as_json(it) for it in problems],
            }
            for name, count, problems in results
        ]
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    else:
        for name, count, problems in results:
            for problem in problems:
                typer.echo(f"{name}: {problem}")
            if not problems:
                typer.echo(f"{name}: {count} {'verb' if count == 1 else 'verbs'}, valid for {profile.name}")
    if any(problems for _, _, problems in results):
        raise typer.Exit(ExitCode.NO)


def _as_json(problem: InvalidVerb) -> dict[str, str]:
    return {"verb": problem.verb, "path": problem.path, "hint": problem.hint, "message": str(problem)}
