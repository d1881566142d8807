"""The pages and examples that come with the package, for whoever has no checkout of it.

A wheel has the folders `docs` and `examples` of the checkout, and both places are read in the same way, so
there is one source of each file."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import typer

from jambonz_core.validation.spelling import nearest

from .errors import CommandFailed, ExitCode

PACKAGE = Path(__file__).resolve().parents[1]
SKILL = PACKAGE / "skills" / "jambonz-anyio"
"""A skill folder in the form that coding assistants share: SKILL.md, and references beside it."""

_TEXTS = {".md", ".py", ".call", ".toml", ".txt", ".json", ".yaml"}


@dataclass(frozen=True, slots=True)
class ShippedPage:
    """One file that comes with the package."""

    name: str
    """`calls` for a page, `examples/echo.py` for an example."""
    kind: str
    """`guide`, `page` or `example`."""
    title: str
    path: Path

    @property
    def text(self) -> str:
        """What is in it."""
        return self.path.read_text(encoding="utf-8")


def folder_of(name: str) -> Path:
    """The folder `docs` or `examples`: inside the package in a wheel, beside `src` in a checkout."""
    inside = PACKAGE / name
    return inside if inside.is_dir() else PACKAGE.parents[1] / name


@cache
def shipped_pages() -> dict[str, ShippedPage]:
    """Everything that comes with the package, by its name."""
    return {page.name: page for page in _found()}


def shipped_page(name: str) -> ShippedPage:
    """The page of a name, which may be written as a file of `docs`; says what there is when there is none."""
    pages = shipped_pages()
    wanted = name.strip("/").removeprefix("docs/").removesuffix(".md")
    for known in (name, wanted, f"examples/{name}", f"examples/{name}.py", wanted.lower()):
        if known in pages:
            return pages[known]
    near = nearest(wanted, list(pages))
    raise CommandFailed(
        f"There is no page {name!r}{f'; did you mean {near!r}?' if near else '.'} `jambonz docs` lists them.",
        ExitCode.USAGE,
    )


def list_pages() -> None:
    """Print the names of all pages and examples, with what each is about."""
    pages = shipped_pages().values()
    widest = max(len(page.name) for page in pages)
    kind = "guide"
    for page in pages:
        if page.kind != kind:
            typer.echo("")
            kind = page.kind
        typer.echo(f"{page.name:<{widest}}  {page.title}")


def write_skill(folder: Path) -> None:
    """Copy the skill into a folder of skills, and say what was written."""
    target = folder / SKILL.name
    try:
        for file in sorted(SKILL.rglob("*.md")):
            copy = target / file.relative_to(SKILL)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(file.read_bytes())
    except OSError as error:
        raise CommandFailed(f"Cannot write to {target}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    typer.echo(f"Wrote {target}.")


def _found() -> Iterator[ShippedPage]:
    guide = PACKAGE / "AGENTS.md"
    yield ShippedPage("agents", "guide", _title(guide), guide)
    docs = folder_of("docs")
    for file in sorted(docs.rglob("*.md")):
        name = file.relative_to(docs).with_suffix("").as_posix()
        yield ShippedPage(name, "page", _title(file), file)
    examples = folder_of("examples")
    for file in sorted(examples.rglob("*")):
        if file.suffix in _TEXTS and file.is_file():
            name = f"examples/{file.relative_to(examples).as_posix()}"
            yield ShippedPage(name, "example", _title(file), file)


def _title(file: Path) -> str:
    """The heading of a page, or what a program says it does in the first line of its docstring."""
    text = file.read_text(encoding="utf-8")
    if file.suffix == ".py":
        told = ast.get_docstring(ast.parse(text)) or ""
        return told.split("\n", 1)[0]
    headings = (line for line in text.splitlines() if line.startswith("# "))
    return next(headings, "").removeprefix("# ") if file.suffix == ".md" else ""
