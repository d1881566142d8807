"""`jambonz validate`: check documents, and say of each fault where it is and what would be right."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import typer

from jambonz_core.validation import find_problems
from jambonz_core.verbs.profiles import Profile
from jambonz_core.wire.errors import InvalidVerb

from .caller_input import standard_input
from .errors import CommandFailed, ExitCode
from .terminal import printable


class NotJson(CommandFailed):
    """A document that is no JSON at all, and so has no verbs to look at."""


def read_document(name: str) -> Any:
    """The JSON of a file, or of standard input for ``-``."""
    try:
        # Editors of some systems begin a file with a mark of its encoding.
        text = standard_input() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except OSError as error:
        raise CommandFailed(f"Cannot read {name}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    except UnicodeDecodeError as error:
        raise CommandFailed(f"{name} is not UTF-8 text.", ExitCode.NOT_LOADED) from error
    try:
        return json.loads(text)
    except ValueError as error:
        which = "Standard input" if name == "-" else name
        why = str(error) if text.strip() else "it is empty"
        raise NotJson(f"{which} is not JSON: {why}.", ExitCode.NO) from error


def validate_files(files: list[str], profile_name: str, *, as_json: bool) -> None:
    """Check every file, print what is wrong, and fail when anything is."""
    profile = Profile(profile_name)
    results: list[tuple[str, int, list[dict[str, str]]]] = []
    for name in files:
        try:
            document = read_document(name)
        except NotJson as failed:
            # The other documents are looked at all the same.
            results.append((name, 0, [{"verb": "", "path": "", "hint": "", "message": str(failed)}]))
            if not as_json:
                typer.echo(f"jambonz: {printable(str(failed))}", err=True)
            continue
        # A document may hold one verb instead of a list of them.
        verbs = document if isinstance(document, list) else [document]
        problems = [_as_json(problem) for problem in find_problems(verbs, profile)]
        results.append((name, len(verbs), problems))
        if not as_json:
            for problem in problems:
                typer.echo(f"{name}: {printable(problem['message'])}")
            if not problems:
                verb = "verb" if len(verbs) == 1 else "verbs"
                typer.echo(f"{name}: {len(verbs)} {verb}, valid for {profile.name}")
    if as_json:
        found = [
            {"file": name, "valid": not problems, "verbs": verbs, "problems": problems}
            for name, verbs, problems in results
        ]
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
    if any(problems for _, _, problems in results):
        raise typer.Exit(ExitCode.NO)


def _as_json(problem: InvalidVerb) -> dict[str, str]:
    return {"verb": problem.verb, "path": problem.path, "hint": problem.hint, "message": str(problem)}
