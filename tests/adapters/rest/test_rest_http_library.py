"""Which library carries the requests: what is handed in, else what is there, else a plain error."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import httpx
import httpx2
import pytest

from jambonz_anyio.rest import JambonzClient, SyncJambonzClient
from jambonz_anyio.rest.http_library import http_library, network_errors
from jambonz_anyio.testing import RestServer
from jambonz_core.wire.errors import JambonzError, LocalProtocolError


def test_the_maintained_one_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    assert http_library() is httpx2
    monkeypatch.setitem(sys.modules, "httpx2", None)
    assert http_library() is httpx


def test_the_one_that_is_handed_in() -> None:
    assert http_library(httpx) is httpx
    assert http_library(httpx2) is httpx2


def test_the_one_that_the_transport_is_made_with() -> None:
    class Own(httpx.AsyncBaseTransport):
        pass

    class Duck:
        pass

    assert http_library(transport=Own()) is httpx
    assert http_library(transport=httpx2.MockTransport(lambda request: httpx2.Response(200))) is httpx2
    assert http_library(transport=Duck()) is httpx2
    assert http_library(httpx, transport=Duck()) is httpx


def test_what_is_no_such_library() -> None:
    wrong: Any
    for wrong in (sys, "httpx", httpx.Client):
        with pytest.raises(LocalProtocolError, match="http must be the module httpx2 or the module httpx"):
            JambonzClient("https://a.b", api_key="k", http=wrong)


def test_errors_of_libraries_that_are_not_loaded_are_not_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    assert {httpx.HTTPError, httpx2.HTTPError, httpx.InvalidURL, OSError} <= set(network_errors())
    monkeypatch.delitem(sys.modules, "httpx")
    # As it looks while another thread is in the middle of importing it.
    monkeypatch.setitem(sys.modules, "httpx2", type(sys)("httpx2"))
    assert network_errors() == (OSError,)


@pytest.mark.parametrize("missing", ["httpx2", "httpx"])
def test_with_one_of_them_installed(missing: str) -> None:
    program = f"""
import sys
sys.modules["{missing}"] = None
import anyio
from jambonz_anyio.rest import JambonzClient, SyncJambonzClient
from jambonz_anyio.testing import RestServer

async def count(server):
    async with JambonzClient(server.url, server.account_sid, server.api_key) as client:
        return await client.calls.count()

with RestServer() as server:
    assert anyio.run(count, server) == {{"inbound": 0, "outbound": 0}}
    with SyncJambonzClient(server.url, server.account_sid, server.api_key) as client:
        assert client.calls.count() == {{"inbound": 0, "outbound": 0}}
    with SyncJambonzClient("https://a.b", server.account_sid, server.api_key, transport=server.transport()) as client:
        assert client.calls.count() == {{"inbound": 0, "outbound": 0}}
assert not any(name.partition(".")[0] == "{missing}" for name, module in sys.modules.items() if module)
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_with_none_of_them_the_package_imports_and_a_client_says_what_is_missing() -> None:
    program = """
import sys
sys.modules["httpx"] = sys.modules["httpx2"] = None
import anyio
import jambonz_anyio.rest as rest
from jambonz_core.wire.errors import JambonzError
client = rest.JambonzClient("https://a.example.com", api_key="k")
sync = rest.SyncJambonzClient("https://a.example.com", api_key="k")
for use in (lambda: anyio.run(client.account.list), sync.account.list):
    try:
        use()
    except JambonzError as error:
        assert "needs httpx2 or httpx" in str(error), error
        assert "pip install 'jambonz-anyio[rest]'" in str(error), error
    else:
        raise AssertionError("it worked without a library")
sync.close()
"""
    subprocess.run([sys.executable, "-W", "error", "-c", program], check=True)


def test_a_server_for_tests_needs_one_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("httpx2", "httpx"):
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(JambonzError, match="neither is installed"):
        RestServer().transport()


def test_the_client_is_one_of_the_library_that_was_chosen(library: Any) -> None:
    client = SyncJambonzClient("https://a.b", api_key="k", http=library)
    assert client._performer._exchange.library is library
