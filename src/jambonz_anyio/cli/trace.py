"""`jambonz trace` and `jambonz replay`: reading the journal of a call, and running it again."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import typer

from jambonz_core.journal import InvalidJournal, Journal, RedactedJournal, journal_to_test, steps
from jambonz_core.simulator.journal import replay

from ..journals import load_journal
from .errors import CommandFailed, ExitCode
from .ladder import from_zero
from .terminal import printable

if TYPE_CHECKING:
    from jambonz_core.journal import Difference

LONGEST = 200
"""Characters of a value that differs, at most."""


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """What `jambonz trace` was told."""

    journal: Path
    detail: bool = False
    as_json: bool = False
    svg: Path | None = None
    html: Path | None = None
    test: bool = False
    app: str = "app:app"
    path: str | None = None


def trace_journal(settings: TraceSettings) -> None:
    """Show a journal in the way that was asked for."""
    journal = read(settings.journal)
    if settings.test:
        try:
            typer.echo(journal_to_test(journal, app=settings.app, path=settings.path), nl=False)
        except RedactedJournal as error:
            raise CommandFailed(redacted(settings.journal), ExitCode.NOT_LOADED) from error
        return
    ladder = steps(journal)
    if settings.as_json:
        header = msgspec.to_builtins(journal.header)
        found = {"header": header, "complete": journal.complete, "steps": msgspec.to_builtins(ladder)}
        typer.echo(json.dumps(found, indent=2))
    ladder = from_zero(ladder)
    if settings.svg is not None or settings.html is not None:
        from .ladder_picture import as_html, as_svg

        if settings.svg is not None:
            write(settings.svg, as_svg(journal, ladder))
        if settings.html is not None:
            write(settings.html, as_html(journal, ladder))
    elif not settings.as_json:
        from .ladder_text import show_ladder

        show_ladder(journal, ladder, detail=settings.detail)


def replay_journal(path: Path, *, as_json: bool) -> None:
    """Run a journal again and tell whether everything came as it is written."""
    journal = read(path)
    try:
        difference = replay(journal)
    except RedactedJournal as error:
        raise CommandFailed(redacted(path), ExitCode.NOT_LOADED) from error
    except InvalidJournal as error:
        raise CommandFailed(f"{path} cannot be replayed: {error}.", ExitCode.NOT_LOADED) from error
    if as_json:
        found = None if difference is None else msgspec.to_builtins(difference)
        typer.echo(json.dumps({"entries": len(journal.entries), "difference": found}, indent=2))
    elif difference is None:
        typer.echo(f"{len(journal.entries)} entries were run again, and everything came as it is written.")
    else:
        typer.echo(f"Not as it is written: {in_one_line(difference)}")
    if difference is not None:
        raise typer.Exit(ExitCode.NO)


def in_one_line(difference: Difference) -> str:
    """A difference in one line: the first value that is another one. `--json` has all of both."""
    path, written, found = first_other(difference.entry.gave, difference.found)
    where = f"line {difference.line}, {difference.entry.call} at {difference.entry.at:.3f}"
    return printable(
        f"{where}, {path or 'all'}: the journal has {_brief(written)}, now it is {_brief(found)}"
    )


def first_other(written: Any, found: Any, path: str = "") -> tuple[str, Any, Any]:
    """Where two values of JSON begin to differ, and what is there in each of them; None for nothing.

    >>> first_other({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]})
    ('a[1].b', 2, 3)
    """
    if isinstance(written, dict) and isinstance(found, dict):
        for key in {**written, **found}:
            if written.get(key) != found.get(key):
                return first_other(written.get(key), found.get(key), f"{path}.{key}".lstrip("."))
    if isinstance(written, list) and isinstance(found, list):
        for place, (one, other) in enumerate(zip_longest(written, found)):
            if one != other:
                return first_other(one, other, f"{path}[{place}]")
    return path, written, found


def _brief(value: Any) -> str:
    text = "nothing" if value is None else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"


def read(path: Path) -> Journal:
    """The journal in a file, or a plain sentence."""
    try:
        return load_journal(path)
    except OSError as error:
        raise CommandFailed(f"Cannot read {path}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    except InvalidJournal as error:
        raise CommandFailed(f"{path}: {error}.", ExitCode.NOT_LOADED) from error


def redacted(path: Path) -> str:
    """What to say of a journal that has no content."""
    return (
        f"{path} was recorded without what people said, so it can be shown and drawn, but not replayed "
        "and not made a test: record the call with --content for that."
    )


def write(path: Path, text: str) -> None:
    """Write a picture to a file, or to standard output for ``-``."""
    if str(path) == "-":
        typer.echo(text, nl=False)
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"Cannot write {path}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    typer.echo(f"Wrote {path}.", err=True)
