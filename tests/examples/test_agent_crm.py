"""A known caller is told of, an unknown one is not, and a database that fails spoils nothing."""

from __future__ import annotations

from typing import Any

import pytest

from examples import agent_crm
from jambonz_anyio.testing import dial


async def test_a_customer(virtual_time: Any) -> None:
    async with dial(agent_crm.app, from_="+15085550142") as phone:
        update = await phone.model.is_updated()
        assert phone.at < 2
        assert "two rye loaves on Friday" in update["messages"][0]["content"]
        await phone.says("The usual, please.")
        await phone.model.replies("Two rye loaves, Ada. Until Friday!")
        await phone.hears("Until Friday!")
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults


async def broken(number: str) -> None:
    raise ConnectionError("the database is down")


async def unknown(number: str) -> None:
    return None


@pytest.mark.parametrize("database", [unknown, broken])
async def test_nobody_known(virtual_time: Any, database: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(agent_crm, "find_customer", database)
    async with dial(agent_crm.app) as phone:
        await phone.says("Two rye loaves, please.")
        await phone.model.replies("Two rye loaves.")
        await phone.hears("Two rye loaves.")
        assert [command.command for command in phone.commands] == []
        await phone.model.ends()
        await phone.call_ends("jambonz")
