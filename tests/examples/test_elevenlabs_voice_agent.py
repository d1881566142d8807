"""The test plays the caller and the agent of ElevenLabs."""

from __future__ import annotations

from typing import Any

import pytest
from examples.elevenlabs_voice_agent import app

from jambonz_anyio.testing import dial


async def test_a_conversation_and_its_record(virtual_time: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "jambonz_anyio")
    async with dial(app, from_="+4712") as phone:
        await phone.says("Where is my order?")
        await phone.model.calls("order_status", order_id="7")
        phone.model.got("order_status", contains="Order 7 is in the oven.")
        await phone.model.replies("It is in the oven.")
        await phone.hears("in the oven")
        await phone.model.ends()
        await phone.call_ends("jambonz")
        _, verb, *_ = phone.hooks[0].answer
        assert verb["auth"] == {"agent_id": "agent_none"}
        assert (
            verb["llmOptions"]["conversation_initiation_client_data"]["dynamic_variables"]["caller"]
            == "+4712"
        )
        assert "model" not in verb
        assert not phone.faults
    assert "2 things were said" in caplog.text


async def test_the_vendor_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.fails("no such agent", reason="connection failure")
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
