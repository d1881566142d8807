"""The route table: what matches, what wins, and what is refused when it is registered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jambonz_anyio._call.routes import RouteTable
from jambonz_core.wire.errors import LocalProtocolError


def table(*patterns: str) -> RouteTable[str]:
    routes = RouteTable[str]()
    for pattern in patterns:
        routes.add(pattern, pattern)
    return routes


@pytest.mark.parametrize(
    ("pattern", "path", "params"),
    [
        ("/", "/", {}),
        ("/agent", "/agent", {}),
        ("/agent", "/agent/", {}),
        ("/agent/", "/agent", {}),
        ("/a/b", "/a/b", {}),
        ("/tenants/{tenant}", "/tenants/blue", {"tenant": "blue"}),
        ("/tenants/{tenant}/ivr", "/tenants/blue/ivr", {"tenant": "blue"}),
        ("/legs/*/audio", "/legs/17/audio", {}),
        ("/files/*", "/files/a", {}),
        ("/files/*", "/files/a/b/c", {}),
        ("/files/{rest:path}", "/files/a/b", {"rest": "a/b"}),
        ("/{all:path}", "/", {"all": ""}),
        ("*", "/", {}),
        ("*", "/anything/at/all", {}),
    ],
)
def test_matches(pattern: str, path: str, params: dict[str, str]) -> None:
    match = table(pattern).match(path)
    assert match is not None
    assert match.target == pattern
    assert match.params == params


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/", "/agent"),
        ("/agent", "/"),
        ("/agent", "/agents"),
        ("/agent", "/agent/more"),
        ("/tenants/{tenant}", "/tenants"),
        ("/tenants/{tenant}", "/tenants//"),
        ("/tenants/{tenant}", "/tenants/blue/ivr"),
        ("/tenants/{tenant}/ivr", "/tenants//ivr"),
        ("/tenants/{tenant}/ivr", "/tenants/blue/other"),
        ("/files/*", "/files"),
        ("/files/*", "/files/"),
        ("/files/{rest:path}", "/files"),
    ],
)
def test_does_not_match(pattern: str, path: str) -> None:
    assert table(pattern).match(path) is None


def test_the_most_telling_pattern_wins_whatever_the_order() -> None:
    patterns = ["*", "/a/*", "/a/{x}", "/a/b", "/{y}/b", "/a/{x}/c", "/a/*/c", "/a/b/*"]
    expected = {
        "/a/b": "/a/b",
        "/a/x": "/a/{x}",
        "/z/b": "/{y}/b",
        "/a/x/c": "/a/{x}/c",
        "/a/x/d": "/a/*",
        "/a/b/c": "/a/b/*",
        "/q": "*",
    }
    for order in (patterns, patterns[::-1]):
        routes = table(*order)
        for path, winner in expected.items():
            match = routes.match(path)
            assert match is not None
            assert match.target == winner


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("agent", "slash"),
        ("", "slash"),
        ("/a/{rest:path}/b", "must end"),
        ("/a/x*", "no segment"),
        ("/a/{b", "no segment"),
        ("/a/{b-c}", "no segment"),
        ("/{a}/{a}", "one name"),
    ],
)
def test_bad_patterns_are_refused(pattern: str, says: str) -> None:
    with pytest.raises(LocalProtocolError, match=says):
        table(pattern)


@pytest.mark.parametrize(
    ("first", "second"), [("/a", "/a/"), ("/a/{x}", "/a/{y}"), ("*", "/*"), ("/f/*", "/f/{r:path}")]
)
def test_a_path_is_served_once(first: str, second: str) -> None:
    with pytest.raises(LocalProtocolError, match="served already"):
        table(first, second)


def test_an_empty_table_is_false() -> None:
    assert not table()
    assert table("/")


@given(st.lists(st.text("abc/{}*:", max_size=6), max_size=5), st.text("abc/", max_size=8))
def test_whatever_is_registered_matching_never_fails(patterns: list[str], path: str) -> None:
    routes = RouteTable[str]()
    for pattern in patterns:
        try:
            routes.add(pattern, pattern)
        except LocalProtocolError:
            continue
    match = routes.match(path)
    assert match is None or match.target in patterns
