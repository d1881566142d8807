"""The token of a call in addresses and texts."""

from __future__ import annotations

from urllib.parse import urlsplit

from jambonz_core.wire.call_token import token_of, with_token, without_tokens


def test_tokens_in_texts_and_addresses() -> None:
    assert token_of(urlsplit(with_token("/a?b=1&c=2#d?e", "t.T-_~")).query) == ("b=1&c=2", "t.T-_~")
    assert with_token("/a?", "t") == "/a?call_token=t"
    assert with_token("/a?call_token=other", "t") == "/a?call_token=other"
    assert token_of("x_call_token=1&y") == ("x_call_token=1&y", "")
    assert without_tokens("nothing") == "nothing"
    assert (
        without_tokens("?call_token=ab.c&x call_token=d/adulting")
        == "?call_token=xxxx&x call_token=x/adulting"
    )
