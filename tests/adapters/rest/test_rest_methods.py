"""The methods of both clients: all that the request classes have, and each tells of itself what it should."""

from __future__ import annotations

import inspect
import pydoc
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from jambonz_anyio.rest import JambonzClient, SyncJambonzClient
from jambonz_anyio.rest._performing import AsyncRows, SyncRows
from jambonz_core.rest import RESOURCES, NewCall, Request
from jambonz_core.rest.paging import Walk

CLIENT = JambonzClient("https://a.b", api_key="k")
SYNC = SyncJambonzClient("https://a.b", api_key="k")


def methods_of(kind: type[Any]) -> dict[str, Any]:
    found = inspect.getmembers(kind, inspect.isfunction)
    return {name: method for name, method in found if not name.startswith("_")}


def all_methods() -> Iterator[Any]:
    for resource, requests in RESOURCES.items():
        for name, described in methods_of(requests).items():
            yield pytest.param(resource, name, described, id=f"{resource}.{name}")


@pytest.mark.parametrize("client", [CLIENT, SYNC], ids=["async", "sync"])
def test_every_request_is_a_method_and_nothing_else_is(client: Any) -> None:
    resources = {name for name in vars(client) if not name.startswith("_")} - {"profile"}
    assert resources == set(RESOURCES)
    for name, requests in RESOURCES.items():
        kind = type(getattr(client, name))
        assert set(methods_of(kind)) == set(methods_of(requests)), name
        assert kind.__doc__ == inspect.getdoc(requests).partition("\n")[0], name  # type: ignore[union-attr]


@pytest.mark.parametrize(("resource", "name", "described"), list(all_methods()))
def test_a_method_tells_of_itself_what_the_request_tells(resource: str, name: str, described: Any) -> None:
    returned = typing.get_type_hints(described)["return"]
    walks = typing.get_origin(returned) is Walk
    result = typing.get_args(returned)[-1]
    for client, rows in ((CLIENT, AsyncRows), (SYNC, SyncRows)):
        method = getattr(getattr(client, resource), name)
        assert inspect.getdoc(method) == inspect.getdoc(described)
        assert method.__name__ == name
        shown, meant = inspect.signature(method), inspect.signature(described)
        assert list(shown.parameters.values()) == list(meant.parameters.values())[1:]
        kind: Any = rows
        meant_result = kind[result] if walks else result
        assert typing.get_type_hints(method)["return"] == meant_result
        assert inspect.iscoroutinefunction(method) == (client is CLIENT and not walks)


def test_signatures_name_what_comes_out() -> None:
    assert inspect.signature(CLIENT.calls.create).return_annotation == NewCall.__name__
    assert "get(self, call_sid: 'str') -> 'CallInfo'" in pydoc.plain(pydoc.render_doc(type(CLIENT.calls)))


def test_a_forgotten_await_is_told_by_the_name_of_the_method() -> None:
    coroutine = CLIENT.calls.hang_up("c")
    assert "Calls.hang_up" in repr(coroutine)
    with pytest.warns(RuntimeWarning, match=r"coroutine 'Calls\.hang_up' was never awaited"):
        del coroutine


def test_a_method_can_be_replaced_in_a_test(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SYNC.calls, "count", lambda: {"inbound": 7, "outbound": 0})
    assert SYNC.calls.count()["inbound"] == 7
    assert not isinstance(SYNC.calls.count(), Request)
