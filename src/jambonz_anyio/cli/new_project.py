"""`jambonz new`: a project to start from: an application, its tests, a container file."""

from __future__ import annotations

import re
from pathlib import Path

import typer

from .errors import CommandFailed, ExitCode

APP = '''"""A voice application: it listens, and repeats what it heard."""

from __future__ import annotations

from jambonz_anyio import App, Call

app = App(
    env_vars={"GREETING": {"type": "string", "description": "First words", "default": "Hello!"}},
    last_words="Sorry, something went wrong. Goodbye.",
)


@app.call("/")
async def answer(call: Call) -> None:
    """One call, from the first word to the last."""
    await call.say(text=call.env["GREETING"]).send()
    while True:
        heard = await call.gather(input=["speech"], timeout=10).result()
        if not heard.transcript:
            break
        await call.say(text=f"You said: {heard.transcript}").send()
    await call.say(text="Goodbye.").hangup().send()
'''

TEST = '''"""Calls to the application, in memory and in virtual time: no server, no sockets, no waiting."""

from __future__ import annotations

from typing import Any

from jambonz_anyio.testing import dial

from app import app


async def test_repeats_what_was_said(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        await phone.hears("Hello!")
        await phone.says("good morning")
        await phone.hears("You said: good morning")


async def test_says_goodbye_to_a_silent_caller(virtual_time: Any) -> None:
    async with dial(app, "/") as phone:
        # Longer than the application itself waits for a word.
        await phone.hears("Goodbye.", timeout=15)
        await phone.call_ends()
'''

PYPROJECT = """[build-system]
requires = ["setuptools>=77"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
py-modules = ["app"]

[project]
name = "{name}"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["jambonz-anyio[cli,fast]"]

[project.optional-dependencies]
dev = ["pytest", "trio"]

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
CMD ["jambonz", "run", "app.py:app", "--host", "0.0.0.0", "--port", "3000", "--backend", "uvloop"]
"""

README = """# {name}

A voice application for [jambonz](https://jambonz.org), made with jambonz-anyio.

    jambonz call app.py:app        talk to it in this terminal: type what the caller says
    pytest                         run the tests (pip install pytest trio)
    jambonz run app.py:app         serve it; point a jambonz application at ws://<this host>:3000/

## In a container

jambonz-anyio is not on PyPI yet, so its wheel has to be at hand, made from a checkout of it:

    pip wheel --no-deps --wheel-dir wheels <checkout of jambonz-anyio>
    docker build -f Containerfile -t {name} .
    docker run --rm --stop-timeout 40 -p 3000:3000 {name}

The same wheel serves where no container is: `pip install --find-links wheels '.[dev]'`.
"""


def new_project(folder: Path) -> None:
    """Write a new project into a folder that does not exist yet, or is empty."""
    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower()).strip("-")
    if not name:
        raise CommandFailed(f"{folder} gives no name to a project: use letters or digits.", ExitCode.USAGE)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CommandFailed(f"{folder} exists already and is not an empty folder.", ExitCode.USAGE)
    files = {
        "app.py": APP,
        "test_app.py": TEST,
        "pyproject.toml": PYPROJECT.format(name=name),
        "Containerfile": CONTAINERFILE,
        "README.md": README.format(name=name),
        ".gitignore": "__pycache__/\n.venv/\n.pytest_cache/\n*.egg-info/\nbuild/\nwheels/\n",
        ".dockerignore": "__pycache__/\n.venv/\n.pytest_cache/\n",
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CommandFailed(f"Cannot write to {folder}: {error.strerror}.", ExitCode.NOT_LOADED) from error
    typer.echo(f"Made {folder} with {', '.join(files)}.")
    typer.echo(f"Try it: cd {folder} && jambonz call app.py:app")
