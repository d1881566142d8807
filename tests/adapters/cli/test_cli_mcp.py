"""`jambonz mcp`: its tools, pages and prompts, asked for by a client in memory, and over both transports."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

import anyio
import anyio.to_thread
import httpx2
import pytest
from mcp import Client, MCPError, StdioServerParameters
from mcp.client.streamable_http import streamable_http_client
from mcp.server import MCPServer

from jambonz_anyio.cli import mcp_runs
from jambonz_anyio.cli.errors import CommandFailed
from jambonz_anyio.cli.mcp_http import HttpSettings, chosen_token, http_app
from jambonz_anyio.cli.mcp_runs import TOKEN
from jambonz_anyio.cli.mcp_server import MESSAGE_BYTES, VERBS_BYTES, serve_tools, tool_server
from jambonz_anyio.cli.shipped_pages import folder_of, shipped_pages
from jambonz_core.schemas import BUILTIN

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
    assert list(tools) == [
        "list_pages",
        "read_page",
        "list_verbs",
        "list_schemas",
        "get_schema",
        "validate_verbs",
        "call_application",
        "last_call",
        "doctor",
    ]
    assert all(tools.values())
    assert "/hears Hello" in tools["call_application"]
    assert client.server_info is not None
    assert (client.server_info.name, client.server_info.version) == ("jambonz", version("jambonz-anyio"))
    assert client.instructions is not None
    assert set(re.findall(r"[a-z]+_[a-z]+", client.instructions)) <= set(tools)


async def test_arguments_that_a_tool_does_not_have(client: Client) -> None:
    worked, said = await ask(client, "call_application", application="echo.py", skript="hello")
    assert not worked
    assert said == "call_application has no argument 'skript'; did you mean script?"
    worked, said = await ask(client, "list_verbs", xyz=1)
    assert not worked
    assert said == "list_verbs has no argument 'xyz'; it has none."
    worked, said = await ask(client, "read_page")
    assert not worked
    assert said == "read_page needs the argument name."
    worked, said = await ask(client, "validate_verbs", verbs="say")
    assert not worked
    assert "verbs" in said
    worked, said = await ask(client, "call_application", application="echo.py", profile="11")
    assert not worked
    assert "v10" in said
    tools = {tool.name: tool.input_schema for tool in (await client.list_tools()).tools}
    assert all(schema["additionalProperties"] is False for schema in tools.values())


async def test_a_tool_that_there_is_not(client: Client) -> None:
    worked, said = await ask(client, "place_call")
    assert not worked
    assert "place_call" in said


async def test_pages(client: Client) -> None:
    worked, pages = await ask(client, "list_pages")
    assert worked
    assert pages["calls"] == "Calls"
    assert pages["examples/echo.py"] in (EXAMPLES / "echo.py").read_text(encoding="utf-8")
    assert pages["examples/echo.py"]
    assert pages["agents"]
    worked, text = await ask(client, "read_page", name="docs/calls.md")
    assert worked
    assert text.startswith("# Calls\n")
    worked, said = await ask(client, "read_page", name="../../etc/passwd")
    assert not worked
    assert "There is no page" in said
    worked, said = await ask(client, "read_page", name="cals")
    assert not worked
    assert "did you mean 'calls'?" in said


async def test_each_page_each_example_and_each_schema_is_a_resource(client: Client) -> None:
    listed = {str(resource.uri): resource for resource in (await client.list_resources()).resources}
    docs = {f"jambonz://pages/{file.stem}" for file in folder_of("docs").glob("*.md")}
    examples = {f"jambonz://examples/{file.name}" for file in folder_of("examples").glob("*.py")}
    assert docs
    assert examples
    assert docs | examples | {"jambonz://guides/agents"} <= set(listed)
    assert len(listed) == len(shipped_pages()) + len(BUILTIN)
    assert all(resource.title or resource.name for resource in listed.values())
    for uri, begins in (
        ("jambonz://guides/agents", "# Writing voice applications"),
        ("jambonz://pages/calls", "# Calls"),
        ("jambonz://examples/echo.py", (EXAMPLES / "echo.py").read_text(encoding="utf-8")),
        ("jambonz://schemas/verbs/gather", "{"),
    ):
        [content] = (await client.read_resource(uri)).contents
        assert content.model_dump()["text"].startswith(begins)


@pytest.mark.parametrize(
    "uri", ["jambonz://pages/nowhere", "jambonz://pages/../../etc/passwd", "file:///etc/passwd"]
)
async def test_a_resource_that_there_is_not(client: Client, uri: str) -> None:
    with pytest.raises(MCPError):
        await client.read_resource(uri)


async def test_prompts(client: Client) -> None:
    prompts = {prompt.name: prompt for prompt in (await client.list_prompts()).prompts}
    assert {
        "write_ivr",
        "write_voice_agent",
        "port_from_node",
        "port_from_python_sdk",
        "find_the_fault",
    } == set(prompts)
    assert all(prompt.description for prompt in prompts.values())
    tools = {tool.name for tool in (await client.list_tools()).tools}
    for name, prompt in prompts.items():
        arguments = {argument.name: f"<{argument.name}>" for argument in prompt.arguments or ()}
        [message] = (await client.get_prompt(name, arguments)).messages
        text = message.model_dump()["content"]["text"]
        assert all(given in text for given in arguments.values())
        assert {"call_application", "doctor"} <= {word for word in tools if word in text}
        # The pages that it sends an assistant to are there.
        assert set(re.findall(r'page "([\w-]+)"', text)) <= set(shipped_pages())


@pytest.mark.parametrize(
    ("name", "arguments", "told"),
    [
        ("write_ivr", None, "write_ivr needs the argument what_it_does."),
        (
            "write_ivr",
            {"what_it_do": "x"},
            "write_ivr has no argument 'what_it_do'; did you mean what_it_does?",
        ),
        ("write_irv", {}, "There is no prompt 'write_irv'; did you mean write_ivr?"),
        (
            "compose",
            {},
            "There is no prompt 'compose'; there are write_ivr, write_voice_agent, port_from_node, ",
        ),
    ],
)
async def test_a_prompt_that_cannot_be_written(
    client: Client, name: str, arguments: dict[str, str] | None, told: str
) -> None:
    with pytest.raises(MCPError) as raised:
        await client.get_prompt(name, arguments)
    assert raised.value.message.startswith(told)
    assert raised.value.code == -32602


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


async def test_documents_that_are_too_large(client: Client) -> None:
    verb = {"verb": "say", "text": "x" * 1000}
    worked, problems = await ask(client, "validate_verbs", verbs=[verb] * (MESSAGE_BYTES // 1000 + 1))
    assert worked
    assert "in one message" in problems[-1]
    worked, said = await ask(client, "validate_verbs", verbs=[{"verb": "say", "text": "x" * VERBS_BYTES}])
    assert not worked
    assert "too many to be checked" in said


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


@pytest.mark.parametrize(
    "application", ["../pyproject.py", "/etc/passwd", "nowhere/../../x.py:app", "echo", "a\0b.py"]
)
async def test_only_files_below_the_folder(client: Client, application: str) -> None:
    worked, said = await ask(client, "call_application", application=application)
    assert not worked
    assert "is no Python file below" in said


async def test_what_a_server_would_refuse_fails_unless_it_may(
    app_file: Callable[..., Path], tmp_path: Path
) -> None:
    app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n"
        "    await call.chain([{'verb': 'hangup'}]).say(text='Hello').send()\n"
    )
    async with Client(tool_server(tmp_path)) as client:
        arguments = {"application": "app.py", "script": "/hears Hello"}
        worked, said = await ask(client, "call_application", **arguments)
        assert worked
        assert "hangup-before-answer" in said
        assert "It failed: " in said
        worked, said = await ask(client, "call_application", strict=False, **arguments)
        assert "hangup-before-answer" in said
        assert said.endswith("It went as the script has it.")


@pytest.mark.parametrize("value", ["with \0 in it", "x" * 3_000_000])
async def test_what_no_program_can_be_given(client: Client, value: str) -> None:
    worked, said = await ask(client, "call_application", application="echo.py", env={"NAME": value})
    assert not worked
    assert "It cannot be run: " in said


async def test_settings_of_a_call(
    app_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(TOKEN, SECRET)
    app_file(
        "import os\n\nprint('the secret:', os.environ.get('JAMBONZ_MCP_TOKEN'))\n\n\n@app.call('/shop')\nasync def answer(call: Call) -> None:\n"
        "    await call.say(text=call.env['NAME']).send()\n",
        settings='env_vars={"NAME": {"type": "string", "description": "Whom to greet"}}',
    )
    async with Client(tool_server(tmp_path)) as client:
        arguments = {"application": "app.py:app", "path": "/shop", "profile": "0.9", "env": {"NAME": "--Ann"}}
        worked, transcript = await ask(client, "call_application", script="/hears --Ann", **arguments)
    assert worked
    assert "the secret: None" in transcript
    assert "It went as the script has it." in transcript


async def test_the_journal_of_the_last_call(client: Client) -> None:
    worked, said = await ask(client, "last_call")
    assert not worked
    assert "call_application has to place a call first" in said
    worked, said = await ask(
        client, "call_application", application="echo.py", script="good morning\n/hangup"
    )
    assert worked, said
    worked, ladder = await ask(client, "last_call")
    assert worked
    assert "session:new" in ladder
    assert "speak good morning" in ladder
    _, detail = await ask(client, "last_call", show="detail")
    assert '"call_sid"' in detail
    _, test = await ask(client, "last_call", show="test", application="echo:app")
    assert "from echo import app" in test
    assert "async def test_" in test


async def test_the_doctor(client: Client, app_file: Callable[..., Path], tmp_path: Path) -> None:
    worked, findings = await ask(client, "doctor")
    assert worked
    assert "Python" in findings
    worked, findings = await ask(client, "doctor", application="../echo.py")
    assert not worked
    app_file(
        "@app.call('/')\nasync def answer(call: Call) -> None:\n    raise ValueError('the till is empty')\n"
    )
    async with Client(tool_server(tmp_path)) as client:
        worked, findings = await ask(client, "doctor", application="app.py")
    assert worked
    assert "the till is empty" in findings


async def test_an_application_that_cannot_be_imported(app_file: Callable[..., Path], tmp_path: Path) -> None:
    app_file("import nowhere_at_all\n")
    async with Client(tool_server(tmp_path)) as client:
        worked, said = await ask(client, "call_application", application="app.py")
        assert not worked
        assert "ModuleNotFoundError: No module named 'nowhere_at_all' (" in said
        worked, said = await ask(client, "call_application", application="other.py")
        assert not worked
        assert "There is no file" in said
        worked, said = await ask(client, "last_call")
        assert not worked


LEAVES_A_PROGRAM_BEHIND = """\
import os, subprocess, sys, time

held = os.open("held", os.O_WRONLY)
os.set_inheritable(held, True)
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(1000)"], close_fds=False)


"""
"""That program has a pipe open, whose other end tells when nobody has it any more."""


@contextmanager
def held_open(folder: Path) -> Iterator[Callable[[], bytes]]:
    """A pipe in a folder; what reads it to its end, which comes when whoever had opened it is gone."""
    os.mkfifo(folder / "held")
    end = os.open(folder / "held", os.O_RDONLY | os.O_NONBLOCK)
    os.set_blocking(end, True)
    with open(end, "rb") as file:
        yield file.read


async def test_a_call_that_never_ends(
    app_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app_file(LEAVES_A_PROGRAM_BEHIND + "time.sleep(1000)\n")
    monkeypatch.setattr(mcp_runs, "CALL_SECONDS", 3.0)
    with held_open(tmp_path) as everybody_is_gone:
        async with Client(tool_server(tmp_path)) as client:
            worked, said = await ask(client, "call_application", application="app.py")
        assert not worked
        assert "was not over within 3 seconds" in said
        with anyio.fail_after(10):
            await anyio.to_thread.run_sync(everybody_is_gone, abandon_on_cancel=True)


async def test_a_program_that_is_left_behind_does_not_hold_up_the_call(
    app_file: Callable[..., Path], tmp_path: Path
) -> None:
    app_file(
        LEAVES_A_PROGRAM_BEHIND
        + "@app.call('/')\nasync def answer(call: Call) -> None:\n    await call.say(text='Hello').send()\n"
    )
    with held_open(tmp_path) as everybody_is_gone:
        async with Client(tool_server(tmp_path)) as client:
            worked, said = await ask(client, "call_application", application="app.py", script="/hears Hello")
        assert worked
        assert "It went as the script has it." in said
        with anyio.fail_after(10):
            await anyio.to_thread.run_sync(everybody_is_gone, abandon_on_cancel=True)


async def test_a_program_that_prints_for_ever_is_cut(app_file: Callable[..., Path], tmp_path: Path) -> None:
    app_file(
        "print('first')\nprint('x' * 2_000_000)\n\n\n"
        "@app.call('/')\nasync def answer(call: Call) -> None:\n    await call.say(text='Hello').send()\n"
    )
    async with Client(tool_server(tmp_path)) as client:
        worked, said = await ask(client, "call_application", application="app.py", script="/hears Hello")
    assert worked
    assert said.startswith("first")
    assert said.endswith("It went as the script has it.")
    assert "bytes are left out here" in said
    assert len(said) < mcp_runs.OUTPUT_BYTES + 1000


async def test_over_standard_input_and_output() -> None:
    words = ["-m", "jambonz_anyio.cli", "mcp", "--folder", str(EXAMPLES)]
    with anyio.fail_after(60):
        async with Client(StdioServerParameters(command=sys.executable, args=words)) as client:
            await use_all_of_it(client)


async def use_all_of_it(client: Client) -> None:
    """What an assistant does with a server, and what it may do wrong."""
    assert client.server_info is not None
    assert client.server_info.version == version("jambonz-anyio")
    assert await ask(client, "validate_verbs", verbs=[{"verb": "hangup"}]) == (True, [])
    worked, said = await ask(client, "call_application", application="echo.py", script="hello\n/hears hello")
    assert worked
    assert "It went as the script has it." in said
    worked, said = await ask(client, "call_application", application="nowhere.py")
    assert not worked
    worked, said = await ask(client, "validate_verbs", verbs=[], profil="v10")
    assert not worked
    with pytest.raises(MCPError):
        await client.read_resource("jambonz://pages/nowhere")
    [content] = (await client.read_resource("jambonz://pages/calls")).contents
    assert content.model_dump()["text"].startswith("# Calls")
    assert (await client.get_prompt("write_ivr", {"what_it_does": "tells the time"})).messages


# --- over HTTP ----------------------------------------------------------------------------------------------

SECRET = "a token of sixteen".replace(" ", "-")


@pytest.fixture
def address(process: Callable[..., subprocess.Popen[str]]) -> Iterator[str]:
    """Where a server is, which has the token `SECRET`."""
    words = ("mcp", "--http", "--port", 0, "--folder", EXAMPLES, "--allow-host", "tools.test")
    server = process(*words, env={**os.environ, TOKEN: SECRET})
    yield where_it_serves(server)
    server.terminate()
    server.communicate(timeout=30)


def where_it_serves(server: subprocess.Popen[str]) -> str:
    assert server.stderr is not None
    line = server.stderr.readline()
    assert line.startswith("Serving tools on 127.0.0.1:"), line
    return line.split()[-1]


def client_with(token: str) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(headers={"Authorization": f"Bearer {token}"}, timeout=60)


async def test_over_http(address: str) -> None:
    with anyio.fail_after(60):
        async with client_with(SECRET) as http:
            async with Client(streamable_http_client(address, http_client=http)) as client:
                await use_all_of_it(client)
            await refuses_strangers(http, address)


async def refuses_strangers(http: httpx2.AsyncClient, address: str) -> None:
    """What is no request of a client that may be here."""
    hello = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    form = {"Accept": "application/json, text/event-stream"}

    async def status(**headers: str) -> int:
        return (await http.post(address, json=hello, headers={**form, **headers})).status_code

    served = await status()
    assert served not in (401, 403, 421)
    assert await status(Host="tools.test") == served
    for wrong in ("Bearer wrong", "Bearer", SECRET, f"Basic {SECRET}", f"Bearer {SECRET}x", ""):
        assert await status(Authorization=wrong) == 401, wrong
    assert await status(Host="evil.example") == 421
    assert await status(Host="127.0.0.1.evil.example") == 421
    assert await status(Origin="http://evil.example") == 403
    twice = [("Authorization", f"Bearer {SECRET}"), ("Authorization", "Bearer wrong"), *form.items()]
    assert (await httpx_post(address, twice)) == 401
    large = b'{"x": "' + b"x" * 5_000_000 + b'"}'
    too_large = await http.post(address, content=large, headers={**form, "Content-Type": "application/json"})
    assert too_large.status_code == 413


async def httpx_post(address: str, headers: list[tuple[str, str]]) -> int:
    async with httpx2.AsyncClient() as http:
        return (await http.post(address, json={}, headers=headers)).status_code


def test_a_token_is_made_when_there_is_none(
    process: Callable[..., subprocess.Popen[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(TOKEN, raising=False)
    first, is_new = chosen_token()
    assert is_new
    assert len(first) > 40
    assert chosen_token()[0] != first
    monkeypatch.setenv(TOKEN, SECRET)
    assert chosen_token() == (SECRET, False)
    for wrong in ("short", "with a blank in it", "ü" * 20):
        monkeypatch.setenv(TOKEN, wrong)
        with pytest.raises(CommandFailed, match="16 characters of ASCII"):
            chosen_token()
    monkeypatch.delenv(TOKEN)
    server = process("mcp", "--http", "--port", 0, "--folder", EXAMPLES)
    where_it_serves(server)
    assert server.stderr is not None
    assert re.fullmatch(r"Authorization: Bearer [\w-]{43}\n", server.stderr.readline())


async def test_names_that_the_server_is_known_by(tmp_path: Path) -> None:
    settings = HttpSettings(tmp_path, "fd00::7", 3100, ("tools.test", "proxy.test:8443"))
    app: Any = http_app(tool_server(tmp_path), settings, SECRET, 3100)
    form = {"Accept": "application/json, text/event-stream", "Authorization": f"Bearer {SECRET}"}
    hello = {"jsonrpc": "2.0", "id": 1, "method": "ping"}
    async with (
        started(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://x") as http,
    ):

        async def status(host: str) -> int:
            return (await http.post("/mcp", json=hello, headers={**form, "Host": host})).status_code

        for known in ("[fd00::7]:3100", "[::1]:3100", "localhost:3100", "tools.test", "proxy.test:8443"):
            assert await status(known) != 421, known
        for unknown in ("fd00::7", "localhost", "localhost:1", "proxy.test", "evil.test:3100"):
            assert await status(unknown) == 421, unknown


@asynccontextmanager
async def started(app: Any) -> AsyncIterator[None]:
    """The lifespan of an ASGI application."""
    begun, over = anyio.Event(), anyio.Event()
    messages = iter(["lifespan.startup", "lifespan.shutdown"])

    async def receive() -> dict[str, str]:
        if begun.is_set():
            await over.wait()
        return {"type": next(messages)}

    async def send(message: dict[str, str]) -> None:
        assert message["type"].endswith(".complete"), message
        begun.set()

    async with anyio.create_task_group() as tasks:
        tasks.start_soon(app, {"type": "lifespan"}, receive, send)
        await begun.wait()
        yield
        over.set()


def test_http_that_cannot_be_served(jambonz: Any, unused_port: int) -> None:
    done = jambonz("mcp", "--http", "--folder", "nowhere")
    assert (done.code, done.err) == (2, "jambonz: There is no folder nowhere.\n")
    done = jambonz("mcp", "--http", "--host", "203.0.113.1", "--port", unused_port)
    assert done.code == 4
    assert "Cannot listen on 203.0.113.1" in done.err


# --- what it needs ------------------------------------------------------------------------------------------


def test_what_it_needs(jambonz: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = jambonz("mcp", "--folder", "nowhere")
    assert (done.code, done.err) == (2, "jambonz: There is no folder nowhere.\n")
    monkeypatch.setitem(sys.modules, "mcp.server", None)
    monkeypatch.delitem(sys.modules, "jambonz_anyio.cli.mcp_arguments")
    done = jambonz("mcp")
    assert done.code == 2
    assert "pip install 'jambonz-anyio[mcp]'" in done.err


def test_serving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[str] = []
    monkeypatch.setattr(MCPServer, "run", lambda self, transport: served.append(transport))
    serve_tools(tmp_path)
    assert served == ["stdio"]
