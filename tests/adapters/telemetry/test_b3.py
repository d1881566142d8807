"""The trace context that a server sends."""

from __future__ import annotations

import pytest

from jambonz_anyio.telemetry.b3 import as_b3, span_context


@pytest.mark.parametrize(
    "b3",
    [
        *("", "0", "x-y-1", "0" * 32 + "-b7ad6b7169203331-1", "0af7651916cd43dd8448eb211c80319c-" + "0" * 16),
        *("0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-1", "a" * 5000),
    ],
)
def test_what_names_no_span(b3: str) -> None:
    assert span_context(b3) is None


@pytest.mark.parametrize(
    ("b3", "sampled"),
    [
        ("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1", "1"),
        ("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0", "0"),
        ("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-d-00f067aa0ba902b7", "1"),
        ("0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331", "1"),
        ("8448eb211c80319c-b7ad6b7169203331-1", "1"),
    ],
)
def test_what_names_a_span(b3: str, sampled: str) -> None:
    context = span_context(b3)
    assert context is not None
    assert as_b3(context)[-34:] == f"{b3.split('-', maxsplit=1)[0][-15:]}-b7ad6b7169203331-{sampled}"[-34:]
