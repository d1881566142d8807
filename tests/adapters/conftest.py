"""Every adapter test runs on asyncio, on uvloop and on trio."""

from __future__ import annotations

from typing import Any

import pytest

BACKENDS: list[Any] = [
    pytest.param(("asyncio", {"use_uvloop": False}), id="asyncio"),
    pytest.param(("asyncio", {"use_uvloop": True}), id="uvloop"),
    pytest.param(("trio", {}), id="trio"),
]


@pytest.fixture(params=BACKENDS)
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """The name and options of the event loop, for anyio's pytest plugin."""
    return request.param
