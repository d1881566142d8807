"""Agents and models: both event loops, for nothing here knows which of asyncio's two it runs on."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture(params=[("asyncio", {"use_uvloop": False}), ("trio", {})], ids=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> Any:
    """The name and options of the event loop."""
    return request.param
