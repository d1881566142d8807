"""What `jambonz new --template` can make: each is an example of the gallery, and the test of that example.

Nothing of them is written down twice. A wheel has the folders `examples` and `tests/examples` of the
checkout, the second as `example_tests`, and both are read where they are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from .shipped_pages import PACKAGE, folder_of

RUN = "jambonz run app.py:app --host 0.0.0.0 --port 3000 --backend uvloop"


@dataclass(frozen=True, slots=True)
class Template:
    """One of the examples, as a project."""

    example: str
    """The name of its file, without the ending."""
    about: str
    """What it does, in a few words."""
    needs: tuple[str, ...] = ("jambonz-anyio[cli,fast]",)
    """What the program needs."""
    tests_need: tuple[str, ...] = ("pytest", "trio")
    """What its tests need besides."""
    serve: str = RUN
    """The command that serves it."""
    url: str = "ws://<this host>:3000/"
    """Where jambonz reaches it then."""

    def program(self) -> str:
        """What becomes `app.py`."""
        text = (folder_of("examples") / f"{self.example}.py").read_text(encoding="utf-8")
        return text.replace(f"examples/{self.example}.py", "app.py").replace(
            f"examples.{self.example}", "app"
        )

    def tests(self) -> str:
        """What becomes `test_app.py`."""
        text = (_tests() / f"test_{self.example}.py").read_text(encoding="utf-8")
        text = re.sub(rf"^from examples\.{self.example} import", "from app import", text, flags=re.MULTILINE)
        return re.sub(
            rf"^from examples import {self.example}$",
            f"import app as {self.example}",
            text,
            flags=re.MULTILINE,
        )


TEMPLATES: dict[str, Template] = {
    "echo": Template("echo", "listens, and repeats what it heard"),
    "ivr": Template("ivr_menu", "a menu of keys and words, and a person behind it"),
    "webhook": Template("ivr_menu_webhook", "a menu over webhooks", url="http://<this host>:3000/"),
    "voicemail": Template("voicemail", "records messages into WAV files"),
    "audio": Template("raw_audio", "works on the raw audio of a call"),
    "agent": Template("voice_agent", "a voice agent with a model and tools of your own"),
    "server-agent": Template("agent_tools", "a voice agent that runs on the server, with tools"),
    "fastapi": Template(
        "fastapi_app",
        "calls, webhooks and pages in one FastAPI application",
        needs=("jambonz-anyio[cli,fast]", "fastapi", "uvicorn[standard]"),
        tests_need=("pytest", "trio", "httpx"),
        serve="uvicorn app:api --host 0.0.0.0 --port 3000",
        url="ws://<this host>:3000/voice/",
    ),
}


def _tests() -> Path:
    """The folder of the tests: in a wheel inside the package, in a checkout where they belong."""
    inside = PACKAGE / "example_tests"
    return inside if inside.is_dir() else PACKAGE.parents[1] / "tests" / "examples"
