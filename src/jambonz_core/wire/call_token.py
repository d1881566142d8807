"""The token of a call in the addresses that are given to the server.

Whoever may open connections to an application may name any call's id. What proves that an audio connection
belongs to a call is that it comes by an address which only that call was given: one with a random token in
its query. There it survives whatever the server and proxies do with an address: a path that is rewritten, a
query of the application's own before or behind it, a fragment, and `/adulting`, which the server appends to
the whole of it.
"""

from __future__ import annotations

import re

PARAMETER = "call_token"
"""The name of the token in a query."""

_TOKEN = re.compile(rf"(?<={PARAMETER}=)[A-Za-z0-9._~-]+")


def with_token(url: str, token: str) -> str:
    """An address with a token in its query, unless it has one.

    >>> with_token("/audio", "t")
    '/audio?call_token=t'
    >>> with_token("/audio?rate=8000#x", "t")
    '/audio?rate=8000&call_token=t#x'
    """
    address, mark, fragment = url.partition("#")
    _, has_query, query = address.partition("?")
    if token_of(query)[1]:
        return url
    joint = "&" if has_query and query else "?" if not has_query else ""
    return f"{address}{joint}{PARAMETER}={token}{mark}{fragment}"


def token_of(query: str) -> tuple[str, str]:
    """A query without its token, and the token, which is empty where there is none.

    >>> token_of("rate=8000&call_token=t")
    ('rate=8000', 't')
    """
    if PARAMETER not in query:
        return query, ""
    token, others = "", list[str]()
    for part in query.split("&"):
        name, _, value = part.partition("=")
        if name == PARAMETER:
            token = value
        else:
            others.append(part)
    return "&".join(others), token


def without_tokens(text: str) -> str:
    """A text that may be shown: with as many ``x`` in the place of each token as it has characters.

    >>> without_tokens('{"url":"/audio?call_token=secret"}')
    '{"url":"/audio?call_token=xxxxxx"}'
    """
    return _TOKEN.sub(lambda token: "x" * len(token[0]), text) if PARAMETER in text else text
