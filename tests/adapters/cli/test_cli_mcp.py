"""`jambonz mcp`: its tools, called by a client in memory; and one call over standard input and output."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters
from mcp.server import MCPServer

from jambonz_anyio.cli import mcp_server
from jambonz_anyio.cli.mcp_server import serve_tools, tool_server

pytestmark = pytest.mark.anyio

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"


@pytest.fixture
def anyio_backend() -> str:
    """The package mcp brings its own event loop, so one is enough."""
    return "asyncio"


@pytest.fixture
async def client() -> AsyncIterator[Client]:
    async with Client(tool_server(EXAMPLES)) as connected:
        yield connected


async def ask(client: Client, tool: str, **arguments: Any) -> tuple[bool, Any]:
    """Call a tool; whether it worked, and what it said."""
    done = await client.call_tool(tool, arguments)
    told = done.structured_content
    if told is not None:
        return not done.is_error, told.get("result", told)
    return not done.is_error, "".join(getattr(part, "text", "") for part in done.content)


async def test_the_tools(client: Client) -> None:
    tools = {tool.name: tool.description or "" for tool in (await client.list_tools()).tools}
    assert list(tools) == ["list_verbs", "list_schemas", "get_schema", "validate_verbs", "call_application"]
    assert all(tools.values())
    assert "/hears Hello" in tools["call_application"]


async def test_schemas(client: Client) -> None:
    worked, verbs = await ask(client, "list_verbs")
    assert worked
    assert "gather" in verbs
    _, names = await ask(client, "list_schemas")
    assert "https://jambonz.org/schema/callbacks/gather" in names
    worked, schema = await ask(client, "get_schema", name="components/recognizer")
    assert worked
    assert '"vendor"' in str(schema).replace("'", '"')
    worked, said = await ask(client, "get_schema", name="gahter")
    assert not worked
    assert "did you mean 'gather'?" in said


async def test_validating(client: Client) -> None:
    assert await ask(client, "validate_verbs", verbs=[{"verb": "hangup"}]) == (True, [])
    _, problems = await ask(client, "validate_verbs", verbs=[{"verb": "say", "txt": "Hi"}])
    assert 'Did you mean "text"?' in problems[0]
    agent = [{"verb": "agent", "llm": {"vendor": "openai", "model": "x"}}]
    _, problems = await ask(client, "validate_verbs", verbs=agent, profile="0.9")
    assert problems


async def test_a_call(client: Client) -> None:
    script = "good morning\n/hears You said: good morning\n/hangup"
    worked, transcript = await ask(client, "call_application", application="echo.py:app", script=script)
    assert worked
    assert "hears “You said: good morning”" in transcript
    assert transcript.endswith("It went as the script has it.")


async def test_a_call_that_goes_wrong(client: Client) -> None:
    worked, transcript = await ask(
        client, "call_application", application="echo.py", script="/hears nonsense"
    )
    assert worked
    assert "It failed: jambonz: Line 1: expected to hear “nonsense”" in transcript
    worked, said = await ask(client, "call_application", application="echo.py", script="/nonsense")
    assert not worked
    assert "there is no /nonsense" in said


@pytest.mark.parametrize("application", ["../pyproject.py", "/etc/passwd", "nowhere/../../x.py:app", "echo"])
async def test_only_files_below_the_folder(client: Client, application: str) -> None:
    worked, said = await ask(client, "call_application", application=application)
    assert not worked
    assert "is no Python file below" in said


async def test_settings_of_a_call(app_file: Callable[..., Path], tmp_path: Path) -> None:
    app_file(
        "@app.call('/shop')\nasync def answer(call: Call) -> None:\n"
        "    await call.say(text=call.env['NAME']).send()\n",
        settings='env_vars={"NAME": {"type": "string", "description": "Whom to greet"}}',
    )
    async with Client(tool_server(tmp_path)) as client:
        arguments = {"application": "app.py:app", "path": "/shop", "profile": "0.9", "env": {"NAME": "--Ann"}}
        worked, transcript = await ask(client, "call_application", script="/hears --Ann", **arguments)
    assert worked
    assert "It went as the script has it." in transcript


async def test_a_call_that_never_ends(
    app_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_file("import time\n\ntime.sleep(1000)\n")
    monkeypatch.setattr(mcp_server, "CALL_SECONDS", 0.2)
    async with Client(tool_server(tmp_path)) as client:
        worked, said = await ask(client, "call_application", application="app.py")
    assert not worked
    assert "was not over within 0.2 seconds" in said


async def test_over_standard_input_and_output() -> None:
    words = ["-m", "jambonz_anyio.cli", "mcp", "--folder", str(EXAMPLES)]
    with anyio.fail_after(30):
        async with Client(StdioServerParameters(command=sys.executable, args=words)) as client:
            assert await ask(client, "validate_verbs", verbs=[{"verb": "hangup"}]) == (True, [])


def test_what_it_needs(jambonz: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = jambonz("mcp", "--folder", "nowhere")
    assert (done.code, done.err) == (2, "jambonz: There is no folder nowhere.\n")
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    done = jambonz("mcp")
    assert done.code == 2
    assert "pip install 'jambonz-anyio[mcp]'" in done.err


def test_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []
    monkeypatch.setattr(MCPServer, "run", lambda self, transport: served.append(transport))
    serve_tools(tmp_path)
    assert served == ["stdio"]
