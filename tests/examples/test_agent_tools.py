"""The test plays the caller and the model, which calls the tools well and badly."""

from __future__ import annotations

from typing import Any

import pytest

from examples import agent_tools
from jambonz_anyio.testing import dial


@pytest.fixture(autouse=True)
def full_shelves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test has a bakery of its own."""
    monkeypatch.setattr(agent_tools, "STOCK", {"rye bread": 3, "baguette": 10})


async def test_an_order(virtual_time: Any) -> None:
    async with dial(agent_tools.app) as phone:
        await phone.says("Two rye breads, please.")
        await phone.model.calls("order", what="rye bread", loaves=2)
        phone.model.got("order", "2 rye bread will be ready at noon")
        await phone.model.replies("Two rye breads will be ready at noon.")
        await phone.hears("ready at noon")
        left = await phone.model.calls("stock")
        assert left.value == {"rye bread": 1, "baguette": 10}
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def test_what_cannot_be_ordered(virtual_time: Any) -> None:
    async with dial(agent_tools.app) as phone:
        await phone.model.calls("order", what="rye bread", loaves=5)
        phone.model.got("order", contains="there are only 3 left", is_error=True)
        await phone.model.calls("order", what="cake", loaves=1)
        phone.model.got("order", is_error=True)
        await phone.model.calls("order", what="baguette", loaves=0)
        phone.model.got("order", is_error=True)
        assert agent_tools.STOCK == {"rye bread": 3, "baguette": 10}
