"""`jambonz new`: a project to start from: an application, its tests, a container file."""

from __future__ import annotations

import json
import re
from pathlib import Path

import typer

from jambonz_core.validation.spelling import nearest

from .errors import CommandFailed, ExitCode
from .shipped_pages import PACKAGE
from .templates import TEMPLATES, Template

PYPROJECT = """[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
py-modules = ["app"]

[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = {needs}

[project.optional-dependencies]
dev = {tests_need}

[tool.pytest.ini_options]
pythonpath = ["."]
"""

CONTAINERFILE = """FROM python:3.11-slim
WORKDIR /app
# jambonz-anyio is not on PyPI yet: README.md says how its wheel gets into wheels.
COPY wheels wheels
COPY pyproject.toml app.py ./
RUN pip install --no-cache-dir --find-links wheels .
USER nobody
EXPOSE 3000
# SIGTERM lets live calls finish before the process ends, for 30 seconds: `docker run --stop-timeout 40`
# has that patience.
CMD {serve}
"""

README = """# {name}

A voice application for [jambonz](https://jambonz.org), made with jambonz-anyio: {about}.

    jambonz call app.py:app        talk to it in this terminal: type what the caller says
    pytest                         run the tests (pip install {tests_need})
    {serve}
                                   serve it; point a jambonz application at {url}

What the program needs beside that stands at its head. `AGENTS.md` has the rules for writing such
applications on one page, for coding assistants and for you; `jambonz docs` has everything else.

## In a container

jambonz-anyio is not on PyPI yet, so its wheel has to be at hand, made from a checkout of it:

    pip wheel --no-deps --wheel-dir wheels <checkout of jambonz-anyio>
    docker build -f Containerfile -t {name} .
    docker run --rm --stop-timeout 40 -p 3000:3000 {name}

The same wheel serves where no container is: `pip install --find-links wheels '.[dev]'`.
"""


def new_project(folder: Path, template: str) -> None:
    """Write a new project into a folder that does not exist yet, or is empty."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    if not name:
        raise CommandFailed(f"{folder} gives no name to a project: use letters or digits.", ExitCode.USAGE)
    files = _files(name, _template(template))
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandFailed(f"{folder} exists already and is not an empty folder.", ExitCode.USAGE)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"Cannot write to {folder}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    typer.echo(f"Made {folder} with {', '.join(files)}.")
    typer.echo(f"Try it: cd {folder} && jambonz call app.py:app")


def list_templates() -> None:
    """Print the names of the templates, with what each is."""
    widest = max(map(len, TEMPLATES))
    for name, template in TEMPLATES.items():
        typer.echo(f"{name:<{widest}}  {template.about}")


def _template(name: str) -> Template:
    if name in TEMPLATES:
        return TEMPLATES[name]
    near = nearest(name, list(TEMPLATES))
    hint = f"did you mean {near}?" if near else f"there are {', '.join(TEMPLATES)}."
    raise CommandFailed(f"There is no template {name!r}; {hint}", ExitCode.USAGE)


def _files(name: str, template: Template) -> dict[str, str]:
    """The files of a project, by their names."""
    return {
        "app.py": template.program(),
        "test_app.py": template.tests(),
        "pyproject.toml": PYPROJECT.format(
            name=name, needs=json.dumps(template.needs), tests_need=json.dumps(template.tests_need)
        ),
        "Containerfile": CONTAINERFILE.format(serve=json.dumps(template.serve.split())),
        "README.md": README.format(
            name=name,
            about=template.about,
            tests_need=" ".join(template.tests_need),
            serve=template.serve,
            url=template.url,
        ),
        "AGENTS.md": (PACKAGE / "AGENTS.md").read_text(encoding="utf-8"),
        ".gitignore": "__pycache__/\n.venv/\n.pytest_cache/\n*.egg-info/\nbuild/\nwheels/\n",
        ".dockerignore": "__pycache__/\n.venv/\n.pytest_cache/\n",
    }
