"""Both clients do what the request classes describe: every method of theirs, from the shared table of cases."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from jambonz_anyio.rest import JambonzClient, SyncJambonzClient
from jambonz_anyio.rest._performing import AsyncRows, SyncRows
from jambonz_core.rest import Page

ACCOUNT = "00000001-0000-4000-8000-000000000000"
BASE = "https://api.example.com"


class Recorder:
    """Answers every request as the case says, and keeps what was sent."""

    def __init__(self, case: dict[str, Any], library: Any) -> None:
        self.seen: list[Any] = []
        status, *body = case["answer"]
        if not body:
            self.answer = library.Response(status)
        elif isinstance(body[0], str):
            self.answer = library.Response(status, text=body[0])
        else:
            self.answer = library.Response(status, json=body[0])

    def __call__(self, request: Any) -> Any:
        self.seen.append(request)
        return self.answer


def check(case: dict[str, Any], recorder: Recorder, result: Any) -> None:
    if isinstance(result, Page):
        result = {"$page": [result.number, result.size, result.total, result.rows]}
    elif isinstance(result, bytes):
        result = {"$bytes": result.decode()}
    assert result == case["result"]
    [request] = recorder.seen
    method, path, *body = case["sends"]
    own = path == "A" or path.startswith(("A/", "A?"))
    target = f"/v1/Accounts/{ACCOUNT}{path[1:]}" if own else f"/v1/{path}"
    assert (request.method, request.url.raw_path.decode()) == (method, target)
    assert request.headers["authorization"] == "Bearer key-1"
    if body:
        assert json.loads(request.content) == body[0]
        assert request.headers["content-type"] == "application/json"
    else:
        assert request.content == b""
        assert "content-type" not in request.headers


def method_of(client: Any, case: dict[str, Any]) -> Callable[..., Any]:
    resource, _, name = case["call"].partition(".")
    method: Callable[..., Any] = getattr(getattr(client, resource), name)
    return method


@pytest.mark.anyio
@pytest.mark.parametrize("anyio_backend", ["asyncio"])
async def test_async(rest_case: dict[str, Any], library: Any) -> None:
    recorder = Recorder(rest_case, library)
    client = JambonzClient(BASE, ACCOUNT, "key-1", transport=library.MockTransport(recorder))
    async with client:
        found = method_of(client, rest_case)(*rest_case.get("args", []), **rest_case.get("kwargs", {}))
        check(rest_case, recorder, await (found.all() if isinstance(found, AsyncRows) else found))


def test_sync(rest_case: dict[str, Any], library: Any) -> None:
    recorder = Recorder(rest_case, library)
    with SyncJambonzClient(BASE, ACCOUNT, "key-1", transport=library.MockTransport(recorder)) as client:
        found = method_of(client, rest_case)(*rest_case.get("args", []), **rest_case.get("kwargs", {}))
        check(rest_case, recorder, found.all() if isinstance(found, SyncRows) else found)
