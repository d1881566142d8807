"""The official Python SDK's own README, as the installed package has it: it runs when the prefix of its imports is
changed, and nothing else."""

from __future__ import annotations

import json
import re
import socket
from importlib.metadata import metadata
from textwrap import indent
from typing import Any

import anyio
import pytest

from jambonz_anyio.sdk.verb_registry import VerbDef
from jambonz_anyio.testing import HURRIED, RestServer, dial_url
from jambonz_core.rest.errors import InvalidRequest

pytestmark = [pytest.mark.anyio, pytest.mark.foreign]


@pytest.fixture
def anyio_backend() -> str:
    """One event loop: that README knows no other."""
    return "asyncio"


@pytest.fixture(scope="module")
def snippets() -> list[str]:
    """Its blocks of Python, with the prefix changed."""
    pytest.importorskip("jambonz_sdk", reason="the official Python SDK is not installed")
    found = metadata("jambonz-python-sdk")
    page = str(found.json.get("description") or found["Description"])
    blocks = re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    return [block.replace("jambonz_sdk", "jambonz_anyio.sdk") for block in blocks]


def with_words(snippets: list[str], words: str) -> str:
    [found] = [snippet for snippet in snippets if words in snippet]
    return found


def run(code: str, **names: Any) -> dict[str, Any]:
    exec(compile(code, "README", "exec"), names)
    return names


def test_each_is_looked_at(snippets: list[str]) -> None:
    assert len(snippets) == 6


async def test_a_webhook(snippets: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    web = pytest.importorskip("aiohttp.web")
    monkeypatch.setattr(web, "run_app", lambda app, port: None)
    names = run(with_words(snippets, "web.run_app"))
    response = await names["handle_incoming"](None)
    assert [verb["verb"] for verb in json.loads(response.body)] == ["say", "gather", "hangup"]


def test_typed_input(snippets: list[str]) -> None:
    names = run(with_words(snippets, "Gather("))
    run(with_words(snippets, "# model"), **names)
    first, last, second = names["jambonz"].to_json()
    assert (first["numDigits"], first["recognizer"]["language"]) == (1, "en-US")
    assert (last["verb"], second["say"]) == ("hangup", {"text": "Hello"})


async def test_a_websocket(snippets: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    code = with_words(snippets, "create_endpoint(port=3000)")
    assert "asyncio.run(main())" in code
    code = code.replace("port=3000", f'host="127.0.0.1", port={port}').replace("asyncio.run(main())", "")
    names = run(code)
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(names["main"])
        async with dial_url(await reachable(port), options=HURRIED) as phone:
            await phone.hears("Hello!")
            await phone.call_ends("jambonz")
        tasks.cancel_scope.cancel()


async def reachable(port: int) -> str:
    """The address, as soon as somebody listens there."""
    with anyio.fail_after(30):
        while True:
            try:
                async with await anyio.connect_tcp("127.0.0.1", port):
                    return f"ws://127.0.0.1:{port}/"
            except OSError:
                await anyio.sleep(0.01)


async def test_the_rest_client(snippets: list[str]) -> None:
    code = with_words(snippets, "client.calls.create")
    with RestServer() as server:
        code = code.replace("https://api.jambonz.us", server.url)
        code = code.replace("your-account-sid", server.account_sid).replace("your-api-key", server.api_key)
        code = f"async def main():\n{indent(code, '    ')}\n    return call_sid\n"
        # No server takes this call: it has nothing that the path could be relative to, and wants an application or
        # five speech settings. The client says so before it asks.
        with pytest.raises(InvalidRequest, match="call_hook must be absolute"):
            await run(code)["main"]()
        with pytest.raises(InvalidRequest, match="a call needs application_sid"):
            await run(code.replace("/incoming", "https://app.example/incoming"))["main"]()
        code = code.replace('"call_hook": "/incoming"', f'"application_sid": "{server.application()}"')
        assert await run(code)["main"]()
        assert (server.requests[-1].method, server.requests[-1].segments[-1]) == ("POST", "Calls")


def test_a_line_of_the_registry(snippets: list[str]) -> None:
    [line] = [snippet for snippet in snippets if snippet.startswith("VerbDef(")]
    made = eval(line, {"VerbDef": VerbDef})
    assert (made.spec_name, made.json_verb) == ("new_verb", "new_verb")
