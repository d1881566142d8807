"""Every method of every request class: what it sends, and what it reads out of an answer."""

from __future__ import annotations

import inspect
import json
from typing import Any

import pytest

from jambonz_core.rest import RESOURCES, Page, Request, Response, Scope, Walk
from jambonz_core.rest.request import Retry
from jambonz_core.verbs.profiles import V10

ACCOUNT = "00000001-0000-4000-8000-000000000000"


def described(case: dict[str, Any]) -> Any:
    """What the request classes make of a case: a request, steps or a walk."""
    resource, _, method = case["call"].partition(".")
    requests = RESOURCES[resource](Scope(ACCOUNT, V10))
    return getattr(requests, method)(*case.get("args", []), **case.get("kwargs", {}))


def first_of(found: Any) -> Request[Any]:
    """The first request of whatever was described."""
    if isinstance(found, Walk):
        found = found.next_request()
    elif inspect.isgenerator(found):
        found = next(found)
    assert isinstance(found, Request)
    return found


def answer_of(case: dict[str, Any]) -> Response:
    status, *body = case["answer"]
    content = b""
    kind = ""
    if body:
        text = isinstance(body[0], str)
        content = body[0].encode() if text else json.dumps(body[0]).encode()
        kind = "text/plain; charset=utf-8" if text else "application/json; charset=utf-8"
    return Response(status, content, {"content-type": kind})


def as_table(value: Any) -> Any:
    """A result in the notation of the table."""
    if isinstance(value, Page):
        return {"$page": [value.number, value.size, value.total, value.rows]}
    if isinstance(value, bytes):
        return {"$bytes": value.decode()}
    return value


def test_what_is_sent_and_what_is_read(rest_case: dict[str, Any]) -> None:
    found = described(rest_case)
    first = first_of(found)
    method, path, *body = rest_case["sends"]
    prefix, _, rest = path.partition("/") if path.startswith("A/") else (path, "", "")
    expected = f"/v1/Accounts/{ACCOUNT}" + (f"/{rest}" if rest else "") if prefix == "A" else f"/v1/{path}"
    assert (first.method, first.url_path) == (method, expected)
    assert first.body == (body[0] if body else None)
    assert (json.loads(first.content) if first.content else None) == first.body

    result: Any = first.result(answer_of(rest_case))
    if isinstance(found, Walk):
        result = found.received(result)
        assert found.next_request() is None
    elif inspect.isgenerator(found):
        with pytest.raises(StopIteration) as end:
            found.send(result)
        result = end.value.value
    assert as_table(result) == rest_case["result"]


def test_every_method_has_a_case(request: pytest.FixtureRequest) -> None:
    cases = request.config.rootpath / "tests" / "core" / "rest" / "request_cases.json"
    tested = {case["call"] for case in json.loads(cases.read_text(encoding="utf-8"))}
    methods = {
        f"{name}.{method}"
        for name, requests in RESOURCES.items()
        for method, _ in inspect.getmembers(requests, inspect.isfunction)
        if not method.startswith("_")
    }
    assert methods == tested


def test_the_operation_is_the_name_of_the_method(rest_case: dict[str, Any]) -> None:
    found = described(rest_case)
    # A walk is made of pages, and those have a method of their own.
    assert (
        first_of(found).operation.replace(".page", ".iterate" if isinstance(found, Walk) else ".page")
        == (rest_case["call"])
    )


def test_only_what_cannot_be_taken_back_is_never_retried(rest_case: dict[str, Any]) -> None:
    found = described(rest_case)
    if isinstance(found, Request):
        never = {"account.rotate_webhook_secret", "account.delete", "account.set_sip_realm"}
        assert (found.retry is Retry.NEVER) == (rest_case["call"] in never)


def test_every_public_method_is_documented() -> None:
    for name, requests in RESOURCES.items():
        assert requests.__doc__, name
        for method, function in inspect.getmembers(requests, inspect.isfunction):
            assert method.startswith("_") or function.__doc__, f"{name}.{method}"
