"""`jambonz mcp`: tools for coding assistants, over the Model Context Protocol on standard input and output.

An assistant that writes voice applications gets what a person at a terminal has: the schemas, the validator,
and a telephone to try an application with. A call is placed by a process of its own, so it always runs the
code as it is now, and code that never ends or writes to standard output does no harm here. It does run that
code, with the rights of whoever started this server; only files below one folder are taken.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import anyio

from jambonz_core.schemas import BUILTIN
from jambonz_core.validation import find_problems
from jambonz_core.verbs.profiles import Profile

from .app_loader import parts_of
from .caller_script import HELP, parse_script
from .errors import CommandFailed, ExitCode
from .schema import find_schema

if TYPE_CHECKING:
    from mcp.server import MCPServer

CALL_SECONDS = 60.0
"""How long a call may take, in real time. A scripted call is in virtual time: minutes of talking take less
than a second."""

INSTRUCTIONS = """\
Tools for voice applications written with jambonz-anyio. list_verbs and get_schema tell what verbs take,
validate_verbs checks them, and call_application places a simulated call to an application in a Python file
and returns the transcript: no server and no telephone is needed."""


def serve_tools(folder: Path) -> None:
    """Serve until the other side closes standard input."""
    if not folder.is_dir():
        raise CommandFailed(f"There is no folder {folder}.", ExitCode.USAGE)
    try:
        server = tool_server(folder)
    except ModuleNotFoundError as missing:
        raise CommandFailed(
            f"jambonz mcp needs the package {missing.name}: pip install 'jambonz-anyio[mcp]'.", ExitCode.USAGE
        ) from missing
    server.run("stdio")


def tool_server(folder: Path) -> MCPServer[Any]:
    """The server with its tools, not connected to anything."""
    from mcp.server import MCPServer
    from mcp.server.mcpserver.exceptions import ToolError

    server: MCPServer[Any] = MCPServer("jambonz", instructions=INSTRUCTIONS, log_level="WARNING")
    root = folder.resolve()

    @contextmanager
    def told() -> Iterator[None]:
        """What an assistant did wrong is its answer; anything else is a fault of ours, and logged."""
        try:
            yield
        except CommandFailed as failed:
            raise ToolError(str(failed)) from failed

    @server.tool()
    async def list_verbs() -> dict[str, str]:
        """List all verbs with what each is for."""
        return {name: str(BUILTIN.verb(name).get("title", "")) for name in sorted(BUILTIN.verbs)}

    @server.tool()
    async def list_schemas() -> list[str]:
        """List every schema: of verbs, their components, callbacks (hook payloads), commands and messages."""
        return sorted(BUILTIN)

    @server.tool()
    async def get_schema(name: str) -> dict[str, Any]:
        """Get the JSON Schema of a verb, or of anything that list_schemas names, such as
        components/recognizer or callbacks/gather."""
        with told():
            return dict(find_schema(name))

    @server.tool()
    async def validate_verbs(
        verbs: list[dict[str, Any]], profile: Literal["v10", "0.9"] = "v10"
    ) -> list[str]:
        """Check an array of verbs, and get what is wrong with it: an empty list if nothing is.

        The profile is "v10", or "0.9" for the open-source server.
        """
        return [str(problem) for problem in find_problems(verbs, Profile(profile))]

    @server.tool(description=_CALL_DESCRIPTION)
    async def call_application(
        application: str,
        script: str = "",
        path: str = "/",
        profile: Literal["v10", "0.9"] | None = None,
        env: dict[str, str] | None = None,
    ) -> str:
        with told():
            return await place_call(root, application, script, path=path, profile=profile, env=env or {})

    return server


_CALL_DESCRIPTION = f"""\
Place a simulated call to an application, and get the transcript, which ends with whether it went as the \
script has it.

application is file.py:name, below the folder of this server. The script is what the caller does, one line \
each; when it is over, the caller listens until nothing has been said for three seconds, and hangs up. env \
are variables that the application declares. Lines of a script:
{HELP}
"""


async def place_call(
    root: Path, application: str, script: str, *, path: str, profile: str | None, env: dict[str, str]
) -> str:
    """Run `jambonz call` in a process of its own; returns what it prints, and how it ended."""
    where, name = parts_of(application)
    file = (root / where).resolve()
    if file.suffix != ".py" or not file.is_relative_to(root):
        raise CommandFailed(f"{application!r} is no Python file below {root}: use file.py:app.")
    parse_script(script)
    # Options with their values in one word: a value that begins with a dash stays a value.
    command = [sys.executable, "-m", "jambonz_anyio.cli", "call", "--script=-", f"--path={path}"]
    command += [f"--profile={profile}"] if profile else []
    command += [f"--env={key}={value}" for key, value in env.items()]
    try:
        with anyio.fail_after(CALL_SECONDS):
            done = await anyio.run_process(
                [*command, "--", f"{file}:{name}"],
                input=script.encode(),
                check=False,
                cwd=root,
                env={**os.environ, "NO_COLOR": "1"},
            )
    except TimeoutError:
        raise CommandFailed(f"The call was not over within {CALL_SECONDS:g} seconds.") from None
    said = done.stderr.decode("utf-8", "replace").strip()
    outcome = "It went as the script has it." if done.returncode == 0 else f"It failed: {said}"
    return f"{done.stdout.decode('utf-8', 'replace')}\n{outcome}"
