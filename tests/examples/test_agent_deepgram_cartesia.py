"""The test plays the caller and the model behind the agent."""

from __future__ import annotations

from typing import Any

import pytest
from examples.agent_deepgram_cartesia import app

from jambonz_anyio.testing import dial


async def test_a_turn_and_its_latency(virtual_time: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", "jambonz_anyio")
    async with dial(app) as phone:
        await phone.says("When are you open?")
        await phone.model.replies("From six to two.", latency={"model_latency": 321})
        await phone.hears("From six to two.")
        await phone.waits(1)
        await phone.model.ends()
        await phone.call_ends("jambonz")
        assert not phone.faults
    assert "model 321 ms" in caplog.text


async def test_the_model_fails(virtual_time: Any) -> None:
    async with dial(app) as phone:
        await phone.model.fails()
        await phone.hears("Sorry, we were cut off.")
        await phone.call_ends("jambonz")
