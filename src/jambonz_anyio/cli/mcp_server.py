"""`jambonz mcp`: tools, pages and prompts for coding assistants, over the Model Context Protocol.

An assistant that writes voice applications gets what a person at a terminal has: the documentation, the
schemas, the validator, and a telephone to try an application with. What runs code of a project is a process
of its own (`mcp_runs`), so it always runs the code as it is now, and code that never ends or writes to
standard output does no harm here. It does run that code, with the rights of whoever started this server; only
files below one folder are taken. Standard input and output is one way to serve, HTTP the other (`mcp_http`).
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from jambonz_core.schemas import BUILTIN
from jambonz_core.validation import find_problems
from jambonz_core.verbs.profiles import Profile

from .caller_script import HELP
from .errors import CommandFailed, ExitCode
from .mcp_runs import Runs
from .schema import find_schema
from .shipped_pages import shipped_page, shipped_pages

if TYPE_CHECKING:
    from mcp.server import MCPServer

VERBS_BYTES = 1024 * 1024
"""The largest document that is checked."""

MESSAGE_BYTES = 24 * 1024
"""What jambonz takes in one message on a websocket."""

INSTRUCTIONS = """\
Tools for voice applications written with jambonz-anyio. Begin with read_page("agents"), which has the rules
on one page; list_pages names the documentation and the examples. list_verbs and get_schema tell what verbs
take, validate_verbs checks them. call_application places a simulated call to an application in a Python file
and returns the transcript, last_call the messages of that call, and doctor looks for faults: no server and no
telephone is needed."""


def serve_tools(folder: Path) -> None:
    """Serve until the other side closes standard input."""
    server = made_server(folder)
    gc.enable()
    server.run("stdio")


def made_server(folder: Path) -> MCPServer[Any]:
    """The server for a folder that has to be there, or a plain sentence."""
    if not folder.is_dir():
        raise CommandFailed(f"There is no folder {folder}.", ExitCode.USAGE)
    try:
        return tool_server(folder)
    except ModuleNotFoundError as missing:
        raise CommandFailed(
            f"jambonz mcp needs the package {missing.name}: pip install 'jambonz-anyio[mcp]'.", ExitCode.USAGE
        ) from missing


def tool_server(folder: Path) -> MCPServer[Any]:
    """The server with its tools, resources and prompts, not connected to anything."""
    from .mcp_arguments import ExactServer, exact_tool
    from .mcp_prompts import add_prompts

    server = ExactServer(
        "jambonz",
        title="jambonz-anyio",
        instructions=INSTRUCTIONS,
        version=version("jambonz-anyio"),
        log_level="WARNING",
        tools=[exact_tool(function) for function in tool_functions(Runs(folder))],
    )
    add_resources(server)
    add_prompts(server)
    return server


def add_resources(server: MCPServer[Any]) -> None:
    """Each page, each example and each schema is a resource."""
    from mcp.server.mcpserver.resources import FunctionResource

    for page in shipped_pages().values():
        server.add_resource(
            FunctionResource.from_function(
                lambda page=page: page.text,
                uri=f"jambonz://{page.kind}s/{page.name.removeprefix('examples/')}",
                name=page.name,
                title=page.title or page.name,
                mime_type="text/markdown" if page.path.suffix == ".md" else "text/plain",
            )
        )
    for identity in sorted(BUILTIN):
        name = identity.split("/schema/", 1)[-1]
        server.add_resource(
            FunctionResource.from_function(
                partial(_schema_text, identity),
                uri=f"jambonz://schemas/{name}",
                name=name,
                title=str(BUILTIN[identity].get("title", name)),
                mime_type="application/schema+json",
            )
        )


def _schema_text(identity: str) -> str:
    return json.dumps(BUILTIN[identity], indent=2, ensure_ascii=False)


@contextmanager
def told() -> Iterator[None]:
    """What an assistant did wrong is its answer; anything else is a fault of ours, and logged."""
    from mcp.server.mcpserver.exceptions import ToolError

    try:
        yield
    except CommandFailed as failed:
        raise ToolError(str(failed)) from failed


def tool_functions(runs: Runs) -> list[Any]:
    """The tools, as functions whose signatures and docstrings an assistant sees."""

    async def list_pages() -> dict[str, str]:
        """List the pages of the documentation and the examples, with what each is about."""
        return {page.name: page.title for page in shipped_pages().values()}

    async def read_page(name: str) -> str:
        """Read a page of the documentation, such as agents, or an example, such as examples/echo.py."""
        with told():
            return shipped_page(name).text

    async def list_verbs() -> dict[str, str]:
        """List all verbs with what each is for."""
        return {name: str(BUILTIN.verb(name).get("title", "")) for name in sorted(BUILTIN.verbs)}

    async def list_schemas() -> list[str]:
        """List every schema: of verbs, their components, callbacks (hook payloads), commands and messages."""
        return sorted(BUILTIN)

    async def get_schema(name: str) -> dict[str, Any]:
        """Get the JSON Schema of a verb, or of anything that list_schemas names, such as
        components/recognizer or callbacks/gather."""
        with told():
            return dict(find_schema(name))

    async def validate_verbs(
        verbs: list[dict[str, Any]], profile: Literal["v10", "0.9"] = "v10"
    ) -> list[str]:
        """Check an array of verbs, and get what is wrong with it: an empty list if nothing is.

        The profile is "v10", or "0.9" for the open-source server.
        """
        size = len(json.dumps(verbs, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"))
        with told():
            if size > VERBS_BYTES:
                raise CommandFailed(f"{size} bytes are too many to be checked; {VERBS_BYTES} are allowed.")
        problems = [str(problem) for problem in find_problems(verbs, Profile(profile))]
        if size > MESSAGE_BYTES:
            problems.append(
                f"This is {size} bytes long, and jambonz takes {MESSAGE_BYTES} in one message on a "
                "websocket: send it in parts."
            )
        return problems

    async def call_application(
        application: str,
        script: str = "",
        path: str = "/",
        profile: Literal["v10", "0.9"] | None = None,
        env: dict[str, str] | None = None,
        strict: bool = True,
    ) -> str:
        with told():
            return await runs.place_call(
                application, script, path=path, profile=profile, env=env or {}, strict=strict
            )

    call_application.__doc__ = _CALL_DESCRIPTION

    async def last_call(
        show: Literal["ladder", "detail", "test"] = "ladder", application: str = "app:app"
    ) -> str:
        """Show the journal of the last call of call_application: every message between the caller, jambonz
        and the application, with the time that each answer took.

        "detail" shows the payloads as well. "test" writes a test for pytest that makes the same call to the
        application module:name.
        """
        options = {"ladder": (), "detail": ("--detail",), "test": ("--test", f"--app={application}")}
        with told():
            return await runs.trace(*options[show])

    async def doctor(application: str | None = None) -> str:
        """Look for what is missing or wrong in this environment, and in an application (file.py:name) if one
        is named: every path of it is called, by callers who talk, press keys or are silent."""
        with told():
            return await runs.examine(application)

    return [
        list_pages,
        read_page,
        list_verbs,
        list_schemas,
        get_schema,
        validate_verbs,
        call_application,
        last_call,
        doctor,
    ]


_CALL_DESCRIPTION = f"""\
Place a simulated call to an application, and get the transcript, which ends with whether it went as the \
script has it.

application is file.py:name, below the folder of this server. The script is what the caller does, one line \
each; when it is over, the caller listens until nothing has been said for three seconds, and hangs up. env \
are variables that the application declares. With strict, a call also fails when a real server would have \
refused or ignored something; the transcript names each such fault. Lines of a script:
{HELP}
"""
