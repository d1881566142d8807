"""Tools of MCP servers: real ones of the package `mcp`, as subprocesses and over HTTP on the loopback, on both loops."""

from __future__ import annotations

import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import anyio
import pytest

from jambonz_anyio import App, Call, LocalProtocolError
from jambonz_anyio.testing import dial
from jambonz_anyio.tools import McpError, McpTools, Tool

SERVER = str(Path(__file__).with_name("an_mcp_server.py"))
STDIO = [sys.executable, SERVER]

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("default::ResourceWarning")]


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    """The package runs on both, and each test starts a process, so uvloop is left out."""
    return str(request.param)


PATIENT: Any = {"connect_seconds": 60}
"""A machine with much to do takes its time to start a process."""


def by_name(tools: McpTools) -> dict[str, Tool[..., Any]]:
    return {tool.name: tool for tool in tools}


@asynccontextmanager
async def over_http() -> AsyncIterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with await anyio.open_process(
        [sys.executable, SERVER, str(port)], stdout=None, stderr=None
    ) as process:
        with anyio.fail_after(30):
            while True:
                try:
                    stream = await anyio.connect_tcp("127.0.0.1", port)
                except OSError:
                    await anyio.sleep(0.05)
                else:
                    await stream.aclose()
                    break
        try:
            yield f"http://127.0.0.1:{port}/mcp"
        finally:
            process.kill()


async def test_tools_of_a_subprocess() -> None:
    async with McpTools(
        STDIO, prefix="shop_", only=["order_status", "orders", "fails", "talks"], **PATIENT
    ) as tools:
        known = by_name(tools)
        assert list(known) == ["shop_order_status", "shop_orders", "shop_fails", "shop_talks"]
        assert len(tools) == 4
        status = known["shop_order_status"]
        assert status.description == "Tell where an order is."
        assert status.parameters["required"] == ["order_id"]
        result = await status.run({"order_id": 7})
        assert (result.output, result.is_error) == ("order 7 is on its way", False)
        assert (await known["shop_orders"].run({"count": 3})).output == [0, 1, 2]
        bad = await status.run({"order_id": "x"})
        assert bad.is_error
        assert bad.output.startswith("bad arguments: 'x' is not of type 'integer'")
        failed = await known["shop_fails"].run()
        assert failed.is_error
        assert "no such order" in failed.output
        long = await known["shop_talks"].run({"characters": 100_000})
        assert not long.is_error
        assert long.output.endswith("… (cut off: 100000 characters)")


async def test_a_tool_that_hangs_is_an_error() -> None:
    async with McpTools(STDIO, seconds=0.3, only=["hangs"], **PATIENT) as tools:
        hung = await by_name(tools)["hangs"].run()
        assert (hung.output, hung.is_error) == ("the tool hangs has not answered within 0.3 seconds", True)
        with pytest.raises(LocalProtocolError, match="entered already"):
            await tools.__aenter__()
        known = by_name(tools)
    result = await known["hangs"].run()
    assert (result.output, result.is_error) == (
        f"the MCP server {sys.executable} is not connected: McpTools is not entered",
        True,
    )


async def test_a_server_that_dies_is_an_error_and_is_started_again_for_the_next_tool() -> None:
    async with McpTools(STDIO, seconds=30, **PATIENT) as tools:
        known = by_name(tools)
        first = (await known["pid"].run()).output
        died = await known["dies"].run()
        assert died.is_error
        assert died.output == "the server of the tool dies is gone; whether the tool has run is not known"
        again = await known["pid"].run()
        assert not again.is_error
        assert again.output != first


async def test_tools_over_http_on_a_call() -> None:
    headers = {"Authorization": "Bearer x"}
    async with (
        over_http() as url,
        McpTools(url, only=lambda name: name.startswith("order"), **PATIENT) as tools,
        McpTools(url, headers=headers, only=["orders"], **PATIENT) as others,
    ):
        assert (await by_name(others)["orders"].run()).output == [0, 1]
        app = App()

        @app.call("/")
        async def handler(call: Call) -> None:
            call.tools("/tool", tools)
            await call.agent(
                stt={"vendor": "deepgram"},
                tts={"vendor": "elevenlabs"},
                llm={
                    "vendor": "openai",
                    "model": "m",
                    "llmOptions": {"tools": [tool.schema for tool in tools]},
                },
                toolHook="/tool",
            ).send()

        async with dial(app, "/") as phone:
            answer = await phone.model.calls("order_status", order_id=7)
            assert (answer.value, answer.is_error) == ("order 7 is on its way", False)


async def test_a_server_that_is_not_there() -> None:
    with pytest.raises(McpError, match="cannot be reached"):
        async with McpTools("http://127.0.0.1:9/mcp"):
            pass
    with pytest.raises(McpError, match="cannot be reached"):
        async with McpTools(["/nowhere/at-all"]):
            pass


async def test_a_server_that_never_answers() -> None:
    silent = [sys.executable, "-c", "import time; time.sleep(60)"]
    with pytest.raises(McpError, match=r"did not answer within 0\.5 seconds"):
        async with McpTools(silent, connect_seconds=0.5):
            pass


def listed(*names: str) -> list[Any]:
    return [
        SimpleNamespace(
            name=name, title=None, description=None, annotations=None, input_schema={"type": "object"}
        )
        for name in names
    ]


def test_lists_that_cannot_be_taken() -> None:
    tools = McpTools(STDIO)
    with pytest.raises(McpError, match="has no tool refund"):
        McpTools(STDIO, only=["a", "refund"])._taken(listed("a"))
    with pytest.raises(McpError, match="two tools of the name a"):
        tools._taken(listed("a", "b", "a"))
    with pytest.raises(McpError, match="the tool a b of the MCP server"):
        tools._taken(listed("a b"))
    with pytest.raises(McpError, match="has 200 tools"):
        tools._taken(listed(*(f"t{n}" for n in range(200))))


async def test_a_list_that_never_ends() -> None:
    class Endless:
        async def list_tools(self, *, cursor: str | None = None) -> Any:
            return SimpleNamespace(tools=[], next_cursor="more")

    with pytest.raises(McpError, match="more than 20 pages"):
        await McpTools(STDIO)._list(Endless())  # type: ignore[arg-type]  # it lists tools, and no more


async def test_hints_and_choices_say_which_tools_may_run_twice() -> None:
    [listing] = listed("a")
    listing.annotations = SimpleNamespace(read_only_hint=True, idempotent_hint=None)
    assert McpTools(STDIO)._taken([listing])[0].idempotent
    [listing] = listed("a")
    assert not McpTools(STDIO)._taken([listing])[0].idempotent
    assert McpTools(STDIO, idempotent=["a"])._taken([listing])[0].idempotent


async def test_what_is_no_server_is_refused() -> None:
    for server in ("python server.py", [], [3]):
        with pytest.raises(LocalProtocolError):
            McpTools(server)  # type: ignore[arg-type]  # that is the point
